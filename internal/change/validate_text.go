package change

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
)

// Bounds of texts in characters. The title stands alone in lists, calendars
// and a commit status of 140 characters' neighbourhood; an id goes into file
// names, trailers and git notes.
const (
	maxID     = 64
	minTitle  = 8
	maxTitle  = 160
	minReason = 10
)

var (
	idForm    = regexp.MustCompile(`^[A-Z][A-Z0-9]*-[0-9A-Za-z-]+$`)
	modelForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]*@[1-9][0-9]{0,8}$`)
)

// IsID reports whether a text has the form of a change's id.
func IsID(text string) bool { return len(text) <= maxID && idForm.MatchString(text) }

func (c *checker) identity() {
	if c.readable("/id") {
		base := path.Base(c.f.Path)
		stem := strings.TrimSuffix(base, path.Ext(base))
		switch id := c.r.ID; {
		case len(id) > maxID:
			c.at("MS102", "/id", "", "has %d characters, more than the %d allowed", len(id), maxID)
		case !idForm.MatchString(id):
			c.at("MS102", "/id", "write capital letters and digits, a hyphen, then letters, digits and hyphens: CHG-2026-0142", "%s is malformed", diag.Quote(id))
		case stem != id && !strings.HasPrefix(stem, id+"-"):
			c.at("MS102", "/id", "name the file "+id+".yaml, or "+id+"-, a few words and .yaml", "%s does not match the file's name %s", diag.Quote(id), diag.Quote(base))
		}
	}
	if c.readable("/model") && !modelForm.MatchString(c.r.Model) {
		c.at("MS111", "/model", "write the model's name, @ and its version: certificate-renewal@3", "%s is not a name and a version", diag.Quote(c.r.Model))
	}
}

func (c *checker) texts() {
	if c.readable("/title") {
		title := strings.TrimSpace(c.r.Title)
		n := utf8.RuneCountInString(title)
		switch {
		case strings.Contains(title, "\n"):
			c.at("MS105", "/title", "put the rest into description", "has more than one line")
		case n < minTitle || n > maxTitle:
			c.at("MS105", "/title", "say in 8 to 160 characters what changes; details go into description", "has %d characters", n)
		}
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(c.r.Reason)); c.readable("/reason") && n < minReason {
		c.at("MS105", "/reason", "say why the change is needed, in ten characters or more", "has %d characters", n)
	}
	for pointer, text := range c.r.needed() {
		if c.readable(pointer) && strings.TrimSpace(text) == "" {
			c.at("MS105", pointer, "write it out", "is blank")
		}
	}
}

// needed yields the texts inside optional fields that must not be blank once
// the field is there.
func (r *Record) needed() func(yield func(pointer, text string) bool) {
	out := [][2]string{}
	add := func(pointer, text string) { out = append(out, [2]string{pointer, text}) }
	if r.Hold != nil {
		add("/hold/reason", r.Hold.Reason)
	}
	if r.Canceled != nil {
		add("/canceled/reason", r.Canceled.Reason)
	}
	if x := r.FreezeException; x != nil {
		add("/freeze_exception/window", x.Window)
		add("/freeze_exception/reason", x.Reason)
	}
	for i, x := range r.CollisionsAccepted {
		add(source.Item("/collisions_accepted", i)+"/with", x.With)
		add(source.Item("/collisions_accepted", i)+"/reason", x.Reason)
	}
	if r.RollbackPlan != nil && r.RollbackPlan.Rehearsed != nil {
		add("/rollback_plan/rehearsed/evidence", r.RollbackPlan.Rehearsed.Evidence)
	}
	if r.Source != nil {
		for i, a := range r.Source.Artifacts {
			add(source.Item("/source/artifacts", i)+"/name", a.Name)
		}
	}
	if r.Review != nil {
		for i, a := range r.Review.Actions {
			add(source.Item("/review/actions", i)+"/title", a.Title)
		}
	}
	return func(yield func(string, string) bool) {
		for _, p := range out {
			if !yield(p[0], p[1]) {
				return
			}
		}
	}
}

// lists holds the names of services and environments to one line each, and to
// one mention each: rules count them.
func (c *checker) lists() {
	for _, l := range []struct {
		pointer string
		names   []string
	}{{"/services", c.r.Services}, {"/environments", c.r.Environments}} {
		seen := map[string]bool{}
		for i, name := range l.names {
			pointer := source.Item(l.pointer, i)
			fold := field.Fold(name)
			switch {
			case !c.readable(pointer):
			case strings.TrimSpace(name) == "" || strings.Contains(name, "\n"):
				c.at("MS105", pointer, "write one name", "is not a name")
			case seen[fold]:
				c.at("MS120", pointer, "keep one of the two", "%s is listed twice", diag.Quote(name))
			}
			seen[fold] = true
		}
	}
}

// numbers refuses minutes before the beginning of time.
func (c *checker) numbers() {
	check := func(pointer string, n int) {
		if n < 0 {
			c.at("MS104", pointer, "write 0 or more", "is negative")
		}
	}
	if c.r.Impact != nil && c.r.Impact.Minutes != nil {
		check("/impact/minutes", *c.r.Impact.Minutes)
	}
	if c.r.RollbackPlan != nil && c.r.RollbackPlan.Minutes != nil {
		check("/rollback_plan/minutes", *c.r.RollbackPlan.Minutes)
	}
	for i, s := range c.r.ImplementationPlan {
		check(source.Item("/implementation_plan", i)+"/minutes", s.Minutes)
	}
}

func (c *checker) suppressions() {
	for i, s := range c.r.Suppress {
		pointer := source.Item("/suppress", i)
		code := strings.ToUpper(s.Code)
		switch row := diag.Lookup(s.Code); {
		case !c.readable(pointer + "/code"):
		case strings.TrimSpace(s.Code) == "":
			c.at("MS116", pointer+"/code", "name the code that is shown in brackets", "is blank")
		case strings.HasPrefix(code, "MS") && row.Title == "":
			c.at("MS116", pointer+"/code", diag.DidYouMean(code, warnings()), "%s is not a code", diag.Quote(s.Code))
		case row.Title != "" && !row.Warns():
			c.at("MS116", pointer+"/code", "errors cannot be silenced: correct what it is about", "%s is an error", s.Code)
		}
		if c.readable(pointer+"/reason") && strings.TrimSpace(s.Reason) == "" {
			c.at("MS116", pointer+"/reason", "say why the warning does not apply", "is blank")
		}
	}
}

// warnings lists the codes that can be silenced.
func warnings() []string {
	var out []string
	for _, row := range diag.Catalogue() {
		if row.Warns() {
			out = append(out, row.Code)
		}
	}
	slices.Sort(out)
	return out
}
