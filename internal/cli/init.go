package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

type initOptions struct {
	Dir     string
	Example bool
}

func newInit(g *global) *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use:     "init",
		GroupID: "start",
		Short:   "Write a configuration, a first record, workflows and a CODEOWNERS line",
		Long: `init writes what a repository needs to begin: mergeseal.yaml, a first change
record, workflows for GitHub Actions, and a CODEOWNERS line for the files that
are law. Files that exist are kept as they are and named.`,
		Example: `  mergeseal init
  mergeseal init --example`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return runInit(g, o) },
	}
	cmd.Flags().StringVar(&o.Dir, "dir", ".", "folder to write into")
	cmd.Flags().BoolVar(&o.Example, "example", false, "write services, groups, a calendar and a model as well, to edit")
	return cmd
}

// starter is one file that init writes.
type starter struct{ path, text string }

func runInit(g *global, o initOptions) error {
	now, _, err := g.clock()
	if err != nil {
		return err
	}
	dir := filepath.Join(g.dir(), o.Dir)
	if filepath.IsAbs(o.Dir) {
		dir = o.Dir
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return failed(fmt.Errorf("make folder: %w", err))
	}
	service := serviceName(filepath.Base(dir))
	if o.Example {
		service = "shop" // as services.yaml calls it
	}
	record, err := firstRecord(g, now, service)
	if err != nil {
		return failed(err)
	}
	workflows, err := starterWorkflows(g.env.Version)
	if err != nil {
		return failed(err)
	}
	files := []starter{{"mergeseal.yaml", starterConfig(o.Example, service)}, record}
	files = append(files, workflows...)
	files = append(files, starter{".github/CODEOWNERS", starterOwners(g)})
	if o.Example {
		files = append(files, starterExamples(now)...)
	}
	if hasRecords(dir) {
		files = append(files[:1], files[2:]...)
	}
	for _, f := range files {
		if err := g.writeNew(dir, f); err != nil {
			return failed(err)
		}
	}
	return nil
}

// hasRecords reports whether somebody wrote records already: then init adds none.
func hasRecords(dir string) bool {
	entries, err := os.ReadDir(filepath.Join(dir, "changes"))
	return err == nil && len(entries) > 0
}

// writeNew writes a file that does not exist yet, and says what it did.
func (g *global) writeNew(dir string, f starter) error {
	path := filepath.Join(dir, filepath.FromSlash(f.path))
	if _, err := os.Lstat(path); err == nil {
		_, err = fmt.Fprintf(g.env.Stdout, "kept   %s\n", f.path)
		return err
	} else if !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("look for %s: %w", f.path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make folder of %s: %w", f.path, err)
	}
	if err := writeFile(path, func(w io.Writer) error {
		_, err := io.WriteString(w, f.text)
		return err
	}); err != nil {
		return fmt.Errorf("write %s: %w", f.path, err)
	}
	_, err := fmt.Fprintf(g.env.Stdout, "wrote  %s\n", f.path)
	return err
}
