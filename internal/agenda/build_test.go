package agenda

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

var meeting = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

var question = Question{Meeting: "cab", Date: meeting, Since: meeting.AddDate(0, 0, -7), Until: meeting.AddDate(0, 0, 14),
	ReviewLimit: change.ReviewLimits{RetroHours: 24, ReviewDays: 5}}

func hours(n int) field.Instant {
	return field.Instant{Time: meeting.Add(time.Duration(n) * time.Hour)}
}

// open is a new change that starts in some hours.
func open(id string, level field.Level, start int, edit func(*Case)) Case {
	c := Case{Material: true, Record: change.Record{ID: id, Type: change.Normal, Schedule: &change.Period{Start: hours(start), End: hours(start + 1)}},
		Judged: verdict.Judged{ID: id, Type: "normal", Risk: &risk.Score{Level: level}}}
	if edit != nil {
		edit(&c)
	}
	return c
}

func needs(group string, missing int) func(*Case) {
	return func(c *Case) {
		c.Judged.Requirements = append(c.Judged.Requirements, approval.Status{Requirement: approval.Requirement{Group: group, Count: approval.Count{N: 2}}, Missing: missing})
	}
}

func ended(c *Case, r change.Result) {
	c.Merged, c.Material, c.Record.Outcome = true, false, &change.Outcome{Result: r}
}

func TestB2ExactlyTheChangesThatNeedPeople(t *testing.T) {
	clash := schedule.Clash{A: "CHG-1", B: "CHG-2", Kind: "service", Via: []string{"shop"}, Minutes: 30, Blocks: true}
	for _, c := range []struct {
		name    string
		given   Case
		want    []Kind
		routine bool
	}{
		{"routed to the board", open("CHG-1", field.High, 48, needs("cab", 2)), []Kind{Routed}, false},
		{"routed to it or another one", open("CHG-1", field.High, 48, func(c *Case) {
			c.Judged.Requirements = []approval.Status{{Requirement: approval.Requirement{AnyOf: []string{"sre", "cab"}}, Missing: 1}}
		}), []Kind{Routed}, false},
		{"the board has agreed", open("CHG-1", field.High, 48, needs("cab", 0)), nil, true},
		{"another board", open("CHG-1", field.High, 48, needs("security", 1)), nil, true},
		{"merged: it was approved", open("CHG-1", field.High, 48, func(c *Case) { needs("cab", 2)(c); c.Merged = true }), nil, true},
		{"beyond the horizon", open("CHG-1", field.High, 15*24, needs("cab", 2)), nil, false},
		{"its window has passed, and it is open", open("CHG-1", field.High, -48, needs("cab", 2)), []Kind{Routed}, false},
		{"in collision", open("CHG-1", field.Low, 48, func(c *Case) { c.Clashes = []schedule.Clash{clash} }), []Kind{Collides}, false},
		{"merged and in collision", open("CHG-1", field.Low, 48, func(c *Case) { c.Merged, c.Clashes = true, []schedule.Clash{clash} }), []Kind{Collides}, false},
		{"a collision that is accepted", open("CHG-1", field.Low, 48, func(c *Case) { c.Clashes = []schedule.Clash{{A: "CHG-1", B: "CHG-2", Accepted: true}} }), nil, true},
		{"a collision, and canceled", open("CHG-1", field.Low, 48, func(c *Case) {
			c.Clashes, c.Record.Canceled = []schedule.Clash{clash}, &change.Canceled{Reason: "x"}
		}), nil, false},
		{"asks for an exception", open("CHG-1", field.Low, 48, func(c *Case) {
			c.Record.FreezeException = &change.FreezeException{Window: "w", Reason: "x"}
			c.Judged.Freezes = []schedule.FreezeHit{{ID: "w", Hit: true, Exception: "asked"}}
		}), []Kind{Exception}, false},
		{"an exception that is granted", open("CHG-1", field.Low, 48, func(c *Case) {
			c.Record.FreezeException = &change.FreezeException{Window: "w", Reason: "x"}
			c.Judged.Freezes = []schedule.FreezeHit{{ID: "w", Hit: true, Exception: "granted"}}
		}), nil, true},
		{"an emergency since", open("CHG-1", field.Low, -20, func(c *Case) { c.Merged, c.Record.Type = true, change.Emergency }), []Kind{Emergencies}, false},
		{"an emergency before, overdue", open("CHG-1", field.Low, -200, func(c *Case) { c.Merged, c.Record.Type = true, change.Emergency }), []Kind{Overdue}, false},
		{"failed since", open("CHG-1", field.Low, -30, func(c *Case) { ended(c, change.Failed) }), []Kind{Failed}, false},
		{"failed long ago, and looked back at", open("CHG-1", field.Low, -2000, func(c *Case) {
			ended(c, change.Failed)
			c.Record.Review = &change.Review{Held: field.DateOf(meeting.AddDate(0, -2, 0))}
		}), nil, false},
		{"failed long ago, and looked back at since", open("CHG-1", field.Low, -500, func(c *Case) {
			ended(c, change.BackedOut)
			c.Record.Review = &change.Review{Held: field.DateOf(meeting.AddDate(0, 0, -2)), Lessons: "Rehearse it"}
		}), []Kind{Failed}, false},
		{"successful", open("CHG-1", field.Low, -30, func(c *Case) { ended(c, change.Successful) }), nil, false},
		{"low and nothing else", open("CHG-1", field.Low, 48, nil), nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := Of(question, []Case{c.given})
			var got []Kind
			for _, i := range a.Items {
				got = append(got, i.Kinds...)
				if len(i.Reasons) != len(i.Kinds) {
					t.Errorf("%d reasons, %d kinds", len(i.Reasons), len(i.Kinds))
				}
			}
			if d := cmp.Diff(c.want, got); d != "" || (a.Routine == 1) != c.routine {
				t.Errorf("%s, routine %d", d, a.Routine)
			}
		})
	}
}

func TestItemsGoByRiskThenStartAndHaveABudget(t *testing.T) {
	a := Of(question, []Case{
		open("CHG-5", field.Moderate, 24, needs("cab", 1)), open("CHG-4", field.High, 72, needs("cab", 1)),
		open("CHG-3", field.High, 48, needs("cab", 1)), open("CHG-2", field.High, 48, needs("cab", 1)),
		open("CHG-1", field.VeryHigh, 96, needs("cab", 1)), open("CHG-0", field.LevelNone, 99, needs("cab", 1)),
	})
	var ids []string
	sum := 0
	for _, i := range a.Items {
		ids, sum = append(ids, i.ID), sum+i.Minutes
	}
	if d := cmp.Diff([]string{"CHG-0", "CHG-1", "CHG-2", "CHG-3", "CHG-4", "CHG-5"}, ids); d != "" || sum != a.Minutes || sum != 15+15+10+10+10+5 {
		t.Errorf("%s, %d minutes of %d", d, sum, a.Minutes)
	}
}

func TestActionsAreCarriedUntilTheChangeTheyNameIsOver(t *testing.T) {
	r := &change.Record{ID: "CHG-1", Review: &change.Review{Actions: []change.Action{
		{Title: "Done by another", Ref: "CHG-2", Owner: "bob"}, {Title: "Not begun", Owner: "bob"}, {Title: "Elsewhere", Ref: "ACME-7", Owner: "eve"},
	}}}
	got := Pending(r, func(id string) bool { return id == "chg-2" })
	want := []Action{{ID: "CHG-1", Title: "Not begun", Owner: "bob"}, {ID: "CHG-1", Title: "Elsewhere", Ref: "ACME-7", Owner: "eve"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
