// Package field holds the typed words that records and law share: instants,
// dates, logins, levels. Each parses its own text and refuses what two readers
// could understand differently. None of them looks at a clock.
package field

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// Instant is a moment with the offset it was written with. The zero value
// means that none was given.
type Instant struct {
	time.Time
}

// instantForm is stricter than time.Parse, which takes 1-digit hours, commas
// before fractions and offsets of 99 hours.
var instantForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$`)

// ParseScalar reads RFC 3339 with an offset and nothing else: Go's own parser
// takes a zone abbreviation for UTC without complaint.
func (i *Instant) ParseScalar(text string) error {
	t, err := time.ParseInLocation(time.RFC3339, text, time.UTC) // never the machine's zone
	if err != nil || !instantForm.MatchString(text) {
		return diag.Problemf("MS011", "write RFC 3339 with an offset, such as 2026-12-01T22:00:00+01:00",
			"%s is not a time with a date, a time of day and an offset", diag.Quote(text))
	}
	if p := yearInRange(t); p != nil {
		return p
	}
	*i = Instant{t}
	return nil
}

// yearInRange keeps typing errors such as 0226 out, and arithmetic in
// nanoseconds since 1970 away from its ends.
func yearInRange(t time.Time) error {
	if t.Year() < 1970 || t.Year() > 2199 {
		return diag.Problemf("MS011", "use a year between 1970 and 2199", "the year %d is out of range", t.Year())
	}
	return nil
}

// String is RFC 3339 with the offset that was written, "" for none.
func (i Instant) String() string {
	if i.IsZero() {
		return ""
	}
	return i.Format(time.RFC3339Nano)
}

// MarshalText is String.
func (i Instant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// MarshalJSON keeps time.Time's own form from showing through.
func (i Instant) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%q", i.String()), nil }

// Date is a calendar day without a zone, YYYY-MM-DD. The zero value is none.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseScalar reads YYYY-MM-DD of a day that exists.
func (d *Date) ParseScalar(text string) error {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return diag.Problemf("MS011", "write a day that exists as YYYY-MM-DD", "%s is not a date", diag.Quote(text))
	}
	if p := yearInRange(t); p != nil {
		return p
	}
	*d = DateOf(t)
	return nil
}

// DateOf is the calendar day of an instant, in the zone it carries.
func DateOf(t time.Time) Date { return Date{t.Year(), t.Month(), t.Day()} }

// DaysUntil is the number of days from d to o, negative when o is earlier.
func (d Date) DaysUntil(o Date) int {
	return int(o.In(time.UTC).Sub(d.In(time.UTC)) / (24 * time.Hour))
}

// IsZero reports whether no date was given.
func (d Date) IsZero() bool { return d == Date{} }

// In is the instant the day begins in a zone.
func (d Date) In(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// String is YYYY-MM-DD, "" for none.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.In(time.UTC).Format(time.DateOnly)
}

// MarshalText is String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// Login is a forge account's name as it was written; compare with Same.
type Login string

// loginForm is GitHub's rule for account names, with an optional bot suffix.
// The name of a managed account ends in an underscore and its enterprise's
// short code, or "admin":
// https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
var loginForm = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*(_[A-Za-z0-9]{3,8}|\[bot\])?$`)

// ParseScalar reads ASCII letters, digits and single inner hyphens, at most 39,
// with an optional [bot], or the suffix of a managed account.
func (l *Login) ParseScalar(text string) error {
	if len(strings.TrimSuffix(text, "[bot]")) > 39 || !loginForm.MatchString(text) {
		hint := "ASCII letters, digits and single inner hyphens, at most 39"
		if strings.HasPrefix(text, "@") {
			hint = "leave the @ out"
		}
		return diag.Problemf("MS109", hint, "%s is not a login", diag.Quote(text))
	}
	*l = Login(text)
	return nil
}

// Fold is the login in the form to compare by: ASCII case only, since Unicode
// folding makes look-alikes equal.
func (l Login) Fold() string { return asciiLower(string(l)) }

// Same reports whether two logins name one account.
func (l Login) Same(o Login) bool { return l.Fold() == o.Fold() }

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// Fold lowers ASCII letters alone: the case-folding of ids, paths and logins.
func Fold(s string) string { return asciiLower(s) }

// Level is a risk level. The zero value is none.
type Level uint8

// The levels, rising.
const (
	LevelNone Level = iota
	Low
	Moderate
	High
	VeryHigh
)

// Levels lists the level names, rising.
func Levels() []string { return []string{"low", "moderate", "high", "very_high"} }

// ParseScalar reads a level's name.
func (l *Level) ParseScalar(text string) error { return ParseEnum(l, text, Levels()) }

// String is the level's name, "" for none.
func (l Level) String() string { return EnumName(l, Levels()) }

// MarshalText is String.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// ParseEnum sets a small integer to one more than the index of text in names.
func ParseEnum[T ~uint8](into *T, text string, names []string) error {
	for i, n := range names {
		if n == text {
			*into = T(i + 1)
			return nil
		}
	}
	return diag.Problemf("MS104", diag.DidYouMean(text, names), "%s is not allowed here", diag.Quote(text))
}

// EnumName is the name of a value that ParseEnum set, "" for zero.
func EnumName[T ~uint8](v T, names []string) string {
	if v == 0 || int(v) > len(names) {
		return ""
	}
	return names[v-1]
}
