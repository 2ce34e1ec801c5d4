package law

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
)

// icsReader turns the events of one calendar into windows.
type icsReader struct {
	*checker
	from  CalendarFrom
	zones icsZones

	seen     map[string]int // windows by UID
	out      []item[Window]
	undated  []source.Range
	free     []source.Range
	nameless []source.Range
}

// calendarICS reads one .ics file. Findings have the event's line.
func (c *checker) calendarICS(file string, data []byte, from CalendarFrom) []item[Window] {
	var out []item[Window]
	for _, cal := range c.readICS(file, data) {
		r := &icsReader{checker: c, from: from, seen: map[string]int{}}
		r.setZones(cal)
		r.events(cal)
		out = append(out, r.out...)
	}
	if len(out) == 0 && !c.found.Errors() {
		c.add("MS419", source.InFile(file), "take it out of calendars if that is meant", "the calendar holds no event")
	}
	return out
}

// setZones notes the calendar's zones, and the one of its days: the entry's,
// else X-WR-TIMEZONE, else UTC.
func (r *icsReader) setZones(cal *icsPart) {
	r.zones = icsZones{parts: map[string]*icsPart{}, known: map[string]*time.Location{}, day: time.UTC}
	for _, p := range cal.parts {
		if id := p.line("TZID"); p.name == "VTIMEZONE" && id != nil {
			r.zones.parts[id.value] = p
		}
	}
	name := r.from.Timezone
	if l := cal.line("X-WR-TIMEZONE"); name == "" && l != nil {
		name = l.value
	}
	if name != "" {
		loc, err := Zone(name)
		r.zones.day, r.zones.dayBy = loc, problemOf(err)
	}
}

// events reads what repeats and what does not first, then what replaces single
// times of it.
func (r *icsReader) events(cal *icsPart) {
	began := len(r.found)
	for _, overrides := range []bool{false, true} {
		for _, e := range cal.parts {
			if e.name != "VEVENT" || (e.line("RECURRENCE-ID") != nil) != overrides {
				continue
			}
			if len(r.found)-began > maxICSFound {
				r.add("MS418", e.at, "repair what is named above first", "the calendar has too many faults; the rest was not read")
				return
			}
			r.tolerate(e)
			if overrides {
				r.override(e)
			} else if !strings.EqualFold(e.text("STATUS"), "CANCELLED") {
				r.event(e)
			}
		}
	}
	for i := range r.out {
		if rule := r.out[i].value.Rule; rule != nil {
			slices.SortFunc(rule.extra, func(a, b Period) int { return a.Start.Compare(b.Start) })
		}
	}
	r.once(r.undated, "DTSTAMP is missing", "the standard asks for it; nothing here needs it")
	r.once(r.nameless, "UID is missing, so the window is named after its title and start", "give every event a UID that stays")
	r.once(r.free, "the event is shown as free time and counts all the same", "cancel or delete an event that is not meant")
}

// once reports a habit of the program that wrote the file one time.
func (r *icsReader) once(at []source.Range, what, hint string) {
	if len(at) == 0 {
		return
	}
	f := diag.New("MS419", at[0], "%s", what).WithHint("%s", hint)
	if len(at) > 1 {
		f = f.With("more", "%d further events", len(at)-1)
	}
	r.found = append(r.found, f)
}

func (r *icsReader) tolerate(e *icsPart) {
	if e.line("DTSTAMP") == nil {
		r.undated = append(r.undated, e.at)
	}
	if e.line("UID") == nil {
		r.nameless = append(r.nameless, e.at)
	}
	if e.text("TRANSP") == "TRANSPARENT" {
		r.free = append(r.free, e.at)
	}
}

// event reads one that stands for itself.
func (r *icsReader) event(e *icsPart) {
	w, ok := r.describe(e, r.from)
	start, lasts, when := r.times(e, w.Kind)
	if !ok || when.Start.IsZero() {
		return
	}
	if w.ID == "" {
		uid := e.text("UID")
		if uid == "" {
			uid = w.Title + "-" + start.wall.date().Format(icsDay)
		}
		w.ID = icsID(uid)
	}
	w.Start, w.End = field.Instant{Time: when.Start}, field.Instant{Time: when.End}
	for _, key := range []string{"SUMMARY", "DESCRIPTION"} {
		if l := e.line(key); l != nil {
			r.spoken(icsText(l.value), l.at)
		}
	}
	if e.line("RRULE") != nil || e.line("RDATE") != nil {
		rule, ok := r.rule(e, w, start, lasts, when)
		if !ok {
			return
		}
		w.Rule, w.Start, w.End = rule, field.Instant{}, field.Instant{}
	} else if when.Odd {
		r.add("MS416", e.at, "choose a time of day that every day has once", "the clocks of %s change at an edge of %s: it is in force from %s to %s", start.loc, diag.Quote(w.ID), w.Start, w.End)
	}
	if uid := e.text("UID"); uid != "" {
		r.seen[uid] = len(r.out) + 1
	}
	r.keep(w, e)
}

func (r *icsReader) keep(w Window, e *icsPart) {
	r.out = append(r.out, item[Window]{w, elsewhere(e.at)})
}

// override replaces one time of a repeat, or takes it out.
func (r *icsReader) override(e *icsPart) {
	l := e.line("RECURRENCE-ID")
	if l.params["RANGE"] != "" {
		r.add("MS418", l.at, "end the series and begin a new one", "a change of all later times is not read")
		return
	}
	id, p := r.zones.time(l, l.value)
	if r.problem(l.at, p) {
		return
	}
	canceled := strings.EqualFold(e.text("STATUS"), "CANCELLED")
	i := r.seen[e.text("UID")] - 1
	if i < 0 { // of a series that is not in the file
		if !canceled {
			before := len(r.out)
			r.event(e)
			if len(r.out) > before {
				r.out[before].value.ID = icsID(r.out[before].value.ID + "-" + id.wall.date().Format(icsDay))
				delete(r.seen, e.text("UID"))
			}
		}
		return
	}
	w, rule := &r.out[i].value, r.out[i].value.Rule
	if rule == nil {
		r.add("MS418", l.at, "", "%s replaces a time of an event that does not repeat", diag.Quote(w.ID))
		return
	}
	other := r.from
	other.Kind, other.Scope, other.Owners = w.Kind, w.Scope, w.Owners
	now, ok := r.describe(e, other)
	_, _, when := r.times(e, w.Kind)
	if !ok || when.Start.IsZero() {
		return
	}
	if fmt.Sprint(now.Kind, now.Scope, now.Owners) != fmt.Sprint(w.Kind, w.Scope, w.Owners) || now.ID != "" || len(now.Exempt.Types) > 0 || now.Overrun != "" {
		r.add("MS418", e.at, "make it an event of its own", "one time of %s says something else than the others", diag.Quote(w.ID))
		return
	}
	out := shownIn(id, rule, w.Kind)
	rule.without[out] = true
	rule.extra = slices.DeleteFunc(rule.extra, func(p Period) bool { return wallOf(p.Start.In(rule.loc)) == out })
	if !canceled {
		rule.extra = append(rule.extra, when)
	}
}
