package change

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/field"
)

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func until(end time.Time) *Period {
	return &Period{Start: field.Instant{Time: end.Add(-time.Hour)}, End: field.Instant{Time: end}}
}

func TestT52WhenAReviewFallsDue(t *testing.T) {
	for name, c := range map[string]struct {
		kind   Type
		result Result
		end    string
		hours  int
		days   int
		zone   string
		due    string // "" when none is owed
	}{
		"an emergency a day after its end":              {kind: Emergency, end: "2026-11-18T10:00:00Z", due: "2026-11-19T10:00:00Z"},
		"an emergency of a Friday on the Saturday":      {kind: Emergency, end: "2026-11-20T22:00:00Z", due: "2026-11-21T22:00:00Z"},
		"an emergency that failed, as an emergency":     {kind: Emergency, result: Failed, end: "2026-11-20T22:00:00Z", due: "2026-11-21T22:00:00Z"},
		"hours are hours though a night has one more":   {kind: Emergency, end: "2026-10-24T12:00:00+02:00", zone: "Europe/Berlin", due: "2026-10-25T11:00:00+01:00"},
		"and though a night has one less":               {kind: Emergency, end: "2026-03-28T12:00:00+01:00", zone: "Europe/Berlin", due: "2026-03-29T13:00:00+02:00"},
		"the setting of hours counts":                   {kind: Emergency, end: "2026-11-18T10:00:00Z", hours: 72, due: "2026-11-21T10:00:00Z"},
		"a failure of a Monday with the next Monday":    {kind: Normal, result: Failed, end: "2026-11-16T10:00:00Z", due: "2026-11-24T00:00:00Z"},
		"a failure of a Friday with the next Friday":    {kind: Normal, result: Failed, end: "2026-11-20T10:00:00Z", due: "2026-11-28T00:00:00Z"},
		"a failure of a Saturday as if of the Friday":   {kind: Normal, result: Failed, end: "2026-11-21T10:00:00Z", due: "2026-11-28T00:00:00Z"},
		"a failure of a Sunday as if of the Friday":     {kind: Normal, result: Failed, end: "2026-11-22T23:59:59Z", due: "2026-11-28T00:00:00Z"},
		"one day after a Friday ends with the Monday":   {kind: Normal, result: Failed, end: "2026-11-20T10:00:00Z", days: 1, due: "2026-11-24T00:00:00Z"},
		"one day after a Thursday ends with the Friday": {kind: Normal, result: Failed, end: "2026-11-19T10:00:00Z", days: 1, due: "2026-11-21T00:00:00Z"},
		"a standard change that was backed out":         {kind: Standard, result: BackedOut, end: "2026-11-16T10:00:00Z", due: "2026-11-24T00:00:00Z"},
		"a registration that failed":                    {kind: Registration, result: Failed, end: "2026-11-16T10:00:00Z", due: "2026-11-24T00:00:00Z"},
		"the day of the end is the zone's, ahead":       {kind: Normal, result: Failed, end: "2026-11-19T12:00:00Z", days: 1, zone: "Pacific/Auckland", due: "2026-11-24T00:00:00+13:00"},
		"the day of the end is the zone's, behind":      {kind: Normal, result: Failed, end: "2026-11-20T03:00:00Z", days: 1, zone: "America/New_York", due: "2026-11-21T00:00:00-05:00"},
		"days end at midnight though clocks go back":    {kind: Normal, result: Failed, end: "2026-10-23T12:00:00+02:00", days: 1, zone: "Europe/Berlin", due: "2026-10-27T00:00:00+01:00"},
		"a day without midnight follows the last one":   {kind: Normal, result: Failed, end: "2024-04-24T12:00:00+02:00", days: 1, zone: "Africa/Cairo", due: "2024-04-26T01:00:00+03:00"},
		"nor is it the evening before that":             {kind: Normal, result: Failed, end: "2004-10-29T12:00:00-03:00", days: 1, zone: "America/Sao_Paulo", due: "2004-11-02T01:00:00-02:00"},
		"a success owes none":                           {kind: Normal, result: Successful, end: "2026-11-16T10:00:00Z"},
		"a success with issues owes none":               {kind: Normal, result: SuccessfulWithIssues, end: "2026-11-16T10:00:00Z"},
		"an open change owes none":                      {kind: Normal, end: "2026-11-16T10:00:00Z"},
		"a canceled emergency owes none":                {kind: Emergency, result: ResultCanceled, end: "2026-11-16T10:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Record{Type: c.kind, Schedule: until(instant(t, c.end))}
			if c.result != ResultOpen {
				r.Outcome = &Outcome{Result: c.result}
			}
			l := ReviewLimits{RetroHours: 24, ReviewDays: 5}
			if c.hours > 0 {
				l.RetroHours = c.hours
			}
			if c.days > 0 {
				l.ReviewDays = c.days
			}
			if c.zone != "" {
				l.Zone = zone(t, c.zone)
			}
			due, owed := r.ReviewDue(l)
			if owed != (c.due != "") {
				t.Fatalf("owed %t, want due %q", owed, c.due)
			}
			if owed && !due.Equal(instant(t, c.due)) {
				t.Errorf("due %s, want %s", due.In(l.Zone), c.due)
			}
		})
	}
}

func TestT52WhatCountsAsAReview(t *testing.T) {
	end := instant(t, "2026-11-18T10:00:00Z")
	due := end.Add(24 * time.Hour)
	for name, c := range map[string]struct {
		now    time.Time
		change func(*Record)
		want   bool
	}{
		"before it is due nothing is overdue":          {now: due.Add(-time.Nanosecond)},
		"it is overdue from the instant on":            {now: due, want: true},
		"held in time":                                 {now: due.AddDate(0, 0, 9), change: held(2026, 11, 18)},
		"held late is held":                            {now: due.AddDate(0, 0, 9), change: held(2026, 11, 25)},
		"held in the future is not held yet":           {now: due, change: held(2026, 12, 1), want: true},
		"the day may have begun elsewhere":             {now: due, change: held(2026, 11, 20)},
		"held before the change ended is not about it": {now: due, change: held(2026, 11, 16), want: true},
		"a review without a day is none":               {now: due, change: held(0, 0, 0), want: true},
		"a change that was withdrawn":                  {now: due, change: func(r *Record) { r.Canceled = &Canceled{Reason: "not needed"} }},
		"withdrawn, but it had run": {now: due, want: true, change: func(r *Record) {
			r.Canceled, r.Actual = &Canceled{Reason: "not needed"}, until(end)
		}},
		"the actual end counts, not the planned one": {now: due, change: func(r *Record) { r.Actual = until(end.Add(time.Hour)) }},
		"an actual period without an end is none":    {now: due, want: true, change: func(r *Record) { r.Actual = &Period{} }},
		"no end was ever stated":                     {now: due, change: func(r *Record) { r.Schedule = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Record{Type: Emergency, Schedule: until(end)}
			if c.change != nil {
				c.change(r)
			}
			if got := r.ReviewOverdue(c.now, ReviewLimits{RetroHours: 24, ReviewDays: 5}); got != c.want {
				t.Errorf("overdue %t, want %t", got, c.want)
			}
		})
	}
}

func held(y, m, d int) func(*Record) {
	return func(r *Record) { r.Review = &Review{Held: field.Date{Year: y, Month: time.Month(m), Day: d}} }
}

// Days are midnights of the zone after a business day, more days are never
// sooner, and a later end is never due earlier.
func TestBusinessDaysNeverEndOnAWeekendNorBeforeTheChange(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "Africa/Cairo", "America/Sao_Paulo", "Pacific/Apia"}
	rapid.Check(t, func(rt *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zones).Draw(rt, "zone"))
		end := time.Unix(rapid.Int64Range(1_500_000_000, 1_900_000_000).Draw(rt, "end"), 0)
		later := end.Add(time.Duration(rapid.Int64Range(0, 200*3600).Draw(rt, "later")) * time.Second)
		n := rapid.IntRange(1, 30).Draw(rt, "days")
		due := endOfBusinessDay(end, n, loc)
		last := due.Add(-time.Nanosecond).In(loc)
		if w := last.Weekday(); w == time.Saturday || w == time.Sunday {
			rt.Errorf("the last day is a %s", w)
		}
		if next := due.In(loc); next.Day() == last.Day() {
			rt.Errorf("%s is not where a day begins", next)
		}
		if due.Sub(end) < 23*time.Hour*time.Duration(n) {
			rt.Errorf("%d days end %s after the change", n, due.Sub(end))
		}
		if endOfBusinessDay(later, n, loc).Before(due) || !endOfBusinessDay(end, n+1, loc).After(due) {
			rt.Error("later or longer is due sooner")
		}
	})
}
