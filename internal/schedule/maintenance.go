package schedule

import (
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/law"
)

// MaintenanceFor says whether the target lies wholly inside one of the windows
// that each of its services names. Required holds one list of window ids for
// each service that names any, so that a window of one service never stands in
// for that of another.
//
// A window whose scope leaves the target out asks nothing of it; an id that no
// window has is asked for and never met. Next is the first later instant at
// which the whole plan would fit, "" when it fits already or when there is none.
func MaintenanceFor(windows []law.Window, required [][]string, t Target) Maintenance {
	byID := map[string][]law.Window{}
	for _, w := range windows {
		if w.Kind == law.Maintenance {
			byID[w.ID] = append(byID[w.ID], w)
		}
	}
	var ids []string
	var wanted [][]law.Window // by service
	for _, list := range required {
		open, asked := applicable(byID, list, t)
		if len(asked) > 0 {
			wanted, ids = append(wanted, open), append(ids, asked...)
		}
	}
	m := Maintenance{Required: sortedSet(append([]string{}, ids...)), Inside: len(wanted) == 0}
	if len(wanted) == 0 || !t.Sound() {
		return m
	}
	open := make([]opening, len(wanted))
	for i, windows := range wanted {
		open[i] = newOpening(windows, t.span())
	}
	if m.Inside = fits(open, t.span()); !m.Inside {
		m.Next = nextFit(open, t)
	}
	return m
}

// opens is how far after the plan a window that would hold it is looked for.
const opens = 400 * 24 * time.Hour

// opening is when any of a service's windows is open.
type opening struct {
	spans []span
	line  *timeline
}

// newOpening looks at windows from the plan on. One that cannot be placed in
// time is never open.
func newOpening(windows []law.Window, plan span) opening {
	var all []span
	var owners []int
	for _, w := range windows {
		ahead := opens
		if w.Repeat == nil && w.Rule == nil {
			ahead = w.Start.Sub(plan.to) + 1 // one that is known by its date is never too far
		}
		spans, _ := near(w, plan, max(ahead, 0))
		all = append(all, spans...)
	}
	for i := range all {
		owners = append(owners, i)
	}
	return opening{all, newTimeline(all, owners)}
}

// applicable returns the windows of a list that could hold the target, and the
// ids that are asked for.
func applicable(byID map[string][]law.Window, list []string, t Target) (open []law.Window, asked []string) {
	for _, id := range list {
		known := byID[id]
		inScope := len(known) == 0
		for _, w := range known {
			if t.in(w.Scope) && !slices.Contains(w.Exempt.Types, t.Type) {
				open, inScope = append(open, w), true
			}
		}
		if inScope {
			asked = append(asked, id)
		}
	}
	return open, asked
}

// fits reports whether every service has a window that holds the whole plan.
func fits(open []opening, plan span) bool {
	for _, windows := range open {
		held := false
		windows.line.each(plan, func(i int) { held = held || windows.spans[i].contains(plan) })
		if !held {
			return false
		}
	}
	return true
}

// nextFit tries the windows' starts in order: the earliest fit begins at one.
func nextFit(open []opening, t Target) string {
	var starts []time.Time
	for _, windows := range open {
		for _, s := range windows.spans {
			if s.from.After(t.Start) {
				starts = append(starts, s.from)
			}
		}
	}
	slices.SortFunc(starts, byTime)
	for _, s := range slices.CompactFunc(starts, time.Time.Equal) {
		if fits(open, span{s, s.Add(t.End.Sub(t.Start))}) {
			return stamp(s)
		}
	}
	return ""
}
