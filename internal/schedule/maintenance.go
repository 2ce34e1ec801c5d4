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
	if m.Inside = fits(wanted, t.span()); !m.Inside {
		m.Next = nextFit(wanted, t)
	}
	return m
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
func fits(wanted [][]law.Window, plan span) bool {
	for _, windows := range wanted {
		if !slices.ContainsFunc(windows, func(w law.Window) bool {
			s, sound := windowSpan(w)
			return sound && s.contains(plan)
		}) {
			return false
		}
	}
	return true
}

// nextFit tries the windows' starts in order: the earliest fit begins at one.
func nextFit(wanted [][]law.Window, t Target) string {
	var starts []time.Time
	for _, windows := range wanted {
		for _, w := range windows {
			if w.Start.After(t.Start) {
				starts = append(starts, w.Start.Time)
			}
		}
	}
	slices.SortFunc(starts, byTime)
	for _, s := range starts {
		if fits(wanted, span{s, s.Add(t.End.Sub(t.Start))}) {
			return stamp(s)
		}
	}
	return ""
}
