package law

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
)

const icsConfig = "version: 1\ngroups: [{name: change-managers, members: [carol]}]\n" +
	"calendars: [{path: calendar.ics, kind: freeze, scope: {environments: [production], tiers: [2]}}]\n"

func sample(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("testdata/calendar.ics")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// W6: worked out by hand, as the golden calendar.
func TestW6ACalendarOfRealProgramsIsRead(t *testing.T) {
	want := map[string]string{
		"fridays-example.com": "2026-03-06T15:00:00+01:00 2026-03-07T00:00:00+01:00\n" +
			"2026-03-13T15:00:00+01:00 2026-03-14T00:00:00+01:00\n" +
			"2026-03-26T15:00:00+01:00 2026-03-27T00:00:00+01:00\n" +
			"2026-04-17T15:00:00+02:00 2026-04-18T00:00:00+02:00\n" +
			"2026-04-24T15:00:00+02:00 2026-04-25T00:00:00+02:00",
		"year-end": "2026-12-24T00:00:00-05:00 2027-01-02T00:00:00-05:00",
		"one-day":  "2026-03-08T00:00:00-05:00 2026-03-09T00:00:00-04:00",
		"outlook": "2026-03-23T20:00:00+01:00 2026-03-24T22:00:00+01:00\n" +
			"2026-03-30T20:00:00+02:00 2026-03-31T22:00:00+02:00",
		"nepal": "2026-03-01T00:00:00+05:45 2026-03-01T01:00:00+05:45\n" +
			"2026-03-02T00:00:00+05:45 2026-03-02T01:00:00+05:45\n" +
			"2026-03-04T00:00:00Z 2026-03-04T02:00:00Z",
		"tokyo": "2026-04-01T00:00:00+09:00 2026-04-01T00:00:00Z",
	}
	for name, text := range map[string]string{"LF": sample(t), "CRLF": strings.ReplaceAll(sample(t), "\n", "\r\n"), "a byte order mark": "\ufeff" + sample(t)} {
		t.Run(name, func(t *testing.T) {
			l, found := load(t, memory{ConfigPath: icsConfig, "calendar.ics": text})
			if got, want := lines(found), "calendar.ics:29:1: warning: DTSTAMP is missing [MS419]\n  hint: the standard asks for it; nothing here needs it\n  more: 1 further events\n"; got != want {
				t.Errorf("got %s", got)
			}
			got := map[string]string{}
			for i := range l.Windows {
				got[l.Windows[i].ID] = spans(t, &l.Windows[i], time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC))
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAnEventSaysWhatItIsAboutAndTheEntrySaysTheRest(t *testing.T) {
	l, _ := load(t, memory{ConfigPath: icsConfig, "calendar.ics": sample(t)})
	by := map[string]Window{}
	for _, w := range l.Windows {
		by[w.ID] = w
	}
	fridays, tokyo, plain := by["fridays-example.com"], by["tokyo"], by["one-day"]
	for name, d := range map[string]string{
		"title":      cmp.Diff(`No releases on Friday, or the day before a holiday; see the \ page of the CAB`, fridays.Title),
		"place":      cmp.Diff("calendar.ics:29:1", fridays.At.String()),
		"categories": cmp.Diff(Scope{Environments: []string{"production"}, Tiers: []int{2}}, fridays.Scope),
		"owners":     cmp.Diff("change-managers", fridays.Owners),
		"exempt":     cmp.Diff([]change.Type{change.Emergency, change.Standard}, fridays.Exempt.Types),
		"kind":       cmp.Diff([]WindowKind{Freeze, Maintenance, Freeze}, []WindowKind{fridays.Kind, tokyo.Kind, plain.Kind}),
		"scope":      cmp.Diff(Scope{Environments: []string{"production"}, Services: []string{"storage", "mail"}, Tiers: []int{0, 1}, Types: []change.Type{change.Normal}, Paths: []string{"deploy/**"}}, tokyo.Scope),
		"entry":      cmp.Diff(Scope{Environments: []string{"production"}, Tiers: []int{2}}, plain.Scope),
		"overrun":    cmp.Diff([]string{"deny", "deny"}, []string{tokyo.Overrun, plain.Overrun}),
	} {
		if d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestTheDigestOfTheCalendarCoversIcsFiles(t *testing.T) {
	a, _ := load(t, memory{ConfigPath: icsConfig, "calendar.ics": sample(t)})
	b, _ := load(t, memory{ConfigPath: icsConfig, "calendar.ics": strings.Replace(sample(t), "SUMMARY:Year end", "SUMMARY:Year End", 1)})
	if a.Digests.Calendar == b.Digests.Calendar {
		t.Error("two calendars have one digest")
	}
	if touched := a.TouchesLaw([]string{"calendar.ics"}); len(touched) != 1 {
		t.Error("the file is not law")
	}
}

func TestDaysAreThoseOfTheEntryThenOfTheCalendarThenOfUTC(t *testing.T) {
	event := "BEGIN:VEVENT\nUID:a\nDTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:20261224\nEND:VEVENT\nEND:VCALENDAR\n"
	for name, c := range map[string]struct{ entry, head, want string }{
		"neither":    {"", "", "2026-12-24T00:00:00Z"},
		"calendar's": {"", "X-WR-TIMEZONE:Asia/Tokyo\n", "2026-12-24T00:00:00+09:00"},
		"entry's":    {", timezone: Europe/Berlin", "X-WR-TIMEZONE:Asia/Tokyo\n", "2026-12-24T00:00:00+01:00"},
		"T47 EST":    {"", "X-WR-TIMEZONE:EST\n", "MS413"},
		"T48 Local":  {", timezone: Local", "", "MS413"},
	} {
		l, found := load(t, memory{ConfigPath: "version: 1\ncalendars: [{path: a.ics, kind: freeze" + c.entry + "}]\n", "a.ics": "BEGIN:VCALENDAR\n" + c.head + event})
		got := ""
		if len(l.Windows) > 0 {
			got = l.Windows[0].Start.String()
		}
		if i := slices.IndexFunc(found, func(f diag.Finding) bool { return f.Code == "MS413" }); i >= 0 {
			got = "MS413"
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s\n%s", name, got, c.want, lines(found))
		}
	}
}

// What golang-ical makes of the same bytes: as many events, with the same titles.
func TestAnIndependentReaderSeesTheSameEvents(t *testing.T) {
	theirs, err := ics.ParseCalendar(strings.NewReader(sample(t)))
	if err != nil {
		t.Fatal(err)
	}
	var c checker
	ours := c.readICS("calendar.ics", []byte(sample(t)))
	if len(ours) != 1 || len(c.found) > 0 {
		t.Fatal(lines(c.found))
	}
	var want, got []string
	for _, e := range theirs.Events() {
		title := ""
		if p := e.GetProperty(ics.ComponentPropertySummary); p != nil {
			title = strings.ReplaceAll(ics.FromText(p.Value), "\n", " ")
		}
		want = append(want, e.Id()+" "+title)
	}
	for _, p := range ours[0].parts {
		if p.name == "VEVENT" {
			got = append(got, p.text("UID")+" "+p.text("SUMMARY"))
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// FuzzICS reads hostile calendars: no panic, no window that cannot be placed in
// time, the same answer twice, and never a loss of events without a finding.
func FuzzICS(f *testing.F) {
	b, err := os.ReadFile("testdata/calendar.ics")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
	f.Add(strings.ReplaceAll(string(b), "\n", "\r\n"))
	f.Add("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;TZID=\"a:b;c\";X=:20260101T000000\nEND:VEVENT\nEND:VCALENDAR")
	f.Fuzz(func(t *testing.T, text string) {
		m := memory{ConfigPath: icsConfig, "calendar.ics": text}
		l, found := load(t, m)
		_, again := load(t, m)
		if lines(found) != lines(again) {
			t.Fatal("two readings differ")
		}
		if found.Errors() {
			return
		}
		for i := range l.Windows {
			at := l.Windows[i].Start.Time
			if at.IsZero() {
				at = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			}
			if _, ok := l.Windows[i].Between(at, at.AddDate(1, 0, 0)); !ok {
				t.Fatalf("%+v cannot be placed in time", l.Windows[i])
			}
		}
		l.LintWindows(lintClock)
	})
}
