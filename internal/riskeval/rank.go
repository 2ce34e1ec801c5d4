package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Ranking is how well a number ranks changes that were later fixed above those
// that were not.
type Ranking struct {
	Changes int `json:"changes"`
	Fixed   int `json:"fixed"`
	// AUC is the share of pairs, one fixed and one not, in which the fixed one
	// has the higher number; a tie is half a pair.
	AUC float64 `json:"auc"`
	// Error is the standard error of AUC by Hanley and McNeil (1982).
	Error float64 `json:"error"`
	Tied  float64 `json:"tied"` // share of those pairs that tie
	// Capture is the share of all fixed changes among the tenth of the changes
	// with the highest numbers. Where a tie runs across the edge of that tenth,
	// it is what a draw among the tied would bring on average.
	Capture float64 `json:"capture"`
}

// count is how many changes have a number, by label.
type count struct{ clean, fixed float64 }

// rank measures a number. Both labels must occur.
func rank(changes []Change, number func(*Change) float64) Ranking {
	at := map[float64]count{}
	for i := range changes {
		v := number(&changes[i])
		n := at[v]
		if changes[i].Fixed {
			n.fixed++
		} else {
			n.clean++
		}
		at[v] = n
	}
	values := make([]float64, 0, len(at))
	for v := range at {
		values = append(values, v)
	}
	slices.SortFunc(values, cmp.Compare[float64])
	counts := make([]count, len(values))
	for i, v := range values {
		counts[i] = at[v]
	}
	return rankCounts(counts)
}

// rankCounts measures counts in the order of rising numbers.
func rankCounts(rising []count) Ranking {
	var area, tied float64
	var sum count
	for _, n := range rising {
		area += n.fixed * (sum.clean + n.clean/2)
		tied += n.fixed * n.clean
		sum.clean, sum.fixed = sum.clean+n.clean, sum.fixed+n.fixed
	}
	r := Ranking{Changes: int(sum.clean + sum.fixed), Fixed: int(sum.fixed)}
	pairs := sum.clean * sum.fixed
	r.AUC, r.Tied = area/pairs, tied/pairs
	two, other := r.AUC/(2-r.AUC), 2*r.AUC*r.AUC/(1+r.AUC)
	r.Error = math.Sqrt((r.AUC*(1-r.AUC) + (sum.fixed-1)*(two-r.AUC*r.AUC) + (sum.clean-1)*(other-r.AUC*r.AUC)) / pairs)
	room := (sum.clean + sum.fixed) / 10
	for i := len(rising) - 1; i >= 0 && room > 0; i-- {
		n := rising[i]
		if both := n.clean + n.fixed; both > 0 {
			share := min(1, room/both)
			r.Capture += share * n.fixed / sum.fixed
			room -= share * both
		}
	}
	return r
}

// Known is a figure that the harness must reproduce before it is believed.
type Known struct {
	Set    string
	Window Window
	AUC    float64 // of lines added alone
}

// known are the AUCs of lines added alone. Those of the tables are published:
// Zeng et al., Deep Just-in-Time Defect Prediction: How Far Are We?, ISSTA
// 2021. That of cinder was measured once when the lists of files were made.
var known = []Known{
	{"openstack", Last, .7491}, {"gerrit", Last, .7495}, {"jdt", Last, .6757}, {"cinder", Whole, .767},
}

// closeEnough is what rounding may cost.
const closeEnough = .001

// Proof is a known figure and the one that was reproduced.
type Proof struct {
	Set    string  `json:"set"`
	Window string  `json:"window"`
	Want   float64 `json:"want"`
	Got    float64 `json:"got"`
}

// prove reproduces what is known. It is an error when a figure is off, or its
// set is not there.
func prove(sets []*Set, known []Known) ([]Proof, error) {
	var out []Proof
	for _, k := range known {
		i := slices.IndexFunc(sets, func(s *Set) bool { return s.Name == k.Set })
		if i < 0 {
			return nil, fmt.Errorf("prove the harness: there is no set %s", k.Set)
		}
		got := rank(sets[i].In(k.Window), linesAdded).AUC
		if math.IsNaN(got) || math.Abs(got-k.AUC) > closeEnough {
			return nil, fmt.Errorf("prove the harness: AUC of lines added alone on %s, %s: got %.4f, known is %.4f", k.Set, k.Window, got, k.AUC)
		}
		out = append(out, Proof{k.Set, k.Window.String(), k.AUC, got})
	}
	return out, nil
}

func linesAdded(c *Change) float64 { return float64(c.Added) }

func (w Window) String() string {
	if w == Last {
		return "last 20 %"
	}
	return "whole"
}
