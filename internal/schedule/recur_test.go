package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// drawWindow makes windows that a clock on the wall can be held against: on
// certain weekdays or days of the month, from a minute of the day, for minutes.
type drawn struct {
	law.Window
	loc      *time.Location
	weekdays string // or
	monthday int
	minute   int
	length   int // minutes
}

func drawWindow(t *rapid.T) drawn {
	d := drawn{minute: rapid.SampledFrom([]int{0, 30, 90, 150, 165, 900, 1410}).Draw(t, "minute"), length: rapid.SampledFrom([]int{1, 30, 60, 540, 1500}).Draw(t, "length")}
	zone := rapid.SampledFrom([]string{"Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "UTC"}).Draw(t, "zone")
	loc, err := law.Zone(zone)
	if err != nil {
		t.Fatal(err)
	}
	d.loc = loc
	rule := ""
	if rapid.Bool().Draw(t, "weekly") {
		days := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}), 1, 4, rapid.ID).Draw(t, "days")
		d.weekdays = strings.Join(days, ",")
		rule = "FREQ=WEEKLY;BYDAY=" + d.weekdays
	} else {
		d.monthday = rapid.SampledFrom([]int{1, 8, 25, 29, 31}).Draw(t, "monthday")
		rule = fmt.Sprintf("FREQ=MONTHLY;BYMONTHDAY=%d", d.monthday)
	}
	d.Window = law.Window{
		ID: rapid.StringMatching(`[a-d]`).Draw(t, "id"), Kind: rapid.SampledFrom([]law.WindowKind{law.Freeze, law.Maintenance}).Draw(t, "kind"),
		Repeat: &law.Repeat{RRule: rule, Time: fmt.Sprintf("%02d:%02d", d.minute/60, d.minute%60), Duration: fmt.Sprintf("%dm", d.length), Timezone: zone},
	}
	return d
}

// on looks back over the minutes in which an occurrence that is still on could
// have begun, at the clock on the wall alone.
func (d drawn) on(at time.Time) bool {
	for back := range d.length {
		if d.begins(at.Add(-time.Duration(back) * time.Minute)) {
			return true
		}
	}
	return false
}

// begins reports whether an occurrence begins at a minute: the clock shows its
// time, cautiously where it does so twice, or has just jumped over it.
func (d drawn) begins(at time.Time) bool {
	shown := at.In(d.loc)
	minute := shown.Hour()*60 + shown.Minute()
	if !d.onDay(shown) {
		return false
	}
	if minute == d.minute {
		twin := func(from, to int) bool {
			for m := from; m <= to; m++ {
				if o := at.Add(time.Duration(m) * time.Minute).In(d.loc); o.Hour()*60+o.Minute() == d.minute && o.Day() == shown.Day() {
					return true
				}
			}
			return false
		}
		if d.Kind == law.Maintenance {
			return !twin(1, 90)
		}
		return !twin(-90, -1)
	}
	before := at.Add(-time.Minute).In(d.loc)
	return before.Day() == shown.Day() && before.Hour()*60+before.Minute() < d.minute && d.minute < minute
}

func (d drawn) onDay(shown time.Time) bool {
	if d.monthday > 0 {
		return shown.Day() == d.monthday
	}
	return strings.Contains(d.weekdays, strings.ToUpper(shown.Weekday().String()[:2]))
}

// aroundClocks draws a day, most often one near a change of the clocks.
func aroundClocks(t *rapid.T) time.Time {
	near := rapid.SampledFrom([]string{"2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01", "2026-12-31", "2028-02-29", "2026-06-15"}).Draw(t, "near")
	day, err := time.Parse(time.DateOnly, near)
	if err != nil {
		t.Fatal(err)
	}
	return day.Add(time.Duration(rapid.IntRange(-2*24*60, 2*24*60).Draw(t, "minutes")) * time.Minute)
}

// W1, W3, T49: a minute of work is hit exactly if a clock on the wall, read
// minute by minute, says that the freeze is on.
func TestW3FreezesAgreeWithAClockOnTheWallMinuteByMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawWindow(t)
		d.Kind = law.Freeze
		at := aroundClocks(t)
		for range 20 {
			hit := slices.ContainsFunc(Freezes([]law.Window{d.Window}, Target{Start: at, End: at.Add(time.Minute)}), func(h FreezeHit) bool { return h.Hit })
			if want := d.on(at); hit != want {
				t.Fatalf("%s at %s: hit %t, want %t", d.Repeat, at.In(d.loc), hit, want)
			}
			at = at.Add(7 * time.Minute)
		}
	})
}

// W5: and a minute of work lies inside a maintenance window by the same clock.
func TestW5MaintenanceAgreesWithAClockOnTheWallMinuteByMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawWindow(t)
		d.Kind, d.ID = law.Maintenance, "nights"
		at := aroundClocks(t)
		for range 20 {
			got := MaintenanceFor([]law.Window{d.Window}, [][]string{{"nights"}}, Target{Start: at, End: at.Add(time.Minute)})
			if want := d.on(at); got.Inside != want {
				t.Fatalf("%s at %s: inside %t, want %t", d.Repeat, at.In(d.loc), got.Inside, want)
			}
			if next, err := time.Parse(time.RFC3339, got.Next); err == nil && !d.on(next) {
				t.Fatalf("%s: the next one, %s, is closed", d.Repeat, got.Next)
			}
			at = at.Add(7 * time.Minute)
		}
	})
}

// W3: to the second, at both ends of every occurrence.
func TestW3EveryOccurrenceHoldsToTheSecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawWindow(t)
		d.Kind = law.Freeze
		from := aroundClocks(t)
		all := Occurrences([]law.Window{d.Window}, from, from.Add(10*24*time.Hour))
		on := func(at time.Time) bool {
			return slices.ContainsFunc(Freezes([]law.Window{d.Window}, Target{Start: at, End: at.Add(time.Second)}), func(h FreezeHit) bool { return h.Hit })
		}
		for i, o := range all {
			joined := i > 0 && !all[i-1].End.Before(o.Start) || i+1 < len(all) && !o.End.Before(all[i+1].Start) || d.length > 24*60
			if !on(o.Start) || !on(o.End.Add(-time.Second)) || !joined && (on(o.Start.Add(-time.Second)) || on(o.End)) {
				t.Fatalf("%s from %s to %s", d.Repeat, o.Start, o.End)
			}
		}
	})
}

// W13: until its next edge nothing that is said of a target changes, whatever
// the clock shows in between; judged work is work that begins now.
func TestW13UntilTheNextEdgeTheAnswerIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var windows []law.Window
		for range rapid.IntRange(1, 4).Draw(t, "windows") {
			if w := drawWindow(t).Window; rapid.IntRange(0, 3).Draw(t, "one-off") > 0 {
				windows = append(windows, w)
			} else {
				start := aroundClocks(t)
				windows = append(windows, law.Window{ID: w.ID, Kind: w.Kind, Start: field.Instant{Time: start}, End: field.Instant{Time: start.Add(time.Hour)}})
			}
		}
		now := aroundClocks(t)
		until, _ := ValidUntil(now, Edges(windows, Target{}, now)...)
		if !until.After(now) || until.Sub(now) > MaxValid {
			t.Fatalf("valid from %s until %s", now, until)
		}
		answer := func(at time.Time) string {
			target := Target{Start: at, End: at.Add(1)}
			out := fmt.Sprint(MaintenanceFor(windows, [][]string{{"a", "b"}, {"c"}}, target).Inside)
			for _, h := range Freezes(windows, target) {
				if h.Hit {
					out += fmt.Sprintf(" %s %s %s", h.ID, h.From, h.To)
				}
			}
			return out
		}
		first := answer(now)
		for range 10 {
			at := now.Add(time.Duration(rapid.Int64Range(0, int64(until.Sub(now))-1).Draw(t, "later")))
			if got := answer(at); got != first {
				t.Fatalf("at %s: %s; at %s: %s; valid until %s", now, first, at, got, until)
			}
		}
		if got := answer(until.Add(-1)); got != first {
			t.Fatalf("in the last instant before %s: %s, before %s", until, got, first)
		}
	})
}

func TestARepeatIsHitEachTimeAndShownOnceAhead(t *testing.T) {
	fridays := law.Window{ID: "fridays", Kind: law.Freeze, Title: "Friday afternoon", Owners: "cab", Overrun: "allow",
		Repeat: &law.Repeat{RRule: "FREQ=WEEKLY;BYDAY=FR", Time: "15:00", Duration: "9h", Timezone: "Europe/Berlin"}}
	show := func(hits []FreezeHit) []string {
		var out []string
		for _, h := range hits {
			out = append(out, fmt.Sprintf("%s %s %s hit=%t min=%d overrun=%t", h.ID, h.From, h.To, h.Hit, h.Minutes, h.Overrun))
		}
		return out
	}
	got := show(Freezes([]law.Window{fridays}, plan(t, "2026-10-22T00:00:00Z", "2026-10-31T00:00:00Z")))
	want := []string{
		"fridays 2026-10-23T15:00:00+02:00 2026-10-24T00:00:00+02:00 hit=true min=540 overrun=false",
		"fridays 2026-10-30T15:00:00+01:00 2026-10-31T00:00:00+01:00 hit=true min=540 overrun=false",
		"fridays 2026-11-06T15:00:00+01:00 2026-11-07T00:00:00+01:00 hit=false min=0 overrun=false",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	got = show(Freezes([]law.Window{fridays}, plan(t, "2026-10-23T12:59:59Z", "2026-10-23T14:00:00Z")))
	want = []string{"fridays 2026-10-23T15:00:00+02:00 2026-10-24T00:00:00+02:00 hit=false min=60 overrun=true",
		"fridays 2026-10-30T15:00:00+01:00 2026-10-31T00:00:00+01:00 hit=false min=0 overrun=false"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAPlanOfYearsMeetsEveryRepeatAndManyHitsAreCutShort(t *testing.T) {
	hourly := law.Window{ID: "hourly", Kind: law.Freeze, Overrun: "allow", Repeat: &law.Repeat{RRule: "FREQ=HOURLY", Duration: "30m", Timezone: "UTC"}}
	forever := plan(t, "1990-01-01T00:00:00Z", "2190-01-01T00:00:00Z")
	if got := Freezes([]law.Window{hourly}, forever); len(got) != 1 || !got[0].Hit {
		t.Errorf("got %d hits, want one", len(got))
	}
	month := plan(t, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
	if got := Freezes([]law.Window{hourly}, month); len(got) != maxHits || !got[maxHits-1].Hit {
		t.Errorf("got %d hits, want %d", len(got), maxHits)
	}
}

func TestW4AnExceptionOfARepeatNamesItsWindow(t *testing.T) {
	fridays := law.Window{ID: "fridays", Kind: law.Freeze, Repeat: &law.Repeat{RRule: "FREQ=WEEKLY;BYDAY=FR", Duration: "1d", Timezone: "UTC"}}
	target := plan(t, "2026-10-23T10:00:00Z", "2026-10-23T11:00:00Z")
	target.Exception = &change.FreezeException{Window: "fridays", Reason: "law", Expires: instant(t, "2026-10-23T11:00:00Z")}
	if got := Freezes([]law.Window{fridays}, target)[0]; got.Exception != "asked" {
		t.Errorf("got %+v", got)
	}
}

func TestW13ARepeatHasItsNearEdgesAlone(t *testing.T) {
	daily := law.Window{ID: "daily", Kind: law.Freeze, Title: "Lunch", Repeat: &law.Repeat{RRule: "FREQ=DAILY", Time: "12:00", Duration: "1h", Timezone: "Europe/Berlin"}}
	now := instant(t, "2026-10-24T10:30:00Z").Time
	_, ahead := ValidUntil(now, Edges([]law.Window{daily}, Target{}, now)...)
	var got []string
	for _, e := range ahead {
		got = append(got, e.At.UTC().Format(time.DateTime)+" "+e.Why)
	}
	want := []string{"2026-10-24 11:00:00 Lunch ends", "2026-10-25 11:00:00 Lunch begins", "2026-10-25 12:00:00 Lunch ends"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// files is a law in memory.
type files map[string]string

func (f files) List(glob string) ([]string, error) { return []string{glob}, nil }
func (f files) Read(p string) ([]byte, error) {
	if _, ok := f[p]; !ok {
		return nil, tree.ErrNotFound
	}
	return []byte(f[p]), nil
}

func BenchmarkTenRepeatsBesideAPlan(b *testing.B) {
	config := "version: 1\ncalendars:\n"
	for i := range 10 {
		config += fmt.Sprintf("  - {id: w%d, kind: freeze, repeat: {rrule: FREQ=WEEKLY;BYDAY=FR, time: '15:00', duration: 9h, timezone: Europe/Berlin}}\n", i)
	}
	l, found, err := law.Load(files{law.ConfigPath: config})
	if err != nil || len(found) > 0 {
		b.Fatal(found, err)
	}
	target := plan(b, "2026-10-20T10:00:00Z", "2026-10-20T11:00:00Z")
	b.ReportAllocs()
	for b.Loop() {
		Freezes(l.Windows, target)
	}
}
