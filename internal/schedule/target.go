package schedule

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
)

// Target is what a change looks like to the calendar. An empty list of
// services, tiers or environments means that they are not known, and so may be
// any.
type Target struct {
	ID           string
	Title        string
	Type         change.Type
	Level        field.Level // of risk; the zero value counts for every limit
	Services     []string    // declared and derived
	Tiers        []int       // of the services; 0 where it is not known
	Environments []string
	Paths        []string // that the change touches, records left out
	// PathsKnown says that Paths is all there is. Without it every freeze that
	// is scoped by path applies.
	PathsKnown   bool
	Start, End   time.Time // planned, half-open
	Owner        field.Login
	Implementers []field.Login // none means the owner
	Exception    *change.FreezeException
	Accepted     []change.CollisionAccepted
}

// Sound reports whether the plan has a start, and an end after it. Nothing
// that is asked about another plan is answered in its favour.
func (t Target) Sound() bool { return !t.Start.IsZero() && t.Start.Before(t.End) }

// span is the planned window; a plan that ends where it starts or earlier
// stands for every second between its two instants, both included.
func (t Target) span() span {
	if t.Sound() {
		return span{t.Start, t.End}
	}
	from, to := t.Start, t.End
	if to.Before(from) {
		from, to = to, from
	}
	return span{from, to.Add(time.Second)}
}

// dated reports whether both instants are given.
func (t Target) dated() bool { return !t.Start.IsZero() && !t.End.IsZero() }

// hands are the people who do the work, folded.
func (t Target) hands() []string {
	people := t.Implementers
	if len(people) == 0 && t.Owner != "" {
		people = []field.Login{t.Owner}
	}
	out := make([]string, len(people))
	for i, p := range people {
		out[i] = p.Fold()
	}
	return out
}

// in reports whether a window's scope covers the target. Given lists must all
// match; what is not known of the target matches.
func (t Target) in(s law.Scope) bool {
	return anyOf(s.Environments, t.Environments, sameName) &&
		anyOf(s.Services, t.Services, sameName) &&
		anyOf(s.Tiers, t.Tiers, sameValue[int]) &&
		(len(s.Types) == 0 || t.Type == change.TypeNone || slices.Contains(s.Types, t.Type)) &&
		(len(s.Paths) == 0 || !t.PathsKnown || anyOf(s.Paths, t.Paths, law.Match) && len(t.Paths) > 0)
}

// anyOf reports whether a wanted value matches one that is there; wanting
// nothing and having nothing both match.
func anyOf[T any](want, have []T, match func(want, have T) bool) bool {
	if len(want) == 0 || len(have) == 0 {
		return true
	}
	return slices.ContainsFunc(want, func(w T) bool {
		return slices.ContainsFunc(have, func(h T) bool { return match(w, h) })
	})
}

func sameName(a, b string) bool { return field.Fold(a) == field.Fold(b) }

func sameValue[T comparable](a, b T) bool { return a == b }

// span is a stretch of time, [from, to).
type span struct{ from, to time.Time }

func (s span) overlaps(o span) bool { return s.from.Before(o.to) && o.from.Before(s.to) }

func (s span) contains(o span) bool { return !o.from.Before(s.from) && !s.to.Before(o.to) }

// common is the stretch two overlapping spans share.
func (s span) common(o span) span {
	if o.from.After(s.from) {
		s.from = o.from
	}
	if o.to.Before(s.to) {
		s.to = o.to
	}
	return s
}

// minutes is the length in minutes, rounded up.
func (s span) minutes() int64 {
	d := s.to.Sub(s.from)
	if d <= 0 {
		return 0
	}
	return int64((d + time.Minute - 1) / time.Minute)
}

// stamp is an instant as RFC 3339 with the offset it was written with.
func stamp(t time.Time) string { return field.Instant{Time: t}.String() }

// given reports whether a text has content.
func given(text string) bool { return strings.TrimSpace(text) != "" }

func byTime(a, b time.Time) int { return a.Compare(b) }

// sortedSet is the distinct strings of a list, sorted.
func sortedSet(list []string) []string {
	out := slices.Clone(list)
	slices.SortFunc(out, cmp.Compare[string])
	return slices.Compact(out)
}
