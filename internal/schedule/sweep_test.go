package schedule

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
)

var epoch = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// drawBookings makes a crowded day: few services, hands and files.
func drawBookings(t *rapid.T) []Booking {
	services := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"web", "admin", "api", "db", "disk", "a", "b", "mail", "Mail"}), 0, 2, rapid.ID)
	envs := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"production", "staging"}), 0, 2, rapid.ID)
	files := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"f", "g"}), 0, 1, rapid.ID)
	n := rapid.IntRange(0, 12).Draw(t, "n")
	out := make([]Booking, n)
	for i := range out {
		start := epoch.Add(time.Duration(rapid.IntRange(0, 12).Draw(t, "start")) * time.Hour)
		out[i] = Booking{Target: Target{
			ID: fmt.Sprintf("CHG-%02d", i), Services: services.Draw(t, "services"), Environments: envs.Draw(t, "envs"),
			Paths: files.Draw(t, "files"), Owner: rapid.SampledFrom([]field.Login{"alice", "Bob", "bob", "carol"}).Draw(t, "owner"),
			Level: field.Level(rapid.IntRange(0, 4).Draw(t, "level")),
			Start: start, End: start.Add(time.Duration(rapid.IntRange(-1, 4).Draw(t, "hours")) * time.Hour),
		}, Tentative: rapid.Bool().Draw(t, "tentative"), Over: rapid.IntRange(0, 9).Draw(t, "over") == 0}
	}
	return out
}

var crowded = Rules{Graph: shop, Limits: []law.Limit{{Environment: "production", Level: field.High, AtOnce: 1}, {AtOnce: 3}}}

// kindOf is the slow answer for one pair, capacity aside: every reason tried in turn.
func kindOf(a, b Booking) string {
	if a.Over || b.Over || !a.span().overlaps(b.span()) || !anyOf(a.Environments, b.Environments, sameName) {
		return ""
	}
	shares := func(x, y []string, same func(a, b string) bool) bool {
		return len(x) > 0 && len(y) > 0 && anyOf(x, y, same)
	}
	linked := func(s, o string) bool { return shop.path(s, o, 2) != nil || shop.path(o, s, 2) != nil }
	switch {
	case shares(a.Services, b.Services, sameName):
		return "service"
	case shares(a.Services, b.Services, linked):
		return "dependency"
	case shares(a.Paths, b.Paths, sameValue[string]):
		return "files"
	case shares(a.hands(), b.hands(), sameName):
		return "implementer"
	}
	return ""
}

// isCrowded tries every minute-wide instant at which a set of changes could
// change: the starts.
func isCrowded(a, b Booking, all []Booking, limits []law.Limit) bool {
	if a.Over || b.Over {
		return false
	}
	for _, l := range limits {
		envs := []string{l.Environment}
		if l.Environment == "" {
			if envs = a.Environments; len(envs) == 0 {
				envs = []string{"production", "staging", ""}
			}
		}
		for _, env := range envs {
			bound := func(x Booking) bool {
				return !x.Over && (x.Level == 0 || x.Level >= l.Level) && anyOf([]string{env}, x.Environments, sameName)
			}
			if !bound(a) || !bound(b) {
				continue
			}
			for _, i := range all {
				at := span{i.span().from, i.span().from.Add(1)}
				n := 0
				for _, x := range all {
					if bound(x) && x.span().overlaps(at) {
						n++
					}
				}
				if n > l.AtOnce && a.span().overlaps(at) && b.span().overlaps(at) {
					return true
				}
			}
		}
	}
	return false
}

func TestTheSweepEqualsTryingEveryPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawBookings(t)
		want, got := map[string]string{}, map[string]string{}
		for i, a := range all {
			for _, b := range all[i+1:] {
				kind := kindOf(a, b)
				if kind != "service" && kind != "dependency" && isCrowded(a, b, all, crowded.Limits) {
					kind = "capacity"
				}
				if kind != "" {
					want[a.ID+" "+b.ID] = kind
				}
			}
		}
		for _, p := range Sweep(all, crowded) {
			got[p.ID+" "+p.Collision.With] = p.Collision.Kind
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}

func TestAskingAboutSomeTellsWhatAskingAboutAllTells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawBookings(t)
		last := fmt.Sprintf("CHG-%02d", rapid.IntRange(0, 12).Draw(t, "last"))
		asked := func(id string) bool { return id >= last }
		want := slices.DeleteFunc(Sweep(all, crowded), func(p Pair) bool { return !asked(p.ID) && !asked(p.Collision.With) })
		if d := cmp.Diff(want, sweep(all, crowded, asked), cmpopts.IgnoreUnexported(Pair{}), cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
	})
}

// Of ten thousand windows that all share a service and a time, a schedule that
// shows one makes the pairs of that one alone.
func TestAPairThatNobodySeesIsNotMade(t *testing.T) {
	all := overlapping(10_000)
	for i := range all {
		all[i].Services = []string{"web"}
		if i > 0 { // far from the first, a second each
			all[i].Start, all[i].End = all[i].Start.Add(48*time.Hour), all[i].Start.Add(96*time.Hour)
		}
	}
	per := testing.AllocsPerRun(1, func() { Clashes(all, Rules{}, func(id string) bool { return id == all[0].ID }) }) / float64(len(all))
	if per > 60 {
		t.Errorf("%.1f allocations a booking, want at most 60", per)
	}
}

func TestOrderNeverMattersToCollisions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawBookings(t)
		shuffled := rapid.Permutation(all).Draw(t, "shuffled")
		for i := range shuffled {
			shuffled[i].Services = rapid.Permutation(shuffled[i].Services).Draw(t, "services")
			shuffled[i].Environments = rapid.Permutation(shuffled[i].Environments).Draw(t, "environments")
		}
		if d := cmp.Diff(Sweep(all, crowded), Sweep(shuffled, crowded), cmpopts.IgnoreUnexported(Pair{})); d != "" {
			t.Fatal(d)
		}
		if len(all) > 0 {
			if d := cmp.Diff(Collisions(all[0].Target, all, crowded), Collisions(all[0].Target, shuffled, crowded)); d != "" {
				t.Fatal(d)
			}
		}
	})
}

func TestACollisionIsOneFromBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := slices.DeleteFunc(drawBookings(t), func(b Booking) bool { return b.Over })
		x := NewIndex(all, crowded)
		seen := map[string]string{}
		for _, a := range all {
			for _, c := range x.Collisions(a.Target) {
				seen[a.ID+" "+c.With] = fmt.Sprint(c.Kind, c.Minutes)
			}
		}
		for pair, kind := range seen {
			var a, b string
			if _, err := fmt.Sscan(pair, &a, &b); err != nil {
				t.Fatal(err)
			}
			if back := seen[b+" "+a]; back != kind {
				t.Fatalf("%s is %q, the other way round %q", pair, kind, back)
			}
		}
	})
}

func TestBackToBackWindowsNeverCollide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []Booking
		at := epoch
		for i, length := range rapid.SliceOfN(rapid.Int64Range(1, int64(48*time.Hour)), 2, 20).Draw(t, "lengths") {
			end := at.Add(time.Duration(length))
			all = append(all, Booking{Target: Target{ID: fmt.Sprint("CHG-", i), Services: []string{"db"}, Owner: "alice", Start: at, End: end}})
			at = end
		}
		if got := Sweep(rapid.Permutation(all).Draw(t, "shuffled"), Rules{Limits: []law.Limit{{AtOnce: 1}}}); len(got) != 0 {
			t.Fatalf("got %+v, want none", got)
		}
	})
}

func TestAChangeGivenTwiceCollidesOnce(t *testing.T) {
	mine := plan(t, "2026-11-01T09:00:00Z", "2026-11-01T11:00:00Z")
	booked := other(t, func(*Booking) {})
	moved := other(t, func(b *Booking) { b.Tentative, b.Services, b.Owner = true, []string{"mail"}, "alice" })
	for _, all := range [][]Booking{{booked, moved}, {moved, booked}} {
		got := Collisions(mine, all, Rules{})
		if len(got) != 1 || got[0].Kind != "service" || got[0].State != "booked" {
			t.Errorf("got %+v, want the booked service collision alone", got)
		}
	}
	if got := Sweep([]Booking{{Target: mine}, moved, booked}, Rules{}); len(got) != 1 || got[0].Collision.Kind != "service" {
		t.Errorf("got %+v, want one pair", got)
	}
}

// overlapping is n windows that all overlap each other, no two on one service.
func overlapping(n int) []Booking {
	out := make([]Booking, n)
	for i := range out {
		id := fmt.Sprintf("CHG-%05d", i*7919%n)
		start := epoch.Add(time.Duration(i*7919%n) * time.Second)
		out[i] = Booking{Target: Target{
			ID: id, Services: []string{"service-" + id}, Environments: []string{"production"}, Owner: field.Login(id),
			Start: start, End: start.Add(24 * time.Hour),
		}}
	}
	return out
}

func TestTenThousandOverlappingWindowsTakeAFewAllocationsEach(t *testing.T) {
	const n = 10_000
	all := overlapping(n)
	per := testing.AllocsPerRun(1, func() { Sweep(all, Rules{}) }) / n
	if per > 40 {
		t.Errorf("%.1f allocations a booking, want at most 40", per)
	}
	small := testing.AllocsPerRun(1, func() { Sweep(all[:n/10], Rules{}) }) / (n / 10)
	if per > 1.5*small+1 {
		t.Errorf("%.1f allocations a booking at %d, %.1f at %d: the sweep is not linear", per, n, small, n/10)
	}
}

// BenchmarkSweep reports how many times the cost of sorting 10,000 windows
// the sweep over them takes, from alternating runs.
func BenchmarkSweep(b *testing.B) {
	all := overlapping(10_000)
	var sweep, sorting time.Duration
	for b.Loop() {
		began := time.Now()
		sorted := slices.Clone(all)
		slices.SortFunc(sorted, func(x, y Booking) int { return x.Start.Compare(y.Start) })
		middle := time.Now()
		Sweep(all, Rules{})
		sorting, sweep = sorting+middle.Sub(began), sweep+time.Since(middle)
	}
	b.ReportMetric(float64(sweep)/float64(sorting), "sweep/sort")
	b.ReportAllocs()
}
