package law

import (
	"regexp"
	"strconv"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// length is how long an occurrence lasts: calendar days first, counted on the
// wall clock, then elapsed time.
type length struct {
	days    int
	elapsed time.Duration
}

var lengthForm = regexp.MustCompile(`^(?:(\d{1,3})w)?(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?$`)

// maxLength bounds how far back an occurrence can begin and still be on.
const maxLength = 366

// readLength reads 9h, 1d, 2w3d or 1h30m. The problem is of MS411.
func readLength(text string) (length, *diag.Problem) {
	var l length
	m := lengthForm.FindStringSubmatch(text)
	if m == nil {
		return l, diag.Problemf("MS411", "write a duration such as 9h, 1h30m, 1d or 2w, the larger unit first",
			"%s is not a duration", diag.Quote(text))
	}
	for i, unit := range []time.Duration{7, 1, time.Hour, time.Minute, time.Second} {
		n, err := strconv.Atoi("0" + m[i+1]) // at most eight digits
		if err != nil {
			return l, diag.Problemf("MS411", "", "%s is not a duration", diag.Quote(text))
		}
		if i < 2 {
			l.days += n * int(unit)
		} else {
			l.elapsed += time.Duration(n) * unit
		}
	}
	return l, l.check(text)
}

func (l length) check(text string) *diag.Problem {
	switch {
	case l.days == 0 && l.elapsed == 0:
		return diag.Problemf("MS411", "write how long the window lasts", "a duration of %s is none", diag.Quote(text))
	case l.days+int(l.elapsed/(day*time.Second)) > maxLength:
		return diag.Problemf("MS411", "write one window with start and end", "a duration of %s is more than %d days", diag.Quote(text), maxLength)
	}
	return nil
}

// about is the length where no clock changes.
func (l length) about() time.Duration { return time.Duration(l.days)*24*time.Hour + l.elapsed }

// longest is at least what an occurrence can last on a wall clock.
func (l length) longest() wall { return wall(l.days)*day + wall(l.elapsed/time.Second) + 2*reach }

// from is the end of an occurrence that is said to begin at w and begins at start.
func (l length) from(w wall, start time.Time, loc *time.Location, kind WindowKind) (end time.Time, odd bool) {
	if l.days == 0 {
		return start.Add(l.elapsed), false
	}
	end, odd = (w + wall(l.days)*day).end(loc, kind)
	return end.Add(l.elapsed), odd
}
