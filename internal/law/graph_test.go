package law

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawServices makes a catalogue of up to nine services with any edges at all,
// cycles and services that depend on nothing included.
func drawServices(t *rapid.T) ([]Service, *Services) {
	n := rapid.IntRange(1, 9).Draw(t, "services")
	list := make([]Service, n)
	for i := range list {
		list[i].Name = fmt.Sprintf("s%d", i)
		for j := range n {
			if j != i && rapid.IntRange(0, 3).Draw(t, "edge") == 0 {
				list[i].DependsOn = append(list[i].DependsOn, fmt.Sprintf("s%d", j))
			}
		}
	}
	return list, newServices(rapid.Permutation(list).Draw(t, "order"))
}

func TestR8DependentsAreTheTransitiveClosure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, s := drawServices(t)
		reaches := map[[2]string]bool{}
		for _, svc := range list {
			for _, d := range svc.DependsOn {
				reaches[[2]string{svc.Name, d}] = true
			}
		}
		for _, k := range list { // Warshall
			for _, i := range list {
				for _, j := range list {
					if reaches[[2]string{i.Name, k.Name}] && reaches[[2]string{k.Name, j.Name}] {
						reaches[[2]string{i.Name, j.Name}] = true
					}
				}
			}
		}
		for _, target := range list {
			var want []string
			for _, svc := range list {
				if svc.Name != target.Name && reaches[[2]string{svc.Name, target.Name}] {
					want = append(want, svc.Name)
				}
			}
			if diff := cmp.Diff(want, s.Dependents(target.Name)); diff != "" {
				t.Fatal(diff)
			}
			if got := s.Blast([]string{target.Name, target.Name}); got != len(want)+1 {
				t.Fatalf("blast of %s is %d, its dependents are %v", target.Name, got, want)
			}
		}
	})
}

func TestBlastOfSeveralTargetsIsTheirUnion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, s := drawServices(t)
		union := map[string]bool{}
		var targets []string
		for _, svc := range list {
			if rapid.Bool().Draw(t, "target") {
				targets = append(targets, svc.Name)
				union[svc.Name] = true
				for _, d := range s.Dependents(svc.Name) {
					union[d] = true
				}
			}
		}
		if got := s.Blast(targets); got != len(union) {
			t.Fatalf("blast of %v is %d, not %v", targets, got, slices.Sorted(maps.Keys(union)))
		}
	})
}

func TestPathsAreShortestChainsAndTheSameBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list, s := drawServices(t)
		linked := func(a, b string) bool {
			x, _ := s.Lookup(a)
			y, _ := s.Lookup(b)
			return slices.Contains(x.DependsOn, b) || slices.Contains(y.DependsOn, a)
		}
		depth := rapid.IntRange(0, 4).Draw(t, "depth")
		for _, a := range list {
			for _, b := range list {
				p := s.Path(a.Name, b.Name, depth)
				back := s.Path(b.Name, a.Name, depth)
				slices.Reverse(back)
				if diff := cmp.Diff(p, back); diff != "" {
					t.Fatal(diff)
				}
				if shortest := steps(list, linked, a.Name, b.Name); shortest < 0 || shortest > depth {
					if p != nil {
						t.Fatalf("a path where there is none: %v", p)
					}
					continue
				} else if len(p) != shortest+1 {
					t.Fatalf("%v has not %d steps", p, shortest)
				}
				for i := 1; i < len(p); i++ {
					if !linked(p[i-1], p[i]) {
						t.Fatalf("%v is no chain", p)
					}
				}
				if p[0] != a.Name || p[len(p)-1] != b.Name {
					t.Fatalf("%v does not lead from %s to %s", p, a.Name, b.Name)
				}
			}
		}
	})
}

// steps is the distance by relaxation, -1 for none.
func steps(list []Service, linked func(a, b string) bool, from, to string) int {
	dist := map[string]int{from: 0}
	for range list {
		for _, a := range list {
			for _, b := range list {
				d, ok := dist[a.Name]
				if old, seen := dist[b.Name]; ok && linked(a.Name, b.Name) && (!seen || d+1 < old) {
					dist[b.Name] = d + 1
				}
			}
		}
	}
	if d, ok := dist[to]; ok {
		return d
	}
	return -1
}

func TestTwoServicesMeetThroughWhatBothDependOn(t *testing.T) {
	s := newServices([]Service{{Name: "till", DependsOn: []string{"storage"}}, {Name: "ledger", DependsOn: []string{"storage"}}, {Name: "storage"}})
	if diff := cmp.Diff([]string{"till", "storage", "ledger"}, s.Path("till", "ledger", 2)); diff != "" {
		t.Error(diff)
	}
	if p := s.Path("till", "ledger", 1); p != nil {
		t.Errorf("two steps count as one: %v", p)
	}
	if diff := cmp.Diff([]string{"ledger", "till"}, s.Dependents("storage")); diff != "" {
		t.Error(diff)
	}
	if !s.HasGraph() || newServices([]Service{{Name: "till"}}).HasGraph() {
		t.Error("HasGraph says what is not so")
	}
}

func TestWithoutACatalogueNothingIsKnownAndNothingPanics(t *testing.T) {
	for _, s := range []*Services{nil, {}, newServices(nil)} {
		if _, ok := s.Lookup("till"); ok || s.Configured() || s.HasGraph() || len(s.Names()) > 0 || len(s.Derive([]string{"a"})) > 0 {
			t.Error("an empty catalogue knows something")
		}
		if s.Blast([]string{"till", "ledger"}) != 2 || len(s.Dependents("till")) > 0 || s.Path("a", "b", 2) != nil || len(s.Path("a", "a", 2)) != 1 {
			t.Error("targets do not count by themselves")
		}
	}
}

func TestChangedPathsNameTheirServices(t *testing.T) {
	s := newServices([]Service{{Name: "till", Paths: []string{"till/**", "shared/*"}}, {Name: "ledger", Paths: []string{"ledger/**", "shared/*"}}, {Name: "cellar"}})
	got := s.Derive([]string{"till/b", "shared/x", "till/a", "README.md", "till/a"})
	want := []Touched{{"ledger", []string{"shared/x"}}, {"till", []string{"shared/x", "till/a", "till/b"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
