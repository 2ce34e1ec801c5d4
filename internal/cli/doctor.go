package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/codeowners"
	"github.com/mergeseal/mergeseal/internal/doctor"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/tree"
)

type doctorOptions struct {
	Slug  string
	Forge forgeFlags
	Out   output
}

func newDoctor(g *global) *cobra.Command {
	var o doctorOptions
	cmd := &cobra.Command{
		Use:     "doctor",
		GroupID: "more",
		Short:   "Find settings of the forge that let a change past its verdict",
		Long: `doctor reads the rules of the default branch, its workflows and CODEOWNERS, and
what workflows may do, all as the forge has them. Each finding names the setting
as GitHub does and says how to change it. It changes nothing.

What the token may not read is not known, and said so: a token of GitHub Actions
may read few settings, that of an administrator all of them.

Exit codes: 0 all is well, 1 something is wrong, 2 wrong use, 3 nothing that is
known is wrong and something is not known, 4 the forge could not be asked.`,
		Example: `  mergeseal doctor
  mergeseal doctor --repo-slug acme/shop --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDoctor(cmd.Context(), g, o)
		},
	}
	cmd.Flags().StringVar(&o.Slug, "repo-slug", "", "repository to ask about, owner/name (default: GITHUB_REPOSITORY, else that of the remote origin)")
	o.Forge.flags(cmd)
	o.Out.flags(cmd)
	return cmd
}

func runDoctor(ctx context.Context, g *global, o doctorOptions) error {
	format, err := o.Out.parse()
	if err != nil {
		return err
	}
	opts, err := g.options()
	if err != nil {
		return err
	}
	if o.Slug == "" {
		w, err := g.open()
		if err != nil {
			return err
		}
		defer w.close()
		if o.Slug, err = g.slug(w); err != nil {
			return err
		}
	}
	f, err := g.forge(o.Forge, o.Slug)
	if err != nil {
		return err
	}
	s, err := f.client.Settings(ctx, f.repo, "")
	if err != nil {
		return failed(err)
	}
	s.Check = "mergeseal (" + s.Branch + ")"
	if s.Files, err = g.branchFiles(ctx, f, s.Branch); err != nil {
		return failed(err)
	}
	r := doctor.Examine(s)
	sources := map[string][]byte{}
	if files, known := s.Files.Get(); known {
		sources = files.Workflows
		sources[files.OwnersPath] = files.Owners
	}
	if err := o.Out.write(g, func(w io.Writer) error { return render.Findings(w, format, r.Findings, sources, opts) }); err != nil {
		return err
	}
	switch {
	case r.Findings.Errors():
		return ended(ExitFail)
	case r.Unknown:
		return ended(ExitPending)
	}
	return nil
}

// maxWorkflow bounds one file that is read, in bytes.
const maxWorkflow = 1 << 20

// branchFiles reads what matters of a branch out of its commit. A branch that
// git does not hand out is unknown.
func (g *global) branchFiles(ctx context.Context, f *forge, branch string) (doctor.Fact[doctor.Files], error) {
	type fact = doctor.Fact[doctor.Files]
	remote, err := f.remote(ctx)
	if err != nil {
		return fact{}, err
	}
	m, err := gitrepo.NewMirror("", nil, remote)
	if err != nil {
		return fact{}, err
	}
	defer func() {
		if err := m.Close(); err != nil {
			g.warn("a temporary folder is left behind: %v", err)
		}
	}()
	tip, err := m.Tip(ctx, "refs/heads/"+branch)
	if err == nil {
		err = m.Fetch(ctx, tip)
	}
	if err != nil {
		return doctor.Unknown[doctor.Files](err.Error(), "contents: read"), nil
	}
	t, err := m.Repo().Tree(tip)
	if err != nil {
		return fact{}, fmt.Errorf("read branch %s: %w", branch, err)
	}
	files, err := filesOf(t)
	if err != nil {
		return fact{}, fmt.Errorf("read branch %s: %w", branch, err)
	}
	return doctor.Known(files), nil
}

func filesOf(t tree.Tree) (doctor.Files, error) {
	out := doctor.Files{Workflows: map[string][]byte{}}
	entries, err := t.Entries(".github/workflows")
	if err != nil {
		return out, err
	}
	for _, e := range entries {
		if path.Dir(e.Path) != ".github/workflows" || !slices.Contains([]string{".yml", ".yaml"}, path.Ext(e.Path)) {
			continue
		}
		text, err := t.Read(e.Path, maxWorkflow)
		switch {
		case errors.Is(err, tree.ErrTooLarge) || errors.Is(err, tree.ErrNotRegular):
			out.Unread = append(out.Unread, e.Path)
		case err != nil:
			return out, err
		default:
			out.Workflows[e.Path] = text
		}
	}
	for _, p := range codeowners.Places() {
		text, err := t.Read(p, 4<<20)
		if errors.Is(err, tree.ErrNotFound) {
			continue
		}
		if err != nil {
			return out, err
		}
		out.OwnersPath, out.Owners = p, text
		break
	}
	out.Law, err = judge.LawFiles(t)
	return out, err
}
