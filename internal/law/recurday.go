package law

import (
	"slices"
	"time"

	rrule "github.com/teambition/rrule-go"
)

// part is the stretch of days that BYSETPOS counts in: a year, a month, a week
// or a day.
type part struct{ first, last int }

// partOf is the part of the rule that a day lies in.
func (r *Rule) partOf(d int) part {
	t := (wall(d) * day).date()
	span := func(from, to time.Time) part { return part{wallOf(from).days(), wallOf(to).days() - 1} }
	switch r.option.Freq {
	case rrule.YEARLY:
		return span(time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC), time.Date(t.Year()+1, 1, 1, 0, 0, 0, 0, time.UTC))
	case rrule.MONTHLY:
		return span(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC), time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC))
	case rrule.WEEKLY:
		first := d - r.weekday(t)
		return part{first, first + 6}
	case rrule.DAILY, rrule.HOURLY, rrule.MINUTELY, rrule.SECONDLY:
	}
	return part{d, d}
}

// weekday counts from the rule's first day of the week.
func (r *Rule) weekday(t time.Time) int {
	return ((int(t.Weekday())+6)%7 - r.option.Wkst.Day() + 7) % 7 // rrule counts from Monday
}

// matches reports whether the rule has starts on a day.
func (r *Rule) matches(d int) bool {
	t := (wall(d) * day).date()
	o := &r.option
	return r.inInterval(d, t) && (len(o.Bymonth) == 0 || slices.Contains(o.Bymonth, int(t.Month()))) &&
		has(o.Bymonthday, t.Day(), daysIn(t)) && has(o.Byyearday, t.YearDay(), yearLength(t.Year())) &&
		r.byWeekday(t) && r.byWeek(t)
}

// has looks for a number that counts from 1, or from -1 at the end.
func has(list []int, n, of int) bool {
	return len(list) == 0 || slices.Contains(list, n) || slices.Contains(list, n-of-1)
}

func daysIn(t time.Time) int { return time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day() }

func yearLength(y int) int { return time.Date(y, 12, 31, 0, 0, 0, 0, time.UTC).YearDay() }

func (r *Rule) inInterval(d int, t time.Time) bool {
	n := r.option.Interval
	if n == 1 || r.option.Freq == rrule.HOURLY {
		return true
	}
	a := r.anchor.date()
	var steps int
	switch r.option.Freq {
	case rrule.YEARLY:
		steps = t.Year() - a.Year()
	case rrule.MONTHLY:
		steps = (t.Year()-a.Year())*12 + int(t.Month()) - int(a.Month())
	case rrule.WEEKLY:
		steps = (d - r.weekday(t) - (r.anchor.days() - r.weekday(a))) / 7
	case rrule.DAILY, rrule.HOURLY, rrule.MINUTELY, rrule.SECONDLY:
		steps = d - r.anchor.days()
	}
	return steps%n == 0
}

func (r *Rule) byWeekday(t time.Time) bool {
	if len(r.option.Byweekday) == 0 {
		return true
	}
	monday := (int(t.Weekday()) + 6) % 7
	at, of := t.Day(), daysIn(t)
	if r.option.Freq == rrule.YEARLY && len(r.option.Bymonth) == 0 {
		at, of = t.YearDay(), yearLength(t.Year())
	}
	return slices.ContainsFunc(r.option.Byweekday, func(w rrule.Weekday) bool {
		if w.Day() != monday {
			return false
		}
		return w.N() == 0 || w.N() == (at-1)/7+1 || w.N() == -((of-at)/7+1)
	})
}

// byWeek numbers weeks as ISO 8601 does, from the rule's first day of the week.
func (r *Rule) byWeek(t time.Time) bool {
	if len(r.option.Byweekno) == 0 {
		return true
	}
	year := t.AddDate(0, 0, 3-r.weekday(t)).Year() // the fourth day decides
	first := r.firstWeek(year)
	weeks := (r.firstWeek(year+1) - first) / 7
	return has(r.option.Byweekno, (wallOf(t).days()-first)/7+1, weeks)
}

// firstWeek is the first day of a year's first week: the one with January 4.
func (r *Rule) firstWeek(year int) int {
	t := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)
	return wallOf(t).days() - r.weekday(t)
}
