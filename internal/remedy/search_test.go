package remedy

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cures is an engine that holds findings against moves which cure them.
type cures struct {
	against map[string][]int // what is against it → the moves of which one cures it
	lacks   int              // approvals that are missing
	spares  map[int]int      // move → approvals that it makes unnecessary
	unknown bool             // nobody knows who could approve
	judged  int
}

func (e *cures) Judge(set []int) (Answer, error) {
	e.judged++
	var a Answer
	for what, by := range e.against {
		if !slices.ContainsFunc(by, func(i int) bool { return slices.Contains(set, i) }) {
			a.Against = append(a.Against, Finding{Code: what})
		}
	}
	a.Reaches = len(a.Against) == 0
	for i := range e.needs(set) {
		a.Approvals = append(a.Approvals, Approval{Who: "cab", By: fmt.Sprint(i)})
	}
	a.Assumed = a.Reaches && !e.unknown
	return a, nil
}

func (e *cures) needs(set []int) int {
	n := e.lacks
	for _, i := range set {
		n -= e.spares[i]
	}
	return max(n, 0)
}

func (e *cures) Passes(set []int, some []Approval) (bool, error) {
	a, err := e.Judge(set)
	return a.Reaches && len(some) >= e.needs(set), err
}

func kinds(list ...Kind) []Move {
	out := make([]Move, len(list))
	for i, k := range list {
		out[i].Kind = k
	}
	return out
}

func TestSearchFindsTheCheapestMinimalSets(t *testing.T) {
	for _, c := range []struct {
		name   string
		moves  []Move
		engine cures
		want   [][]int
		blocks []string
	}{
		{"one move cures", kinds(NextSlot, Rehearse), cures{against: map[string][]int{"a": {0}}}, [][]int{{0}}, nil},
		{"either cures, the cheaper first", kinds(AskException, NextSlot), cures{against: map[string][]int{"a": {0, 1}}}, [][]int{{1}, {0}}, nil},
		{"three problems, one set", kinds(NextSlot, Rehearse, NameServices, AskException),
			cures{against: map[string][]int{"a": {0}, "b": {1}, "c": {2}}}, [][]int{{0, 1, 2}}, nil},
		{"a move that cures nothing is in no set", kinds(NameOwner, NextSlot), cures{against: map[string][]int{"a": {1}}, unknown: true}, [][]int{{1}}, nil},
		{"what nothing cures blocks", kinds(NextSlot), cures{against: map[string][]int{"a": {0}, "b": nil}}, nil, []string{"b"}},
		{"approvals alone", nil, cures{lacks: 2}, [][]int{{}}, nil},
		{"work can spare approvals", kinds(Rehearse), cures{lacks: 4, spares: map[int]int{0: 3}}, [][]int{{0}, {}}, nil},
		{"work that spares none is not shown", kinds(Rehearse), cures{lacks: 2}, [][]int{{}}, nil},
		{"who could approve is not known", kinds(Rehearse), cures{lacks: 4, spares: map[int]int{0: 3}, unknown: true}, [][]int{{}}, nil},
		{"three at most", kinds(NextSlot, Rehearse, AskException, SplitService, TakeEmergencyPath),
			cures{against: map[string][]int{"a": {0, 1, 2, 3, 4}}}, [][]int{{0}, {1}, {2}}, nil},
		{"two moves of one place never meet", []Move{{Kind: NextSlot, Place: "schedule"}, {Kind: LongerWindow, Place: "schedule"}},
			cures{against: map[string][]int{"a": {0}, "b": {1}}}, nil, nil},
	} {
		got, err := Search(c.moves, &c.engine)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		var sets [][]int
		for _, s := range got.Sets {
			sets = append(sets, s.Moves)
		}
		if d := cmp.Diff(c.want, sets); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
		if d := cmp.Diff(c.blocks, got.Blocks); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// TestSearchHasABound: however many moves there are, and whatever they do.
func TestSearchHasABound(t *testing.T) {
	against := map[string][]int{}
	var all []int
	for i := range 14 {
		all = append(all, i)
	}
	for i := range 7 { // five are needed, and four is the most
		against[fmt.Sprint(i)] = []int{2 * i, 2*i + 1}
	}
	e := &cures{against: against}
	got, err := Search(make([]Move, len(all)), e)
	if err != nil || got.Whole || len(got.Sets) > 0 || got.Judged > MaxSets || e.judged > MaxSets {
		t.Errorf("%+v after %d judgements, %v", got, e.judged, err)
	}
}

func TestKindsHaveACostAndAName(t *testing.T) {
	seen := map[string]bool{}
	for k := NameServices; k <= TakeEmergencyPath; k++ {
		if k.Cost() <= 0 || k.Cost() >= KindNone.Cost() || k.String() == "" || seen[k.String()] {
			t.Errorf("%d: %d %q", k, k.Cost(), k)
		}
		seen[k.String()] = true
	}
	if k := TakeEmergencyPath + 1; k.Cost() != KindNone.Cost() || k.String() != "" {
		t.Errorf("an unknown kind costs %d and is called %q", k.Cost(), k)
	}
}
