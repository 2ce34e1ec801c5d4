package change

import (
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// Validate finds what is wrong with a record's fields by themselves: missing
// ones for its type, malformed ids, texts, links, times, closures. It expects
// f.Found to hold what decoding found, and says nothing about a field that
// could not be read: one mistake is one finding.
func Validate(f *File) diag.List {
	c := checker{f: f, r: &f.Record, spoilt: map[source.Range]bool{}}
	for _, found := range f.Found {
		c.spoilt[found.At] = c.spoilt[found.At] || found.Severity == diag.Error
	}
	c.required()
	c.foreign()
	c.identity()
	c.texts()
	c.lists()
	c.numbers()
	c.times()
	c.rollback()
	c.links()
	c.results()
	c.sourceFields()
	c.suppressions()
	c.closure()
	c.secrets()
	return c.found
}

// checker is one record on its way through the checks.
type checker struct {
	f      *File
	r      *Record
	spoilt map[source.Range]bool // places where decoding found an error
	found  diag.List
}

func (c *checker) add(f diag.Finding) { c.found = append(c.found, f) }

// at adds a finding at a field's value, named at the beginning of the message.
func (c *checker) at(code, pointer, hint, format string, args ...any) {
	f := diag.New(code, c.f.Index.Value(pointer), format, args...).WithHint("%s", hint)
	f.Message = yamldoc.FieldName(pointer) + " " + f.Message
	c.add(f)
}

// readable reports whether the file has a value there that could be read.
func (c *checker) readable(pointer string) bool {
	return c.f.Index.Has(pointer) && !c.spoilt[c.f.Index.Value(pointer)]
}

// requiredBy lists the fields each type cannot do without, beside those that
// every record needs. TypeNone stands for a type that is missing or misspelt.
func requiredBy(t Type) []string {
	all := []string{"id", "title", "type", "owner", "services", "environments"}
	switch t {
	case Standard:
		return append(all, "model")
	case Normal:
		return append(all, "reason", "impact", "schedule", "implementation_plan", "test_plan", "rollback_plan")
	case Emergency:
		return append(all, "reason", "impact", "schedule", "implementation_plan", "test_plan", "rollback_plan", "links", "emergency")
	case Registration:
		return append(all, "schedule")
	case TypeNone:
	}
	return all
}

// RequiredFields lists the keys that a record of a type must have, in the
// order in which people write them.
func RequiredFields(t Type) []string { return requiredBy(t) }

func (c *checker) required() {
	for _, name := range requiredBy(c.r.Type) {
		if !c.f.Index.Has("/" + name) {
			c.missing(name)
		}
	}
	for _, l := range []struct {
		name  string
		empty bool
	}{
		{"services", len(c.r.Services) == 0},
		{"environments", len(c.r.Environments) == 0},
		{"implementation_plan", len(c.r.ImplementationPlan) == 0},
	} {
		if l.empty && c.readable("/"+l.name) {
			c.at("MS101", "/"+l.name, "name at least one, or leave the key out where it is optional", "has no entry")
		}
	}
	if c.r.Type == Emergency && c.readable("/links") && !c.fixesIncident() {
		c.at("MS101", "/links", "add {kind: fixes_incident, ref: INC-311}", "has no entry of kind fixes_incident, which %s needs", article(c.r.Type))
	}
}

// fixesIncident gives a link whose kind could not be read the benefit of the
// doubt: it is an error already.
func (c *checker) fixesIncident() bool {
	for _, l := range c.r.Links {
		if l.Kind == FixesIncident || l.Kind == LinkNone {
			return true
		}
	}
	return false
}

func (c *checker) missing(name string) {
	where := c.f.Index.Value("/type")
	if !c.f.Index.Has("/type") {
		where = c.f.Index.Value("")
	}
	f := diag.New("MS101", where, "%s is missing", name)
	if c.r.Type != TypeNone {
		f.Message += ": " + article(c.r.Type) + " needs it"
	}
	c.add(f.WithHint("%s", exampleOf(name)))
}

func article(t Type) string {
	switch t {
	case Emergency:
		return "an emergency change"
	case Registration:
		return "a registration"
	case Standard, Normal, TypeNone:
	}
	return "a " + t.String() + " change"
}

// exampleOf is what to type for a field that is missing.
func exampleOf(name string) string {
	switch name {
	case "id":
		return "add id: CHG-2026-0142, and name the file by it"
	case "title":
		return "add title: and 8 to 160 characters on one line"
	case "type":
		return "add type: normal, or standard, emergency, registration"
	case "owner":
		return "add owner: and the login of the accountable person"
	case "services":
		return "add services: [name], as the catalogue spells it"
	case "environments":
		return "add environments: [production]"
	case "model":
		return "add model: name@version, or make the change normal"
	case "reason":
		return "add reason: and why the change is needed"
	case "impact":
		return "add impact: {users: some, outage: none, minutes: 0}"
	case "schedule":
		return "add schedule: with start and end, such as 2026-12-01T22:00:00+01:00"
	case "implementation_plan":
		return "add implementation_plan: and a list of steps"
	case "test_plan":
		return "add test_plan: {before: [...], after: [...]}"
	case "rollback_plan":
		return "add rollback_plan: with method, trigger, steps, minutes and verify"
	case "links":
		return "add links: [{kind: fixes_incident, ref: INC-311}]"
	case "emergency":
		return "add emergency: {incident: INC-311, why: ...}"
	}
	return ""
}

// foreign finds fields that no rule reads on this type of change, and that
// would make people believe it was judged by them.
func (c *checker) foreign() {
	if c.r.Type == TypeNone {
		return
	}
	for _, f := range []struct {
		name string
		of   []Type
	}{
		{"model", []Type{Standard}},
		{"emergency", []Type{Emergency}},
		{"freeze_exception", []Type{Standard, Normal, Emergency}},
		{"collisions_accepted", []Type{Standard, Normal, Emergency}},
		{"source", []Type{Standard, Normal, Emergency}},
	} {
		fits := false
		for _, t := range f.of {
			fits = fits || t == c.r.Type
		}
		if !fits && c.f.Index.Has("/"+f.name) {
			c.add(diag.New("MS110", c.f.Index.Key("/"+f.name), "%s is not a field of %s", f.name, article(c.r.Type)).
				WithHint("take it out, or change the type"))
		}
	}
}
