package law

import (
	"path"
	"strconv"
	"strings"
	"time"
)

// DatedSlack is how far beyond its folder's dates a record may reach: a window
// that is put off by weeks, or work that took longer, moves no file.
const DatedSlack = 31 * 24 * time.Hour

// Dated is the stretch of time that a record's folders spell, [from, to) in
// UTC: a month for 2026/12 or 2026-12, a year for 2026. The innermost that
// spells one counts. Where none does, nothing is known.
func Dated(file string) (from, to time.Time, known bool) {
	parts := strings.Split(path.Dir(file), "/")
	switch i, y, m := spelt(parts); {
	case i < 0:
		return from, to, false
	case m > 0:
		from = time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
		return from, from.AddDate(0, 1, 0), true
	default:
		from = time.Date(y, time.January, 1, 0, 0, 0, 0, time.UTC)
		return from, from.AddDate(1, 0, 0), true
	}
}

// Redate is the same file in the folders of another time, spelt the same way.
func Redate(file string, at time.Time) string {
	parts := strings.Split(path.Dir(file), "/")
	i, _, m := spelt(parts)
	at = at.UTC()
	switch {
	case i < 0:
		return file
	case m == 0:
		parts[i] = at.Format("2006")
	case len(parts[i]) == 2:
		parts[i-1], parts[i] = at.Format("2006"), at.Format("01")
	default:
		parts[i] = at.Format("2006-01")
	}
	return strings.Join(append(parts, path.Base(file)), "/")
}

// spelt finds the innermost folder that spells a date; -1 for none. The month
// is 0 where it spells a year.
func spelt(parts []string) (at, year int, month time.Month) {
	for i := len(parts) - 1; i >= 0; i-- {
		y, m, one := strings.Cut(parts[i], "-")
		if !one && i > 0 {
			y, m = parts[i-1], parts[i]
		}
		if yearOf(y) > 0 && monthOf(m) > 0 {
			return i, yearOf(y), monthOf(m)
		}
		if n := yearOf(parts[i]); n > 0 {
			return i, n, 0
		}
	}
	return -1, 0, 0
}

// yearOf reads a year of this century; 0 is none.
func yearOf(text string) int {
	if n := digits(text, 4); n >= 2000 && n <= 2099 {
		return n
	}
	return 0
}

// monthOf reads a month with two digits; 0 is none.
func monthOf(text string) time.Month {
	if n := digits(text, 2); n >= 1 && n <= 12 {
		return time.Month(n)
	}
	return 0
}

// digits reads exactly so many digits; 0 for anything else.
func digits(text string, n int) int {
	if len(text) != n || strings.Trim(text, "0123456789") != "" {
		return 0
	}
	out, _ := strconv.Atoi(text) // nothing but digits is left, and few
	return out
}
