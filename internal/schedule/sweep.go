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
	x := NewIndex(bookings, rules)
	var out []Pair
	for _, b := range bookings {
		if b.Over {
			continue
		}
		for _, m := range x.matches(b.Target) {
			if field.Fold(b.ID) < field.Fold(x.booked[m.owner].ID) {
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

func (p Pair) compareIDs(o Pair) int {
	return cmp.Or(cmp.Compare(field.Fold(p.ID), field.Fold(o.ID)),
		cmp.Compare(field.Fold(p.Collision.With), field.Fold(o.Collision.With)))
}
