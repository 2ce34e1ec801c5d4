package agenda

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Question is which meeting is prepared.
type Question struct {
	Meeting     string    // the board's group
	Date        time.Time // when it meets, in the reader's zone
	Since       time.Time // the meeting before
	Until       time.Time // how far it looks ahead
	Repository  string
	ReviewLimit change.ReviewLimits
}

// Case is one change as the judge sees it, merged or not.
type Case struct {
	Record      change.Record
	Judged      verdict.Judged
	Merged      bool
	PullRequest int
	Link        string // https address of the pull request, "" without one
	// Material says that an open change is to be approved: it is new, or amended
	// so that earlier approvals do not count.
	Material bool
	Errors   []string         // findings that would stop it, in words
	Clashes  []schedule.Clash // with other changes, all of them
	Rollback string           // in one line
}

// Of lists the changes that need people at a meeting, and counts the rest of
// what is planned until the horizon.
func Of(q Question, cases []Case) Agenda {
	a := Agenda{
		Meeting: q.Meeting, Date: field.Instant{Time: q.Date}, Since: field.Instant{Time: q.Since.In(q.Date.Location())},
		Until: field.Instant{Time: q.Until.In(q.Date.Location())}, Zone: q.Date.Location().String(), Repository: q.Repository,
		Items: []Item{}, RoutineIDs: []string{}, Actions: []Action{}, Unread: []string{},
	}
	ranks := map[string]int{}
	for _, c := range cases {
		i := c.item()
		q.reasons(c, &i)
		switch {
		case len(i.Reasons) > 0:
			i.Minutes = budget(c, i)
			a.Minutes += i.Minutes
			a.Items = append(a.Items, i)
			ranks[i.ID] = c.rank()
		case q.ahead(c):
			a.RoutineIDs = append(a.RoutineIDs, i.ID)
		}
	}
	slices.SortStableFunc(a.Items, func(x, y Item) int {
		return cmp.Or(cmp.Compare(ranks[y.ID], ranks[x.ID]), x.Start.Compare(y.Start.Time), cmp.Compare(x.ID, y.ID))
	})
	slices.Sort(a.RoutineIDs)
	a.RoutineIDs = slices.Compact(a.RoutineIDs)
	a.Routine = len(a.RoutineIDs)
	return a
}

// over reports whether nothing of a change is to come.
func (c Case) over() bool { return c.Record.Outcome != nil || c.Record.Canceled != nil }

// ahead reports whether a change is planned before the horizon and not over.
func (q Question) ahead(c Case) bool {
	p := c.Record.Schedule
	switch {
	case c.over():
		return false
	case p == nil:
		return !c.Merged
	case !c.Merged && !c.Material:
		return false // what it amends is merged, and told there
	}
	return p.Start.Before(q.Until) && (p.End.After(q.Date) || !c.Merged)
}

// reasons writes down why a change needs people.
func (q Question) reasons(c Case, i *Item) {
	add := func(k Kind, format string, args ...any) {
		i.Kinds, i.Reasons = append(i.Kinds, k), append(i.Reasons, fmt.Sprintf(format, args...))
	}
	r := &c.Record
	if q.ahead(c) && !c.Merged && c.Material {
		for _, s := range c.Judged.Requirements {
			if s.Missing > 0 && (s.Group == q.Meeting || slices.Contains(s.AnyOf, q.Meeting)) {
				add(Routed, "%s of %s: %s", s.Count, s.Who(), s.Reason)
			}
		}
	}
	if q.ahead(c) {
		for _, x := range c.Clashes {
			if x.Blocks {
				add(Collides, "%s", collision(c.Judged.ID, x))
			}
		}
	}
	if q.ahead(c) && !c.Merged {
		for _, f := range c.Judged.Freezes {
			if f.Hit && f.Exception == "asked" {
				add(Exception, "asks to work in the freeze %s: %s", f.ID, line(r.FreezeException.Reason))
			}
		}
	}
	if at := begun(r); r.Type == change.Emergency && !at.Before(q.Since) && at.Before(q.Until) && r.Canceled == nil {
		add(Emergencies, "emergency since the last meeting")
	}
	if c.Merged && r.ReviewOverdue(q.Date, q.ReviewLimit) {
		due, _ := r.ReviewDue(q.ReviewLimit)
		add(Overdue, "its review is overdue since %s", due.In(q.Date.Location()).Format("Mon 2 Jan 2006"))
		i.Missing = append(i.Missing, "the review")
	}
	if c.Merged && failed(r) && (!r.End().Before(q.Since) || r.Review != nil && !r.Review.Held.In(time.UTC).Before(q.Since)) {
		add(Failed, "it ended as %s", strings.ReplaceAll(r.Outcome.Result.String(), "_", " "))
	}
}

func failed(r *change.Record) bool {
	return r.Outcome != nil && (r.Outcome.Result == change.Failed || r.Outcome.Result == change.BackedOut)
}

// begun is when a change began: as it happened, else as planned.
func begun(r *change.Record) time.Time {
	switch {
	case r.Actual != nil && !r.Actual.Start.IsZero():
		return r.Actual.Start.Time
	case r.Schedule != nil:
		return r.Schedule.Start.Time
	}
	return time.Time{}
}

func collision(id string, x schedule.Clash) string {
	with, joint := x.A, ", "
	if field.Fold(with) == field.Fold(id) {
		with = x.B
	}
	if x.Kind == "dependency" {
		joint = " → "
	}
	via := ""
	if len(x.Via) > 0 {
		via = " (" + strings.Join(x.Via, joint) + ")"
	}
	return fmt.Sprintf("collides with %s by %s%s, %d minutes", with, x.Kind, via, x.Minutes)
}

// rank is how grave a change is; one that nobody could score is the gravest.
func (c Case) rank() int {
	if c.Judged.Risk == nil || c.Judged.Risk.Level == field.LevelNone {
		return int(field.VeryHigh) + 1
	}
	return int(c.Judged.Risk.Level)
}

// budget is how many minutes a board should need: more for a graver change,
// some more where it collides, and as much as a review takes for what is over.
func budget(c Case, i Item) int {
	if c.over() {
		return 5
	}
	minutes := 15
	if n := c.rank(); n <= int(field.High) {
		minutes = []int{15, 3, 5, 10}[n]
	}
	if slices.Contains(i.Kinds, Collides) {
		minutes += 2
	}
	return minutes
}
