package main

import (
	"fmt"
	"math"
)

// Goal is something the factor must reach: to rank no worse than lines added
// alone, by steps that a person can check by eye. LeftOut is what counts, as its steps were
// chosen without the project they are measured on.
type Goal struct {
	Name    string  `json:"name"`
	Bound   string  `json:"bound"`
	LeftOut float64 `json:"left_out"`
	Factor  float64 `json:"factor"` // the product's own steps, chosen on all projects
	Reached bool    `json:"reached"`
}

// maxTied and maxLoss are the goals' bounds: of tied pairs, and of the AUC that
// any one project may lose.
const (
	maxTied = .07
	maxLoss = .01
)

// goals compares with lines added alone.
func goals(sets []SetReport) []Goal {
	var out []Goal
	add := func(name, bound string, figure func(of func(WindowReport) Ranking) float64, ok func(float64) bool) {
		g := Goal{Name: name, Bound: bound,
			LeftOut: figure(func(w WindowReport) Ranking { return w.LeftOut }),
			Factor:  figure(func(w WindowReport) Ranking { return w.Factor })}
		g.Reached = ok(g.LeftOut)
		out = append(out, g)
	}
	notLess := func(v float64) bool { return v >= 0 }
	more := func(v float64) bool { return v > 0 }
	for i, window := range []Window{Whole, Last} {
		add("mean AUC over lines added, metric tables, "+window.String(), "at least 0", func(of func(WindowReport) Ranking) float64 {
			return mean(sets, false, func(s SetReport) float64 { return of(s.Windows[i]).AUC - s.Windows[i].Lines.AUC })
		}, notLess)
		add("mean AUC over lines added, real diffs, "+window.String(), "above 0", func(of func(WindowReport) Ranking) float64 {
			return mean(sets, true, func(s SetReport) float64 { return of(s.Windows[i]).AUC - s.Windows[i].Lines.AUC })
		}, more)
	}
	least := func(difference func(of, lines Ranking) float64) func(func(WindowReport) Ranking) float64 {
		return func(of func(WindowReport) Ranking) float64 {
			worst := math.Inf(1)
			for _, s := range sets {
				for _, w := range s.Windows {
					worst = min(worst, difference(of(w), w.Lines))
				}
			}
			return worst
		}
	}
	add("least AUC over lines added, any project and window", fmt.Sprintf("at least -%.2f", maxLoss),
		least(func(of, lines Ranking) float64 { return of.AUC - lines.AUC }), func(v float64) bool { return v >= -maxLoss })
	add("least capture over lines added, any project and window", "at least 0",
		least(func(of, lines Ranking) float64 { return of.Capture - lines.Capture }), notLess)
	add("most tied pairs, any project and window", fmt.Sprintf("at most %.2f", maxTied), func(of func(WindowReport) Ranking) float64 {
		return -least(func(of, _ Ranking) float64 { return -of.Tied })(of)
	}, func(v float64) bool { return v <= maxTied })
	return out
}

func mean(sets []SetReport, real bool, of func(SetReport) float64) float64 {
	sum, n := 0., 0.
	for _, s := range sets {
		if s.Real == real {
			sum, n = sum+of(s), n+1
		}
	}
	return sum / n // not a number without such sets, which reaches no goal
}

// Chosen is what the procedure chose, and what other facts would have earned.
type Chosen struct {
	Steps []Named `json:"steps"` // chosen on all projects
	Same  bool    `json:"same"`  // they are the product's
	Facts []Earns `json:"facts"`
}

// Earns is a list of facts that the procedure may use, and what it reaches on
// projects left out, against lines added alone.
type Earns struct {
	Facts string     `json:"facts"`
	Mean  [4]float64 `json:"mean"`  // AUC: tables whole, tables last, real diffs whole, real diffs last
	Least float64    `json:"least"` // AUC on any project and window
	Tied  float64    `json:"tied"`  // most, on any project and window
	Steps []Named    `json:"steps"` // chosen on all projects
}

// chooseAll runs the procedure on all projects, and once more for each fact
// that could be used.
func chooseAll(sets []*Set, leftOut []choice) *Chosen {
	all := func(facts []fact) choice {
		var train []*cells
		for _, s := range sets {
			train = append(train, newCells(s, facts))
		}
		return choose(train, facts)
	}
	anew := all(used)
	out := &Chosen{Steps: anew.named(used), Same: fmt.Sprint(anew) == fmt.Sprint(productSteps())}
	try := func(name string, facts []fact, leftOut []choice) {
		e := Earns{Facts: name, Steps: all(facts).named(facts), Least: math.Inf(1)}
		for w, window := range []Window{Whole, Last} {
			n := map[bool]float64{}
			for _, s := range sets {
				n[s.Real]++
			}
			for i, s := range sets {
				got := rank(s.In(window), func(c *Change) float64 { return leftOut[i].points(facts, c) })
				gain := got.AUC - rank(s.In(window), linesAdded).AUC
				at := w
				if s.Real {
					at += 2
				}
				e.Mean[at] += gain / n[s.Real]
				e.Least, e.Tied = min(e.Least, gain), max(e.Tied, got.Tied)
			}
		}
		out.Facts = append(out.Facts, e)
	}
	try(used[0].name+" alone", used[:1], without(sets, used[:1]))
	try("those of the factor", used, leftOut)
	for _, f := range candidates {
		facts := append(append([]fact{}, used...), f)
		try("and "+f.name, facts, without(sets, facts))
	}
	return out
}
