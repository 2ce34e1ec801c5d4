package main

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// labelled makes changes of which the numbers are lines added; a * marks one
// that was later fixed.
func labelled(numbers string) []Change {
	var out []Change
	for i, word := range strings.Fields(numbers) {
		n, fixed := strings.CutSuffix(word, "*")
		c := Change{ID: fmt.Sprint("c", i), Fixed: fixed}
		if _, err := fmt.Sscan(n, &c.Added); err != nil {
			panic(err)
		}
		c.Diff.Given, c.Diff.Added, c.Diff.Files = true, c.Added, 1
		out = append(out, c)
	}
	return out
}

func TestRankingsAreThoseWorkedOutByHand(t *testing.T) {
	for _, c := range []struct {
		name, numbers      string
		auc, tied, capture float64
	}{
		{"one pair in order", "1 2*", 1, 0, .2},
		{"one pair the wrong way round", "2 1*", 0, 0, 0},
		{"a tie is half a pair", "1 1*", .5, 1, .1},
		{"two wins, a loss and a tie", "3* 1* 2 1", .625, .25, .2},
		{"the last tenth is drawn from a tie", "9* 5* 5 5 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0* 0*", (16 + 14 + .5*2 + 2*.5*14) / 64., (2 + 28) / 64., (1 + 1/3.) / 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := rank(labelled(c.numbers), linesAdded)
			for what, pair := range map[string][2]float64{"auc": {got.AUC, c.auc}, "tied": {got.Tied, c.tied}, "capture": {got.Capture, c.capture}} {
				if math.Abs(pair[0]-pair[1]) > 1e-12 {
					t.Errorf("%s: got %v, want %v", what, pair[0], pair[1])
				}
			}
		})
	}
}

func TestTheSplitIsThatOfThePublishedFigures(t *testing.T) {
	s := &Set{Changes: labelled("1 2 3 4 5 6 7 8 9 10 11 12 13 14")}
	if got := s.In(Last); len(got) != 3 || got[0].Added != 12 {
		t.Errorf("the last fifth of 14 begins at int(11.2): got %v", got)
	}
}

func TestAHarnessThatMissesAKnownFigureStops(t *testing.T) {
	sets := []*Set{{Name: "jdt", Changes: labelled("3* 1* 2 1")}}
	for _, c := range []struct {
		name  string
		known Known
		want  string // of the error, "" for none
	}{
		{"as known", Known{"jdt", Whole, .625}, ""},
		{"within rounding", Known{"jdt", Whole, .6259}, ""},
		{"off", Known{"jdt", Whole, .6265}, "got 0.6250, known is 0.6265"},
		{"not there", Known{"gerrit", Whole, .625}, "there is no set gerrit"},
		{"one label alone", Known{"jdt", Last, .5}, "got NaN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := prove(sets, []Known{c.known})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want …%s…", err, c.want)
			}
		})
	}
}
