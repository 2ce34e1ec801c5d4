package schedule

import (
	"cmp"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/law"
)

// MaxValid is how long an answer stands at most.
const MaxValid = 24 * time.Hour

// Edge is an instant at which time alone changes an answer.
type Edge struct {
	At  time.Time
	Why string
}

// ValidUntil is the next instant after now at which time alone could change
// the answer, at most MaxValid away, and all edges after now, the next first.
// Edges at one instant are sorted by their words; equal ones count once.
func ValidUntil(now time.Time, edges ...Edge) (time.Time, []Edge) {
	ahead := make([]Edge, 0, len(edges))
	for _, e := range edges {
		if e.At.After(now) {
			ahead = append(ahead, e)
		}
	}
	slices.SortFunc(ahead, func(a, b Edge) int { return cmp.Or(byTime(a.At, b.At), cmp.Compare(a.Why, b.Why)) })
	ahead = slices.CompactFunc(ahead, func(a, b Edge) bool { return a.At.Equal(b.At) && a.Why == b.Why })
	until := now.Add(MaxValid)
	if len(ahead) > 0 && ahead[0].At.Before(until) {
		until = ahead[0].At
	}
	return until, ahead
}

// Edges lists the instants at which time alone changes what is said of the
// target: its planned window's edges, those of the windows in its scope, and
// the ends of its exception and of the collisions it accepts. Of a repeat they
// are those within MaxValid of now, or its next one within Ahead.
func Edges(windows []law.Window, t Target, now time.Time) []Edge {
	var out []Edge
	add := func(at time.Time, why string) {
		if !at.IsZero() {
			out = append(out, Edge{at, why})
		}
	}
	add(t.Start, "the window begins")
	add(t.End, "the window ends")
	for _, w := range windows {
		if !t.in(w.Scope) {
			continue
		}
		name := cmp.Or(w.Title, w.ID)
		if w.Repeat == nil && w.Rule == nil {
			add(w.Start.Time, name+" begins")
			add(w.End.Time, name+" ends")
			continue
		}
		for _, s := range soon(w, now) {
			add(s.from, name+" begins")
			add(s.to, name+" ends")
		}
	}
	if t.Exception != nil {
		add(t.Exception.Expires.Time, "the exception to "+t.Exception.Window+" expires")
	}
	for _, a := range t.Accepted {
		add(a.Expires.Time, "the acceptance of "+a.With+" expires")
	}
	return out
}

// soon lists the occurrences that are on within MaxValid of now, and the next
// one after them.
func soon(w law.Window, now time.Time) []span {
	until := now.Add(MaxValid)
	out, _ := near(w, span{now, until}, Ahead)
	for i, s := range out {
		if s.from.After(until) {
			return out[:i+1]
		}
	}
	return out
}
