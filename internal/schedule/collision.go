package schedule

import (
	"cmp"
	"slices"
	"sync"
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

// Graph knows which services depend on which.
type Graph interface {
	// Path is the shortest way from a service to one it depends on, both
	// included, of at most depth steps; nil when there is none.
	Path(from, to string, depth int) []string
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

// Index is a calendar that answers for many targets. It is safe for
// concurrent use. A change that it holds twice counts twice against a limit.
type Index struct {
	rules    Rules
	booked   []Booking
	spans    []span
	services map[string]*timeline // by folded name, as are those below
	hands    map[string]*timeline
	files    map[string]*timeline // by path as written
	all      *timeline            // nil without limits
	names    []string             // of the services in use, as written, sorted
	// environments are those in use, as written, sorted.
	environments []string

	mu      sync.Mutex
	related map[string][][]string // service → paths to those of names that it meets
}

// NewIndex sorts the bookings once, in O(n log n). Those that are over, and
// those without dates, are left out.
func NewIndex(booked []Booking, rules Rules) *Index {
	if rules.Depth < 1 {
		rules.Depth = DefaultDepth
	}
	x := &Index{rules: rules, booked: booked, spans: make([]span, len(booked)), related: map[string][][]string{}}
	services, hands, files := map[string][]int{}, map[string][]int{}, map[string][]int{}
	var all []int
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
		x.names, x.environments = append(x.names, b.Services...), append(x.environments, b.Environments...)
		all = append(all, i)
	}
	x.services, x.hands, x.files = x.timelines(services), x.timelines(hands), x.timelines(files)
	if len(rules.Limits) > 0 {
		x.all = newTimeline(x.spans, all)
	}
	x.names, x.environments = sortedSet(x.names), sortedSet(x.environments)
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
		for _, via := range x.relatedTo(s) {
			look(x.services[field.Fold(via[len(via)-1])], byDependency, via)
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

// relatedTo lists the paths from a service to those in use that it depends on,
// or that depend on it, within the depth.
func (x *Index) relatedTo(service string) [][]string {
	if x.rules.Graph == nil {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if paths, known := x.related[service]; known {
		return paths
	}
	var paths [][]string
	for _, other := range x.names {
		if sameName(other, service) {
			continue
		}
		there := x.rules.Graph.Path(service, other, x.rules.Depth)
		back := slices.Clone(x.rules.Graph.Path(other, service, x.rules.Depth))
		slices.Reverse(back)
		if best := shorter(there, back); len(best) > 0 {
			paths = append(paths, best)
		}
	}
	x.related[service] = paths
	return paths
}

// shorter is the shorter of two paths, no path being the longest.
func shorter(a, b []string) []string {
	if len(a) == 0 || len(b) > 0 && cmp.Or(cmp.Compare(len(b), len(a)), slices.Compare(b, a)) < 0 {
		return b
	}
	return a
}
