package schedule

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/source"
)

func instant(t testing.TB, text string) field.Instant {
	t.Helper()
	var i field.Instant
	if err := i.ParseScalar(text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return i
}

const (
	frozenFrom = "2026-12-18T18:00:00+01:00"
	frozenTo   = "2027-01-04T08:00:00+01:00"
)

func yearEnd(t testing.TB) law.Window {
	return law.Window{
		ID: "year-end-2026", Kind: law.Freeze, Title: "Year-end freeze",
		Start: instant(t, frozenFrom), End: instant(t, frozenTo), Owners: "change-managers",
		Scope:  law.Scope{Environments: []string{"production"}, Tiers: []int{0, 1}},
		Exempt: law.Exempt{Types: []change.Type{change.Emergency}},
		At:     source.Range{File: "calendar/freezes.yaml", Start: source.Pos{Line: 3, Col: 5}},
	}
}

// plan is a normal change to production from start to end.
func plan(t testing.TB, start, end string) Target {
	return Target{
		ID: "CHG-1", Type: change.Normal, Services: []string{"checkout"}, Tiers: []int{1},
		Environments: []string{"production"}, Start: instant(t, start).Time, End: instant(t, end).Time, Owner: "alice",
	}
}

func TestT49AFreezeHoldsFromItsFirstSecondToTheLastOneBeforeItsEnd(t *testing.T) {
	from, to := instant(t, frozenFrom).Time, instant(t, frozenTo).Time
	for _, c := range []struct {
		name       string
		start, end time.Time
		hit        bool
		minutes    int64
	}{
		{"ending a second before the start is free", from.Add(-time.Hour), from.Add(-time.Second), false, 0},
		{"ending at the start is free", from.Add(-time.Hour), from, false, 0},
		{"ending a second after the start is frozen", from.Add(-time.Hour), from.Add(time.Second), true, 1},
		{"starting at the start is frozen", from, from.Add(time.Hour), true, 60},
		{"starting in the last second is frozen", to.Add(-time.Second), to.Add(time.Hour), true, 1},
		{"starting at the end is free", to, to.Add(time.Hour), false, 0},
		{"sixty-one seconds inside are two minutes", to.Add(-61 * time.Second), to, true, 2},
		{"another zone makes no difference", to.Add(-time.Second).In(time.FixedZone("", -9*3600)), to.Add(time.Hour), true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := plan(t, frozenFrom, frozenTo)
			target.Start, target.End = c.start, c.end
			got := Freezes([]law.Window{yearEnd(t)}, target)
			hit, minutes := false, int64(0)
			for _, f := range got {
				hit, minutes = hit || f.Hit, minutes+f.Minutes
			}
			if hit != c.hit || minutes != c.minutes {
				t.Errorf("hit %t of %d min, want %t of %d min: %+v", hit, minutes, c.hit, c.minutes, got)
			}
		})
	}
}

func TestAFreezeHitSaysWhatWhenAndWhose(t *testing.T) {
	got := Freezes([]law.Window{yearEnd(t)}, plan(t, "2026-12-20T10:00:00Z", "2026-12-20T10:30:01Z"))
	want := []FreezeHit{{
		ID: "year-end-2026", Title: "Year-end freeze", Kind: "freeze", From: frozenFrom, To: frozenTo,
		Hit: true, Minutes: 31, Exception: "none", Owners: "change-managers", At: "calendar/freezes.yaml:3:5",
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAFreezeAppliesWhenEveryListOfItsScopeMatches(t *testing.T) {
	for _, c := range []struct {
		name  string
		scope law.Scope
		edit  func(*Target)
		hit   bool
	}{
		{"no scope is everything", law.Scope{}, nil, true},
		{"the environment matches", law.Scope{Environments: []string{"staging", "production"}}, nil, true},
		{"another environment does not", law.Scope{Environments: []string{"staging"}}, nil, false},
		{"T82 a name in other case still matches", law.Scope{Environments: []string{"Production"}}, nil, true},
		{"one of the services is enough", law.Scope{Services: []string{"mail"}}, func(t *Target) { t.Services = []string{"edge", "mail"} }, true},
		{"another service is not", law.Scope{Services: []string{"mail"}}, nil, false},
		{"the worst tier matches", law.Scope{Tiers: []int{0}}, func(t *Target) { t.Tiers = []int{3, 0} }, true},
		{"lesser tiers do not", law.Scope{Tiers: []int{0}}, nil, false},
		{"the type matches", law.Scope{Types: []change.Type{change.Normal}}, nil, true},
		{"another type does not", law.Scope{Types: []change.Type{change.Standard}}, nil, false},
		{"all lists are needed", law.Scope{Environments: []string{"production"}, Tiers: []int{4}}, nil, false},
		{"W2 a change to documents alone is outside deploy/**", law.Scope{Paths: []string{"deploy/**"}},
			func(t *Target) { t.Paths, t.PathsKnown = []string{"docs/a.md"}, true }, false},
		{"one path inside deploy/** is enough", law.Scope{Paths: []string{"deploy/**"}},
			func(t *Target) { t.Paths, t.PathsKnown = []string{"docs/a.md", "deploy/x/y.tf"}, true }, true},
		{"no path at all is outside", law.Scope{Paths: []string{"deploy/**"}}, func(t *Target) { t.PathsKnown = true }, false},
		{"paths that are not known may be any", law.Scope{Paths: []string{"deploy/**"}}, nil, true},
		{"an environment that is not known may be any", law.Scope{Environments: []string{"staging"}}, func(t *Target) { t.Environments = nil }, true},
		{"a service that is not known may be any", law.Scope{Services: []string{"mail"}}, func(t *Target) { t.Services = nil }, true},
		{"a tier that is not known may be any", law.Scope{Tiers: []int{0}}, func(t *Target) { t.Tiers = nil }, true},
		{"a type that is not known may be any", law.Scope{Types: []change.Type{change.Standard}}, func(t *Target) { t.Type = change.TypeNone }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, target := yearEnd(t), plan(t, "2026-12-20T10:00:00Z", "2026-12-20T11:00:00Z")
			w.Scope = c.scope
			if c.edit != nil {
				c.edit(&target)
			}
			if got := len(Freezes([]law.Window{w}, target)) == 1; got != c.hit {
				t.Errorf("applies: %t, want %t", got, c.hit)
			}
		})
	}
}

func TestT51AnExceptionCoversAPlanOnlyIfItNamesTheWindowAndOutlastsThePlan(t *testing.T) {
	const end = "2026-12-20T11:00:00Z"
	for _, c := range []struct {
		name      string
		exception *change.FreezeException
		state     string
		why       bool
	}{
		{"none was asked for", nil, "none", false},
		{"expiring at the planned end covers it", &change.FreezeException{Window: "year-end-2026", Reason: "law", Expires: instant(t, end)}, "asked", false},
		{"a second too short does not", &change.FreezeException{Window: "year-end-2026", Reason: "law", Expires: instant(t, "2026-12-20T10:59:59Z")}, "none", true},
		{"another window's does not", &change.FreezeException{Window: "easter", Reason: "law", Expires: instant(t, end)}, "none", false},
		{"one without a reason does not", &change.FreezeException{Window: "year-end-2026", Reason: " ", Expires: instant(t, end)}, "none", true},
		{"one without an end does not", &change.FreezeException{Window: "year-end-2026", Reason: "law"}, "none", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := plan(t, "2026-12-20T10:00:00Z", end)
			target.Exception = c.exception
			got := Freezes([]law.Window{yearEnd(t)}, target)[0]
			if got.Exception != c.state || (got.Why != "") != c.why || !got.Hit {
				t.Errorf("got %+v, want %s, with a reason: %t", got, c.state, c.why)
			}
		})
	}
}

func TestAnExemptTypeIsHitAndExempt(t *testing.T) {
	target := plan(t, "2026-12-20T10:00:00Z", "2026-12-20T11:00:00Z")
	target.Type = change.Emergency
	if got := Freezes([]law.Window{yearEnd(t)}, target)[0]; !got.Hit || !got.Exempt {
		t.Errorf("got %+v, want a hit that is exempt", got)
	}
}

func TestW14WorkBegunBeforeAFreezeMayFinishOnlyWhereTheFreezeAllowsIt(t *testing.T) {
	from, to := instant(t, frozenFrom).Time, instant(t, frozenTo).Time
	for _, c := range []struct {
		name          string
		overrun       string
		start, end    time.Time
		hit, finishes bool
	}{
		{"begun a second before, allowed", "allow", from.Add(-time.Second), from.Add(time.Hour), false, true},
		{"begun a second before, not allowed", "", from.Add(-time.Second), from.Add(time.Hour), true, false},
		{"begun with the freeze", "allow", from, from.Add(time.Hour), true, false},
		{"ending with the freeze", "allow", from.Add(-time.Second), to, false, true},
		{"running past the freeze's end", "allow", from.Add(-time.Second), to.Add(time.Second), true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, target := yearEnd(t), plan(t, frozenFrom, frozenTo)
			w.Overrun, target.Start, target.End = c.overrun, c.start, c.end
			if got := Freezes([]law.Window{w}, target)[0]; got.Hit != c.hit || got.Overrun != c.finishes {
				t.Errorf("got %+v, want hit %t, overrun %t", got, c.hit, c.finishes)
			}
		})
	}
}

func TestAPlanOrWindowThatIsNoPeriodIsNeverFree(t *testing.T) {
	inside := instant(t, "2026-12-20T10:00:00Z").Time
	broken := yearEnd(t)
	broken.End = broken.Start
	repeats := yearEnd(t)
	repeats.Repeat = &law.Repeat{RRule: "FREQ=WEEKLY"}
	nameless := yearEnd(t)
	nameless.Kind = law.WindowNone
	far := plan(t, "2030-01-01T00:00:00Z", "2030-01-01T01:00:00Z")
	for _, c := range []struct {
		name   string
		window law.Window
		edit   func(*Target)
	}{
		{"zero minutes long, inside", yearEnd(t), func(t *Target) { t.Start, t.End = inside, inside }},
		{"zero minutes long, at the first second", yearEnd(t), func(g *Target) { g.Start = instant(t, frozenFrom).Time; g.End = g.Start }},
		{"ending before it starts, around the freeze", yearEnd(t), func(t *Target) { t.Start, t.End = inside.AddDate(1, 0, 0), inside.AddDate(-1, 0, 0) }},
		{"overrun does not help an inverted plan", func() law.Window { w := yearEnd(t); w.Overrun = "allow"; return w }(),
			func(t *Target) { t.Start, t.End = inside, inside.AddDate(0, -1, 0) }},
		{"without a start", yearEnd(t), func(t *Target) { t.Start = time.Time{} }},
		{"without an end", yearEnd(t), func(t *Target) { t.End = time.Time{} }},
		{"without any date", yearEnd(t), func(t *Target) { t.Start, t.End = time.Time{}, time.Time{} }},
		{"without an end, starting before the freeze", yearEnd(t), func(t *Target) { t.Start, t.End = inside.AddDate(-1, 0, 0), time.Time{} }},
		{"overrun does not help a plan of no length", func() law.Window { w := yearEnd(t); w.Overrun = "allow"; return w }(),
			func(g *Target) { g.Start = instant(t, frozenFrom).Add(-time.Second / 2); g.End = g.Start }},
		{"T50 the freeze ends where it starts", broken, func(t *Target) { *t = far }},
		{"the freeze repeats, which nobody evaluates yet", repeats, func(t *Target) { *t = far }},
		{"the window is of no kind", nameless, func(t *Target) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := plan(t, "2026-12-20T10:00:00Z", "2026-12-20T11:00:00Z")
			c.edit(&target)
			got := Freezes([]law.Window{c.window}, target)
			if len(got) != 1 || !got[0].Hit {
				t.Errorf("got %+v, want a hit", got)
			}
		})
	}
}

func TestTheNextFreezeWithinThirtyDaysIsShownAndIsNoHit(t *testing.T) {
	end := instant(t, "2026-11-01T00:00:00Z")
	window := func(id string, from time.Time) law.Window {
		return law.Window{ID: id, Kind: law.Freeze, Start: field.Instant{Time: from}, End: field.Instant{Time: from.Add(time.Hour)}}
	}
	windows := []law.Window{
		window("later", end.Add(20*24*time.Hour)), window("b-next", end.Time), window("a-next", end.Time),
		window("past", end.Add(-48*time.Hour)), window("too-far", end.Add(Ahead)), {ID: "maintenance", Kind: law.Maintenance, Start: end, End: instant(t, frozenTo)},
	}
	target := plan(t, "2026-10-31T23:00:00Z", "2026-11-01T00:00:00Z")
	var got []string
	for _, f := range Freezes(windows, target) {
		got = append(got, fmt.Sprint(f.ID, " ", f.Hit, " ", f.Exception))
	}
	if d := cmp.Diff([]string{"a-next false none", "b-next false none"}, got); d != "" {
		t.Error(d)
	}
	if got := Freezes(windows[4:5], target); len(got) != 0 {
		t.Errorf("a freeze %v away is shown: %+v", Ahead, got)
	}
	windows[4].Start.Time = end.Add(Ahead - time.Second)
	if got := Freezes(windows[4:5], target); len(got) != 1 {
		t.Errorf("a freeze a second less than %v away is not shown", Ahead)
	}
}

func TestFreezesAreSortedWhateverTheOrderOfTheCalendar(t *testing.T) {
	base := instant(t, frozenFrom).Time
	rapid.Check(t, func(t *rapid.T) {
		windows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) law.Window {
			from := base.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "from")) * time.Hour)
			return law.Window{
				ID: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "id"), Kind: law.Freeze, Start: field.Instant{Time: from},
				End: field.Instant{Time: from.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "hours")) * time.Hour)},
			}
		}), 0, 8).Draw(t, "windows")
		target := Target{Start: base, End: base.Add(time.Hour)}
		first := Freezes(windows, target)
		if d := cmp.Diff(first, Freezes(rapid.Permutation(windows).Draw(t, "shuffled"), target)); d != "" {
			t.Fatal(d)
		}
	})
}
