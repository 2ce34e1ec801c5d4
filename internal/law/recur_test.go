package law

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	rrule "github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/field"
)

// drawRule makes rules that rrule-go and RFC 5545 read alike.
func drawRule(t *rapid.T) string {
	freq := rapid.SampledFrom([]string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY"}).Draw(t, "freq")
	parts := []string{"FREQ=" + freq}
	maybe := func(name string, values ...string) {
		if rapid.IntRange(0, 3).Draw(t, name) == 0 {
			list := rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, 3, rapid.ID).Draw(t, name+" values")
			parts = append(parts, name+"="+strings.Join(list, ","))
		}
	}
	one := func(name string, values ...string) {
		if rapid.IntRange(0, 3).Draw(t, name) == 0 {
			parts = append(parts, name+"="+rapid.SampledFrom(values).Draw(t, name+" value"))
		}
	}
	one("INTERVAL", "2", "3", "5")
	one("WKST", "SU", "TH")
	maybe("BYMONTH", "1", "2", "3", "6", "12")
	if freq != "WEEKLY" {
		maybe("BYMONTHDAY", "1", "13", "29", "31", "-1", "-29")
	}
	switch {
	case freq == "YEARLY" && rapid.Bool().Draw(t, "weeks"):
		maybe("BYWEEKNO", "2", "20", "51", "-2") // rrule-go loses days of weeks that lie in two years
		maybe("BYYEARDAY", "1", "60", "366", "-1", "-366")
		maybe("BYDAY", "MO", "WE", "SU")
	case freq == "YEARLY" || freq == "MONTHLY":
		maybe("BYDAY", "1MO", "-1FR", "2SU", "5TH", "-2TU")
	default:
		maybe("BYDAY", "MO", "FR", "SU")
	}
	if len(parts) > 1 && strings.Contains(strings.Join(parts, ";"), "BY") {
		maybe("BYSETPOS", "1", "-1", "2")
	}
	return strings.Join(parts, ";")
}

// The days that are found are those of rrule-go, for rules that come true.
func TestRulesMeanWhatAnIndependentReaderSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawRule(t)
		from := field.DateOf(time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "from")))
		r, bad := compile(Repeat{RRule: text, Time: "09:00", Duration: "1h", Timezone: "UTC", From: from}, Freeze)
		if len(bad) > 0 {
			return
		}
		begin := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 4000).Draw(t, "begin"))
		if second := from.In(time.UTC).AddDate(0, 0, 8); strings.Contains(text, "WEEKLY") && strings.Contains(text, "BYSETPOS") && begin.Before(second) {
			begin = second // rrule-go counts positions in what is left of the first week
		}
		end := begin.AddDate(0, 0, rapid.IntRange(1, 800).Draw(t, "days"))
		option, err := rrule.StrToROption(text)
		if err != nil {
			t.Fatal(err)
		}
		option.Dtstart = from.In(time.UTC).Add(9 * time.Hour)
		oracle, err := rrule.NewRRule(*option)
		if err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for _, s := range oracle.Between(begin, end, true) {
			want = append(want, s.Format(time.DateTime))
		}
		for _, p := range r.between(begin, end) {
			got = append(got, p.Start.UTC().Format(time.DateTime))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%s from %s: %s", text, from, d)
		}
	})
}

// ISO 8601: the week with January 4 is the first; 2020 has 53, 2021 has 52.
func TestWeeksThatLieInTwoYearsAreWhole(t *testing.T) {
	for rule, want := range map[string]string{
		"FREQ=YEARLY;BYWEEKNO=53":          "2020-12-28 2020-12-29 2020-12-30 2020-12-31 2021-01-01 2021-01-02 2021-01-03",
		"FREQ=YEARLY;BYWEEKNO=52;BYDAY=SU": "2020-12-27 2022-01-02",
		"FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO": "2020-12-28 2021-12-27",
		"FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO":  "2021-01-04 2022-01-03",
	} {
		r, bad := compile(Repeat{RRule: rule, Duration: "1d", Timezone: "UTC"}, Freeze)
		if len(bad) > 0 {
			t.Fatal(bad[0].problem)
		}
		var got []string
		for _, p := range r.between(time.Date(2020, 12, 20, 0, 0, 0, 0, time.UTC), time.Date(2022, 1, 20, 0, 0, 0, 0, time.UTC)) {
			got = append(got, p.Start.Format(time.DateOnly))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", rule, got, want)
		}
	}
}

// zones with their changes of the clocks: half an hour in Lord Howe.
var zones = []string{"Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"}

// A clock on the wall, looked at minute by minute, is the oracle of reading it.
func TestT46ReadingsAreThoseOfAClockOnTheWall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc, err := Zone(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		month := rapid.SampledFrom([]time.Month{3, 4, 10, 11, 7}).Draw(t, "month")
		w := wallOf(time.Date(rapid.IntRange(2024, 2028).Draw(t, "year"), month, rapid.IntRange(1, 31).Draw(t, "day"), rapid.IntRange(0, 3).Draw(t, "hour"), rapid.SampledFrom([]int{0, 15, 30, 59}).Draw(t, "minute"), 0, 0, time.UTC))
		var shown []time.Time
		var after time.Time
		for at := w.date().Add(-26 * time.Hour); at.Before(w.date().Add(26 * time.Hour)); at = at.Add(time.Minute) {
			switch v := wallOf(at.In(loc)); {
			case v == w:
				shown = append(shown, at)
			case v > w && after.IsZero():
				after = at
			}
		}
		want := []time.Time{after, after}
		if len(shown) > 0 {
			want = []time.Time{shown[0], shown[len(shown)-1]}
		}
		got := w.read(loc)
		if !got.early.Equal(want[0]) || !got.late.Equal(want[1]) || got.odd != (len(shown) != 1) {
			t.Fatalf("%s in %s: got %v, want %v", w.date().Format(time.DateTime), loc, got, want)
		}
	})
}

func TestARuleThatCannotBeMeantIsRefused(t *testing.T) {
	good := Repeat{RRule: "FREQ=WEEKLY;BYDAY=FR", Time: "15:00", Duration: "9h", Timezone: "Europe/Berlin"}
	for _, c := range []struct {
		name string
		edit func(*Repeat)
		want string
	}{
		{"the good one", func(*Repeat) {}, ""},
		{"no rule", func(r *Repeat) { r.RRule = "" }, "rrule"},
		{"no frequency", func(r *Repeat) { r.RRule = "BYDAY=FR" }, "rrule"},
		{"an unknown part", func(r *Repeat) { r.RRule = "FREQ=WEEKLY;BYDAYS=FR" }, "rrule"},
		{"a part twice", func(r *Repeat) { r.RRule = "FREQ=WEEKLY;BYDAY=FR;BYDAY=MO" }, "rrule"},
		{"an unknown day", func(r *Repeat) { r.RRule = "FREQ=WEEKLY;BYDAY=FRI" }, "rrule"},
		{"a day counted from nothing", func(r *Repeat) { r.RRule = "FREQ=WEEKLY;BYDAY=-1FR" }, "rrule"},
		{"day zero", func(r *Repeat) { r.RRule = "FREQ=MONTHLY;BYMONTHDAY=0" }, "rrule"},
		{"every minute", func(r *Repeat) { r.RRule = "FREQ=MINUTELY" }, "rrule"},
		{"every second", func(r *Repeat) { r.RRule = "FREQ=SECONDLY" }, "rrule"},
		{"by the second", func(r *Repeat) { r.RRule, r.Time = "FREQ=DAILY;BYSECOND=1,2", "" }, "rrule"},
		{"twenty-five starts a day", func(r *Repeat) { r.RRule, r.Time = "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5", "" }, "rrule"},
		{"February 30", func(r *Repeat) { r.RRule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30" }, "rrule"},
		{"an interval without a first day", func(r *Repeat) { r.RRule += ";INTERVAL=2" }, "from"},
		{"a weekday left to the first day, which is missing", func(r *Repeat) { r.RRule = "FREQ=WEEKLY" }, "from"},
		{"an endless count", func(r *Repeat) { r.RRule += ";COUNT=100000" }, "rrule"},
		{"UNTIL inside", func(r *Repeat) { r.RRule += ";UNTIL=20261231" }, "rrule"},
		{"a start inside", func(r *Repeat) { r.RRule = "DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY" }, "rrule"},
		{"two times of day", func(r *Repeat) { r.RRule += ";BYHOUR=8" }, "time"},
		{"24:00", func(r *Repeat) { r.Time = "24:00" }, "time"},
		{"9:00", func(r *Repeat) { r.Time = "9:00" }, "time"},
		{"no duration", func(r *Repeat) { r.Duration = "" }, "duration"},
		{"a duration of nothing", func(r *Repeat) { r.Duration = "0h" }, "duration"},
		{"a duration without a unit", func(r *Repeat) { r.Duration = "9" }, "duration"},
		{"a duration the wrong way round", func(r *Repeat) { r.Duration = "30m1h" }, "duration"},
		{"a duration of two years", func(r *Repeat) { r.Duration = "731d" }, "duration"},
		{"T47 an abbreviation", func(r *Repeat) { r.Timezone = "EST" }, "timezone"},
		{"T48 the machine's zone", func(r *Repeat) { r.Timezone = "Local" }, "timezone"},
		{"no zone", func(r *Repeat) { r.Timezone = "" }, "timezone"},
		{"until before from", func(r *Repeat) {
			r.From, r.Until = field.Date{Year: 2026, Month: 2, Day: 1}, field.Date{Year: 2026, Month: 1, Day: 1}
		}, "until"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rep := good
			c.edit(&rep)
			r, bad := compile(rep, Freeze)
			got := ""
			if len(bad) > 0 {
				got = bad[0].key
			}
			if got != c.want || (r == nil) == (c.want == "") && c.want == "" {
				t.Errorf("refused for %q, want %q: %v", got, c.want, bad)
			}
		})
	}
}

// FuzzRRule holds the reader of rules: no panic, and what it takes answers for
// any year within a bounded number of occurrences.
func FuzzRRule(f *testing.F) {
	for _, s := range []string{"FREQ=WEEKLY;BYDAY=FR", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;WKST=SU", "FREQ=MONTHLY;BYDAY=MO,-1FR;BYSETPOS=-1", "FREQ=HOURLY;INTERVAL=5", "FREQ=DAILY;COUNT=3", "freq=yearly;bymonth=2;bymonthday=29;", "FREQ=DAILY;INTERVAL=-1", "FREQ=YEARLY;BYDAY=54MO"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		from := field.Date{Year: 2024, Month: 2, Day: 29}
		r, bad := compile(Repeat{RRule: text, Duration: "1d", Timezone: "Europe/Berlin", From: from}, Freeze)
		if (r == nil || len(bad) > 0) != (len(bad) > 0) {
			t.Fatal("neither a rule nor a flaw")
		}
		if len(bad) > 0 {
			return
		}
		begin := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
		got := r.between(begin, begin.AddDate(1, 0, 0))
		if len(got) > maxStarts*(366+4) || !slices.IsSortedFunc(got, func(a, b Period) int { return a.Start.Compare(b.Start) }) {
			t.Fatalf("%d occurrences, sorted or not", len(got))
		}
	})
}

func BenchmarkAYearOfFridaysFarFromItsStart(b *testing.B) {
	r, bad := compile(Repeat{RRule: "FREQ=WEEKLY;BYDAY=FR;INTERVAL=2", Time: "15:00", Duration: "9h", Timezone: "Europe/Berlin", From: field.Date{Year: 1970, Month: 1, Day: 2}}, Freeze)
	if len(bad) > 0 {
		b.Fatal(bad)
	}
	from := time.Date(2190, 1, 1, 0, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		r.between(from, from.AddDate(1, 0, 0))
	}
}
