package schedule

import (
	"cmp"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
)

// DefaultDepth is how many steps of dependency still make two services meet.
const DefaultDepth = 2

// Booking is another change in the calendar. A change on hold is one; a closed
// or canceled one is over.
type Booking struct {
	Target
	Tentative bool // in an open pull request; the zero value is booked
	Over      bool // closed or canceled: in nobody's way
}

// Graph knows which services depend on which; law.Services is one.
type Graph interface {
	// Lookup finds a service's definition by its exact name.
	Lookup(name string) (*law.Service, bool)
}

// Rules say what makes two changes collide.
type Rules struct {
	Graph  Graph // nil knows no dependencies
	Limits []law.Limit
	Depth  int       // of dependencies; less than one means DefaultDepth
	Now    time.Time // an acceptance must outlast it; zero asks nothing
}

// kind is why two changes collide, the gravest first.
type kind uint8

const (
	byService kind = iota
	byDependency
	byCapacity
	byFiles
	byImplementer
)

func (k kind) String() string {
	return [...]string{"service", "dependency", "capacity", "files", "implementer"}[k]
}

// Index is a calendar that answers for many targets. It never changes, so it is
// safe for concurrent use. A change that it holds twice counts twice against a limit.
type Index struct {
	rules    Rules
	booked   []Booking
	spans    []span
	services map[string]*timeline // by folded name, as are those below
	hands    map[string]*timeline
	files    map[string]*timeline // by path as written
	all      *timeline            // nil without limits
	// environments are those in use, as written, sorted.
	environments []string
	// below and above map services, as written, to the paths that lead from
	// them to what they depend on, and to those in use that depend on them.
	below, above map[string][][]string
}

// NewIndex sorts the bookings once, in O(n log n). Those that are over, and
// those without dates, are left out.
func NewIndex(booked []Booking, rules Rules) *Index {
	if rules.Depth < 1 {
		rules.Depth = DefaultDepth
	}
	x := &Index{rules: rules, booked: booked, spans: make([]span, len(booked))}
	services, hands, files := map[string][]int{}, map[string][]int{}, map[string][]int{}
	var all []int
	var names []string
	for i, b := range booked {
		if b.Over || !b.dated() {
			continue
		}
		x.spans[i] = b.span()
		for _, s := range b.Services {
			services[field.Fold(s)] = append(services[field.Fold(s)], i)
		}
		for _, h := range b.hands() {
			hands[h] = append(hands[h], i)
		}
		for _, p := range b.Paths {
			files[p] = append(files[p], i)
		}
		names, x.environments = append(names, b.Services...), append(x.environments, b.Environments...)
		all = append(all, i)
	}
	x.services, x.hands, x.files = x.timelines(services), x.timelines(hands), x.timelines(files)
	if len(rules.Limits) > 0 {
		x.all = newTimeline(x.spans, all)
	}
	x.environments = sortedSet(x.environments)
	x.relate(sortedSet(names))
	return x
}

func (x *Index) timelines(owners map[string][]int) map[string]*timeline {
	out := make(map[string]*timeline, len(owners))
	for key, list := range owners {
		out[key] = newTimeline(x.spans, list)
	}
	return out
}

// Collisions is NewIndex and one question to it.
func Collisions(t Target, booked []Booking, rules Rules) []Collision {
	return NewIndex(booked, rules).Collisions(t)
}

// match is one reason for which a booking is in the way.
type match struct {
	owner int
	kind  kind
	via   []string
}

func (m match) compare(o match) int {
	return cmp.Or(cmp.Compare(m.owner, o.owner), cmp.Compare(m.kind, o.kind),
		cmp.Compare(len(m.via), len(o.via)), slices.Compare(m.via, o.via))
}

// Collisions lists every other change in the target's way, one entry each with
// the gravest kind, sorted by kind, planned start and id. A target without
// dates has none: nothing can be said of it.
func (x *Index) Collisions(t Target) []Collision {
	found := x.matches(t)
	slices.SortStableFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), byTime(x.booked[a.owner].Start, x.booked[b.owner].Start))
	})
	out := make([]Collision, len(found))
	for i, m := range found {
		out[i] = x.collision(t, m)
	}
	return out
}

// matches finds the gravest reason for each change in the way, sorted by id.
func (x *Index) matches(t Target) []match {
	if !t.dated() {
		return nil
	}
	var found []match
	plan, own := t.span(), field.Fold(t.ID)
	look := func(line *timeline, k kind, via []string) {
		line.each(plan, func(i int) {
			if b := &x.booked[i]; field.Fold(b.ID) != own && anyOf(t.Environments, b.Environments, sameName) {
				found = append(found, match{i, k, via})
			}
		})
	}
	for _, s := range sortedSet(t.Services) {
		look(x.services[field.Fold(s)], byService, []string{s})
		for _, paths := range [][][]string{x.dependencies(s), x.above[s]} {
			for _, via := range paths {
				look(x.services[field.Fold(via[len(via)-1])], byDependency, via)
			}
		}
	}
	for _, p := range t.Paths {
		look(x.files[p], byFiles, nil)
	}
	for _, h := range t.hands() {
		look(x.hands[h], byImplementer, nil)
	}
	found = append(found, x.crowded(t)...)
	return x.gravest(found)
}

// gravest keeps one match for each change, by id; shared services are joined.
func (x *Index) gravest(found []match) []match {
	slices.SortFunc(found, match.compare)
	n := 0
	for _, m := range found {
		switch {
		case n == 0 || found[n-1].owner != m.owner:
			found[n] = m
			n++
		case m.kind == byService:
			found[n-1].via = sortedSet(append(slices.Clone(found[n-1].via), m.via...))
		}
	}
	found = found[:n]
	slices.SortFunc(found, func(a, b match) int {
		p, q := &x.booked[a.owner], &x.booked[b.owner]
		return cmp.Or(cmp.Compare(field.Fold(p.ID), field.Fold(q.ID)), cmp.Compare(a.kind, b.kind),
			compareBool(p.Tentative, q.Tentative), byTime(p.Start, q.Start), byTime(p.End, q.End), a.compare(b))
	})
	return slices.CompactFunc(found, func(a, b match) bool {
		return sameName(x.booked[a.owner].ID, x.booked[b.owner].ID)
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
