package law

import (
	"maps"
	"slices"
	"strings"
)

// Services is the catalogue and its dependency graph. The zero value, and nil,
// is a repository that configured none: any name is accepted, nothing is known.
type Services struct {
	list       []Service // sorted by name
	byName     map[string]int
	dependents map[string][]string // direct ones, sorted
	edges      bool
}

func newServices(list []Service) *Services {
	s := &Services{list: slices.Clone(list), byName: map[string]int{}, dependents: map[string][]string{}}
	slices.SortFunc(s.list, func(a, b Service) int { return strings.Compare(a.Name, b.Name) })
	for i, svc := range s.list {
		s.byName[svc.Name] = i
	}
	for _, svc := range s.list {
		for _, d := range svc.DependsOn {
			if _, known := s.byName[d]; known && !slices.Contains(s.dependents[d], svc.Name) {
				s.dependents[d] = append(s.dependents[d], svc.Name)
				s.edges = true
			}
		}
	}
	return s
}

// Configured reports whether there is a catalogue to hold names against.
func (s *Services) Configured() bool { return s != nil && len(s.list) > 0 }

// HasGraph reports whether any service says what it depends on.
func (s *Services) HasGraph() bool { return s != nil && s.edges }

// Lookup finds a service by its exact name.
func (s *Services) Lookup(name string) (*Service, bool) {
	if s == nil {
		return nil, false
	}
	i, ok := s.byName[name]
	if !ok {
		return nil, false
	}
	return &s.list[i], true
}

// Names lists the services, sorted.
func (s *Services) Names() []string {
	if s == nil {
		return nil
	}
	out := make([]string, len(s.list))
	for i, svc := range s.list {
		out[i] = svc.Name
	}
	return out
}

// Dependents lists everything that depends on a service, directly or not,
// sorted and without the service itself. Cycles end.
func (s *Services) Dependents(name string) []string {
	seen := s.reach([]string{name})
	delete(seen, name)
	return slices.Sorted(maps.Keys(seen))
}

// Blast counts the targets, known or not, and everything that depends on them.
func (s *Services) Blast(names []string) int { return len(s.reach(names)) }

func (s *Services) reach(names []string) map[string]bool {
	seen := map[string]bool{}
	todo := slices.Clone(names)
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		if s != nil {
			todo = append(todo, s.dependents[n]...)
		}
	}
	return seen
}

// Path is a shortest chain of services from one to another, both included, in
// which each depends on the next or the next on it, of at most depth steps; nil
// when there is none. There and back it is the same chain.
func (s *Services) Path(from, to string, depth int) []string {
	if from > to {
		back := s.Path(to, from, depth)
		slices.Reverse(back)
		return back
	}
	if from == to {
		return []string{from}
	}
	cameFrom := map[string]string{from: from}
	edge := []string{from}
	for range depth {
		var next []string
		for _, n := range edge {
			for _, m := range s.neighbours(n) {
				if _, seen := cameFrom[m]; seen {
					continue
				}
				cameFrom[m] = n
				next = append(next, m)
			}
		}
		if _, found := cameFrom[to]; found {
			out := []string{to}
			for n := to; n != from; {
				n = cameFrom[n]
				out = append(out, n)
			}
			slices.Reverse(out)
			return out
		}
		edge = next
	}
	return nil
}

// neighbours lists what a service depends on and what depends on it, sorted.
func (s *Services) neighbours(name string) []string {
	svc, ok := s.Lookup(name)
	if !ok {
		return nil
	}
	out := slices.Concat(svc.DependsOn, s.dependents[name])
	slices.Sort(out)
	return slices.Compact(out)
}

// Touched is a service and the paths that belong to it.
type Touched struct {
	Service string
	Paths   []string // sorted
}

// Derive maps changed paths to the services they belong to, sorted by name. A
// path may belong to several; one that belongs to none is left out.
func (s *Services) Derive(paths []string) []Touched {
	if s == nil {
		return nil
	}
	sorted := slices.Sorted(slices.Values(paths))
	var out []Touched
	for _, svc := range s.list {
		var hit []string
		for _, p := range sorted {
			if matchAny(svc.Paths, p) {
				hit = append(hit, p)
			}
		}
		if len(hit) > 0 {
			out = append(out, Touched{svc.Name, slices.Compact(hit)})
		}
	}
	return out
}
