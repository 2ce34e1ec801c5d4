package law

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	rrule "github.com/teambition/rrule-go"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// flaw is what is wrong with a key of a repeat.
type flaw struct {
	key     string
	problem *diag.Problem
}

// timeForm is a time of day; 24:00 is the next day's 00:00 and not read.
var timeForm = regexp.MustCompile(`^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$`)

// compile turns a repeat into a rule. With a flaw there is none.
func compile(rep Repeat, kind WindowKind) (*Rule, []flaw) {
	var bad []flaw
	add := func(key string, p *diag.Problem) {
		if p != nil {
			bad = append(bad, flaw{key, p})
		}
	}
	r := &Rule{kind: kind, first: minWall, last: maxWall}
	var until string
	var p *diag.Problem
	r.option, until, p = readRRule(rep.RRule)
	add("rrule", p)
	if until != "" {
		add("rrule", badRule("write until: with the last day, beside rrule", "UNTIL is not read here"))
	}
	clock, p := readClock(rep.Time)
	add("time", p)
	r.lasts, p = readLength(rep.Duration)
	add("duration", p)
	loc, err := Zone(rep.Timezone)
	if err != nil {
		add("timezone", problemOf(err))
	}
	r.loc = loc
	switch {
	case !rep.From.IsZero() && !rep.Until.IsZero() && rep.From.DaysUntil(rep.Until) < 0:
		add("until", badRule("make until the later of the two", "the repeat ends on %s, before it begins on %s", rep.Until, rep.From))
	case rep.From.IsZero() && len(bad) == 0 && !alone(&r.option):
		add("from", badRule("add from: with the first day", "the rule counts from a first day, and there is none"))
	}
	if rep.Time != "" && len(r.option.Byhour)+len(r.option.Byminute) > 0 {
		add("time", badRule("leave one of the two out", "the rule says the time of day itself"))
	}
	if len(bad) > 0 {
		return nil, bad
	}
	r.anchor = clock
	if !rep.From.IsZero() {
		r.first = wallOf(rep.From.In(time.UTC))
		r.anchor += r.first
	}
	if !rep.Until.IsZero() {
		r.last = wallOf(rep.Until.In(time.UTC)) + day - 1
	}
	r.skip = map[int]bool{}
	for _, d := range rep.Exclude {
		r.skip[wallOf(d.In(time.UTC)).days()] = true
	}
	add("rrule", r.settle())
	return r, bad
}

func readClock(text string) (wall, *diag.Problem) {
	if text == "" {
		return 0, nil
	}
	m := timeForm.FindStringSubmatch(text)
	if m == nil {
		return 0, badRule(`write hours and minutes, such as "15:00"`, "%s is not a time of day", diag.Quote(text))
	}
	w := wall(0)
	for i, unit := range []wall{3600, 60, 1} {
		n, err := strconv.Atoi("0" + m[i+1]) // two digits
		if err != nil {
			return 0, badRule("", "%s is not a time of day", diag.Quote(text))
		}
		w += wall(n) * unit
	}
	return w, nil
}

// settle fills in what the anchor says for the rule, as RFC 5545 has it, turns
// a count into a last start, and refuses a rule that begins too often or never.
func (r *Rule) settle() *diag.Problem {
	o, a := &r.option, r.anchor.date()
	if len(o.Byweekno)+len(o.Byyearday)+len(o.Bymonthday)+len(o.Byweekday) == 0 {
		switch o.Freq {
		case rrule.YEARLY:
			if len(o.Bymonth) == 0 {
				o.Bymonth = []int{int(a.Month())}
			}
			o.Bymonthday = []int{a.Day()}
		case rrule.MONTHLY:
			o.Bymonthday = []int{a.Day()}
		case rrule.WEEKLY:
			o.Byweekday = []rrule.Weekday{[]rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}[a.Weekday()]}
		case rrule.DAILY, rrule.HOURLY, rrule.MINUTELY, rrule.SECONDLY:
		}
	}
	hours, minutes := o.Byhour, o.Byminute
	if len(hours) == 0 && o.Freq == rrule.HOURLY {
		for h := range 24 {
			hours = append(hours, h)
		}
	} else if len(hours) == 0 {
		hours = []int{a.Hour()}
	}
	if len(minutes) == 0 {
		minutes = []int{a.Minute()}
	}
	if len(hours)*len(minutes) > maxStarts {
		return badRule("one start a day and a longer duration say the same", "the rule begins %d times a day, more than the %d allowed", len(hours)*len(minutes), maxStarts)
	}
	for _, h := range hours {
		for _, m := range minutes {
			r.times = append(r.times, wall(h*3600+m*60+a.Second()))
		}
	}
	slices.Sort(r.times)
	r.times = slices.Compact(r.times)
	return r.occurs()
}

// generations is how many years a rule may take to begin for the first time:
// February 29 on one weekday leaves out at most 40.
const generations = 50

// occurs looks for the first start, and for the last one of a counted rule.
func (r *Rule) occurs() *diag.Problem {
	without, skip := r.without, r.skip
	r.without, r.skip = nil, nil // a count includes what is taken out
	left, last, found := r.option.Count, r.last, false
	for y := range wall(generations) {
		from := r.first + y*366*day
		starts := r.starts(from, from+366*day-1)
		found = found || len(starts) > 0
		if n := min(left, len(starts)); n > 0 {
			last = starts[n-1]
			left -= n
		}
		if found && left == 0 {
			break
		}
	}
	r.without, r.skip = without, skip
	if !found {
		return badRule("correct it, or take the window out", "the rule never comes true")
	}
	r.last = min(r.last, last)
	return nil
}
