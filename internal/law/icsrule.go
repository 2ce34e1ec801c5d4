package law

import (
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// times reads when an event begins and ends. Without a finding the period has
// a start; how long it lasts is what RFC 5545, 3.8.5.3 makes of it for a repeat.
func (r *icsReader) times(e *icsPart, kind WindowKind) (start icsTime, lasts length, when Period) {
	from, to, lasting := e.line("DTSTART"), e.line("DTEND"), e.line("DURATION")
	if from == nil {
		r.add("MS418", e.at, "add DTSTART", "the event has no start")
		return
	}
	start, p := r.zones.time(from, from.value)
	if r.problem(from.at, p) {
		return
	}
	begin, odd := start.wall.start(start.loc, kind)
	switch {
	case to != nil:
		end, p := r.zones.time(to, to.value)
		if r.problem(to.at, p) {
			return
		}
		if end.day != start.day {
			r.add("MS418", to.at, "give both a time, or neither", "one of start and end is a day, the other a time")
			return
		}
		finish, late := end.wall.end(end.loc, kind)
		if !begin.Before(finish) {
			r.add("MS411", to.at, "make DTEND later than DTSTART", "the event ends at %s, not after its start at %s", to.value, from.value)
			return
		}
		lasts = length{elapsed: finish.Sub(begin)}
		if start.day {
			lasts = length{days: end.wall.days() - start.wall.days()}
		}
		return start, lasts, Period{begin, finish, odd || late}
	case lasting != nil:
		if lasts, p = icsLength(lasting.value); r.problem(lasting.at, p) {
			return
		}
	case start.day:
		lasts = length{days: 1}
	default:
		r.add("MS418", e.at, "add DTEND or DURATION", "the event has no end")
		return
	}
	finish, late := lasts.from(start.wall, begin, start.loc, kind)
	return start, lasts, Period{begin, finish, odd || late}
}

// shownIn is an instant or a day on the clocks of a rule.
func shownIn(t icsTime, rule *Rule, kind WindowKind) wall {
	if t.day || t.loc == rule.loc {
		return t.wall
	}
	at, _ := t.wall.start(t.loc, kind)
	return wallOf(at.In(rule.loc))
}

// rule reads RRULE, RDATE and EXDATE.
func (r *icsReader) rule(e *icsPart, w Window, start icsTime, lasts length, first Period) (*Rule, bool) {
	rule := &Rule{
		kind: w.Kind, anchor: start.wall, first: start.wall, last: maxWall, loc: start.loc, lasts: lasts,
		without: map[wall]bool{}, skip: map[int]bool{}, none: true,
	}
	if r.problem(e.at, lasts.check("this event")) {
		return nil, false
	}
	took := map[wall]bool{}
	for i := range e.lines {
		l := &e.lines[i]
		switch l.name {
		case "EXRULE":
			r.add("MS418", l.at, "write the days as EXDATE", "EXRULE is not read")
			return nil, false
		case "RRULE":
			if !rule.none {
				r.add("MS418", l.at, "make it an event of its own", "the event has two rules")
				return nil, false
			}
			if !r.rrule(rule, l, start) {
				return nil, false
			}
		case "RDATE":
			for _, value := range strings.Split(l.value, ",") {
				at, period, ok := r.rdate(rule, l, value)
				if !ok {
					return nil, false
				}
				if !took[at] {
					took[at] = true
					rule.extra = append(rule.extra, period)
				}
			}
		}
	}
	r.unsynced(rule, e, start, first)
	return rule, r.exdates(rule, e)
}

func (r *icsReader) rrule(rule *Rule, l *icsLine, start icsTime) bool {
	option, until, p := readRRule(l.value)
	if r.problem(l.at, p) {
		return false
	}
	rule.option, rule.none = option, false
	if until != "" {
		end, p := r.until(until, start)
		if r.problem(l.at, p) {
			return false
		}
		rule.last = end
	}
	if r.problem(l.at, rule.settle()) {
		return false
	}
	r.finer(rule, l.at)
	return true
}

// until reads the last start of a rule. A day counts as a whole; a time that
// floats is one of the event's own zone.
func (r *icsReader) until(text string, start icsTime) (wall, *diag.Problem) {
	clock, utc := strings.CutSuffix(text, "Z")
	if t, err := time.Parse(icsDay, text); err == nil {
		return wallOf(t) + day - 1, nil
	}
	t, err := time.Parse(icsClock, clock)
	switch {
	case err != nil:
		return 0, badICS("write UNTIL as YYYYMMDDTHHMMSSZ", "UNTIL is %s", diag.Quote(text))
	case utc:
		return wallOf(t.In(start.loc)), nil
	}
	return wallOf(t), nil
}

// rdate reads one further time: a start, or a period.
func (r *icsReader) rdate(rule *Rule, l *icsLine, value string) (wall, Period, bool) {
	from, to, isPeriod := strings.Cut(value, "/")
	start, p := r.zones.time(l, from)
	if r.problem(l.at, p) {
		return 0, Period{}, false
	}
	begin, odd := start.wall.start(start.loc, rule.kind)
	lasts := rule.lasts
	if isPeriod {
		var end icsTime
		if strings.Contains(to, "P") {
			lasts, p = icsLength(to)
		} else if end, p = r.zones.time(l, to); p == nil {
			finish, _ := end.wall.end(end.loc, rule.kind)
			lasts = length{elapsed: finish.Sub(begin)}
			if lasts.elapsed <= 0 {
				p = badICS("make the end the later of the two", "the period %s ends before it begins", diag.Quote(value))
			}
		}
		if r.problem(l.at, p) {
			return 0, Period{}, false
		}
	}
	finish, late := lasts.from(start.wall, begin, start.loc, rule.kind)
	return shownIn(start, rule, rule.kind), Period{begin, finish, odd || late}, true
}

// unsynced looks at the event's own start: it belongs to the set, whether its
// rule names it or not. A maintenance window is not open on the strength of it.
func (r *icsReader) unsynced(rule *Rule, e *icsPart, start icsTime, first Period) {
	if !rule.none && len(rule.starts(start.wall, start.wall)) > 0 {
		return
	}
	if rule.none {
		rule.extra = append(rule.extra, first)
		return
	}
	counts := "counts as one of its times"
	if rule.kind == Maintenance {
		counts = "does not count"
	} else {
		rule.extra = append(rule.extra, first)
	}
	r.add("MS419", e.at, "let the event begin on a day that its rule names", "the event's own start is not named by its rule; it %s", counts)
}

// exdates takes times out.
func (r *icsReader) exdates(rule *Rule, e *icsPart) bool {
	for i := range e.lines {
		l := &e.lines[i]
		if l.name != "EXDATE" {
			continue
		}
		for _, value := range strings.Split(l.value, ",") {
			t, p := r.zones.time(l, value)
			if r.problem(l.at, p) {
				return false
			}
			out := shownIn(t, rule, rule.kind)
			if t.day {
				rule.skip[out.days()] = true
			} else {
				rule.without[out] = true
			}
			rule.extra = slices.DeleteFunc(rule.extra, func(p Period) bool {
				begins := wallOf(p.Start.In(rule.loc))
				return begins == out || t.day && begins.days() == out.days()
			})
		}
	}
	return true
}
