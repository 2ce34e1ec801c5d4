package law

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
)

// icsKeys are what an event may say of its window: X-MERGESEAL-KIND:freeze, or
// a category "kind:freeze". The kind alone may be a category by itself.
var icsKeys = []string{"KIND", "ID", "ENVIRONMENTS", "SERVICES", "TIERS", "TYPES", "PATHS", "OWNERS", "EXEMPT", "OVERRUN", "LONG"}

// icsTold are what our own feed tells people of an event; none of it is part of
// a window, so that the feed can be read as a calendar.
var icsTold = []string{"RISK", "WINDOW"}

const icsPrefix = "X-MERGESEAL-"

// describe fills in what an event says of its window beside its times; what it
// does not say is the calendar entry's. It reports false after a finding.
func (c *checker) describe(e *icsPart, from CalendarFrom) (Window, bool) {
	w := Window{Kind: from.Kind, Scope: from.Scope, Owners: from.Owners, At: e.at, Title: e.text("SUMMARY")}
	said := map[string][]string{}
	lines := map[string]*icsLine{}
	add := func(l *icsLine, key string, values []string) bool {
		if !slices.Contains(icsKeys, key) {
			names := make([]string, len(icsKeys))
			for i, k := range icsKeys {
				names[i] = icsPrefix + k
			}
			c.add("MS418", l.at, diag.DidYouMean(icsPrefix+key, names), "%s is not known", diag.Quote(icsPrefix+key))
			return false
		}
		said[key], lines[key] = append(said[key], values...), l
		return true
	}
	for i := range e.lines {
		l := &e.lines[i]
		key, ours := strings.CutPrefix(l.name, icsPrefix)
		if ours && !slices.Contains(icsTold, key) && !add(l, key, icsList(l.value)) {
			return w, false
		}
		if l.name != "CATEGORIES" {
			continue
		}
		for _, category := range icsList(l.value) {
			key, value, pair := strings.Cut(category, ":")
			switch key = strings.ToUpper(strings.TrimSpace(key)); {
			case !pair && slices.Contains(WindowKinds(), strings.ToLower(category)):
				add(l, "KIND", []string{strings.ToLower(category)})
			case pair && slices.Contains(icsKeys, key):
				add(l, key, []string{strings.TrimSpace(value)})
			}
		}
	}
	ok := true
	for _, key := range icsKeys {
		if l := lines[key]; l != nil {
			ok = c.icsKey(&w, key, slices.Compact(said[key]), l) && ok
		}
	}
	if w.Kind == WindowNone {
		c.add("MS418", e.at, "add kind: freeze or kind: maintenance to the entry in calendars, or a category of that name to the event",
			"nothing says whether %s is a freeze", diag.Quote(w.Title))
		return w, false
	}
	return w, ok
}

// icsKey sets one property of a window.
func (c *checker) icsKey(w *Window, key string, values []string, l *icsLine) bool {
	one, ok := "", len(values) > 0
	if ok {
		one = values[0]
	}
	switch key {
	case "KIND", "ID", "OWNERS", "OVERRUN", "LONG":
		ok = len(values) == 1
	}
	if !ok {
		c.add("MS418", l.at, "write one value", "%s has %d values", key, len(values))
		return false
	}
	var err error
	switch key {
	case "KIND":
		err = w.Kind.ParseScalar(one)
	case "ID":
		w.ID = one
	case "ENVIRONMENTS":
		w.Scope.Environments = values
	case "SERVICES":
		w.Scope.Services = values
	case "PATHS":
		w.Scope.Paths = values
	case "OWNERS":
		w.Owners = one
	case "OVERRUN":
		w.Overrun = one // checked with all windows
	case "LONG":
		w.Long = strings.EqualFold(one, "true")
	case "TIERS":
		w.Scope.Tiers = nil
		for _, v := range values {
			var n int
			if n, err = strconv.Atoi(v); err != nil {
				err = badICS("write a number from 0 to 4", "the tier %s is no number", diag.Quote(v))
				break
			}
			w.Scope.Tiers = append(w.Scope.Tiers, n)
		}
	case "TYPES":
		w.Scope.Types, err = icsTypes(values)
	case "EXEMPT":
		w.Exempt.Types, err = icsTypes(values)
	}
	return !c.problem(l.at, problemOf(err))
}

func icsTypes(values []string) ([]change.Type, error) {
	out := make([]change.Type, len(values))
	for i, v := range values {
		if err := out[i].ParseScalar(v); err != nil {
			return nil, err //nolint:wrapcheck // a problem as users see it
		}
	}
	return out, nil
}

var notInNames = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// icsID makes a window's name of a UID: the UID itself where it is one, else
// what of it may stand in a name, and a digest where it would be too long.
func icsID(uid string) string {
	if nameForm.MatchString(uid) {
		return uid
	}
	id := strings.Trim(notInNames.ReplaceAllString(uid, "-"), "._-")
	if len(id) > 64 || id == "" {
		sum := sha256.Sum256([]byte(field.Fold(uid)))
		id = strings.Trim(id[:min(len(id), 47)]+"-"+hex.EncodeToString(sum[:8]), "._-")
	}
	return id
}
