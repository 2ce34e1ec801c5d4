package schedule

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/law"
)

func TestW5AChangeLiesWhollyInsideOneWindowOfEachService(t *testing.T) {
	window := func(id, from, to string) law.Window {
		return law.Window{ID: id, Kind: law.Maintenance, Start: instant(t, from), End: instant(t, to)}
	}
	sunday := window("sunday", "2026-11-01T02:00:00+01:00", "2026-11-01T06:00:00+01:00")
	next := window("next-sunday", "2026-11-08T02:00:00+01:00", "2026-11-08T06:00:00+01:00")
	touching := window("touching", "2026-11-01T06:00:00+01:00", "2026-11-01T08:00:00+01:00")
	staging := window("staging", "2026-11-01T02:00:00+01:00", "2026-11-01T06:00:00+01:00")
	staging.Scope.Environments = []string{"staging"}
	frozen := window("frozen", "2026-11-01T02:00:00+01:00", "2026-11-01T06:00:00+01:00")
	frozen.Kind = law.Freeze
	repeats := sunday
	repeats.ID, repeats.Repeat = "repeats", &law.Repeat{}
	exempt := next
	exempt.ID, exempt.Exempt.Types = "exempt", []change.Type{change.Normal}
	windows := []law.Window{next, touching, sunday, staging, frozen, repeats, exempt}
	const later = "2026-11-08T02:00:00+01:00"

	for _, c := range []struct {
		name       string
		required   [][]string
		start, end string
		want       Maintenance
	}{
		{"nothing is required", nil, "2026-11-03T00:00:00Z", "2026-11-03T01:00:00Z", Maintenance{Required: []string{}, Inside: true}},
		{"a service that names none", [][]string{nil}, "2026-11-03T00:00:00Z", "2026-11-03T01:00:00Z", Maintenance{Required: []string{}, Inside: true}},
		{"inside, edges included", [][]string{{"sunday"}}, "2026-11-01T01:00:00Z", "2026-11-01T05:00:00Z", Maintenance{Required: []string{"sunday"}, Inside: true}},
		{"a second too early", [][]string{{"sunday", "next-sunday"}}, "2026-11-01T00:59:59Z", "2026-11-01T02:00:00Z",
			Maintenance{Required: []string{"next-sunday", "sunday"}, Next: "2026-11-01T02:00:00+01:00"}},
		{"a second too late", [][]string{{"sunday", "next-sunday"}}, "2026-11-01T04:00:00Z", "2026-11-01T05:00:01Z",
			Maintenance{Required: []string{"next-sunday", "sunday"}, Next: later}},
		{"two windows side by side are not one", [][]string{{"sunday", "touching"}}, "2026-11-01T04:30:00Z", "2026-11-01T05:30:00Z",
			Maintenance{Required: []string{"sunday", "touching"}, Next: "2026-11-01T06:00:00+01:00"}},
		{"too long for any", [][]string{{"sunday"}}, "2026-10-01T00:00:00Z", "2026-10-01T05:00:00Z", Maintenance{Required: []string{"sunday"}}},
		{"one service's window does not serve another", [][]string{{"sunday"}, {"next-sunday"}}, "2026-11-01T02:00:00Z", "2026-11-01T03:00:00Z",
			Maintenance{Required: []string{"next-sunday", "sunday"}}},
		{"two services that share a window", [][]string{{"sunday"}, {"next-sunday", "sunday"}}, "2026-11-01T02:00:00Z", "2026-11-01T03:00:00Z",
			Maintenance{Required: []string{"next-sunday", "sunday"}, Inside: true}},
		{"a window that nobody defined is never met", [][]string{{"gone"}}, "2026-11-01T02:00:00Z", "2026-11-01T03:00:00Z", Maintenance{Required: []string{"gone"}}},
		{"a window of another environment asks nothing", [][]string{{"staging"}}, "2026-11-03T00:00:00Z", "2026-11-03T01:00:00Z", Maintenance{Required: []string{}, Inside: true}},
		{"a window that exempts the type asks nothing", [][]string{{"exempt"}}, "2026-11-03T00:00:00Z", "2026-11-03T01:00:00Z", Maintenance{Required: []string{}, Inside: true}},
		{"a freeze is no maintenance window", [][]string{{"frozen"}}, "2026-11-01T02:00:00Z", "2026-11-01T03:00:00Z", Maintenance{Required: []string{"frozen"}}},
		{"a window that repeats is not evaluated yet", [][]string{{"repeats"}}, "2026-11-01T02:00:00Z", "2026-11-01T03:00:00Z", Maintenance{Required: []string{"repeats"}}},
		{"no minutes at all are never inside", [][]string{{"sunday"}}, "2026-11-01T02:00:00Z", "2026-11-01T02:00:00Z", Maintenance{Required: []string{"sunday"}}},
		{"nor is an inverted plan", [][]string{{"sunday"}}, "2026-11-01T03:00:00Z", "2026-11-01T02:00:00Z", Maintenance{Required: []string{"sunday"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, MaintenanceFor(windows, c.required, plan(t, c.start, c.end))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAnAnswerStandsUntilTheNextEdgeAndADayAtMost(t *testing.T) {
	now := instant(t, "2026-11-01T00:00:00Z").Time
	edge := func(after time.Duration, why string) Edge { return Edge{now.Add(after), why} }
	for _, c := range []struct {
		name  string
		edges []Edge
		until time.Duration
		ahead []string
	}{
		{"no edge", nil, MaxValid, nil},
		{"an edge that is now has passed", []Edge{edge(0, "now"), edge(-time.Second, "past")}, MaxValid, nil},
		{"the nearest edge ahead", []Edge{edge(time.Hour, "b"), edge(time.Second, "a")}, time.Second, []string{"a", "b"}},
		{"an edge after a day is shown", []Edge{edge(48*time.Hour, "far")}, MaxValid, []string{"far"}},
		{"equal edges count once, others sort by words", []Edge{edge(1, "b"), edge(1, "a"), edge(1, "b")}, 1, []string{"a", "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			until, ahead := ValidUntil(now, c.edges...)
			var words []string
			for _, e := range ahead {
				words = append(words, e.Why)
			}
			if d := cmp.Diff(c.ahead, words); d != "" || !until.Equal(now.Add(c.until)) {
				t.Errorf("until %s, want %s after now; %s", until, c.until, d)
			}
		})
	}
}

func TestW13EveryEdgeThatConcernsATargetIsListed(t *testing.T) {
	target := plan(t, "2026-12-01T21:00:00Z", "2026-12-01T23:00:00Z")
	target.Exception = &change.FreezeException{Window: "year-end-2026", Expires: instant(t, "2026-12-02T00:00:00Z")}
	target.Accepted = []change.CollisionAccepted{{With: "CHG-2", Expires: instant(t, "2026-12-03T00:00:00Z")}}
	elsewhere := yearEnd(t)
	elsewhere.Scope.Environments = []string{"staging"}
	_, ahead := ValidUntil(instant(t, "2026-11-01T00:00:00Z").Time, Edges([]law.Window{yearEnd(t), elsewhere}, target, instant(t, "2026-11-01T00:00:00Z").Time)...)
	var got []string
	for _, e := range ahead {
		got = append(got, e.At.UTC().Format(time.DateTime)+" "+e.Why)
	}
	want := []string{
		"2026-12-01 21:00:00 the window begins", "2026-12-01 23:00:00 the window ends",
		"2026-12-02 00:00:00 the exception to year-end-2026 expires", "2026-12-03 00:00:00 the acceptance of CHG-2 expires",
		"2026-12-18 17:00:00 Year-end freeze begins", "2027-01-04 07:00:00 Year-end freeze ends",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
