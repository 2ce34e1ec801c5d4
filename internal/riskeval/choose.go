package main

import (
	"slices"
)

// maxPoints is what the factor counts at most, and so how many steps it has.
const maxPoints = 15

// What a choice is good for. Ties above the goal cost what they exceed it by,
// and a tenth of the capture that is lost; the worst project counts twice, so
// that no project pays for another.
const (
	tieGoal       = .06
	captureWeight = .1
	leastGain     = 1e-5 // below it a step is not worth having
)

// choice is the thresholds of each fact, by its number in the list of facts.
// Each threshold reached is a point.
type choice map[int][]float64

// cells are the changes of a set, counted by which grid points they reach.
type cells struct {
	set   *Set
	keys  [][]uint8  // of each cell, by fact
	count [2][]count // of each cell, by window
	lines [2]Ranking // of lines added, by window
	hist  [maxPoints + 1]count
}

func newCells(s *Set, facts []fact) *cells {
	c, places := &cells{set: s}, map[string]int{}
	last := len(s.Changes) - len(s.In(Last))
	for i := range s.Changes {
		key := make([]uint8, len(facts))
		for f := range facts {
			key[f] = facts[f].reached(&s.Changes[i])
		}
		at, known := places[string(key)]
		if !known {
			at = len(c.keys)
			places[string(key)] = at
			c.keys = append(c.keys, key)
			c.count[Whole], c.count[Last] = append(c.count[Whole], count{}), append(c.count[Last], count{})
		}
		for _, w := range []Window{Whole, Last} {
			if w == Last && i < last {
				continue
			}
			if s.Changes[i].Fixed {
				c.count[w][at].fixed++
			} else {
				c.count[w][at].clean++
			}
		}
	}
	for _, w := range []Window{Whole, Last} {
		c.lines[w] = rank(s.In(w), linesAdded)
	}
	return c
}

// steps says of each fact which points of its grid are steps, from its safe end.
type steps [][]bool

func (s steps) total() int {
	n := 0
	for _, f := range s {
		for _, on := range f {
			if on {
				n++
			}
		}
	}
	return n
}

// rank measures the steps on one window.
func (c *cells) rank(s steps, w Window) Ranking {
	points := make([][]int, len(s))
	for f := range s {
		points[f] = make([]int, len(s[f])+1)
		for i, on := range s[f] {
			points[f][i+1] = points[f][i]
			if on {
				points[f][i+1]++
			}
		}
	}
	c.hist = [maxPoints + 1]count{}
	for i, key := range c.keys {
		sum := 0
		for f := range s {
			sum += points[f][key[f]]
		}
		n := c.count[w][i]
		c.hist[sum].clean, c.hist[sum].fixed = c.hist[sum].clean+n.clean, c.hist[sum].fixed+n.fixed
	}
	return rankCounts(c.hist[:])
}

// worth is what the steps are good for, beyond lines added alone.
func worth(train []*cells, s steps) float64 {
	sum, worst := 0., 1.
	for _, c := range train {
		one := 0.
		for _, w := range []Window{Whole, Last} {
			got, lines := c.rank(s, w), c.lines[w]
			one += (got.AUC - lines.AUC - max(0, got.Tied-tieGoal) - captureWeight*max(0, lines.Capture-got.Capture)) / 2
		}
		sum += one / float64(len(train))
		worst = min(worst, one)
	}
	return sum + worst
}

// choose puts steps on the facts, one after the other where each helps most,
// and moves single steps as long as that helps. It is greedy and gives the same
// answer every time.
func choose(train []*cells, facts []fact) choice {
	s := make(steps, len(facts))
	for f := range facts {
		s[f] = make([]bool, len(facts[f].grid))
	}
	for now := worth(train, s); ; {
		best, to, from := now+leastGain, [2]int{-1, 0}, [2]int{-1, 0}
		try := func(f, i, f2, i2 int) {
			if got := worth(train, s); got > best {
				best, to, from = got, [2]int{f, i}, [2]int{f2, i2}
			}
		}
		each := func(on bool, do func(f, i int)) {
			for f := range s {
				for i := range s[f] {
					if s[f][i] == on {
						s[f][i] = !on
						do(f, i)
						s[f][i] = on
					}
				}
			}
		}
		if s.total() < maxPoints {
			each(false, func(f, i int) { try(f, i, -1, 0) })
		}
		if to[0] < 0 {
			each(true, func(f2, i2 int) {
				each(false, func(f, i int) {
					if f != f2 || i != i2 {
						try(f, i, f2, i2)
					}
				})
			})
		}
		if to[0] < 0 {
			return s.choice(facts)
		}
		now = best
		s[to[0]][to[1]] = true
		if from[0] >= 0 {
			s[from[0]][from[1]] = false
		}
	}
}

func (s steps) choice(facts []fact) choice {
	out := choice{}
	for f := range s {
		for i, on := range s[f] {
			if on {
				out[f] = append(out[f], facts[f].step(i))
			}
		}
		slices.Sort(out[f])
	}
	return out
}

// points is what a change counts by a choice.
func (c choice) points(facts []fact, change *Change) float64 {
	n := 0
	for f, thresholds := range c {
		v := facts[f].of(change)
		for _, t := range thresholds {
			if facts[f].falling && v < t || !facts[f].falling && v >= t {
				n++
			}
		}
	}
	return float64(n)
}

// without chooses for each set on the others alone: all that share no change
// with it.
func without(sets []*Set, facts []fact) []choice {
	var all []*cells
	for _, s := range sets {
		all = append(all, newCells(s, facts))
	}
	out := make([]choice, len(sets))
	for i, s := range sets {
		own := kin(sets, s)
		train := slices.DeleteFunc(slices.Clone(all), func(c *cells) bool { return own[c.set.Name] })
		out[i] = choose(train, facts)
	}
	return out
}
