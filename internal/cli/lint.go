package cli

import (
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
)

type lintOptions struct {
	Paths []string
	Out   output
}

func newLint(g *global) *cobra.Command {
	var o lintOptions
	cmd := &cobra.Command{
		Use:     "lint [PATH...]",
		GroupID: "author",
		Short:   "Check records, configuration and policies as they lie, for editors and pre-commit",
		Long: `lint reads the working tree: the configuration and everything it names, the
policies, and the records. It says what is malformed or makes no sense by
itself. It asks neither git nor the clock of a freeze: that is check's work.

Exit codes: 0 no error, 1 at least one error, 2 wrong use, 4 could not read.`,
		RunE: func(_ *cobra.Command, args []string) error {
			o.Paths = args
			return runLint(g, o)
		},
	}
	o.Out.flags(cmd)
	return cmd
}

func runLint(g *global, o lintOptions) error {
	format, err := o.Out.parse()
	if err != nil {
		return err
	}
	opts, err := g.options()
	if err != nil {
		return err
	}
	w, t, err := g.here()
	if err != nil {
		return err
	}
	defer w.close()
	paths, err := w.paths(g, o.Paths)
	if err != nil {
		return err
	}
	lo, err := g.lintOptions(paths)
	if err != nil {
		return err
	}
	res, err := judge.Lint(t, lo)
	switch {
	case errors.Is(err, judge.ErrNoSuchPath):
		return &exit{code: ExitUsage, err: err}
	case err != nil:
		return failed(err)
	}
	if err := o.Out.write(g, func(out io.Writer) error {
		return render.Findings(out, format, res.Findings, res.Sources, opts)
	}); err != nil {
		return err
	}
	if res.Findings.Errors() {
		return ended(ExitFail)
	}
	return nil
}

// lintTimeout bounds one evaluation of the policies; nothing is decided here.
const lintTimeout = 10 * time.Second

func (g *global) lintOptions(paths []string) (judge.LintOptions, error) {
	now, _, err := g.clock()
	if err != nil {
		return judge.LintOptions{}, err
	}
	rules, err := builtin()
	if err != nil {
		return judge.LintOptions{}, failed(err)
	}
	return judge.LintOptions{Paths: paths, Compile: compiler(lintTimeout), Builtin: rules, Now: now}, nil
}
