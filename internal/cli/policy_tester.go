package cli

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/rego"
	"github.com/mergeseal/mergeseal/internal/render"
)

type policyTestOptions struct {
	Dirs     []string
	Coverage float64
	Run      string
	Bench    bool
	Timeout  time.Duration
	Out      output
}

func newPolicyTest(g *global) *cobra.Command {
	var o policyTestOptions
	cmd := &cobra.Command{
		Use:   "test [DIR...]",
		Short: "Run the tests beside rules, and show which lines no test reaches",
		Long: `test compiles the rules of each folder as they are compiled for judging, with
the schema of their input and with nothing in reach but it, and runs the tests in
the files that end in _test.rego. Without a folder it takes those that policy.dirs
names. The built-in rules and helpers can be imported, as in judging.

Exit codes: 0 all passed, 1 a test failed, none ran, the coverage is below
--coverage or a file is not formatted, 2 wrong use, 4 the rules do not compile.`,
		Example: `  mergeseal policy test
  mergeseal policy test policy --coverage 100
  mergeseal policy test --run notice --bench`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Dirs = args
			return runPolicyTest(cmd.Context(), g, o)
		},
	}
	f := cmd.Flags()
	f.Float64Var(&o.Coverage, "coverage", 0, "least percentage of lines that tests must reach; shows the others")
	f.StringVar(&o.Run, "run", "", "only tests whose package.name matches this regular expression")
	f.BoolVar(&o.Bench, "bench", false, "measure each test as a benchmark, for about a second")
	f.DurationVar(&o.Timeout, "timeout", 5*time.Second, "longest time one test may take")
	o.Out.plainFlags(cmd)
	return cmd
}

func runPolicyTest(ctx context.Context, g *global, o policyTestOptions) error {
	if err := o.Out.plain(); err != nil {
		return err
	}
	to := rego.TestOptions{Timeout: o.Timeout, Bench: o.Bench}
	if o.Run != "" {
		re, err := regexp.Compile(o.Run)
		if err != nil {
			return usagef("--run: %w", err)
		}
		to.Run = re
	}
	if o.Coverage < 0 || o.Coverage > 100 {
		return usagef("--coverage %g: use a percentage, 0 to 100", o.Coverage)
	}
	if o.Bench && o.Coverage > 0 {
		return usagef("--bench measures and does not trace: ask for --coverage without it")
	}
	if o.Bench {
		to.Timeout = max(to.Timeout, time.Minute)
	}
	mods, err := g.testedPolicies(o.Dirs)
	if err != nil {
		return err
	}
	r, found, err := rego.Test(ctx, mods, to)
	switch {
	case err != nil:
		return failed(err)
	case found.Errors():
		return g.refusedRules(found)
	}
	if err := o.Out.write(g, func(w io.Writer) error {
		if o.Out.format == "json" {
			return writeJSON(w, r)
		}
		return writeTests(w, r, o, g.verbose)
	}); err != nil {
		return err
	}
	if !r.Pass() || !o.Bench && r.Coverage < o.Coverage || len(r.Unformatted) > 0 {
		return ended(ExitFail)
	}
	return nil
}

// testedPolicies are the policies of folders with their tests, and the built-in
// ones beside them.
func (g *global) testedPolicies(dirs []string) ([]rego.Module, error) {
	rules, err := builtin()
	if err != nil {
		return nil, failed(err)
	}
	mods := make([]rego.Module, 0, len(rules))
	for _, m := range rules {
		mods = append(mods, rego.Module(m))
	}
	root := g.dir()
	if len(dirs) == 0 {
		if dirs, root, err = g.configuredDirs(); err != nil {
			return nil, err
		}
	}
	for _, d := range dirs {
		at := d
		if !filepath.IsAbs(at) {
			at = filepath.Join(root, d)
		}
		if info, err := os.Stat(at); err != nil || !info.IsDir() {
			return nil, usagef("%s is not a folder", d)
		}
		own, err := policiesIn(os.DirFS(at), filepath.ToSlash(filepath.Clean(d)))
		if err != nil {
			return nil, failed(err)
		}
		if len(own) == 0 {
			return nil, usagef("%s holds no policy", d)
		}
		mods = append(mods, own...)
	}
	return mods, nil
}

// configuredDirs are the folders that the files as they lie name, and their root.
func (g *global) configuredDirs() ([]string, string, error) {
	w, t, err := g.here()
	if err != nil {
		return nil, "", err
	}
	defer w.close()
	l, _, err := judge.ReadLaw(t)
	if err != nil {
		return nil, "", failed(err)
	}
	if l == nil || len(l.Config.Policy.Dirs) == 0 {
		return nil, "", usagef("name a folder of policies: policy.dirs in %s names none", judge.ConfigPath)
	}
	return l.Config.Policy.Dirs, w.root, nil
}

// policiesIn reads every policy below a folder, its tests too.
func policiesIn(fsys fs.FS, prefix string) ([]rego.Module, error) {
	var out []rego.Module
	err := fs.WalkDir(fsys, ".", func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(p, ".rego") {
			return err
		}
		b, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		out = append(out, rego.Module{Path: path.Join(prefix, p), Source: b})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	return out, nil
}

// writeTests writes what failed, what no test reaches, and one line of figures.
func writeTests(w io.Writer, r *rego.TestReport, o policyTestOptions, verbose bool) error {
	var b strings.Builder
	say := func(format string, args ...any) {
		b.WriteString(render.Plain(fmt.Sprintf(format, args...)) + "\n")
	}
	passed, failing, skipped := 0, 0, 0
	for _, t := range r.Tests {
		switch {
		case t.Skipped:
			skipped++
			say("LEFT OUT  %s  %s", t.Name, t.At)
			continue
		case t.Passed:
			passed++
		default:
			failing++
			say("FAILED    %s  %s: %s", t.Name, t.At, t.Why)
			continue
		}
		if t.Nanoseconds > 0 {
			say("BENCH     %s  %s an evaluation, %d allocations", t.Name, time.Duration(t.Nanoseconds).Round(time.Microsecond), t.Allocations)
		} else if verbose {
			say("PASSED    %s  %s", t.Name, t.At)
		}
	}
	for _, p := range r.Unformatted {
		say("FORMAT    %s is not formatted: opa fmt --write %s", p, p)
	}
	for _, f := range r.Files {
		if len(f.Uncovered) > 0 && (o.Coverage > 0 || verbose) {
			say("UNREACHED %s:%s", f.Path, strings.Join(f.Uncovered, ","))
		}
	}
	line := fmt.Sprintf("%d passed, %d failed", passed, failing)
	if skipped > 0 {
		line += fmt.Sprintf(", %d left out", skipped)
	}
	if !o.Bench {
		line += fmt.Sprintf(", %.1f %% of the lines reached", r.Coverage)
	}
	if passed+failing == 0 {
		line = "no test ran: write one in a file that ends in _test.rego"
	} else if !o.Bench && r.Coverage < o.Coverage {
		line += fmt.Sprintf(", %g %% asked for", o.Coverage)
	}
	say("%s", line)
	_, err := io.WriteString(w, b.String())
	return err
}
