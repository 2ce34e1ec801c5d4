package schedule

import (
	"cmp"
	"slices"

	"github.com/mergeseal/mergeseal/internal/field"
)

// Pair is two changes that collide. Collision is told from the side of the
// change with the smaller id.
type Pair struct {
	ID        string
	Collision Collision
	kind      kind
}

// Sweep finds every two bookings that collide, each pair once, sorted by both
// ids. It takes O(n log n + k log n) steps for n bookings of which k share a
// time with another one's service, dependency, file or hand.
func Sweep(bookings []Booking, rules Rules) []Pair {
	return sweep(bookings, rules, func(string) bool { return true })
}

// sweep is Sweep for the pairs of which one is asked about. What meets none of
// those that are asked about costs no more than its place in the index.
func sweep(bookings []Booking, rules Rules, asked func(id string) bool) []Pair {
	x := NewIndex(bookings, rules)
	near := x.tellers(bookings, asked)
	var out []Pair
	for _, b := range bookings {
		if b.Over || !near(b.ID) {
			continue
		}
		mine := asked(b.ID)
		for _, m := range x.matches(b.Target) {
			if other := x.booked[m.owner].ID; field.Fold(b.ID) < field.Fold(other) && (mine || asked(other)) {
				out = append(out, Pair{b.ID, x.collision(b.Target, m), m.kind})
			}
		}
	}
	slices.SortFunc(out, func(a, b Pair) int {
		return cmp.Or(a.compareIDs(b), cmp.Compare(a.kind, b.kind),
			cmp.Compare(b.Collision.Minutes, a.Collision.Minutes), cmp.Compare(a.Collision.State, b.Collision.State),
			cmp.Compare(a.Collision.From, b.Collision.From), cmp.Compare(a.Collision.To, b.Collision.To),
			slices.Compare(a.Collision.Via, b.Collision.Via))
	})
	return slices.CompactFunc(out, func(a, b Pair) bool { return a.compareIDs(b) == 0 })
}

// tellers are the bookings from whose side a pair is told: those that are asked
// about, and those with smaller ids that such a one meets.
func (x *Index) tellers(bookings []Booking, asked func(id string) bool) func(id string) bool {
	if !slices.ContainsFunc(bookings, func(b Booking) bool { return !asked(b.ID) }) {
		return asked
	}
	near := map[string]bool{} // by folded id
	for _, b := range bookings {
		if b.Over || !asked(b.ID) {
			continue
		}
		near[field.Fold(b.ID)] = true
		for _, m := range x.matches(b.Target) {
			near[field.Fold(x.booked[m.owner].ID)] = true
		}
	}
	return func(id string) bool { return near[field.Fold(id)] }
}

func (p Pair) compareIDs(o Pair) int {
	return cmp.Or(cmp.Compare(field.Fold(p.ID), field.Fold(o.ID)),
		cmp.Compare(field.Fold(p.Collision.With), field.Fold(o.Collision.With)))
}
