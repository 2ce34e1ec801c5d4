package backtest_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/backtest"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

func pair(id string, before, after verdict.Outcome) *backtest.Pair {
	return &backtest.Pair{ID: id, Commit: "c" + id, At: time.Date(2026, 3, 31, 23, 30, 0, 0, time.UTC),
		Before: backtest.Said{Outcome: before}, After: backtest.Said{Outcome: after}}
}

func TestWhatBecameOfAChangeSaysWhatHoldingItUpWouldHaveMeant(t *testing.T) {
	ends := backtest.Ends{"a-1": change.Failed, "a-2": change.BackedOut, "a-3": change.Successful, "a-4": change.SuccessfulWithIssues, "a-5": change.ResultCanceled}
	r := backtest.NewReport("candidate", ends)
	for i := 1; i <= 6; i++ {
		r.Add(pair(fmt.Sprintf("A-%d", i), verdict.OutcomePass, verdict.OutcomeFail), time.UTC)
	}
	r.Add(pair("A-3", verdict.OutcomePass, verdict.OutcomePending), time.UTC) // once more, amended
	looser := pair("A-1", verdict.OutcomeFail, verdict.OutcomePass)
	looser.At = looser.At.AddDate(0, 3, 0)
	r.Add(looser, time.FixedZone("", 3600))
	r.Finish()
	if got, want := fmt.Sprint(r.Stopped, r.Delayed), "[A-1 A-2] [A-3 A-4]"; got != want {
		t.Errorf("stopped and delayed are %s, want %s", got, want)
	}
	if r.Failures != 2 || r.Good != 2 || r.Open != 2 {
		t.Errorf("%d failed, %d went well, %d neither", r.Failures, r.Good, r.Open)
	}
	if len(r.Flips) != 8 || r.Judged != 8 || r.Reconstructed != 8 {
		t.Errorf("%d flips of %d", len(r.Flips), r.Judged)
	}
	if r.Lead.Known != 0 {
		t.Error("nobody said how much later any of them would have begun")
	}
	var months string
	for _, m := range r.Months {
		months += fmt.Sprintf("%s:%d/%d/%d ", m.Month, m.Judged, m.Stricter, m.Looser)
	}
	if want := "2026-03:7/7/0 2026-04:0/0/0 2026-05:0/0/0 2026-06:0/0/0 2026-07:1/0/1 "; months != want {
		t.Errorf("months %s, want %s", months, want)
	}
}

func TestAFlipNamesWhatMadeTheDifferenceAndNothingElse(t *testing.T) {
	fail, pending, pass := verdict.OutcomeFail, verdict.OutcomePending, verdict.OutcomePass
	both := backtest.Block{Code: "A", Level: fail}
	p := pair("A-1", pending, fail)
	p.Before.Blocks = []backtest.Block{{Code: "R", What: "1 of peer", Level: pending}}
	p.After.Blocks = []backtest.Block{both, {Code: "R", What: "1 of peer", Level: pending}, {Code: "S", What: "2 of cab", Level: pending}}
	if got := fmt.Sprint(p.Flip().Codes); got != "[A]" {
		t.Errorf("it fails because of %s", got)
	}
	p = pair("A-1", pending, pass)
	p.Before.Blocks = []backtest.Block{{Code: "R", What: "1 of peer", Level: pass}, {Code: "S", What: "2 of cab", Level: pending}}
	p.After.Blocks = p.Before.Blocks[:1]
	if got := fmt.Sprint(p.Flip().Codes); got != "[S]" {
		t.Errorf("it passes without %s", got)
	}
}

func TestTheMonthsAddUpToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := backtest.NewReport("candidate", backtest.Ends{"x-1": change.Failed, "x-2": change.Successful})
		n := rapid.IntRange(0, 40).Draw(t, "changes")
		at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		for range n {
			at = at.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "hours")) * time.Hour)
			out := func() verdict.Outcome { return verdict.Outcome(rapid.IntRange(0, 3).Draw(t, "outcome")) }
			p := pair(fmt.Sprintf("X-%d", rapid.IntRange(1, 5).Draw(t, "id")), out(), out())
			p.At, p.Sealed = at, rapid.Bool().Draw(t, "sealed")
			p.Before.Asks, p.After.Asks = rapid.IntRange(0, 5).Draw(t, "asked"), rapid.IntRange(0, 5).Draw(t, "asked now")
			r.Add(p, time.UTC)
		}
		r.Finish()
		var judged, flips, added, saved int
		for _, m := range r.Months {
			judged, flips, added, saved = judged+m.Judged, flips+m.Stricter+m.Looser, added+m.Added, saved+m.Saved
		}
		if judged != n || r.Sealed+r.Reconstructed != n || r.Judged != n {
			t.Fatalf("%d in months, %d sealed and %d not, of %d", judged, r.Sealed, r.Reconstructed, n)
		}
		if flips != len(r.Flips) || added != r.Approvals.Added || saved != r.Approvals.Saved {
			t.Fatalf("%d flips of %d, approvals +%d −%d of %v", flips, len(r.Flips), added, saved, r.Approvals)
		}
		if len(r.Stopped) > r.Failures || len(r.Delayed) > r.Good {
			t.Fatalf("%v of %d, %v of %d", r.Stopped, r.Failures, r.Delayed, r.Good)
		}
	})
}
