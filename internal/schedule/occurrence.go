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
		if s, sound := windowSpan(w); sound && s.overlaps(span{from, to}) {
			out = append(out, Occurrence{Window: w, Start: s.from, End: s.to})
		}
	}
	slices.SortStableFunc(out, func(a, b Occurrence) int {
		return cmp.Or(byTime(a.Start, b.Start), cmp.Compare(a.Window.ID, b.Window.ID), byTime(a.End, b.End))
	})
	return out
}
