package render

import (
	"strconv"
	"time"

	"github.com/mergeseal/mergeseal/internal/verdict"
)

// clock shows instants in one zone. The year is left out where it is that of
// the decision.
type clock struct {
	zone *time.Location
	year int
}

// newClock is for one change, or for the pull request when c is nil.
func newClock(v *verdict.Verdict, c *verdict.Judged, o Options) clock {
	zone := o.Zone
	if zone == nil && c != nil {
		if t, err := time.Parse(time.RFC3339, c.Start); err == nil {
			_, offset := t.Zone()
			zone = time.FixedZone("", offset)
		}
	}
	if zone == nil {
		zone = time.UTC
	}
	return clock{zone: zone, year: v.DecidedAt.In(zone).Year()}
}

// at is a day, a time and the offset: Tue 1 Dec 22:00 +01:00. No line is broken
// inside.
func (k clock) at(t time.Time) string {
	return k.day(t) + nbsp + hour(t.In(k.zone)) + nbsp + k.offset(t)
}

// atText is at for an instant given as RFC 3339; anything else is shown as it is.
func (k clock) atText(text string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return k.at(t)
}

// span is a stretch of time: Tue 1 Dec 22:00–00:00 +01:00.
func (k clock) span(fromText, toText string) string {
	from, err1 := time.Parse(time.RFC3339, fromText)
	to, err2 := time.Parse(time.RFC3339, toText)
	if err1 != nil || err2 != nil {
		return fromText + " – " + toText
	}
	from, to = from.In(k.zone), to.In(k.zone)
	if k.offset(from) != k.offset(to) {
		return k.at(from) + nbsp + "– " + k.at(to)
	}
	// The last instant inside says whether a window that ends at midnight is one evening's.
	if k.day(from) == k.day(to.Add(-1)) && to.After(from) {
		return k.day(from) + nbsp + hour(from) + "–" + hour(to) + nbsp + k.offset(from)
	}
	return k.day(from) + nbsp + hour(from) + nbsp + "– " + k.at(to)
}

func (k clock) day(t time.Time) string {
	t = t.In(k.zone)
	day := t.Format("Mon" + nbsp + "2" + nbsp + "Jan")
	if t.Year() != k.year {
		day += nbsp + strconv.Itoa(t.Year())
	}
	return day
}

func hour(t time.Time) string {
	if t.Second() != 0 || t.Nanosecond() != 0 {
		return t.Format("15:04:05.999999999")
	}
	return t.Format("15:04")
}

func (k clock) offset(t time.Time) string {
	t = t.In(k.zone)
	if _, seconds := t.Zone(); seconds == 0 {
		return "UTC"
	}
	return t.Format("-07:00")
}
