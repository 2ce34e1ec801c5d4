package remedy

import (
	"cmp"
	"fmt"
	"slices"
)

// Bounds of a search.
const (
	Shown    = 3   // sets that are shown
	MaxMoves = 4   // in one set
	MaxSets  = 300 // that are judged
	maxParts = 6   // of which every proper subset is judged, approvals among them
)

// Search judges sets of moves, the cheapest first, and keeps those that reach
// the goal and of which no part can be left out. The empty set is the record as
// it stands. What is against it and stays word for word as it is whichever move
// is made blocks it for good.
//
// Beyond six parts not every proper subset is judged, but each set of fewer
// moves with all the approvals, and each that lacks one approval.
func Search(moves []Move, e Engine) (Result, error) {
	s := &search{engine: e, answers: map[string]Answer{}}
	blocked, err := s.blocked(moves)
	if err != nil || blocked {
		return s.done(true), err
	}
	for _, set := range candidates(moves) {
		if s.enough(cost(moves, set)) {
			break
		}
		if s.out.Judged >= MaxSets {
			return s.done(false), nil
		}
		if err := s.try(moves, set); err != nil {
			return Result{}, err
		}
	}
	return s.done(true), nil
}

type search struct {
	engine  Engine
	answers map[string]Answer // by set
	out     Result
}

// blocked judges each move alone, and reports whether something is against the
// record that none of them touches.
func (s *search) blocked(moves []Move) (bool, error) {
	now, err := s.judge(nil)
	if err != nil {
		return false, err
	}
	stays := now.Against
	for i := range moves {
		a, err := s.judge([]int{i})
		if err != nil {
			return false, err
		}
		stays = slices.DeleteFunc(slices.Clone(stays), func(f Finding) bool { return !slices.Contains(a.Against, f) })
	}
	for _, f := range stays {
		s.out.Blocks = append(s.out.Blocks, f.Code)
	}
	slices.Sort(s.out.Blocks)
	s.out.Blocks = slices.Compact(s.out.Blocks)
	return len(stays) > 0, nil
}

// candidates are the sets that hold no two moves of one place, the cheapest first.
func candidates(moves []Move) [][]int {
	out := [][]int{{}}
	for from := 0; from < len(out); from++ {
		set := out[from]
		first := 0
		if len(set) > 0 {
			first = set[len(set)-1] + 1
		}
		for i := first; len(set) < MaxMoves && i < len(moves); i++ {
			if !slices.ContainsFunc(set, func(j int) bool { return moves[i].Place != "" && moves[i].Place == moves[j].Place }) {
				out = append(out, append(slices.Clone(set), i))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b []int) int {
		return cmp.Or(cmp.Compare(cost(moves, a), cost(moves, b)), cmp.Compare(len(a), len(b)), slices.Compare(a, b))
	})
	return out
}

func cost(moves []Move, set []int) int {
	sum := 0
	for _, i := range set {
		sum += moves[i].Kind.Cost()
	}
	return sum
}

// enough reports whether sets of a cost, or dearer, can no longer be shown.
func (s *search) enough(cost int) bool {
	return len(s.out.Sets) >= Shown && s.out.Sets[Shown-1].Cost <= cost
}

func (s *search) try(moves []Move, set []int) error {
	for _, f := range s.out.Sets {
		if !f.Assumed && within(f.Moves, set) {
			return nil // it holds what reaches the goal already
		}
	}
	a, err := s.judge(set)
	if err != nil {
		return err
	}
	if !a.Reaches {
		return nil
	}
	needed, err := s.minimal(set, a)
	if err != nil || !needed {
		return err
	}
	s.out.Sets = append(s.out.Sets, Set{Moves: set, Approvals: a.Approvals, Assumed: a.Assumed, Cost: cost(moves, set) + approvalCost*len(a.Approvals)})
	slices.SortStableFunc(s.out.Sets, func(a, b Set) int { return cmp.Compare(a.Cost, b.Cost) })
	return nil
}

func (s *search) judge(set []int) (Answer, error) {
	key := fmt.Sprint(set)
	if a, ok := s.answers[key]; ok {
		return a, nil
	}
	a, err := s.engine.Judge(set)
	if err != nil {
		return a, fmt.Errorf("judge moves %s: %w", key, err)
	}
	s.out.Judged++
	s.answers[key] = a
	return a, nil
}

// minimal reports whether every part of a set is needed.
func (s *search) minimal(set []int, a Answer) (bool, error) {
	if !a.Assumed {
		for sub := range proper(len(set)) {
			b, err := s.judge(pick(set, sub))
			if err != nil || b.Reaches {
				return false, err
			}
		}
		return true, nil
	}
	n, m := len(set), len(a.Approvals)
	everybody := 1<<m - 1
	for sub := range proper(n) { // the likeliest first
		if passes, err := s.engine.Passes(pick(set, sub), a.Approvals); err != nil || passes {
			return false, err
		}
	}
	for i := range m {
		if passes, err := s.engine.Passes(set, pick(a.Approvals, everybody&^(1<<i))); err != nil || passes {
			return false, err
		}
	}
	if n+m > maxParts {
		return true, nil
	}
	for sub := range 1 << n {
		for some := range proper(m) {
			if passes, err := s.engine.Passes(pick(set, sub), pick(a.Approvals, some)); err != nil || passes {
				return false, err
			}
		}
	}
	return true, nil
}

// proper is how many proper subsets so many parts have, each of them a number
// below it.
func proper(parts int) int { return 1<<parts - 1 }

// pick are the elements whose bits are set.
func pick[T any](list []T, bits int) []T {
	out := []T{}
	for i, x := range list {
		if bits&(1<<i) != 0 {
			out = append(out, x)
		}
	}
	return out
}

func within(part, whole []int) bool {
	return !slices.ContainsFunc(part, func(i int) bool { return !slices.Contains(whole, i) })
}

func (s *search) done(whole bool) Result {
	out := s.out
	out.Whole = whole
	out.Sets = out.Sets[:min(len(out.Sets), Shown)]
	return out
}
