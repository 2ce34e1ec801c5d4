package judge

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/agenda"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

// ErrNoSuchGroup means that the law defines no group of a meeting's name.
var ErrNoSuchGroup = errors.New("no such group")

// Board says which records of the base a meeting could talk about: those that
// are to come, emergencies and failures since the last one, and whatever has a
// review or owes one.
func Board(q agenda.Question) func(*change.File) bool {
	return func(f *change.File) bool {
		r := &f.Record
		p := r.Schedule
		switch {
		case p != nil && r.Outcome == nil && r.Canceled == nil && p.End.After(q.Date) && p.Start.Before(q.Until):
			return true
		case r.Review != nil && len(r.Review.Actions) > 0:
			return true
		case r.Review != nil && !r.Review.Held.In(time.UTC).Before(q.Since):
			return true
		case r.End().IsZero():
			return false
		}
		// How long a review may wait is the law's to say: what could owe one is told.
		_, owes := r.ReviewDue(change.ReviewLimits{RetroHours: 1, ReviewDays: 1})
		return owes && (r.Review == nil || !r.End().Before(q.Since))
	}
}

// Agenda makes a meeting's agenda of an outlook whose heads were judged by the
// rules. Server is the forge's address, such as https://github.com.
func (out *Outlook) Agenda(q agenda.Question, server string, now time.Time) agenda.Agenda {
	q.ReviewLimit = reviewLimits(out.Law)
	if out.Law.Config.Repository != "" {
		q.Repository = out.Law.Config.Repository
	}
	clashes := schedule.Clashes(out.Bookings(), out.Rules(now), func(string) bool { return true })
	open := map[string]bool{}
	var cases []agenda.Case
	add := func(p Planned) {
		c := agenda.Case{
			Record: p.Record, Judged: p.Judged, Merged: p.Merged, PullRequest: p.Head.PullRequest, Rollback: rollbackLine(&p.Record),
			Material: !p.Merged && (p.Class == change.ClassNew || p.Class == change.ClassMaterial), Errors: problems(p),
		}
		if c.PullRequest > 0 && q.Repository != "" && server != "" {
			c.Link = fmt.Sprintf("%s/%s/pull/%d", server, q.Repository, c.PullRequest)
		}
		for _, x := range clashes {
			if id := field.Fold(p.Record.ID); field.Fold(x.A) == id || field.Fold(x.B) == id {
				c.Clashes = append(c.Clashes, x)
			}
		}
		cases = append(cases, c)
	}
	for _, p := range out.Open {
		id := field.Fold(p.Record.ID)
		if p.Class != change.ClassNew && p.Class != change.ClassMaterial || open[id] {
			continue // what a light amendment is about is merged
		}
		open[id] = true
		add(p)
	}
	for _, p := range out.Merged {
		if !open[field.Fold(p.Record.ID)] {
			add(p)
		}
	}
	a := agenda.Of(q, cases)
	a.Actions, a.Unread = out.Actions(), out.Unread
	return a
}

// Actions are what earlier reviews asked for and nobody has done, by change.
func (out *Outlook) Actions() []agenda.Action {
	actions := []agenda.Action{}
	for _, p := range out.Merged {
		actions = append(actions, agenda.Pending(&p.Record, out.Done)...)
	}
	slices.SortStableFunc(actions, func(a, b agenda.Action) int { return strings.Compare(a.ID, b.ID) })
	return actions
}

// Done reports whether a change of the base is over, by its folded id.
func (out *Outlook) Done(id string) bool { return out.over[id] }

// Group reports whether the law defines a group; the error wraps ErrNoSuchGroup.
func (out *Outlook) Group(name string) error {
	if out.Law.Groups.Defined(name) {
		return nil
	}
	return fmt.Errorf("%w: %s; there are %s", ErrNoSuchGroup, diag.Quote(name), strings.Join(out.Law.Groups.Names(), ", "))
}

// problems are the findings that stop an open change, in words.
func problems(p Planned) []string {
	var out []string
	if p.Merged {
		return nil
	}
	for _, f := range p.Findings {
		if f.Severity == diag.Error {
			out = append(out, f.Code+": "+f.Message)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
