package law

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
)

// WindowKind is what a window does. The zero value is none.
type WindowKind uint8

// The kinds of window.
const (
	WindowNone WindowKind = iota
	Freeze
	Maintenance
)

// WindowKinds lists the kinds' names.
func WindowKinds() []string { return []string{"freeze", "maintenance"} }

// ParseScalar reads a kind's name.
func (k *WindowKind) ParseScalar(text string) error { return field.ParseEnum(k, text, WindowKinds()) }

// String is the kind's name.
func (k WindowKind) String() string { return field.EnumName(k, WindowKinds()) }

// MarshalText is String.
func (k WindowKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Window is a freeze or a maintenance window: half-open, [start, end).
type Window struct {
	ID      string        `json:"id"`
	Kind    WindowKind    `json:"kind"`
	Title   string        `json:"title,omitempty"`
	Start   field.Instant `json:"start,omitzero"`
	End     field.Instant `json:"end,omitzero"`
	Repeat  *Repeat       `json:"repeat,omitempty"`
	Scope   Scope         `json:"scope,omitzero"`
	Exempt  Exempt        `json:"exempt,omitzero"`
	Owners  string        `json:"owners,omitempty"`
	Overrun string        `json:"overrun,omitempty"` // allow or deny (default)
	Long    bool          `json:"long,omitempty"`

	At source.Range `json:"-"`
	// Rule is the repeat, checked; set by Load. A window that was put together
	// by hand may leave it out.
	Rule *Rule `json:"-"`
}

// Repeat is a recurring window. From and Until include their day, and so do
// the days of Exclude. Time is a wall clock's; without it days are whole ones.
type Repeat struct {
	RRule    string       `json:"rrule"`
	Time     string       `json:"time,omitempty"`
	Duration string       `json:"duration"`
	Timezone string       `json:"timezone"`
	From     field.Date   `json:"from,omitzero"`
	Until    field.Date   `json:"until,omitzero"`
	Exclude  []field.Date `json:"exclude,omitempty"`
}

// Scope is what a window applies to: empty lists mean everything, given ones
// must all match.
type Scope struct {
	Environments []string      `json:"environments,omitempty"`
	Tiers        []int         `json:"tiers,omitempty"`
	Services     []string      `json:"services,omitempty"`
	Types        []change.Type `json:"types,omitempty"`
	Paths        []string      `json:"paths,omitempty"`
}

// Exempt is what a window does not apply to.
type Exempt struct {
	Types []change.Type `json:"types,omitempty"`
}

// longWindow is how long a window may last before it needs long: true. A real
// lock ran for 348 days because of a year typed wrong (T50).
const longWindow = 31 * 24 * time.Hour

var numberForm = regexp.MustCompile(`[0-9]+`)

// windows checks definitions by themselves and against each other. What they
// say of environments, services and groups is checked once all is loaded.
func (c *checker) windows(items []item[Window]) []Window {
	seen := map[string]source.Range{}
	var out []Window
	for _, it := range items {
		w, p := it.value, it.place
		w.At = p.at("id")
		c.name("MS411", "window", w.ID, w.At)
		c.times(&w, p)
		if p.isYAML() {
			c.spoken(w.Title, p.at("title"))
		}
		if !slices.Contains([]string{"", "allow", "deny"}, w.Overrun) {
			c.add("MS104", p.at("overrun"), diag.Allowed([]string{"allow", "deny"}), "overrun: %s is not allowed here", diag.Quote(w.Overrun))
		}
		if w.Overrun == "" {
			w.Overrun = "deny"
		}
		c.tiers(p, w.Scope.Tiers)
		c.globs(p, w.Scope.Paths, "scope", "paths")
		if c.twice(seen, "MS412", "window", w.ID, w.At) {
			continue
		}
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b Window) int { return strings.Compare(a.ID, b.ID) })
	return out
}

func (c *checker) tiers(p place, tiers []int) {
	for i, t := range tiers {
		if t < 0 || t > maxTier {
			c.add("MS411", p.at("scope", "tiers", num(i)), "tiers go from 0, the most critical, to 4", "tier %d does not exist", t)
		}
	}
}

func (c *checker) times(w *Window, p place) {
	if w.Repeat != nil {
		c.repeat(w, p)
		return
	}
	if w.Rule != nil { // of an .ics file, which was checked while it was read
		c.length(w.Rule.lasts.about(), w.Long, p.at())
		return
	}
	for _, key := range []string{"start", "end"} {
		if p.isYAML() && !p.has(key) {
			c.add("MS411", p.at(), "add "+key+" as RFC 3339 with an offset", "the window %s has no %s", diag.Quote(w.ID), key)
		}
	}
	if w.Start.IsZero() || w.End.IsZero() {
		return
	}
	length := w.End.Sub(w.Start.Time)
	if length <= 0 {
		c.add("MS411", p.at("end"), "make the end later than the start", "the window ends at %s, not after its start at %s", w.End, w.Start)
		return
	}
	c.length(length, w.Long, p.at("end"))
	c.years(*w, p, field.DateOf(w.Start.Time), field.DateOf(w.End.Time))
}

// repeat checks a recurring window, and what can be said of it without a clock.
func (c *checker) repeat(w *Window, p place) {
	for _, key := range []string{"start", "end"} {
		if p.has(key) {
			c.add("MS411", p.at(key), "leave it out: repeat says when", "the window %s has both repeat and %s", diag.Quote(w.ID), key)
		}
	}
	rule, bad := compile(*w.Repeat, w.Kind)
	for _, f := range bad {
		if p.has("repeat", f.key) || f.key == "from" {
			c.problem(p.at("repeat", f.key), f.problem)
		}
	}
	if len(bad) > 0 {
		return
	}
	w.Rule = rule
	c.finer(rule, p.at("repeat", "rrule"))
	c.length(rule.lasts.about(), w.Long, p.at("repeat", "duration"))
	if from, until := w.Repeat.From, w.Repeat.Until; !from.IsZero() && !until.IsZero() {
		c.years(*w, p, from, until)
	}
	for i, d := range w.Repeat.Exclude {
		if !rule.began(d) {
			c.add("MS414", p.at("repeat", "exclude", num(i)), "correct the day, or take it out", "the rule does not begin on %s, so there is nothing to exclude", d)
		}
	}
}

// spoken reports times in a text that cannot all be meant.
func (c *checker) spoken(text string, at source.Range) {
	for _, said := range Contradictions(text) {
		c.add("MS417", at, "correct the text, or take the times out: start and end count", "%s", said)
	}
}

func (c *checker) length(d time.Duration, long bool, at source.Range) {
	if d > longWindow && !long {
		c.add("MS414", at, "correct the dates, or add long: true if it is meant", "the window lasts %d days", int64(d/(24*time.Hour)))
	}
}

func (c *checker) years(w Window, p place, from, until field.Date) {
	for _, key := range []string{"title", "id"} {
		text := map[string]string{"title": w.Title, "id": w.ID}[key]
		if year := strangeYear(text, from.Year, until.Year); year != "" {
			first, last := from.String(), until.String()
			if w.Repeat == nil {
				first, last = w.Start.String(), w.End.String()
			}
			c.add("MS414", p.at(key), "correct the dates or the "+key, "the %s says %s, but the window runs from %s to %s", key, year, first, last)
		}
	}
}

func (c *checker) zone(at source.Range, err error) { c.problem(at, problemOf(err)) }

func problemOf(err error) *diag.Problem {
	var p *diag.Problem
	if errors.As(err, &p) {
		return p
	}
	return nil
}

// strangeYear is the first year of this century in a text when none in it lies
// between the two years, else "".
func strangeYear(text string, first, last int) string {
	strange := ""
	for _, m := range numberForm.FindAllString(text, -1) {
		year, err := strconv.Atoi(m)
		if err != nil || len(m) != 4 || year < 2000 || year > 2099 {
			continue
		}
		if first <= year && year <= last {
			return ""
		}
		if strange == "" {
			strange = m
		}
	}
	return strange
}
