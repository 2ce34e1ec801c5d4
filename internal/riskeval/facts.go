package main

import (
	"math"

	"github.com/mergeseal/mergeseal/internal/risk"
)

// fact is a number of a change that steps can be put on.
type fact struct {
	name    string // as people read it
	falling bool   // the lower the riskier, such as age
	grid    []float64
	of      func(*Change) float64
}

// reached is how many points of the grid a change reaches, from its safe end.
func (f *fact) reached(c *Change) uint8 {
	v, n := f.of(c), uint8(0)
	for _, g := range f.grid {
		if f.falling && v < g || !f.falling && v >= g {
			n++
		}
	}
	return n
}

// step is the threshold that stands at a place of the grid, counted as reached
// counts: from the safe end.
func (f *fact) step(i int) float64 {
	if f.falling {
		i = len(f.grid) - 1 - i
	}
	return f.grid[i]
}

// Grids are numbers that nobody has to look up twice.
var (
	lineGrid  = []float64{1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 1000}
	fileGrid  = []float64{2, 3, 4, 5, 10, 20, 50}
	countGrid = []float64{2, 3, 5, 10, 20, 50, 100, 200, 500, 1000}
	dayGrid   = []float64{1, 2, 3, 7, 14, 30, 60, 90, 180, 365}
)

// used are the facts of the factor, in the order of its lines.
var used = []fact{
	{name: "lines added", grid: lineGrid, of: func(c *Change) float64 {
		if c.Diff.Unknown > 0 {
			return math.Inf(1)
		}
		return float64(c.Diff.Added)
	}},
	{name: "files touched", grid: fileGrid, of: func(c *Change) float64 { return float64(c.Diff.Files) }},
}

// candidates are facts that the factor leaves out, each asked for what it would
// earn beside those in use.
var candidates = []fact{
	{name: "lines deleted", grid: lineGrid, of: column("ld")},
	{name: "folders", grid: fileGrid, of: column("nd")},
	{name: "top-level folders", grid: fileGrid[:4], of: column("ns")},
	{name: "spread of the lines over the files (entropy)", grid: []float64{.5, 1, 1.5, 2, 3}, of: column(spread)},
	{name: "lines in the files before", grid: []float64{50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000}, of: column("lt")},
	{name: "days since the files were last changed", falling: true, grid: dayGrid, of: column("age")},
	{name: "people who changed the files before", grid: countGrid[:7], of: column("ndev")},
	{name: "commits that changed the files before", grid: countGrid, of: column("nuc")},
	{name: "the author's earlier commits", falling: true, grid: countGrid, of: column("exp")},
	{name: "the author's recent commits", falling: true, grid: countGrid, of: column("rexp")},
	{name: "the author's earlier commits to these folders", falling: true, grid: countGrid, of: column("sexp")},
}

func column(name string) func(*Change) float64 {
	return func(c *Change) float64 { return c.Columns[name] }
}

// productSteps are the steps of the product, as a choice among those in use.
func productSteps() choice {
	lines, files := risk.DiffSteps()
	out := choice{}
	for i, steps := range []risk.Steps{lines, files} {
		for _, s := range steps {
			out[i] = append(out[i], float64(s))
		}
	}
	return out
}
