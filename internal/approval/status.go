package approval

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// status says of one requirement who counts, who does not and why, and who
// still could.
func (c *count) status(i int) Status {
	s := Status{
		Requirement: c.reqs[i], Have: []string{}, NotCounted: []NotCounted{},
		Missing: c.missing[i], Waits: c.waits[i],
	}
	here := c.counted(i)
	for _, b := range c.ballots {
		switch {
		case !here[b.fold]:
			if why := c.notCounted(i, b); why != "" {
				s.NotCounted = append(s.NotCounted, NotCounted{string(b.review.By), why})
			}
		case c.mayName(i, b.fold):
			s.Have = append(s.Have, string(b.review.By))
		default:
			s.Unnamed++
		}
	}
	for fold, why := range c.circles[i].excluded {
		name, shown := c.circles[i].names[fold]
		reviewed := slices.ContainsFunc(c.ballots, func(b ballot) bool { return b.fold == fold })
		if shown && !reviewed {
			s.NotCounted = append(s.NotCounted, NotCounted{name, why})
		}
	}
	slices.SortFunc(s.Have, byFold)
	slices.SortFunc(s.NotCounted, func(a, b NotCounted) int { return byFold(a.By, b.By) })
	if s.Missing > 0 {
		s.Could = c.could(i)
	}
	return s
}

func byFold(a, b string) int { return strings.Compare(fold(a), fold(b)) }

// counted are the people who count for a requirement: those at its table, and
// for each rule of code owners that none of them covers the first who does.
func (c *count) counted(i int) map[string]bool {
	here := map[string]bool{}
	if c.waits[i] > 0 {
		return here
	}
	for _, p := range c.seats.sitting(i) {
		here[c.approvers[p]] = true
	}
	for _, set := range c.circles[i].sets {
		covers := func(p string) bool { return set.sits(p) }
		covered := slices.IndexFunc(c.approvers, func(p string) bool { return here[p] && covers(p) })
		if covered >= 0 {
			continue
		}
		if first := slices.IndexFunc(c.approvers, covers); first >= 0 {
			here[c.approvers[first]] = true
		}
	}
	return here
}

// mayName reports whether output may say that somebody belongs to a circle.
func (c *count) mayName(i int, fold string) bool {
	return c.circles[i].open || c.circles[i].names[fold] != ""
}

// notCounted is why a review does not count for a requirement, "" where saying
// so would tell who belongs to a private group.
func (c *count) notCounted(i int, b ballot) string {
	circle := c.circles[i]
	switch {
	case !b.valid():
		return b.why()
	case !circle.sits(b.fold):
		return circle.outside(c.reqs[i], b.fold)
	case !c.mayName(i, b.fold):
		return ""
	case c.waits[i] > 0:
		return fmt.Sprintf("stage %d is not complete", c.waits[i])
	}
	at := c.seats.at[slices.Index(c.approvers, b.fold)]
	switch {
	case at.table != nobody && c.mayName(at.table, b.fold):
		return "counts for " + c.reqs[at.table].Count.String() + " of " + c.reqs[at.table].Who()
	case at.table != nobody:
		return "counts for another requirement"
	case c.missing[i] == 0:
		return "enough others have approved"
	}
	return "of a member and a delegate one counts"
}

// outside is why somebody does not belong to a circle, "" where it is private.
func (c circle) outside(r Requirement, fold string) string {
	switch {
	case c.private:
		return ""
	case c.added[fold] != "":
		return "added to " + c.added[fold] + " by this change"
	case c.refused[fold] != "":
		return c.refused[fold]
	case c.left[fold] != "":
		return "no longer in " + c.left[fold]
	case len(c.unknown) > 0:
		return "not known to be in " + strings.Join(c.unknown, ", ")
	case r.Codeowners:
		return "no code owner of what is touched"
	case len(r.OwnersOf) > 0:
		return "not one of the " + r.Who()
	}
	return "not in " + r.Who()
}

// could lists who could still give the approval and may be named: those whose
// chair nobody has taken, who have not approved and are not barred.
func (c *count) could(i int) (out []string) {
	circle := c.circles[i]
	seen := map[string]bool{}
	for _, b := range c.ballots {
		seen[b.fold] = b.valid() || b.barred != ""
	}
	taken := map[int]bool{}
	for j, p := range c.seats.taken[i] {
		if p != nobody {
			taken[c.seats.tables[i][j].chair] = true
		}
	}
	circles := []circleView{{circle.chairs, taken}}
	if len(circle.sets) > 0 && c.needsCover(i) {
		circles = c.bare(i)
	}
	for _, v := range circles {
		for j, ch := range v.chairs {
			for _, p := range ch.who {
				if name := circle.names[p]; name != "" && !seen[p] && !v.taken[j] {
					seen[p] = true
					out = append(out, name)
				}
			}
		}
	}
	slices.SortFunc(out, byFold)
	return out
}

// circleView is chairs, and which of them are taken.
type circleView struct {
	chairs []chair
	taken  map[int]bool
}

// needsCover reports whether some rule of code owners is still without one.
func (c *count) needsCover(i int) bool { return c.uncovered(i) > 0 }

// bare lists the rules of code owners that nobody has approved for.
func (c *count) bare(i int) (out []circleView) {
	for _, set := range c.circles[i].sets {
		if len(set.table(c.approvers, false)) == 0 {
			out = append(out, circleView{chairs: set.chairs})
		}
	}
	return out
}

// objections are the people who ask for changes and belong to some circle.
// With perhaps, somebody does who might belong to one.
func (c *count) objections() (out []Objection, perhaps bool) {
	for _, b := range c.ballots {
		switch {
		case !b.objects():
		case slices.ContainsFunc(c.circles, func(x circle) bool { return x.sits(b.fold) }):
			out = append(out, Objection{string(b.review.By), b.review.Commit})
		case slices.ContainsFunc(c.circles, func(x circle) bool { return len(x.unknown) > 0 }):
			perhaps = true
		}
	}
	slices.SortFunc(out, func(a, b Objection) int { return cmp.Or(byFold(a.By, b.By), cmp.Compare(a.Commit, b.Commit)) })
	return out, perhaps
}
