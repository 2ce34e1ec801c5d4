package schedule

import (
	"cmp"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/law"
)

// Occurrence is one time that a window is in force, half-open.
type Occurrence struct {
	Window     law.Window
	Start, End time.Time
}

// Occurrences lists every time that a window is in force at some instant of
// [from, to), whole and not cut to that range, sorted by start, then by id. A
// window that cannot be placed in time is left out: see Freezes for who counts
// it as on.
func Occurrences(windows []law.Window, from, to time.Time) []Occurrence {
	var out []Occurrence
	for _, w := range windows {
		periods, _ := w.Between(from, to)
		for _, p := range periods {
			out = append(out, Occurrence{Window: w, Start: p.Start, End: p.End})
		}
	}
	slices.SortStableFunc(out, func(a, b Occurrence) int {
		return cmp.Or(byTime(a.Start, b.Start), cmp.Compare(a.Window.ID, b.Window.ID), byTime(a.End, b.End))
	})
	return out
}

// maxPlan is the longest plan that a repeat is laid beside: two years. A longer
// one meets every repeat in its scope.
const maxPlan = 2 * 366 * 24 * time.Hour

// maxHits is how many occurrences of one window are told apart.
const maxHits = 100

// near lists when a window is on during a span or begins within ahead of its
// end. It reports false when that cannot be said.
func near(w law.Window, s span, ahead time.Duration) ([]span, bool) {
	if (w.Repeat != nil || w.Rule != nil) && s.to.Sub(s.from) > maxPlan {
		return nil, false
	}
	periods, sound := w.Between(s.from, s.to.Add(ahead))
	out := make([]span, len(periods))
	for i, p := range periods {
		out[i] = span{p.Start, p.End}
	}
	return out, sound
}
