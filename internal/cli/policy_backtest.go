package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/backtest"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/history"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/ledger"
	"github.com/mergeseal/mergeseal/internal/render"
)

type backtestOptions struct {
	From, To string
	Policy   []string
	Base     string
	MaxFlips int
	Timeout  time.Duration
	Out      output
}

func newPolicyBacktest(g *global) *cobra.Command {
	var o backtestOptions
	cmd := &cobra.Command{
		Use:   "backtest",
		Short: "Judge what was merged again: by the law of then, and by a candidate",
		Long: `backtest goes through the base branch once and judges every change that was
merged a second time: on its own base, at the time of its merge, with the sealed
evidence. It asks the law that was in force and a candidate, and shows where the
two differ. A change without a seal is judged on what git knows; who approved it
is then unknown, and counted so.

The candidate is the policies of --policy in place of those in the law's own
folders, or, without it, the policies and the settings of the files as they lie.
The built-in rules are those of this binary, on both sides.

Exit codes: 0 done, 1 more flips than --max-flips, 2 wrong use, 4 could not judge.`,
		Example: `  mergeseal policy backtest
  mergeseal policy backtest --from 2026-01-01 --policy candidate --max-flips 5
  mergeseal policy backtest --format html -o backtest.html`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runPolicyBacktest(cmd.Context(), g, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.From, "from", "", "first instant of merging that counts, a date or RFC 3339 (default: the beginning)")
	f.StringVar(&o.To, "to", "", "first instant that no longer counts, a date or RFC 3339 (default: now)")
	f.StringArrayVar(&o.Policy, "policy", nil, "folder with the candidate's policies; may be repeated")
	f.StringVar(&o.Base, "base", "", "branch whose merges are judged (default: as in check)")
	f.IntVar(&o.MaxFlips, "max-flips", -1, "exit 1 when more outcomes differ than this")
	f.DurationVar(&o.Timeout, "policy-timeout", lintTimeout, "longest time one evaluation of the policies may take")
	o.Out.formatFlags(cmd, "text", "json", "html")
	return cmd
}

func runPolicyBacktest(ctx context.Context, g *global, o backtestOptions) error {
	if err := o.Out.oneOf("text", "json", "html"); err != nil {
		return err
	}
	opts, err := g.options()
	if err != nil {
		return err
	}
	b, err := g.books(o.Base)
	if err != nil {
		return err
	}
	defer b.close()
	r, err := b.backtest(ctx, o)
	if err != nil {
		return err
	}
	opts.Zone = b.law.Location()
	about := render.BacktestAbout{Repository: b.repository(), Made: b.now, Verbose: g.verbose}
	if err := o.Out.write(g, func(w io.Writer) error {
		switch o.Out.format {
		case "json":
			return writeJSON(w, r)
		case "html":
			return render.BacktestHTML(w, r, about, opts)
		}
		return render.Backtest(w, r, about, opts)
	}); err != nil {
		return err
	}
	if o.MaxFlips >= 0 && len(r.Flips) > o.MaxFlips {
		return ended(ExitFail)
	}
	return nil
}

// backtest judges again what the flags name.
func (b *books) backtest(ctx context.Context, o backtestOptions) (*backtest.Report, error) {
	h := history.Options{
		Repo: b.repo, Tip: b.base, BaseRef: b.baseRef, To: b.now,
		Trail:  func(folders []string) (judge.Trail, error) { return b.repo.Trail(folders) },
		Target: judge.Target{Compile: compiler(o.Timeout), Builtin: b.builtin, Tool: b.g.env.Version, Repository: b.repository()},
	}
	var err error
	if h.Seal, err = b.sealed(); err != nil {
		return nil, err
	}
	if h.From, err = b.instant("--from", o.From, time.Time{}); err != nil {
		return nil, err
	}
	if h.To, err = b.instant("--to", o.To, b.now); err != nil {
		return nil, err
	}
	if !h.From.Before(h.To) {
		return nil, usagef("--from is not before --to")
	}
	if h.Candidate, h.Name, err = b.candidate(o); err != nil {
		return nil, err
	}
	bar := b.g.bar()
	h.Progress = bar.show
	r, err := history.Backtest(ctx, h)
	bar.end()
	if err != nil {
		return nil, failed(fmt.Errorf("backtest: %w", err))
	}
	r.From, r.To = stamp(h.From), stamp(h.To)
	return r, nil
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// instant reads a flag: a day in the law's zone begins with it.
func (b *books) instant(flag, text string, unset time.Time) (time.Time, error) {
	if text == "" {
		return unset, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, b.law.Location()); err == nil {
		return t.UTC(), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, usagef("%s %q is neither a date such as 2026-01-31 nor RFC 3339", flag, text)
	}
	return t.UTC(), nil
}

// candidate is the law that is held against the one in force.
func (b *books) candidate(o backtestOptions) (*judge.Candidate, string, error) {
	c := &judge.Candidate{}
	mods, name := b.builtin, strings.Join(o.Policy, ", ")
	if len(o.Policy) > 0 {
		for _, dir := range o.Policy {
			own, err := b.g.policyFolder("--policy", dir)
			if err != nil {
				return nil, "", err
			}
			mods = append(mods[:len(mods):len(mods)], own...)
		}
	} else {
		lying, err := b.worktree()
		if err != nil {
			return nil, "", failed(err)
		}
		l, own, err := judge.LawOf(lying)
		if err != nil {
			return nil, "", failed(err)
		}
		c.Config, mods, name = l, append(mods[:len(mods):len(mods)], own...), "the files as they lie"
	}
	rules, found := compiler(o.Timeout)(mods)
	if rules == nil || found.Errors() {
		return nil, "", b.g.refusedRules(found)
	}
	c.Rules = rules
	return c, name, nil
}

// refusedRules is the end of a command whose policies do not compile.
func (g *global) refusedRules(found diag.List) error {
	for _, f := range found {
		g.tell(f)
	}
	return failed(errors.New("the policies do not compile"))
}

// tell writes a finding to stderr in one line, with its hint.
func (g *global) tell(f diag.Finding) {
	hint := ""
	if f.Hint != "" {
		hint = " (" + f.Hint + ")"
	}
	fmt.Fprintln(g.env.Stderr, render.Plain(fmt.Sprintf("%s: %s %s%s", f.At, f.Code, f.Message, hint)))
}

// sealed reads the seals of merges; nil where this clone has none.
func (b *books) sealed() (func(context.Context, string) (*history.Sealed, error), error) {
	trust, err := b.trust("")
	if err != nil {
		return nil, err
	}
	v := b.verifier(trust)
	if _, err := v.Sealed(b.base); errors.Is(err, ledger.ErrNoSeals) {
		return nil, nil //nolint:nilnil // nothing to read
	} else if err != nil {
		return nil, failed(err)
	}
	return func(ctx context.Context, commit string) (*history.Sealed, error) {
		if ok, err := v.Sealed(commit); err != nil || !ok {
			return nil, err
		}
		s, err := v.Seal(ctx, commit)
		if err != nil {
			return nil, err
		}
		about := s.Verdict.Subject
		return &history.Sealed{
			Base: about.Base, BaseRef: about.BaseRef, Head: about.Head, At: s.Verdict.DecidedAt,
			Evidence: s.Evidence, Outcome: s.Verdict.Outcome, Covers: s.Covers,
		}, nil
	}, nil
}
