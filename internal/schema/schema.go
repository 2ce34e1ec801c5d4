// Package schema says in JSON Schema (draft 2020-12) what the Go types say:
// the files people write, and the documents mergeseal hands out.
//
// It promises no more than shape: keys, types, enumerations. What takes
// knowledge of other files is a finding of lint, never of a schema.
package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// base begins the $id of every schema.
const base = "https://github.com/mergeseal/mergeseal/schema/"

// form is how values of one type are spelt. The zero value is invalid.
type form uint8

const (
	_       form = iota
	written      // in files: a step may be a text, x- keys are allowed
	spoken       // in JSON that mergeseal writes: one spelling each
)

// document is one schema: its root type and how its values are spelt.
type document struct {
	name, title string
	form        form
	root        reflect.Type
}

func documents() []document {
	return []document{
		{"calendar", "Calendar of mergeseal: freezes and maintenance windows", written, reflect.TypeFor[struct {
			Windows []law.Window `json:"windows"`
		}]()},
		{"config", "Configuration of mergeseal: mergeseal.yaml", written, reflect.TypeFor[law.Config]()},
		{"evidence", "What a forge says about people: evidence.json", spoken, reflect.TypeFor[evidence.Document]()},
		{"groups", "Groups of people who may approve", written, reflect.TypeFor[struct {
			Groups []law.Group `json:"groups"`
		}]()},
		{"input", "What policies see as input", spoken, reflect.TypeFor[verdict.Input]()},
		{"model", "Model of a standard change", written, reflect.TypeFor[law.Model]()},
		{"record", "Change record", written, reflect.TypeFor[change.Record]()},
		{"services", "Services and what they depend on", written, reflect.TypeFor[struct {
			Services []law.Service `json:"services"`
		}]()},
		{"verdict", "Verdict of mergeseal", spoken, reflect.TypeFor[verdict.Verdict]()},
	}
}

// Names lists the schemas there are, sorted.
func Names() []string {
	var names []string
	for _, d := range documents() {
		names = append(names, d.name)
	}
	return names
}

// For returns the schema of a name as indented JSON that ends in a newline.
// A name that Names does not list is an error.
func For(name string) ([]byte, error) {
	docs := documents()
	i := slices.IndexFunc(docs, func(d document) bool { return d.name == name })
	if i < 0 {
		return nil, fmt.Errorf("find schema %q: it is none of %s", name, strings.Join(Names(), ", "))
	}
	s := docs[i].form.schema(docs[i].root)
	s.Version, s.Title = jsonschema.Version, docs[i].title
	s.ID = jsonschema.ID(base + name + ".json")
	switch name {
	case "record":
		demand(s)
	case "evidence":
		unattributed(s)
	}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write schema %s: %w", name, err)
	}
	return append(b, '\n'), nil
}

// unattributed allows null for the author and committer of a commit: the forge
// knows no account for that address.
func unattributed(s *jsonschema.Schema) {
	at := s
	for _, key := range []string{"pull_request", "commits"} {
		next, ok := at.Properties.Get(key)
		if !ok {
			return
		}
		at = next
	}
	for _, key := range []string{"author", "committer"} {
		if p, ok := at.Items.Properties.Get(key); ok {
			at.Items.Properties.Set(key, anyOf(p, &jsonschema.Schema{Type: "null"}))
		}
	}
}

// demand adds what a whole record must say and a model's locked values need not.
func demand(s *jsonschema.Schema) {
	s.Required = []string{"id", "title", "type", "owner", "services", "environments"}
	if id, ok := s.Properties.Get("id"); ok {
		id.Pattern = `^[A-Z][A-Z0-9]*-[0-9A-Za-z-]+$`
		id.MaxLength = ptr(64)
	}
	if title, ok := s.Properties.Get("title"); ok {
		title.MinLength, title.MaxLength = ptr(8), ptr(160)
	}
	full := []string{"reason", "impact", "schedule", "implementation_plan", "test_plan", "rollback_plan"}
	for _, rule := range []struct {
		kind     change.Type
		required []string
	}{
		{change.Standard, []string{"model"}},
		{change.Normal, full},
		{change.Emergency, append(slices.Clip(full), "emergency")},
		{change.Registration, []string{"schedule"}},
	} {
		is := jsonschema.NewProperties()
		is.Set("type", &jsonschema.Schema{Const: rule.kind.String()})
		s.AllOf = append(s.AllOf, &jsonschema.Schema{
			If:   &jsonschema.Schema{Properties: is, Required: []string{"type"}},
			Then: &jsonschema.Schema{Required: rule.required},
		})
	}
}

func ptr(n uint64) *uint64 { return &n }
