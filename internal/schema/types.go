package schema

import (
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// schema is the schema of a type with nothing referred to: OPA's compiler and
// every editor understand inline definitions, and no type contains itself.
func (f form) schema(t reflect.Type) *jsonschema.Schema {
	r := jsonschema.Reflector{
		Anonymous:      true,
		DoNotReference: true,
		Mapper: func(inner reflect.Type) *jsonschema.Schema {
			if inner == t {
				return nil
			}
			return f.mapped(inner)
		},
	}
	s := r.ReflectFromType(t)
	s.Version = ""
	if f == written && hasRest(t) {
		s.PatternProperties = map[string]*jsonschema.Schema{"^x-": jsonschema.TrueSchema}
	}
	return s
}

// hasRest reports whether a struct takes keys that begin with x-.
func hasRest(t reflect.Type) bool {
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("rest") == "x-" {
			return true
		}
	}
	return false
}

// mapped is the schema of a type whose text is not what its Go kind says, or
// nil to let the kind speak.
func (f form) mapped(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[field.Instant]():
		return &jsonschema.Schema{Type: "string", Format: "date-time"}
	case reflect.TypeFor[field.Date]():
		return &jsonschema.Schema{Type: "string", Format: "date"}
	case reflect.TypeFor[approval.Count]():
		return anyOf(
			&jsonschema.Schema{Type: "integer", Minimum: "1"},
			&jsonschema.Schema{Type: "string", Pattern: `^(all|[1-9][0-9]?%|100%)$`},
		)
	}
	if names := enum(t); names != nil {
		return words(names)
	}
	if f == written {
		if s := f.union(t); s != nil {
			return s
		}
		if t.Kind() == reflect.Struct && hasRest(t) {
			return f.schema(t)
		}
	}
	return nil
}

// enum lists the words of an enumeration, or returns nil.
func enum(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[field.Level]():
		return field.Levels()
	case reflect.TypeFor[change.Type]():
		return change.Types()
	case reflect.TypeFor[change.Users]():
		return change.UsersNames()
	case reflect.TypeFor[change.Outage]():
		return change.OutageNames()
	case reflect.TypeFor[change.ResultKind]():
		return change.ResultKinds()
	case reflect.TypeFor[change.Method]():
		return change.Methods()
	case reflect.TypeFor[change.LinkKind]():
		return change.LinkKinds()
	case reflect.TypeFor[change.Result]():
		return change.Results()
	case reflect.TypeFor[change.Severity]():
		return change.Severities()
	case reflect.TypeFor[law.WindowKind]():
		return law.WindowKinds()
	case reflect.TypeFor[law.ModelStatus]():
		return law.ModelStatuses()
	case reflect.TypeFor[evidence.Permission]():
		return evidence.Permissions()
	case reflect.TypeFor[evidence.State]():
		return evidence.States()
	case reflect.TypeFor[diag.Severity]():
		return []string{diag.Error.String(), diag.Warning.String(), diag.Note.String()}
	case reflect.TypeFor[verdict.Outcome]():
		return []string{"error", "fail", "pending", "pass"}
	}
	return nil
}

// union is the schema of a type with more than one written form, or nil.
func (f form) union(t reflect.Type) *jsonschema.Schema {
	text := &jsonschema.Schema{Type: "string"}
	texts := listOf(text)
	switch t {
	case reflect.TypeFor[change.Step]():
		return anyOf(text, f.schema(t))
	case reflect.TypeFor[law.Globs]():
		return anyOf(text, texts)
	case reflect.TypeFor[law.From[law.Group]]():
		return anyOf(text, texts, listOf(f.schema(reflect.TypeFor[law.Group]())))
	case reflect.TypeFor[law.From[law.Model]]():
		return anyOf(text, texts, listOf(f.schema(reflect.TypeFor[law.Model]())))
	case reflect.TypeFor[law.ServicesFrom]():
		return anyOf(text, texts, listOf(f.schema(reflect.TypeFor[law.Service]())), f.schema(reflect.TypeFor[law.Backstage]()))
	case reflect.TypeFor[law.Calendars]():
		return anyOf(text, listOf(f.union(t.Elem())))
	case reflect.TypeFor[law.CalendarFrom]():
		return anyOf(text, f.schema(reflect.TypeFor[struct {
			Path     string         `json:"path"`
			Kind     law.WindowKind `json:"kind,omitempty"`
			Scope    law.Scope      `json:"scope,omitzero"`
			Timezone string         `json:"timezone,omitempty"`
			Owners   string         `json:"owners,omitempty"`
		}]()), f.schema(reflect.TypeFor[law.Window]()))
	}
	return nil
}

func anyOf(s ...*jsonschema.Schema) *jsonschema.Schema { return &jsonschema.Schema{AnyOf: s} }

func listOf(s *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "array", Items: s}
}

func words(names []string) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	for _, n := range names {
		s.Enum = append(s.Enum, n)
	}
	return s
}
