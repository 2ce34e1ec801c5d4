package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/gate"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/ledger"
)

type gateOptions struct {
	Environment   string
	Base          string
	Commit, Since string
	Changes       []string
	Services      []string
	Artifacts     []string
	BreakGlass    bool
	Reason        string
	Incident      string
	By            string
	Record        bool
	Key, Push     string
	Protection    string
	Forge         forgeFlags
	Out           output
}

func newGate(g *global) *cobra.Command {
	var o gateOptions
	cmd := &cobra.Command{
		Use:     "gate --environment NAME",
		GroupID: "deploy",
		Short:   "May this commit go to this environment now?",
		Long: `gate works out which changes a deployment carries, holds their seals against
the content of the commit, and their windows, freezes and collisions against the
law on the base branch, at this second. It needs no network and never waits.

Exit codes: 0 allowed, 1 denied, 2 wrong use, 3 not yet: the window opens later,
4 cannot decide. All but 0 mean: do not deploy.`,
		Example: `  mergeseal gate --environment production
  mergeseal gate --environment production --service checkout --since v1.4 --record
  mergeseal gate --environment production --break-glass --reason "checkout is down" --incident INC-7 --by frank`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(cmd); err != nil {
				return err
			}
			return runGate(cmd.Context(), g, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Environment, "environment", "", "environment that is deployed to")
	f.StringVar(&o.Base, "base", "", "branch that holds the law and the changes (default: the remote's default branch, else main or master)")
	f.StringVar(&o.Commit, "commit", "", "commit that is deployed (default: GITHUB_SHA, else HEAD)")
	f.StringVar(&o.Since, "since", "", "commit that the environment has now (default: as the deployment log says, else the forge)")
	f.StringArrayVar(&o.Changes, "change", nil, "change that is deployed besides those the commits carry")
	f.StringArrayVar(&o.Services, "service", nil, "service that is deployed; without it all are")
	f.StringArrayVar(&o.Artifacts, "artifact", nil, "built thing that is deployed, NAME@DIGEST")
	f.BoolVar(&o.BreakGlass, "break-glass", false, "go past the gate in an emergency, and leave a debt")
	f.StringVar(&o.Reason, "reason", "", "why the glass is broken")
	f.StringVar(&o.Incident, "incident", "", "incident it is broken for")
	f.StringVar(&o.By, "by", "", "login of who breaks it")
	f.BoolVar(&o.Record, "record", false, "append the decision to the deployment log and push it")
	f.StringVar(&o.Key, "key", "", "private key to sign the log's entry with (default: MERGESEAL_KEY)")
	f.StringVar(&o.Push, "push", "origin", "remote that the log is pushed to, or none")
	f.StringVar(&o.Protection, "protection-rule", "", "event of GitHub's deployment_protection_rule to answer, a file")
	o.Forge.flags(cmd)
	o.Out.plainFlags(cmd)
	return cmd
}

// check refuses flags that contradict each other.
func (o *gateOptions) check(cmd *cobra.Command) error {
	switch {
	case o.Environment == "" && o.Protection == "":
		return usagef("name the environment: --environment production")
	case o.Environment != "" && o.Protection != "":
		return usagef("--protection-rule names the environment itself: leave --environment out")
	case cmd.Flags().Changed("since") && o.Since == "", cmd.Flags().Changed("commit") && o.Commit == "":
		return usagef("--since and --commit want a revision: an empty one is often a variable that was never set")
	case o.BreakGlass && (strings.TrimSpace(o.Reason) == "" || strings.TrimSpace(o.Incident) == "" || o.By == ""):
		return usagef("--break-glass wants --reason, --incident and --by")
	case !o.BreakGlass && (o.Reason != "" || o.Incident != "" || o.By != ""):
		return usagef("--reason, --incident and --by belong to --break-glass")
	}
	return o.Out.plain()
}

func runGate(ctx context.Context, g *global, o gateOptions) error {
	var event *protection
	if o.Protection != "" {
		var err error
		if event, err = g.protection(&o); err != nil {
			return err
		}
	}
	b, err := g.books(o.Base)
	if err != nil {
		return err
	}
	defer b.close()
	answer, err := b.gate(ctx, o)
	if err != nil {
		return err
	}
	if err := o.Out.write(g, func(w io.Writer) error { return answer.write(w, o.Out.format) }); err != nil {
		return err
	}
	if event != nil {
		if err := b.answer(ctx, event, answer, o.Forge); err != nil {
			return err
		}
	}
	return ended(answer.code())
}

// gate decides, breaks the glass where that is asked for, and writes it down.
func (b *books) gate(ctx context.Context, o gateOptions) (*gateAnswer, error) {
	a := &gateAnswer{zone: b.law.Location(), name: b.deployed(o)}
	d, err := b.decide(ctx, o)
	if err != nil {
		var e *exit
		if !o.BreakGlass || errors.As(err, &e) && e.code == ExitUsage {
			return nil, err
		}
		b.g.warn("%v", err)
		d = &gate.Decision{Environment: o.Environment, Base: b.base, At: b.now, Services: nonNil(o.Services), Changes: []gate.Carried{}, Reasons: []gate.Reason{}, Notes: []string{"cannot decide: " + err.Error()}}
		if d.Commit, err = b.commit(o.Commit); err != nil {
			return nil, err
		}
	}
	a.Decision = d
	if o.BreakGlass && d.Answer != gate.Allowed {
		if a.BreakGlass, err = b.breakGlass(o, d); err != nil {
			return nil, err
		}
	}
	if o.Record || a.BreakGlass != nil {
		return a, b.record(ctx, o, a)
	}
	return a, nil
}

func nonNil(list []string) []string { return append([]string{}, list...) }

// deployed is what a person calls the thing that is deployed.
func (b *books) deployed(o gateOptions) string {
	if len(o.Services) > 0 {
		return strings.Join(o.Services, "+")
	}
	_, name, _ := strings.Cut(b.repository(), "/")
	if name == "" {
		return "commit"
	}
	return name
}

// decide asks package gate.
func (b *books) decide(ctx context.Context, o gateOptions) (*gate.Decision, error) {
	q := gate.Request{Environment: o.Environment, Changes: o.Changes, Services: o.Services, Now: b.now}
	var err error
	if q.Environment, err = lawful("environment", o.Environment, b.law.Config.Environments); err != nil {
		return nil, err
	}
	for i, s := range o.Services {
		if b.law.Services.Configured() {
			if q.Services[i], err = lawful("service", s, b.law.Services.Names()); err != nil {
				return nil, err
			}
		}
	}
	for _, text := range o.Artifacts {
		name, digest, ok := strings.Cut(text, "@")
		if !ok || name == "" || digest == "" {
			return nil, usagef("--artifact %q: write NAME@DIGEST", text)
		}
		q.Artifacts = append(q.Artifacts, change.Artifact{Name: name, Digest: digest})
	}
	if q.Commit, err = b.commit(o.Commit); err != nil {
		return nil, err
	}
	trust, err := b.trust("")
	if err != nil {
		return nil, err
	}
	if err := b.since(ctx, o, trust, &q); err != nil {
		return nil, err
	}
	v := &ledger.Verifier{Repo: b.repo, Trust: trust, Repository: b.law.Config.Repository}
	house := gate.House{Repo: b.repo, Law: b.law, Base: b.base, Verifier: v, Look: func(ctx context.Context, wanted func(*change.File) bool) (*judge.Outlook, error) {
		return judge.Look(ctx, judge.Target{Repo: b.repo, Base: b.base, Now: b.now, Repository: b.repository()}, nil, wanted)
	}}
	d, err := gate.Decide(ctx, house, q)
	if err != nil {
		return nil, failed(fmt.Errorf("decide: %w", err))
	}
	return d, nil
}

// lawful is a name as the law spells it.
func lawful(what, name string, names []string) (string, error) {
	if i := slices.IndexFunc(names, func(n string) bool { return field.Fold(n) == field.Fold(name) }); i >= 0 {
		return names[i], nil
	}
	hint := ""
	if s := diag.Suggest(name, names); s != "" {
		hint = "; did you mean " + s + "?"
	}
	return "", usagef("the law knows no %s %q%s", what, name, hint)
}
