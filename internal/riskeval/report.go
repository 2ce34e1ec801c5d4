package main

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/mergeseal/mergeseal/internal/risk"
)

// Report is everything that was measured.
type Report struct {
	Proofs []Proof     `json:"proofs"`
	Steps  []Named     `json:"steps"` // of the product
	Sets   []SetReport `json:"sets"`
	Goals  []Goal      `json:"goals"`
	Chosen *Chosen     `json:"chosen,omitempty"` // with --choose
}

// Named are the steps of a fact.
type Named struct {
	Fact  string    `json:"fact"`
	Steps []float64 `json:"steps"`
}

// SetReport is what was measured on one project.
type SetReport struct {
	Name        string         `json:"name"`
	Real        bool           `json:"real"` // lists of files, else a table of metrics
	Windows     []WindowReport `json:"windows"`
	LeftOut     []Named        `json:"left_out"` // steps chosen without this project
	Reliability []Bin          `json:"reliability"`
	Friday      Friday         `json:"friday"`
}

// WindowReport is one window of a project.
type WindowReport struct {
	Window  string         `json:"window"`
	Lines   Ranking        `json:"lines_added"` // alone: what all else is held against
	Factor  Ranking        `json:"factor"`      // of the product
	LeftOut Ranking        `json:"left_out"`    // by steps chosen without this project
	Without []NamedRanking `json:"without"`     // the product's factor, a fact left out
	Other   []NamedRanking `json:"other"`       // the product's factor, files counted in another way
}

// NamedRanking is a variation and how it ranks.
type NamedRanking struct {
	Name    string  `json:"name"`
	Ranking Ranking `json:"ranking"`
}

// Bin is the changes that count the same.
type Bin struct {
	Points  int     `json:"points"`
	Changes int     `json:"changes"`
	Fixed   int     `json:"fixed"`
	Rate    float64 `json:"rate"` // 0 without changes
}

// Friday compares changes made on Fridays with those of Monday to Thursday.
type Friday struct {
	Friday Bin     `json:"friday"` // its points mean nothing
	Before Bin     `json:"before"`
	Z      float64 `json:"z"` // of two proportions: beyond ±2 is more than chance
}

// product is the factor as the product computes it.
var product = risk.DefaultModel()

// measure scores every change by the product's own factor.
func measure(sets []*Set, chooseAnew bool) (*Report, error) {
	steps := productSteps()
	for _, s := range sets {
		for i := range s.Changes {
			c := &s.Changes[i]
			if mine := steps.points(used, c); mine != float64(product.DiffPoints(c.Diff)) || mine > maxPoints {
				return nil, fmt.Errorf("score %s: the product counts %d, its steps %v", c.ID, product.DiffPoints(c.Diff), mine)
			}
		}
	}
	if len(sets) < 2 {
		return nil, errors.New("leave one project out: there is no other")
	}
	r := &Report{Steps: steps.named(used)}
	leftOut := without(sets, used)
	for i, s := range sets {
		r.Sets = append(r.Sets, measureSet(s, leftOut[i]))
	}
	r.Goals = goals(r.Sets)
	if chooseAnew {
		r.Chosen = chooseAll(sets, leftOut)
	}
	return r, nil
}

func measureSet(s *Set, leftOut choice) SetReport {
	out := SetReport{Name: s.Name, Real: s.Real, LeftOut: leftOut.named(used), Reliability: reliability(s), Friday: friday(s)}
	for _, w := range []Window{Whole, Last} {
		in := s.In(w)
		by := func(d func(*Change) risk.Diff) Ranking {
			return rank(in, func(c *Change) float64 { return float64(product.DiffPoints(d(c))) })
		}
		row := WindowReport{
			Window: w.String(), Lines: rank(in, linesAdded),
			Factor:  by(func(c *Change) risk.Diff { return c.Diff }),
			LeftOut: rank(in, func(c *Change) float64 { return leftOut.points(used, c) }),
			Other:   []NamedRanking{},
		}
		row.Without = []NamedRanking{
			{used[0].name, by(func(c *Change) risk.Diff { return risk.Diff{Given: true, Files: c.Diff.Files} })},
			{used[1].name, by(func(c *Change) risk.Diff {
				return risk.Diff{Given: true, Added: c.Diff.Added, Unknown: c.Diff.Unknown}
			})},
		}
		if s.Real {
			for _, other := range []string{everyFile, translations, testsHalf} {
				row.Other = append(row.Other, NamedRanking{other, by(func(c *Change) risk.Diff { return c.Other[other] })})
			}
		}
		out.Windows = append(out.Windows, row)
	}
	return out
}

// reliability is how many changes of each score were later fixed.
func reliability(s *Set) []Bin {
	out := make([]Bin, maxPoints+1)
	for i := range s.Changes {
		out[product.DiffPoints(s.Changes[i].Diff)].add(&s.Changes[i])
	}
	for i := range out {
		out[i].Points = i
	}
	return out
}

func (b *Bin) add(c *Change) {
	b.Changes++
	if c.Fixed {
		b.Fixed++
	}
	b.Rate = float64(b.Fixed) / float64(b.Changes)
}

func friday(s *Set) Friday {
	var f Friday
	for i := range s.Changes {
		switch c := &s.Changes[i]; c.When.Weekday() {
		case time.Friday:
			f.Friday.add(c)
		case time.Saturday, time.Sunday:
		case time.Monday, time.Tuesday, time.Wednesday, time.Thursday:
			f.Before.add(c)
		}
	}
	a, b := float64(f.Friday.Changes), float64(f.Before.Changes)
	if p := float64(f.Friday.Fixed+f.Before.Fixed) / (a + b); a > 0 && b > 0 && p > 0 && p < 1 {
		f.Z = (f.Friday.Rate - f.Before.Rate) / math.Sqrt(p*(1-p)*(1/a+1/b))
	}
	return f
}

func (c choice) named(facts []fact) []Named {
	out := []Named{}
	for f := range facts {
		if len(c[f]) > 0 {
			out = append(out, Named{facts[f].name, c[f]})
		}
	}
	return out
}
