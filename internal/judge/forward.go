package judge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

// View is what somebody wants to see of an outlook. Empty texts ask for
// everything.
type View struct {
	From, To    time.Time
	Zone        *time.Location // of the reader
	Now         time.Time
	Repository  string
	Service     string
	Environment string
	Level       field.Level // the lowest; a level that is not known is shown
}

// Concerns is what Look must judge of the base for a view: every record whose
// window has an instant in it.
func (v View) Concerns(f *change.File) bool {
	p := f.Record.Schedule
	return p != nil && p.Start.Before(v.To) && p.End.After(v.From)
}

// Forward makes the forward schedule of an outlook.
func (out *Outlook) Forward(v View) schedule.Forward {
	fw := schedule.Forward{
		From: field.Instant{Time: v.From.In(v.Zone)}, To: field.Instant{Time: v.To.In(v.Zone)}, Zone: v.Zone.String(),
		Now: field.Instant{Time: v.Now.In(v.Zone)}, Repository: cmp.Or(out.Law.Config.Repository, v.Repository),
		Filters: v.filters(), Entries: []schedule.Entry{}, Services: []string{}, Unread: out.Unread,
	}
	at := map[string]int{}
	for _, p := range slices.Concat(out.Merged, out.Open) {
		id := field.Fold(p.Record.ID)
		if i, known := at[id]; known {
			fw.Entries[i].Proposed = append(fw.Entries[i].Proposed, proposal(p))
			continue
		}
		if !v.shows(p) {
			continue
		}
		at[id] = len(fw.Entries)
		e := v.entry(p)
		e.Revision = out.Revisions[p.File.Path]
		fw.Entries = append(fw.Entries, e)
	}
	fw.Collisions = schedule.Clashes(out.Bookings(), out.Rules(v.Now), func(id string) bool {
		_, shown := at[field.Fold(id)]
		return shown
	})
	for i := range fw.Entries {
		fw.Entries[i].Collisions = schedule.Partners(fw.Collisions, fw.Entries[i].ID)
	}
	slices.SortFunc(fw.Entries, func(a, b schedule.Entry) int {
		return cmp.Or(a.Start.Compare(b.Start.Time), cmp.Compare(a.ID, b.ID))
	})
	fw.Windows = schedule.Open(out.Law.Windows, v.From, v.To, out.Law.Services, v.Service, v.Environment)
	for i := range fw.Windows {
		w := &fw.Windows[i]
		w.Start.Time, w.End.Time = w.Start.In(v.Zone), w.End.In(v.Zone)
		w.Title = change.Redact(w.Title)
		fw.Services = append(fw.Services, w.Services...)
	}
	for _, e := range fw.Entries {
		fw.Services = append(fw.Services, e.Services...)
	}
	if v.Service != "" {
		fw.Services = []string{v.Service}
	}
	slices.Sort(fw.Services)
	fw.Services = slices.Compact(fw.Services)
	return fw
}

// Rules are what makes changes collide by the law of an outlook.
func (out *Outlook) Rules(now time.Time) schedule.Rules {
	return schedule.Rules{Graph: out.Law.Services, Limits: out.Law.Config.Limits, Now: now}
}

func (v View) filters() []string {
	out := []string{}
	for _, f := range []struct{ name, value string }{{"service", v.Service}, {"environment", v.Environment}, {"level", v.Level.String()}} {
		if f.value != "" {
			out = append(out, f.name+" "+f.value)
		}
	}
	return out
}

// shows reports whether a change has its place in the view. A light amendment
// of an open change is about something that is merged.
func (v View) shows(p Planned) bool {
	same := func(want string) func(string) bool {
		return func(s string) bool { return field.Fold(s) == field.Fold(want) }
	}
	r := p.Record
	switch {
	case p.File.Record.Schedule == nil || !p.Merged && p.Class != change.ClassNew && p.Class != change.ClassMaterial:
		return false
	case !v.Concerns(p.File):
		return false
	case v.Service != "" && !slices.ContainsFunc(p.Booking.Services, same(v.Service)):
		return false
	case v.Environment != "" && len(r.Environments) > 0 && !slices.ContainsFunc(r.Environments, same(v.Environment)):
		return false
	}
	return p.Judged.Risk == nil || p.Judged.Risk.Level == field.LevelNone || p.Judged.Risk.Level >= v.Level
}

func (v View) entry(p Planned) schedule.Entry {
	r := p.Record
	e := schedule.Entry{
		ID: p.Judged.ID, Title: p.Judged.Title, Path: p.Judged.Path, Type: p.Judged.Type,
		Status: status(p, v.Now), State: schedule.Booked, PullRequest: p.Head.PullRequest,
		Services: redacted(nonNil(p.Booking.Services)), Environments: redacted(r.Environments),
		Start: r.Schedule.Start, End: r.Schedule.End,
		Owner: change.Redact(string(r.Owner)), Implementers: []string{}, Rollback: rollbackLine(&r),
		Reason: oneLine(r.Reason), Links: links(&r), Frozen: []string{}, Collisions: []string{}, Proposed: []schedule.Proposal{},
	}
	if !p.Merged {
		e.State = schedule.Tentative
	}
	if r.Type == change.Registration {
		e.State = schedule.Registered
	}
	if s := p.Judged.Risk; s != nil {
		e.Level, e.Score = s.Level.String(), s.Total
	}
	for _, who := range r.Implementers {
		e.Implementers = append(e.Implementers, change.Redact(string(who)))
	}
	for _, f := range p.Judged.Freezes {
		if f.Hit && !f.Exempt && !p.Booking.Over && r.Type != change.Registration {
			e.Frozen = append(e.Frozen, f.ID)
		}
	}
	if m := p.Judged.Maintenance; !m.Inside && !p.Booking.Over && r.Type != change.Emergency && r.Type != change.Registration {
		e.Frozen = append(e.Frozen, m.Required...)
	}
	return e
}

// status is where a change is in its life.
func status(p Planned, now time.Time) string {
	r := &p.Record
	switch {
	case r.Canceled != nil || r.Outcome != nil && r.Outcome.Result == change.ResultCanceled:
		return schedule.Canceled
	case r.Outcome != nil:
		return schedule.Closed
	case r.Hold != nil:
		return schedule.OnHold
	case !p.Merged:
		return schedule.Draft
	case now.Before(r.Schedule.Start.Time):
		return schedule.Scheduled
	case now.Before(r.Schedule.End.Time):
		return schedule.InProgress
	}
	return schedule.Ended
}

func proposal(p Planned) schedule.Proposal {
	out := schedule.Proposal{What: "amended", PullRequest: p.Head.PullRequest, Head: change.Redact(p.Head.Rev)}
	switch {
	case p.Class == change.ClassRemoval:
		out.What = "removed"
	case p.Class == change.ClassWithdrawal:
		out.What = "withdrawn"
	case p.Class == change.ClassClosure:
		out.What = "closed"
	case p.Record.Schedule != nil:
		out.Start, out.End = p.Record.Schedule.Start, p.Record.Schedule.End
	}
	return out
}

func links(r *change.Record) []schedule.EntryLink {
	out := []schedule.EntryLink{}
	for _, l := range r.Links {
		if strings.HasPrefix(l.Ref, "https://") {
			out = append(out, schedule.EntryLink{Kind: l.Kind.String(), URL: change.Redact(l.Ref)})
		}
	}
	return out
}

// rollbackLine is how a change is taken back, in one line; "" without a plan.
func rollbackLine(r *change.Record) string {
	p := r.RollbackPlan
	if p == nil {
		return ""
	}
	parts := []string{strings.ReplaceAll(p.Method.String(), "_", " ")}
	switch {
	case p.Method == change.MethodNone && p.Justification != "":
		parts = append(parts, p.Justification)
	case len(p.Steps) > 0:
		parts[0] += ": " + p.Steps[0]
		if n := len(p.Steps) - 1; n > 0 {
			parts[0] += fmt.Sprintf(" (and %d more)", n)
		}
	}
	if p.Minutes != nil {
		parts = append(parts, fmt.Sprintf("%d min", *p.Minutes))
	}
	if p.Rehearsed != nil && !p.Rehearsed.Date.IsZero() {
		parts = append(parts, "rehearsed "+p.Rehearsed.Date.String())
	}
	return oneLine(strings.Join(parts, ", "))
}

// oneLine is a text of several lines as one, without what looks like a secret.
func oneLine(text string) string { return change.Redact(strings.Join(strings.Fields(text), " ")) }
