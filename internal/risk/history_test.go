package risk

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/change"
)

var now = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func past(r change.Result, severities ...change.Severity) Past {
	p := Past{Services: []string{"db"}, Result: r, Ended: now.Add(-time.Hour)}
	for _, s := range severities {
		p.Incidents = append(p.Incidents, change.Incident{Severity: s})
	}
	return p
}

func TestTheWeightedRateOfAHistoryCanBeAddedUpByHand(t *testing.T) {
	good := past(change.Successful)
	elsewhere := past(change.Failed)
	elsewhere.Services = []string{"mail"}
	old, oldest, future := past(change.Failed), past(change.Failed), past(change.Failed)
	old.Ended, oldest.Ended, future.Ended = now.Add(-Lookback+time.Second), now.Add(-Lookback), now.Add(time.Second)
	upper, twice := past(change.Successful), past(change.Successful)
	upper.Services, twice.Services = []string{"DB"}, []string{"db", "db"}
	for _, c := range []struct {
		name   string
		closed []Past
		want   History
	}{
		{"nothing", nil, History{}},
		{"one failure in two", []Past{good, past(change.Failed)}, History{Changes: 2, Successful: 1, Failed: 1, Familiar: 1, RatePermille: 500}},
		{"backed out is failed", []Past{good, past(change.BackedOut)}, History{Changes: 2, Successful: 1, Failed: 1, Familiar: 1, RatePermille: 500}},
		{"issues weigh 0.4", []Past{good, past(change.SuccessfulWithIssues)}, History{Changes: 2, Successful: 1, Issues: 1, Familiar: 1, RatePermille: 200}},
		{"a p1 weighs 2.0", []Past{good, good, good, past(change.Failed, 1)}, History{Changes: 4, Successful: 3, Failed: 1, Familiar: 3, RatePermille: 500}},
		{"a p2 weighs 1.0, also after success", []Past{good, past(change.Successful, 2)}, History{Changes: 2, Successful: 2, Familiar: 1, RatePermille: 500}},
		{"a p3 weighs 0.4", []Past{good, past(change.Successful, 3)}, History{Changes: 2, Successful: 2, Familiar: 1, RatePermille: 200}},
		{"a p4 weighs nothing", []Past{good, past(change.Successful, 4)}, History{Changes: 2, Successful: 2, Familiar: 2}},
		{"the worst of a change counts", []Past{past(change.SuccessfulWithIssues, 3, 2, 4), good}, History{Changes: 2, Successful: 1, Issues: 1, Familiar: 1, RatePermille: 500}},
		{"the rate ends at 1", []Past{past(change.Failed, 1)}, History{Changes: 1, Failed: 1, RatePermille: 1000}},
		{"open and canceled ones say nothing", []Past{past(change.ResultOpen), past(change.ResultCanceled, 1)}, History{}},
		{"another service's says nothing", []Past{elsewhere}, History{}},
		{"90 days ago is over, a second less is not", []Past{old, oldest}, History{Changes: 1, Failed: 1, RatePermille: 1000}},
		{"what has not happened yet says nothing", []Past{future}, History{}},
		{"names in other case are the same service, named twice counts once", []Past{upper, twice}, History{Changes: 2, Successful: 2, Familiar: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, HistoryOf(c.closed, []string{"db"}, now)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestServicesAreFamiliarWhenEachOfThemIs(t *testing.T) {
	closed := []Past{past(change.Successful), past(change.Successful), past(change.Successful)}
	if got := HistoryOf(closed, []string{"db", "mail"}, now); got.Familiar != 0 || got.Successful != 3 {
		t.Errorf("got %+v, want nothing familiar: mail has seen no change", got)
	}
	if got := HistoryOf(closed, nil, now); got != (History{}) {
		t.Errorf("got %+v, want nothing for no services", got)
	}
}

func drawPast(t *rapid.T) []Past {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Past {
		return Past{
			Services: rapid.SliceOfN(rapid.SampledFrom([]string{"db", "mail", "web"}), 1, 2).Draw(t, "services"),
			Result:   change.Result(rapid.IntRange(0, 5).Draw(t, "result")),
			Incidents: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) change.Incident {
				return change.Incident{Severity: change.Severity(rapid.IntRange(0, 4).Draw(t, "severity"))}
			}), 0, 2).Draw(t, "incidents"),
			Ended: now.Add(-time.Duration(rapid.IntRange(0, 100).Draw(t, "days")) * 24 * time.Hour),
		}
	}), 0, 12).Draw(t, "past")
}

func TestK5OneMoreFailureNeverLowersAScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		closed := drawPast(t)
		f := database()
		f.History = HistoryOf(closed, []string{"db", "mail"}, now)
		before := Compute(f, DefaultModel())
		bad := past(rapid.SampledFrom([]change.Result{change.Failed, change.BackedOut}).Draw(t, "result"))
		f.History = HistoryOf(append(closed, bad), []string{"db", "mail"}, now)
		if after := Compute(f, DefaultModel()); after.Total < before.Total || after.Level < before.Level {
			t.Fatalf("from %d to %d", before.Total, after.Total)
		}
	})
}

func TestOrderNeverMattersToAHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		closed := drawPast(t)
		if d := cmp.Diff(HistoryOf(closed, []string{"db", "web"}, now),
			HistoryOf(rapid.Permutation(closed).Draw(t, "shuffled"), []string{"web", "db"}, now)); d != "" {
			t.Fatal(d)
		}
	})
}
