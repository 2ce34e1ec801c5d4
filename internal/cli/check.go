package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/tree"
)

func newCheck(g *global) *cobra.Command {
	return newCheckWith(g, runCheck)
}

func newCheckWith(g *global, run func(context.Context, *global, checkOptions) error) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:     "check [PATH...]",
		GroupID: "author",
		Short:   "Judge the changes between a base and a head, and exit by the outcome",
		Long: `check reads the law from the tip of the base branch and the records from the
head, which is the working tree unless --head names a commit. Without paths it
judges the records that differ; with paths, those.

With --pr it asks GitHub about a pull request: base, head, reviews, teams, and
what other open ones would book. With --publish it posts the verdict there. In
GitHub Actions the event says which pull requests; one that cannot be judged
does not keep the others from being, and the exit code is the worst of all.

Exit codes: 0 pass, 1 fail, 2 wrong use, 3 pending, 4 could not decide.`,
		Example: `  mergeseal check
  mergeseal check --base main --head my-change --format json
  mergeseal check changes/2026/CHG-2026-0142.yaml
  mergeseal check --pr 42 --save-evidence evidence.json
  mergeseal check --pr 42 --evidence evidence.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Paths = args
			if err := o.refused(cmd.Flags().Changed); err != nil {
				return err
			}
			return run(cmd.Context(), g, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Base, "base", "", "branch or commit that the law comes from (default: the remote's default branch, else main or master)")
	f.StringVar(&o.Head, "head", judge.Worktree, "commit to judge, or worktree: the files as they lie")
	f.StringVar(&o.Evidence, "evidence", "", "file that says who reviewed, committed and belongs to which team (see: mergeseal schema evidence)")
	f.Int64Var(&o.PR, "pr", 0, "pull request to judge")
	f.BoolVar(&o.Publish, "publish", false, "post the verdict on the pull request")
	f.StringVar(&o.SaveEvidence, "save-evidence", "", "keep what the forge said in this file, for a replay")
	f.StringArrayVar(&o.PolicyDirs, "policy-dir", nil, "folder of rules to try beside those in force")
	f.DurationVar(&o.Timeout, "policy-timeout", time.Second, "longest time one evaluation of the policies may take")
	o.Forge.flags(cmd)
	o.Out.flags(cmd)
	return cmd
}

func runCheck(ctx context.Context, g *global, o checkOptions) error {
	if o.forge() {
		return runCheckForge(ctx, g, o)
	}
	if o.PR != 0 {
		var err error
		if o, err = g.replayOf(o); err != nil {
			return err
		}
	}
	format, err := o.Out.parse()
	if err != nil {
		return err
	}
	opts, err := g.options()
	if err != nil {
		return err
	}
	res, err := g.judge(ctx, o)
	if err != nil {
		return err
	}
	if g.verbose {
		s := res.Verdict.Subject
		fmt.Fprintf(g.env.Stderr, "law   %s %s %s\nfrom  %s\nhead  %s\nuntil %s\n", res.Verdict.Law.Source, s.BaseRef, s.Base,
			s.MergeBase, s.Head, res.Verdict.ValidUntil.Format(time.RFC3339))
	}
	if err := o.Out.write(g, func(w io.Writer) error { return render.Verdict(w, format, report(res), opts) }); err != nil {
		return err
	}
	return ended(res.Verdict.Outcome.ExitCode())
}

// judge opens what the flags name and judges it.
func (g *global) judge(ctx context.Context, o checkOptions) (*judge.Result, error) {
	now, replay, err := g.clock()
	if err != nil {
		return nil, err
	}
	w, err := g.open()
	if err != nil {
		return nil, err
	}
	defer w.close()
	if w.repo == nil && (o.Base != "" || o.Head != judge.Worktree && o.Head != "") {
		return nil, usagef("--base and --head need a git repository, and %s is not in one", g.dir())
	}
	t := w.target(o.Timeout)
	if t.Builtin, err = builtin(); err != nil {
		return nil, failed(err)
	}
	if t.Extra, err = g.policyDirs(o.PolicyDirs); err != nil {
		return nil, err
	}
	if t.Paths, err = w.paths(g, o.Paths); err != nil {
		return nil, err
	}
	if o.Evidence != "" {
		if t.Evidence, t.EvidenceFound, err = g.evidence(o.Evidence); err != nil {
			return nil, err
		}
	}
	t.Base, t.Head, t.BaseRef = o.Base, o.Head, o.baseRef
	t.Now, t.Replay, t.Tool = now, replay, g.env.Version
	t.Repository = g.env.Getenv("GITHUB_REPOSITORY")
	res, err := judge.Judge(ctx, t)
	switch {
	case errors.Is(err, tree.ErrRef), errors.Is(err, judge.ErrNoSuchPath):
		return nil, &exit{code: ExitUsage, err: err}
	case err != nil:
		return nil, failed(fmt.Errorf("judge: %w", err))
	}
	return res, nil
}
