package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/backtest"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/tree"
)

type policyDiffOptions struct {
	Base, Head string
	Open       []string
	Evidence   []string
	MaxFlips   int
	Timeout    time.Duration
	Out        output
}

func newPolicyDiff(g *global) *cobra.Command {
	var o policyDiffOptions
	cmd := &cobra.Command{
		Use:   "diff --head REF",
		Short: "Show every open change that another law would judge otherwise",
		Long: `diff judges every open change twice, by the law of the base and by the law of
the head: configuration, calendars, services, groups, models and rules. Open are
the changes of the base that are neither closed nor canceled, which are judged as
if they came today and nobody had approved them yet, and those that --open and
--evidence bring.

Exit codes: 0 done, 1 more flips than --max-flips, 2 wrong use, 4 a law cannot judge.`,
		Example: `  mergeseal policy diff --head looser-cab
  mergeseal policy diff --base main --head looser-cab --evidence evidence.json --format markdown`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runPolicyDiff(cmd.Context(), g, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Base, "base", "", "branch or commit of the law in force (default: as in check)")
	f.StringVar(&o.Head, "head", "HEAD", "branch or commit of the other law")
	f.StringArrayVar(&o.Open, "open", nil, "head that is not merged, whose changes are open too; may be repeated")
	f.StringArrayVar(&o.Evidence, "evidence", nil, "file about a pull request, whose changes and those of the other open ones are open too; may be repeated")
	f.IntVar(&o.MaxFlips, "max-flips", -1, "exit 1 when more outcomes differ than this")
	f.DurationVar(&o.Timeout, "policy-timeout", lintTimeout, "longest time one evaluation of the policies may take")
	o.Out.formatFlags(cmd, "text", "json", "markdown")
	return cmd
}

func runPolicyDiff(ctx context.Context, g *global, o policyDiffOptions) error {
	if err := o.Out.oneOf("text", "json", "markdown"); err != nil {
		return err
	}
	opts, err := g.options()
	if err != nil {
		return err
	}
	c, err := g.policyDiff(ctx, o)
	if err != nil {
		return err
	}
	if err := o.Out.write(g, func(w io.Writer) error {
		switch o.Out.format {
		case "json":
			return writeJSON(w, c)
		case "markdown":
			return render.PolicyDiffMarkdown(w, c)
		}
		return render.PolicyDiff(w, c, opts)
	}); err != nil {
		return err
	}
	if o.MaxFlips >= 0 && len(c.Flips) > o.MaxFlips {
		return ended(ExitFail)
	}
	return nil
}

func (g *global) policyDiff(ctx context.Context, o policyDiffOptions) (*backtest.Comparison, error) {
	p, err := g.plans(plansOptions{Base: o.Base, Heads: o.Open, Evidence: o.Evidence})
	if err != nil {
		return nil, err
	}
	defer p.place.close()
	if p.place.repo == nil {
		return nil, usagef("%s is not in a git repository", g.dir())
	}
	foreign, done := g.foreign(o.Timeout)
	defer done()
	l := judge.Laws{Target: p.target, Head: o.Head, Foreign: foreign}
	l.Target.Compile = compiler(o.Timeout)
	if l.Target.Builtin, err = builtin(); err != nil {
		return nil, failed(err)
	}
	for _, h := range p.heads {
		if h.Rev != judge.Worktree { // what nobody has committed is open to nobody else
			l.Open = append(l.Open, h)
		}
	}
	c, found, err := judge.Compare(ctx, l)
	switch {
	case errors.Is(err, judge.ErrUndecided):
		for _, f := range found {
			g.tell(f)
		}
		return nil, failed(errors.New("one of the laws cannot judge"))
	case errors.Is(err, tree.ErrRef):
		return nil, &exit{code: ExitUsage, err: err}
	case err != nil:
		return nil, failed(fmt.Errorf("compare laws: %w", err))
	}
	return c, nil
}
