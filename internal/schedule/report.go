package schedule

import (
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
)

// collision puts a match into words.
func (x *Index) collision(t Target, m match) Collision {
	b := &x.booked[m.owner]
	shared := x.spans[m.owner].common(t.span())
	c := Collision{
		With: b.ID, Title: b.Title, State: "booked", Kind: m.kind.String(), Via: append([]string{}, m.via...),
		Minutes: shared.minutes(), Accepted: accepted(t, b.ID, shared.to, x.rules.Now),
		From: stamp(b.Start), To: stamp(b.End), Owner: string(b.Owner), OwnersOf: []string{},
	}
	if b.Tentative {
		c.State = "tentative"
	}
	switch m.kind {
	case byService:
		c.OwnersOf = slices.Clone(c.Via)
	case byDependency:
		c.OwnersOf = c.Via[len(c.Via)-1:]
	case byCapacity, byFiles, byImplementer:
	}
	return c
}

// accepted reports whether the target accepts a collision until it is over.
func accepted(t Target, with string, until, now time.Time) bool {
	return slices.ContainsFunc(t.Accepted, func(a change.CollisionAccepted) bool {
		return sameName(a.With, with) && given(a.Reason) && !a.Expires.Before(until) && a.Expires.After(now)
	})
}

// crowded finds the changes that, at some instant of the target's plan, run
// with it in one environment above a limit. A change counts against a limit
// when its level is the limit's, graver, or not known.
func (x *Index) crowded(t Target) []match {
	var out []match
	for _, limit := range x.rules.Limits {
		if !counts(t, limit.Level) {
			continue
		}
		for _, env := range x.limited(limit.Environment, t.Environments) {
			for _, i := range x.tooMany(t, env, limit.Level, limit.AtOnce) {
				out = append(out, match{owner: i, kind: byCapacity})
			}
		}
	}
	return out
}

func counts(t Target, level field.Level) bool { return t.Level == field.LevelNone || t.Level >= level }

// limited lists the target's environments that a limit is about: all of those
// in use when the target's are not known.
func (x *Index) limited(env string, have []string) []string {
	switch {
	case env != "" && !anyOf([]string{env}, have, sameName):
		return nil
	case env != "":
		return []string{env}
	case len(have) > 0:
		return have
	case len(x.environments) > 0:
		return x.environments
	}
	return []string{""}
}

// tooMany lists the bookings that run at an instant when, the target included,
// more than atOnce do.
func (x *Index) tooMany(t Target, env string, level field.Level, atOnce int) []int {
	var others []int
	plan, own := t.span(), field.Fold(t.ID)
	x.all.each(plan, func(i int) {
		b := &x.booked[i]
		if field.Fold(b.ID) != own && anyOf([]string{env}, b.Environments, sameName) && counts(b.Target, level) {
			others = append(others, i)
		}
	})
	if len(others)+1 <= atOnce {
		return nil
	}
	full := newLoad(plan, others, x.spans, atOnce)
	return slices.DeleteFunc(others, func(i int) bool { return !full.during(plan.common(x.spans[i])) })
}

// load knows when at least so many spans run at once.
type load struct {
	edges []time.Time // distinct, sorted: where a span begins or ends
	full  []int       // full[i] is how many stretches between edges before edges[i] are full
}

func newLoad(plan span, owners []int, spans []span, atOnce int) load {
	type step struct {
		at   time.Time
		more int
	}
	steps := make([]step, 0, 2*len(owners))
	for _, i := range owners {
		s := plan.common(spans[i])
		steps = append(steps, step{s.from, 1}, step{s.to, -1})
	}
	slices.SortFunc(steps, func(a, b step) int { return byTime(a.at, b.at) })
	l := load{edges: make([]time.Time, 0, len(steps)), full: make([]int, 0, len(steps))}
	running, full := 0, 0
	for i, s := range steps {
		if i == 0 || !s.at.Equal(steps[i-1].at) {
			if i > 0 && running >= atOnce {
				full++
			}
			l.edges, l.full = append(l.edges, s.at), append(l.full, full)
		}
		running += s.more
	}
	return l
}

// during reports whether a stretch inside s, whose ends are edges, is full.
func (l load) during(s span) bool {
	from, _ := slices.BinarySearchFunc(l.edges, s.from, time.Time.Compare)
	to, _ := slices.BinarySearchFunc(l.edges, s.to, time.Time.Compare)
	return l.full[to] > l.full[from]
}
