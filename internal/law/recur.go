package law

import (
	"slices"
	"time"

	rrule "github.com/teambition/rrule-go"
)

// Rule is a repeat that was checked and can be asked when it is in force.
//
// RRULE texts are read by rrule-go. The days are found here, with its meaning
// and inside the asked range alone: its iterator runs up to the year 9999 for
// a rule that never comes true, and cannot be stopped.
type Rule struct {
	kind   WindowKind
	option rrule.ROption
	anchor wall   // what intervals count from, and left out parts are taken from
	times  []wall // of a day, sorted
	first  wall   // no start before it
	last   wall   // no start after it
	loc    *time.Location
	lasts  length

	without map[wall]bool // starts that were taken out
	skip    map[int]bool  // days that were taken out
	extra   []Period      // beside the rule, sorted by start
	none    bool          // the extra ones are all there are
}

// Equal reports whether both are the same rule; for comparisons in tests.
func (r *Rule) Equal(o *Rule) bool { return r == o }

// Location is the zone whose clocks the rule follows.
func (r *Rule) Location() *time.Location { return r.loc }

// Period is one time at which a window is in force, half-open.
type Period struct {
	Start, End time.Time
	// Odd says that clocks change at an edge: it was read with caution.
	Odd bool
}

// the ends of what instants may say; see field.Instant.
var (
	minWall = wallOf(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC))
	maxWall = wallOf(time.Date(2199, 12, 31, 23, 59, 59, 0, time.UTC))
)

// between lists the occurrences that are on at some instant of [from, to),
// sorted by start. It looks at no day that cannot matter.
func (r *Rule) between(from, to time.Time) []Period {
	if !from.Before(to) {
		return nil
	}
	var out []Period
	add := func(p Period) {
		if p.Start.Before(to) && p.End.After(from) && p.Start.Before(p.End) {
			out = append(out, p)
		}
	}
	if !r.none {
		for _, w := range r.starts(clamp(from)-r.lasts.longest(), clamp(to)+reach) {
			add(r.period(w))
		}
	}
	for _, p := range r.extra {
		add(p)
	}
	slices.SortFunc(out, func(a, b Period) int {
		if c := a.Start.Compare(b.Start); c != 0 {
			return c
		}
		return a.End.Compare(b.End)
	})
	return slices.CompactFunc(out, func(a, b Period) bool { return a.Start.Equal(b.Start) && a.End.Equal(b.End) })
}

// clamp keeps an instant far away from the ends of arithmetic.
func clamp(t time.Time) wall {
	return min(max(wall(t.Unix()), minWall-maxLength*day), maxWall+maxLength*day)
}

func (r *Rule) period(w wall) Period {
	start, odd := w.start(r.loc, r.kind)
	end, too := r.lasts.from(w, start, r.loc, r.kind)
	return Period{start, end, odd || too}
}

// starts lists the wall clock readings in [from, to] at which the rule begins.
func (r *Rule) starts(from, to wall) []wall {
	from, to = max(from, r.first), min(to, r.last)
	if from > to {
		return nil
	}
	var out []wall
	take := func(w wall) {
		if from <= w && w <= to && !r.without[w] && !r.skip[w.days()] {
			out = append(out, w)
		}
	}
	if len(r.option.Bysetpos) > 0 {
		for p := r.partOf(from.days()); p.first <= to.days(); p = r.partOf(p.last + 1) {
			for _, w := range r.picked(p) {
				take(w)
			}
		}
		return out
	}
	for d := from.days(); d <= to.days(); d++ {
		if r.matches(d) {
			r.onDay(d, take)
		}
	}
	return out
}

// onDay visits the starts of a day that matches.
func (r *Rule) onDay(d int, visit func(wall)) {
	for _, t := range r.times {
		w := wall(d)*day + t
		if r.option.Freq == rrule.HOURLY && (hours(w)-hours(r.anchor))%r.option.Interval != 0 {
			continue
		}
		visit(w)
	}
}

func hours(w wall) int { return w.days()*24 + int(w-wall(w.days())*day)/3600 }

// picked applies BYSETPOS to one period of the rule.
func (r *Rule) picked(p part) []wall {
	var all, out []wall
	for d := p.first; d <= p.last; d++ {
		if r.matches(d) {
			r.onDay(d, func(w wall) { all = append(all, w) })
		}
	}
	for _, n := range r.option.Bysetpos {
		if n < 0 {
			n += len(all) + 1
		}
		if 1 <= n && n <= len(all) {
			out = append(out, all[n-1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Between lists when the window is in force at some instant of [from, to),
// sorted by start, none cut to that range. It reports false for a window that
// cannot be placed in time, whose repeat or dates are malformed.
func (w *Window) Between(from, to time.Time) ([]Period, bool) {
	rule := w.Rule
	if rule == nil && w.Repeat != nil {
		var bad []flaw
		if rule, bad = compile(*w.Repeat, w.Kind); len(bad) > 0 {
			return nil, false
		}
	}
	if rule != nil {
		return rule.between(from, to), true
	}
	if w.Start.IsZero() || !w.Start.Before(w.End.Time) {
		return nil, false
	}
	if w.Start.Before(to) && w.End.After(from) {
		return []Period{{Start: w.Start.Time, End: w.End.Time}}, true
	}
	return nil, true
}
