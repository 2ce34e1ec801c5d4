package schedule

import (
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/field"
)

// Clashes lists every two bookings that are in each other's way, of which at
// least one is shown. An acceptance by either side counts.
func Clashes(bookings []Booking, rules Rules, shown func(id string) bool) []Clash {
	byID := map[string]*Booking{}
	for i := range bookings {
		byID[field.Fold(bookings[i].ID)] = &bookings[i]
	}
	out := []Clash{}
	for _, p := range sweep(bookings, rules, shown) {
		a, b := byID[field.Fold(p.ID)], byID[field.Fold(p.Collision.With)]
		common := a.span().common(b.span())
		c := Clash{
			A: a.ID, B: b.ID, Kind: p.Collision.Kind, Via: p.Collision.Via, Minutes: p.Collision.Minutes,
			From: field.Instant{Time: common.from}, To: field.Instant{Time: common.to},
			Accepted: p.Collision.Accepted || accepted(b.Target, a.ID, common.to, rules.Now),
		}
		c.Blocks = !c.Accepted && p.kind != byFiles && p.kind != byImplementer
		out = append(out, c)
	}
	return out
}

// Partners are the ids that an id collides with, sorted.
func Partners(clashes []Clash, id string) []string {
	out := []string{}
	for _, c := range clashes {
		switch {
		case sameName(c.A, id):
			out = append(out, c.B)
		case sameName(c.B, id):
			out = append(out, c.A)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// During reports whether the booking's window has an instant in [from, to).
func (b Booking) During(from, to time.Time) bool {
	return b.dated() && b.span().overlaps(span{from, to})
}
