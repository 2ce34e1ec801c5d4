package history_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/backtest"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/example"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// What a walk remembers, and what it has let go, never shows: every merge is
// judged as one who comes to it alone would judge it. An id that was used a year
// ago is still taken.
func TestAWalkSaysOfEachMergeWhatAJudgementByItselfSays(t *testing.T) {
	e, err := example.Load("acme")
	if err != nil {
		t.Fatal(err)
	}
	acme := t.TempDir()
	if err := e.Write(acme); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"acme": acme, "generated": generated(t, 260, 24, true)} {
		t.Run(name, func(t *testing.T) { sameAsAlone(t, dir, name == "generated") })
	}
}

func sameAsAlone(t *testing.T, dir string, taken bool) {
	o := opened(t, dir)
	var list []tree.Commit
	if err := o.Repo.FirstParents(o.Tip, func(c tree.Commit) (bool, error) {
		list = append(list, c)
		return true, nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(list)
	memory := judge.NewMemory(o.Trail, o.Target.Compile)
	pairs, last := 0, []string(nil)
	for i, c := range list[1:] {
		target := o.Target
		target.Repo, target.Base, target.BaseRef, target.Head, target.Now = o.Repo, c.Parents[0], o.BaseRef, c.ID, c.CommitterTime.UTC()
		again, err := memory.Again(context.Background(), target, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(again.Pairs) == 0 || taken && i%9 > 0 && i < len(list)-2 {
			continue
		}
		alone, err := judge.Judge(context.Background(), target)
		if err != nil {
			t.Fatal(err)
		}
		if again.Outcome != alone.Verdict.Outcome {
			t.Fatalf("%s: %s in a walk, %s alone", c.ID, again.Outcome, alone.Verdict.Outcome)
		}
		got, want := codesOf(again.Pairs), errorsOf(alone)
		if !slices.Equal(got, want) {
			t.Fatalf("%s: %v in a walk, %v alone", c.ID, got, want)
		}
		pairs, last = pairs+len(again.Pairs), got
	}
	if pairs < 20 {
		t.Fatalf("only %d changes", pairs)
	}
	if taken && !slices.Contains(last, "MS103") {
		t.Fatalf("the last change has an id that is taken: %v", last)
	}
}

func codesOf(pairs []backtest.Pair) []string {
	var out []string
	for _, p := range pairs {
		for _, b := range p.Before.Blocks {
			if b.What == "" {
				out = append(out, b.Code)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func errorsOf(r *judge.Result) []string {
	var out []string
	for _, f := range r.Verdict.Findings {
		if f.Severity == diag.Error {
			out = append(out, f.Code)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// The range is half-open, by the time of the merge.
func TestARangeHoldsItsFirstInstantAndNotItsLast(t *testing.T) {
	dir := generated(t, 20, 24, false)
	first := time.Date(2020, 1, 6, 8, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		from, to time.Time
		want     int
	}{
		"everything":                 {time.Time{}, time.Time{}, 20},
		"from the first":             {first, time.Time{}, 20},
		"from a second after it":     {first.Add(time.Second), time.Time{}, 19},
		"up to the second":           {time.Time{}, first.AddDate(0, 0, 1), 1},
		"from the second to itself+": {first.AddDate(0, 0, 1), first.AddDate(0, 0, 1).Add(time.Second), 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := opened(t, dir)
			o.From, o.To = c.from, c.to
			if judged, _ := run(t, o); judged != c.want {
				t.Errorf("judged %d, want %d", judged, c.want)
			}
		})
	}
}
