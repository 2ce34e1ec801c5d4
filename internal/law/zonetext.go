package law

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// abbreviations are those that mean one offset to nearly everybody, and a zone
// that says on which days they are in use. IST, BST and CST have too many
// meanings to hold anybody to one.
var abbreviations = map[string]struct {
	offset int // hours
	zone   string
}{
	"UTC": {0, "UTC"}, "GMT": {0, "UTC"},
	"PST": {-8, "America/Los_Angeles"}, "PDT": {-7, "America/Los_Angeles"},
	"MST": {-7, "America/Denver"}, "MDT": {-6, "America/Denver"},
	"EST": {-5, "America/New_York"}, "EDT": {-4, "America/New_York"},
	"CET": {1, "Europe/Berlin"}, "CEST": {2, "Europe/Berlin"},
}

// spokenForm is a time as people write it: 01:00 UTC Friday 7th October 2022,
// or 2025-02-13 19:00 PDT.
var spokenForm = regexp.MustCompile(`(?:\b(\d{4})-(\d\d)-(\d\d)[ T])?\b(\d\d?):(\d\d) ?(UTC|GMT|P[SD]T|M[SD]T|E[SD]T|CES?T)\b` +
	`(?:,? (Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},?)?(?: (\d\d?)(?:st|nd|rd|th)?\.? ` +
	`(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?(?:,? (\d{4})\b)?)?`)

const monthNames = "JanFebMarAprMayJunJulAugSepOctNovDec"

// maxText is how much of a text is searched for times.
const maxText = 4096

// spoken is one time in a text.
type spoken struct {
	text          string
	begin, end    int
	hour, minute  int
	zone, weekday string
	year, day     int
	month         time.Month
}

// Contradictions lists what times in a text say against each other, their zone
// or their weekday; empty when they agree or there are none. Two times are held
// to be one when nothing but a slash, an equals sign or a bracket is between
// them.
func Contradictions(text string) []string {
	times := spokenTimes(text[:min(len(text), maxText)])
	var out []string
	for i, s := range times {
		if i > 0 {
			if between := strings.TrimSpace(text[times[i-1].end:s.begin]); len(between) == 1 && strings.Contains("/=(|", between) {
				out = append(out, times[i-1].against(s)...)
			}
		}
		out = append(out, s.check()...)
	}
	return out
}

func spokenTimes(text string) []spoken {
	var out []spoken
	for _, m := range spokenForm.FindAllStringSubmatchIndex(text, 50) {
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		number := func(i int) int {
			n, err := strconv.Atoi(group(i))
			if err != nil {
				return 0 // nothing was written there
			}
			return n
		}
		s := spoken{text: group(0), begin: m[0], end: m[1], hour: number(4), minute: number(5), zone: group(6), weekday: group(7), day: number(8), year: number(10)}
		if group(9) != "" {
			s.month = time.Month(strings.Index(monthNames, group(9))/3 + 1)
		}
		if group(1) != "" {
			s.year, s.month, s.day = number(1), time.Month(number(2)), number(3)
		}
		out = append(out, s)
	}
	return out
}

func (s spoken) dated() bool { return s.day > 0 && s.month > 0 }

// instant is the time with the offset of its abbreviation. A year that was
// left out is taken to be 2001.
func (s spoken) instant() time.Time {
	year := s.year
	if year == 0 {
		year = 2001
	}
	return time.Date(year, s.month, s.day, s.hour-abbreviations[s.zone].offset, s.minute, 0, 0, time.UTC)
}

// against holds two times that are said to be one against each other. Where
// one has no date, the times of day alone are compared.
func (s spoken) against(o spoken) []string {
	a, b := s, o
	if !a.dated() || !b.dated() {
		a.year, a.month, a.day = 2001, 1, 1
		b.year, b.month, b.day = 2001, 1, 1
	} else if a.year == 0 || b.year == 0 {
		a.year, b.year = 0, 0
	}
	apart := b.instant().Sub(a.instant())
	if !s.dated() || !o.dated() {
		apart %= 24 * time.Hour
	}
	if apart == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s is not %s", s.text, o.text)}
}

// check holds a time against the days on which its abbreviation is in use, and
// against its weekday.
func (s spoken) check() []string {
	if !s.dated() || s.year == 0 || s.year < 1970 || s.year > 2199 {
		return nil
	}
	var out []string
	known := abbreviations[s.zone]
	loc, err := Zone(known.zone)
	if err != nil {
		return nil // every zone of the table is built in; a test holds that
	}
	if _, offset := s.instant().In(loc).Zone(); offset != known.offset*3600 {
		out = append(out, fmt.Sprintf("%s is not in use on that day: %s", s.zone, s.text))
	}
	date := time.Date(s.year, s.month, s.day, 0, 0, 0, 0, time.UTC)
	if s.weekday != "" && !strings.HasPrefix(date.Weekday().String(), s.weekday) {
		out = append(out, fmt.Sprintf("that day is a %s: %s", date.Weekday(), s.text))
	}
	return slices.Clip(out)
}
