package gate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/ledger"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// Decide decides. An error means that it cannot: something could not be read.
func Decide(ctx context.Context, h House, q Request) (*Decision, error) {
	d := &Decision{
		Environment: q.Environment, Commit: q.Commit, Base: h.Base, Since: q.Since, SinceFrom: q.SinceFrom, At: q.Now.UTC(),
		Services: append([]string{}, q.Services...), Changes: []Carried{}, Reasons: []Reason{}, Notes: []string{},
	}
	l := &load{House: h, Request: q, decision: d, byID: map[string]*claim{}, covers: map[string]bool{}, sealed: map[string]string{}}
	if err := l.commitsOf(ctx); err != nil {
		return nil, err
	}
	for _, id := range q.Changes {
		l.claim(id, "", nil).named = true
	}
	if !l.governs() && len(l.byID) == 0 {
		return nil, errors.New("the law covers no path for " + q.Environment + ": fill in coverage in mergeseal.yaml, or name the change with --change")
	}
	if err := l.changes(ctx); err != nil {
		return nil, err
	}
	l.conclude()
	return d, nil
}

// commitsOf takes every commit that the deployment carries, or undoes.
func (l *load) commitsOf(ctx context.Context) error {
	if err := l.onBase(); err != nil {
		return err
	}
	forth, back, err := l.commits()
	if err != nil {
		return fmt.Errorf("find what is deployed: %w", err)
	}
	l.decision.Commits = len(forth) + len(back)
	if l.Since == "" {
		l.note("what %s has now is not known: only this commit's own changes are looked at (--since)", l.Environment)
	}
	if len(back) > 0 {
		l.note("this takes back %d commits that %s has now", len(back), l.Environment)
	}
	for _, c := range slices.Concat(forth, back) {
		if err := l.take(ctx, c); err != nil {
			return err
		}
	}
	if err := l.lies(); err != nil {
		return err
	}
	err = l.Verifier.Chain()
	var p *diag.Problem
	switch {
	case errors.As(err, &p):
		l.deny(p.Code, p.Hint, "%s", p.Message)
	case err != nil && !errors.Is(err, ledger.ErrNoSeals):
		return err
	}
	return nil
}

// onBase holds the commit against the base branch: what is not on it was never
// merged, and so never approved.
func (l *load) onBase() error {
	at, err := l.Repo.MergeBase(l.Base, l.Commit)
	if err != nil && !errors.Is(err, tree.ErrNotFound) {
		return fmt.Errorf("find the commit on the base branch: %w", err)
	}
	if err != nil || at != l.Commit {
		l.deny("MS721", "deploy a commit of the base branch; fetch it if this one was merged just now", "%s is not on the base branch, which is at %s here", l.Commit[:12], l.Base[:12]).Commit = l.Commit
	}
	return nil
}

// governs reports whether the law covers anything in this environment.
func (l *load) governs() bool {
	return slices.ContainsFunc(l.Law.Config.Coverage, func(c law.Coverage) bool {
		return len(c.Environments) == 0 || slices.ContainsFunc(c.Environments, same(l.Environment))
	})
}

// changes holds each change against its record on the base, as it is now.
func (l *load) changes(ctx context.Context) error {
	if len(l.byID) == 0 {
		return nil
	}
	out, err := l.Look(ctx, func(f *change.File) bool { return l.byID[field.Fold(f.Record.ID)] != nil })
	if err != nil {
		return fmt.Errorf("read the changes: %w", err)
	}
	if len(out.Blocked) > 0 {
		return fmt.Errorf("read the changes: %s", out.Blocked[0].Message)
	}
	planned := map[string]*judge.Planned{}
	for i := range out.Merged {
		planned[field.Fold(out.Merged[i].Record.ID)] = &out.Merged[i]
	}
	keys := make([]string, 0, len(l.byID))
	for key := range l.byID {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		cl, p := l.byID[key], planned[key]
		from := len(l.decision.Reasons)
		if p == nil {
			l.deny("MS722", "is the base branch fetched? a change that was taken away approves nothing", "%s is not on the base branch", cl.ID)
		} else {
			cl.ID, cl.Title, cl.Type = p.Record.ID, p.Record.Title, p.Record.Type.String()
			l.hold(cl, p, out)
		}
		for i := from; i < len(l.decision.Reasons); i++ {
			l.decision.Reasons[i].Change = cl.ID
		}
		l.decision.Changes = append(l.decision.Changes, cl.Carried)
	}
	return nil
}

// hold asks of one change everything that the gate asks.
func (l *load) hold(cl *claim, p *judge.Planned, out *judge.Outlook) {
	r := &p.Record
	if cl.named && len(cl.Commits) == 0 && l.Law.Config.Gate.RequireSeal {
		l.deny("MS721", "deploy the commit that brought it", "no commit of this deployment carries %s, and the law asks for seals", cl.ID)
	}
	if word := over(r); word != "" {
		l.deny("MS722", "a change that ended approves nothing more: open a new one", "%s is %s", cl.ID, word)
		return
	}
	if r.Type == change.Registration {
		l.deny("MS721", "a registration is a note in the calendar: open a change", "%s is a registration, which approves nothing", cl.ID)
		return
	}
	l.scope(cl, p)
	l.source(cl, r)
	l.window(cl, r)
	l.freezes(cl, p, out)
	for _, c := range schedule.Collisions(p.Booking.Target, out.Booked, out.Rules(l.Now)) {
		soft := c.Kind == "implementer" || c.Kind == "files"
		if c.State == "booked" && !c.Accepted && !soft {
			l.deny("MS302", "move one of them, or let its owner accept it with collisions_accepted", "%s collides with %s on %s", cl.ID, c.With, strings.Join(c.Via, ", ")).Who = c.Owner
		}
	}
}

// over is why a change is not open, "" while it is.
func over(r *change.Record) string {
	switch {
	case r.Canceled != nil:
		return "canceled"
	case r.Outcome != nil:
		return "closed (" + r.Outcome.Result.String() + ")"
	case r.Hold != nil:
		return "on hold: " + shortly(change.Redact(r.Hold.Reason))
	}
	return ""
}

// scope holds the environment and the services against the record's.
func (l *load) scope(cl *claim, p *judge.Planned) {
	r := &p.Record
	if !slices.ContainsFunc(r.Environments, same(l.Environment)) {
		l.deny("MS724", "amend the record's environments, and have that approved", "%s is for %s, not for %s", cl.ID, strings.Join(r.Environments, ", "), l.Environment)
	}
	for _, s := range l.Services {
		touches := len(cl.paths) == 0 || slices.ContainsFunc(l.Law.Services.Derive(cl.paths), func(t law.Touched) bool { return same(s)(t.Service) })
		if touches && !slices.ContainsFunc(r.Services, same(s)) {
			l.deny("MS724", "amend the record's services, and have that approved", "%s does not name the service %s", cl.ID, diag.Quote(s))
		}
	}
	if cl.Sealed {
		return
	}
	for _, path := range cl.paths { // a seal's verdict has looked at them
		for _, t := range l.Law.Services.Derive([]string{path}) {
			if !slices.ContainsFunc(r.Services, same(t.Service)) {
				l.deny("MS724", "amend the record's services, and have that approved", "%s touches %s, which %s does not name", diag.Quote(path), t.Service, cl.ID)
				return
			}
		}
	}
}

// source holds artifacts and commits against what the record binds itself to.
func (l *load) source(cl *claim, r *change.Record) {
	var approved []change.Artifact
	if r.Source != nil {
		approved = r.Source.Artifacts
	}
	for _, a := range l.Artifacts {
		if len(approved) > 0 && !slices.Contains(approved, a) {
			l.deny("MS725", "build what was approved, or amend source.artifacts", "%s does not approve the artifact %s", cl.ID, diag.Quote(a.Name+"@"+a.Digest))
		}
	}
	if len(approved) > 0 && len(l.Artifacts) == 0 {
		l.deny("MS725", "name what is deployed with --artifact NAME@DIGEST", "%s binds itself to artifacts, and none is named", cl.ID)
	}
	if r.Source == nil || r.Source.Commits == "" {
		return
	}
	from, to, _ := strings.Cut(r.Source.Commits, "..")
	ok := false
	if last, err := l.Repo.Resolve(strings.TrimPrefix(to, ".")); err == nil {
		first, err := l.Repo.Resolve(from)
		ok = err == nil && first != l.Commit && l.above(last, l.Commit) && l.above(l.Commit, first)
	}
	if !ok {
		l.deny("MS725", "deploy a commit of that range, or amend source.commits", "%s approves the commits %s, and %s is none of them", cl.ID, diag.Quote(r.Source.Commits), l.Commit[:12])
	}
}

func (l *load) above(newer, older string) bool {
	at, err := l.Repo.MergeBase(newer, older)
	return err == nil && at == older
}

// window holds the clock against the planned window, which an emergency and a
// standard change may go without.
func (l *load) window(cl *claim, r *change.Record) {
	if r.Schedule == nil {
		return
	}
	cl.Start, cl.End = r.Schedule.Start.Time, r.Schedule.End.Time
	closes := cl.End.Add(time.Duration(l.Law.Config.Gate.GraceMinutes) * time.Minute)
	switch {
	case l.Now.Before(cl.Start):
		x := l.deny("MS726", "run the gate again then", "%s opens at %s", cl.ID, r.Schedule.Start)
		x.Until, x.answer = cl.Start, NotYet
	case !l.Now.Before(closes):
		l.deny("MS727", "plan it again: amend schedule, and have that approved", "the window of %s was over at %s", cl.ID, r.Schedule.End)
	default:
		l.decision.Until = soonest(l.decision.Until, closes)
	}
}

// freezes denies where one is on at this second, whatever the plan says.
func (l *load) freezes(cl *claim, p *judge.Planned, out *judge.Outlook) {
	t := p.Booking.Target
	t.Start, t.End = l.Now, l.Now.Add(time.Second)
	t.Environments = []string{l.Environment}
	if len(cl.paths) > 0 {
		t.Paths, t.PathsKnown = cl.paths, true
	}
	begun, started := l.begun(cl, &p.Record)
	for _, f := range schedule.Freezes(out.Law.Windows, t) {
		from, _ := time.Parse(time.RFC3339, f.From)
		to, _ := time.Parse(time.RFC3339, f.To)
		on := f.Hit || f.Overrun // for a plan of one second nothing can overrun
		switch {
		case !on:
			l.decision.Until = soonest(l.decision.Until, from)
		case f.Exempt, slices.ContainsFunc(cl.excepted, same(f.ID)) && l.stillExcepted(&p.Record, f.ID):
		case l.overruns(f.ID) && started && begun.Before(from):
		default:
			x := l.deny("MS301", "wait, or ask for an exception: add freeze_exception to the record", "%s is on since %s", title(f), f.From)
			x.Until, x.Who = to, f.Owners
		}
	}
}

func title(f schedule.FreezeHit) string { return "the freeze " + diag.Quote(cmp.Or(f.Title, f.ID)) }

// stillExcepted reports whether the exception that was granted is in force.
func (l *load) stillExcepted(r *change.Record, window string) bool {
	e := r.FreezeException
	return e != nil && same(window)(e.Window) && l.Now.Before(e.Expires.Time)
}

func (l *load) overruns(window string) bool {
	return slices.ContainsFunc(l.Law.Windows, func(w law.Window) bool { return same(window)(w.ID) && w.Overrun == "allow" })
}

// begun is when work on a change began: by the record, or by the deployment log.
func (l *load) begun(cl *claim, r *change.Record) (time.Time, bool) {
	if r.Actual != nil && !r.Actual.Start.IsZero() {
		return r.Actual.Start.Time, true
	}
	at, ok := l.Begun[field.Fold(cl.ID)]
	return at, ok
}

// conclude makes one answer of all reasons. Without a change and without a
// reason nothing governed is deployed, which is said.
func (l *load) conclude() {
	d := l.decision
	slices.SortStableFunc(d.Reasons, func(a, b Reason) int { return cmp.Compare(a.answer, b.answer) })
	d.Answer = Allowed
	for _, r := range d.Reasons {
		d.Answer = min(d.Answer, r.answer)
	}
	if d.Answer != Allowed {
		d.Until = time.Time{}
		return
	}
	if len(d.Changes) == 0 {
		l.note("no covered path is in what is deployed: nothing needs a change")
	}
	d.Until = soonest(d.Until, d.At.Add(longest)).UTC()
}
