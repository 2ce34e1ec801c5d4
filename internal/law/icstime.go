package law

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// icsZones are the zones of one calendar.
type icsZones struct {
	parts map[string]*icsPart // VTIMEZONE by TZID
	known map[string]*time.Location
	day   *time.Location // of days without a zone; nil when that cannot be read
	dayBy *diag.Problem  // why
	built int
}

// maxICSZones bounds how many definitions of zones are evaluated.
const maxICSZones = 50

// icsTime is a DATE or a DATE-TIME and the zone whose clocks show it.
type icsTime struct {
	wall wall
	loc  *time.Location
	day  bool
}

func badICS(hint, format string, args ...any) *diag.Problem {
	return diag.Problemf("MS418", hint, format, args...)
}

const (
	icsDay   = "20060102"
	icsClock = "20060102T150405"
)

// time reads one value of a line.
func (z *icsZones) time(l *icsLine, value string) (icsTime, *diag.Problem) {
	if l.params["VALUE"] == "DATE" || len(value) == len(icsDay) {
		t, err := time.Parse(icsDay, value)
		if err != nil {
			return icsTime{}, badICS("write YYYYMMDD", "%s is not a day", diag.Quote(value))
		}
		return icsTime{wallOf(t), z.day, true}, z.inRange(t, z.dayBy)
	}
	clock, utc := strings.CutSuffix(value, "Z")
	t, err := time.Parse(icsClock, clock)
	if err != nil {
		return icsTime{}, badICS("write YYYYMMDDTHHMMSS with a TZID, or with Z for UTC", "%s is not a time", diag.Quote(value))
	}
	if utc {
		return icsTime{wallOf(t), time.UTC, false}, z.inRange(t, nil)
	}
	id, named := l.params["TZID"]
	if !named {
		return icsTime{}, badICS("add TZID with an IANA name, or Z for UTC", "%s has no time zone: it would be another instant in every office", diag.Quote(value))
	}
	loc, p := z.zone(id)
	return icsTime{wallOf(t), loc, false}, z.inRange(t, p)
}

func (z *icsZones) inRange(t time.Time, p *diag.Problem) *diag.Problem {
	if p == nil && (t.Year() < 1970 || t.Year() > 2199) {
		return diag.Problemf("MS011", "use a year between 1970 and 2199", "the year %d is out of range", t.Year())
	}
	return p
}

// zone finds a zone by its TZID: an IANA name, or one that ends in one as
// some programs write it, or what the calendar itself defines. Never silently UTC.
func (z *icsZones) zone(id string) (*time.Location, *diag.Problem) {
	if loc := z.known[id]; loc != nil {
		return loc, nil
	}
	names := []string{id}
	if part := z.parts[id]; part != nil {
		names = append(names, part.text("X-LIC-LOCATION"))
	}
	if strings.HasPrefix(id, "/") {
		tokens := strings.Split(id, "/")
		for i := 1; i < len(tokens); i++ {
			names = append(names, strings.Join(tokens[i:], "/"))
		}
	}
	for _, name := range names {
		if loc, err := Zone(name); err == nil {
			z.known[id] = loc
			return loc, nil
		}
	}
	part := z.parts[id]
	if part == nil {
		return nil, diag.Problemf("MS413", "write an IANA name such as Europe/Berlin, or define the zone in a VTIMEZONE", "%s is not a time zone, and the calendar does not define it", diag.Quote(id))
	}
	if z.built++; z.built > maxICSZones {
		return nil, diag.Problemf("MS413", "use IANA names as TZID", "the calendar defines more than %d zones of its own", maxICSZones)
	}
	loc, p := defined(id, part)
	if p == nil {
		z.known[id] = loc
	}
	return loc, p
}

var icsLengthForm = regexp.MustCompile(`^\+?P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$`)

// icsLength reads a DURATION: days are calendar days, the rest elapsed time.
func icsLength(value string) (length, *diag.Problem) {
	m := icsLengthForm.FindStringSubmatch(value)
	if m == nil {
		return length{}, badICS("write a duration such as P1D or PT9H", "%s is not a duration", diag.Quote(value))
	}
	text := ""
	for i, unit := range []string{"w", "d", "h", "m", "s"} {
		if m[i+1] != "" {
			text += m[i+1] + unit
		}
	}
	if text == "" {
		text = "0s"
	}
	return readLength(text)
}

// offset reads +0100 or -073000, in seconds.
func icsOffset(value string) (int, bool) {
	if len(value) != 5 && len(value) != 7 || value[0] != '+' && value[0] != '-' {
		return 0, false
	}
	seconds := 0
	for i, unit := range []int{3600, 60, 1}[:(len(value)-1)/2] {
		n, err := strconv.ParseUint(value[1+2*i:3+2*i], 10, 8)
		if err != nil {
			return 0, false
		}
		seconds += int(n) * unit
	}
	if value[0] == '-' {
		seconds = -seconds
	}
	return seconds, seconds > -day && seconds < day
}
