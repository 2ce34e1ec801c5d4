package approval

import (
	"cmp"
	"encoding/json"
	"slices"
)

// Weigh says which requirements are met, by whom, and what is missing.
//
// Different requirements are met by different people: a maximum matching, so
// that as few approvals as possible are missing, all requirements are met
// whenever they can all be, and neither the order of reviews, requirements and
// groups nor anybody's name decides anything. Where not all can be met, an
// earlier stage comes first, then what needs fewer people. What is met stays
// met when somebody else approves too.
//
// What is unknown is not met. Where it would be met if what is unknown were
// known, there is a finding that keeps from judging.
func Weigh(q Question) Result {
	if q.Evidence == nil {
		statuses, found := Unmet(q.Requirements, q.Groups)
		return Result{Statuses: statuses, Findings: found}
	}
	ballots, ignored := q.ballots()
	a := q.asker()
	known := &count{asker: a, reqs: q.Requirements, ballots: ballots}
	for _, r := range q.Requirements {
		known.circles = append(known.circles, a.circle(r))
	}
	possible := *known
	possible.possible = true
	known.run()
	possible.run()

	out := Result{Ignored: ignored, NextEdge: a.edge}
	for i := range q.Requirements {
		out.Statuses = append(out.Statuses, known.status(i))
	}
	objections, perhaps := known.objections()
	out.Objections = objections
	out.Findings = known.impossible()
	if len(objections) == 0 && possible.met() && (perhaps || !known.met()) {
		out.Findings = append(out.Findings, known.undecided()...)
	}
	out.Findings.Sort()
	return out
}

// count is one reckoning: of what is known, or of what is possible.
type count struct {
	*asker
	reqs      []Requirement
	circles   []circle
	ballots   []ballot // in the order of time
	possible  bool
	approvers []string // folded, the first to approve first
	seats     *seating
	need      []int
	missing   []int
	waits     []int // requirement → the stage it waits for, 0 for none
}

func (c *count) run() {
	for _, b := range c.ballots {
		if b.valid() {
			c.approvers = append(c.approvers, b.fold)
		}
	}
	n := len(c.reqs)
	tables := make([]table, n)
	c.need, c.missing, c.waits = make([]int, n), make([]int, n), make([]int, n)
	for i, circle := range c.circles {
		tables[i] = circle.table(c.approvers, c.possible)
		members := len(circle.chairs)
		for _, s := range tables[i] {
			if s.chair == nobody {
				members++
			}
		}
		c.need[i] = Need(c.reqs[i].Count, members)
	}
	c.seats = newSeating(tables, len(c.approvers))
	waits := 0
	for _, stage := range stages(c.reqs, c.need) {
		for _, i := range stage {
			c.waits[i] = waits
			c.missing[i] = c.need[i]
			for c.missing[i] > 0 && waits == 0 && c.seats.fill(i) {
				c.missing[i]--
			}
			c.missing[i] = max(c.missing[i], c.uncertain(i), c.uncovered(i))
		}
		if waits == 0 && slices.ContainsFunc(stage, func(i int) bool { return c.missing[i] > 0 }) {
			waits = max(c.reqs[stage[0]].Stage, 1)
		}
	}
}

// uncertain is 1 for a share of a group that nobody knows the size of.
func (c *count) uncertain(i int) int {
	count := c.reqs[i].Count
	if !c.possible && (count.All || count.Percent > 0) && len(c.circles[i].unknown) > 0 {
		return 1
	}
	return 0
}

// uncovered is how many rules for paths have no owner among those who approved.
func (c *count) uncovered(i int) (n int) {
	for _, set := range c.circles[i].sets {
		if len(set.table(c.approvers, c.possible)) == 0 {
			n++
		}
	}
	return n
}

func (c *count) met() bool {
	return !slices.ContainsFunc(c.missing, func(n int) bool { return n > 0 })
}

// stages sorts requirements by stage, and within one by how many people they
// need and by what they say, never by where they stand.
func stages(reqs []Requirement, need []int) (out [][]int) {
	keys := make([]string, len(reqs))
	order := make([]int, len(reqs))
	for i, r := range reqs {
		b, err := json.Marshal(r)
		if err != nil { // strings and numbers alone
			panic(err)
		}
		keys[i], order[i] = string(b), i
	}
	stage := func(i int) int { return max(reqs[i].Stage, 1) }
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(stage(a), stage(b)), cmp.Compare(need[a], need[b]), cmp.Compare(keys[a], keys[b]))
	})
	for k, i := range order {
		if k == 0 || stage(order[k-1]) != stage(i) {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], i)
	}
	return out
}
