package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/gate"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/ledger"
	"github.com/mergeseal/mergeseal/internal/seal"
)

// since finds out what the environment has now: as somebody says, else as the
// deployment log says, else as the forge does where it may be asked.
func (b *books) since(ctx context.Context, o gateOptions, trust seal.Trust, q *gate.Request) error {
	state, err := ledger.StateOf(ctx, b.repo, trust, b.repository(), q.Environment, q.Services)
	if err != nil {
		return failed(fmt.Errorf("read deployment log: %w", err))
	}
	if state.Bad > 0 {
		b.g.warn("%d entries of the deployment log were left out: no trusted key signed them", state.Bad)
	}
	q.Begun = state.Begun
	switch {
	case o.Since != "":
		q.SinceFrom = "flag"
		q.Since, err = b.commit(o.Since)
		return err
	case state.Last != "":
		q.Since, q.SinceFrom = state.Last, "log"
	case b.mayAsk(o.Forge):
		id, err := b.deployedAtForge(ctx, o, q.Environment)
		if err != nil {
			b.g.warn("the forge did not say what %s has: %v", q.Environment, err)
			return nil
		}
		if _, err := b.repo.Commit(id); id != "" && err == nil {
			q.Since, q.SinceFrom = id, "forge"
		}
	}
	return nil
}

// breakGlass holds who wants to go past the gate against the law.
func (b *books) breakGlass(o gateOptions, d *gate.Decision) (*ledger.Glass, error) {
	var by field.Login
	if err := by.ParseScalar(o.By); err != nil {
		return nil, usagef("--by %q: %w", o.By, err)
	}
	if b.g.env.Getenv("CI") != "" && field.Fold(b.g.env.Getenv("GITHUB_ACTOR")) != field.Fold(o.By) {
		return nil, usagef("--by %s is not who started this job (GITHUB_ACTOR)", o.By)
	}
	groups := b.law.Config.Gate.BreakGlass
	unknown := false
	for _, name := range groups {
		members, teams, defined := b.law.Groups.Members(name)
		if defined && slices.ContainsFunc(members, by.Same) {
			said := "cannot decide"
			if len(d.Reasons) > 0 {
				said = strings.TrimSpace(d.Reasons[0].Code + " " + d.Reasons[0].Message)
			}
			return &ledger.Glass{By: string(by), Reason: change.Redact(o.Reason), Incident: change.Redact(o.Incident), Denied: change.Redact(said)}, nil
		}
		unknown = unknown || len(teams) > 0
	}
	if unknown {
		return nil, failed(fmt.Errorf("break the glass: %s may belong to a team of the forge, which cannot be asked here; list its members in groups.yaml", by))
	}
	return nil, &exit{code: ExitFail, err: fmt.Errorf("break the glass: %s belongs to none of %s (gate.break_glass)", by, strings.Join(groups, ", "))}
}

// record appends the decision to the log. Where the glass is broken, an entry
// that cannot be pushed is said loudly and does not hold up the rescue.
func (b *books) record(ctx context.Context, o gateOptions, a *gateAnswer) error {
	key, err := b.g.signingKey(o.Key)
	if err != nil {
		return err
	}
	w := ledger.Writer{Repo: b.repo, Key: key, By: gitrepo.Signature{Name: "mergeseal", Mail: "mergeseal@localhost", At: b.now}}
	e := ledger.Deployment{
		Repository: b.repository(), Environment: a.Environment, Commit: a.Commit, Services: a.Services, At: b.now.UTC(), Decision: a.Answer.String(),
		Actor: first(b.g.env.Getenv, "GITHUB_ACTOR", "USER"), BreakGlass: a.BreakGlass,
	}
	for _, c := range a.Changes {
		e.Changes = append(e.Changes, c.ID)
	}
	if a.BreakGlass != nil {
		e.Decision, e.Actor = ledger.BrokenGlass, a.BreakGlass.By
		b.g.loud("GLASS BROKEN by %s for %s: %s", a.BreakGlass.By, a.BreakGlass.Incident, a.BreakGlass.Reason)
		b.g.loud("a debt until a retrospective emergency record with its approval exists")
	}
	if o.Push != "none" {
		remote, err := b.remoteNamed(o.Push)
		if err == nil {
			w.Remote = &remote
		} else if a.BreakGlass == nil {
			return err
		}
	}
	err = w.Record(ctx, e)
	if err == nil {
		a.Recorded = true
		return nil
	}
	if a.BreakGlass == nil {
		return failed(fmt.Errorf("record the deployment: %w", err))
	}
	b.g.loud("the log could not be written (%v): write this down elsewhere: %s at %s on %s", err, e.Decision, e.At.Format(time.RFC3339), e.Commit)
	return nil
}

// loud is said even to those who asked for silence.
func (g *global) loud(format string, args ...any) {
	quiet := g.quiet
	g.quiet = false
	g.warn(format, args...)
	g.quiet = quiet
}
