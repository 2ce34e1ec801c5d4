package main

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// few are the facts of the factor with fewer numbers to choose from.
var few = []fact{
	{name: used[0].name, grid: []float64{1, 5, 20, 100}, of: used[0].of}, {name: used[1].name, grid: []float64{2, 4}, of: used[1].of},
}

// drawSet draws changes of which the larger are more often fixed.
func drawSet(t *rapid.T, name string) *Set {
	s := &Set{Name: name}
	for i := range 40 {
		added := rapid.IntRange(0, 300).Draw(t, "added")
		c := Change{ID: fmt.Sprint(name, i), Added: added, Fixed: i%7 == 3 || rapid.IntRange(0, 400).Draw(t, "label") < added}
		c.Fixed = c.Fixed && i%5 != 4
		c.Diff.Given, c.Diff.Added, c.Diff.Files = true, added, rapid.IntRange(1, 6).Draw(t, "files")
		s.Changes = append(s.Changes, c)
	}
	return s
}

func TestAChoiceIsOfAtMost15StepsOfTheGridAndAlwaysTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSet(t, "a")
		got, again := choose([]*cells{newCells(s, few)}, few), choose([]*cells{newCells(s, few)}, few)
		if fmt.Sprint(got) != fmt.Sprint(again) || len(got[0])+len(got[1]) > maxPoints {
			t.Fatalf("got %v, then %v", got, again)
		}
		for f, thresholds := range got {
			if !slices.IsSorted(thresholds) || len(slices.Compact(slices.Clone(thresholds))) != len(thresholds) {
				t.Fatalf("steps %v", thresholds)
			}
			for _, at := range thresholds {
				if !slices.Contains(few[f].grid, at) {
					t.Fatalf("%v is not on the grid", at)
				}
			}
		}
	})
}

func TestThereAreNeverMoreStepsThanPoints(t *testing.T) {
	fine := []fact{{name: "lines", of: used[0].of}}
	for i := range 24 {
		fine[0].grid = append(fine[0].grid, float64(i+1))
	}
	s := &Set{Name: "a"}
	for i := range 25 * 24 {
		c := Change{Added: i % 25, Fixed: i/25 < i%25}
		c.Diff.Given, c.Diff.Added = true, c.Added
		s.Changes = append(s.Changes, c)
	}
	if got := choose([]*cells{newCells(s, fine)}, fine); len(got[0]) != maxPoints {
		t.Errorf("got %v", got)
	}
}

func TestCellsRankAsTheChangesThemselves(t *testing.T) {
	facts := append(slices.Clone(used), fact{name: "files, the other way round", falling: true, grid: []float64{2, 3, 5}, of: used[1].of})
	rapid.Check(t, func(t *rapid.T) {
		s := drawSet(t, "a")
		on, sum := make(steps, len(facts)), 0
		for f := range facts {
			on[f] = make([]bool, len(facts[f].grid))
			for i := range on[f] {
				if on[f][i] = sum < maxPoints && rapid.Bool().Draw(t, "step"); on[f][i] {
					sum++
				}
			}
		}
		c := on.choice(facts)
		for _, w := range []Window{Whole, Last} {
			want := rank(s.In(w), func(change *Change) float64 { return c.points(facts, change) })
			got := newCells(s, facts).rank(on, w)
			if got.Changes != want.Changes || got.Fixed != want.Fixed || max(math.Abs(got.AUC-want.AUC), math.Abs(got.Tied-want.Tied), math.Abs(got.Capture-want.Capture)) > 1e-9 {
				t.Fatalf("%s: by cells %+v, by changes %+v", w, got, want)
			}
		}
	})
}

func TestAProjectHasNoSayInTheStepsItIsMeasuredBy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sets := []*Set{drawSet(t, "a"), drawSet(t, "b"), drawSet(t, "c")}
		before := without(sets, few)
		for i := range sets[0].Changes {
			sets[0].Changes[i].Fixed = !sets[0].Changes[i].Fixed
		}
		if after := without(sets, few); fmt.Sprint(after[0]) != fmt.Sprint(before[0]) {
			t.Fatalf("from %v to %v", before[0], after[0])
		}
	})
}
