package law

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
)

// Left is one way in which a record is outside its model. Path is a JSON
// pointer into the record.
type Left struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

// recordKeys lists the keys of a record, sorted.
func recordKeys() []string {
	var out []string
	t := reflect.TypeFor[change.Record]()
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "-" && name != "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// fieldOf is the value of a record's top-level key; invalid when there is none.
func fieldOf(rec reflect.Value, key string) reflect.Value {
	t := rec.Type()
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name == key {
			return rec.Field(i)
		}
	}
	return reflect.Value{}
}

// Apply returns the record with the model's locked values where it says
// nothing. Nested values are shared with the model: neither is changed after.
func (m *Model) Apply(rec *change.Record) change.Record {
	out := *rec
	into, from := reflect.ValueOf(&out).Elem(), reflect.ValueOf(&m.Locked).Elem()
	for _, key := range m.LockedFields {
		if f := fieldOf(into, key); f.IsValid() && f.IsZero() {
			f.Set(fieldOf(from, key))
		}
	}
	return out
}

// Leaves says what puts a record outside its model, sorted by path: the
// model's status, services or environments it does not apply to, a locked
// field with another value, a field it does not allow, a covered path outside
// applies.paths. Has tells whether the record's file has a node at a JSON
// pointer; covered are the changed paths that coverage names. The record is as
// its author wrote it, before Apply. Risk is judged apart, see OverRisk.
func (m *Model) Leaves(rec *change.Record, has func(pointer string) bool, covered []string) []Left {
	var out []Left
	add := func(path, format string, args ...any) {
		out = append(out, Left{path, fmt.Sprintf(format, args...)})
	}
	if m.Status != Approved {
		status := m.Status.String()
		if status == "" {
			status = "of no status"
		}
		add("/model", "the model %s is %s, not approved", m.Ref(), status)
	}
	outside := func(what string, got, allowed []string) {
		for i, n := range got {
			if len(allowed) > 0 && !slices.Contains(allowed, n) {
				add("/"+what+"/"+num(i), "the model does not apply to %s", diag.Quote(n))
			}
		}
	}
	outside("services", rec.Services, m.Applies.Services)
	outside("environments", rec.Environments, m.Applies.Environments)
	m.fields(rec, has, add)
	for _, p := range slices.Sorted(slices.Values(covered)) {
		if !matchAny(m.Applies.Paths, p) {
			add("/model", "the change touches %s, outside the model's paths", diag.Quote(p))
		}
	}
	slices.SortStableFunc(out, func(a, b Left) int { return strings.Compare(a.Path, b.Path) })
	return out
}

func (m *Model) fields(rec *change.Record, has func(string) bool, add func(path, format string, args ...any)) {
	keys := recordKeys()
	for k := range rec.Extensions {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	given, locked := reflect.ValueOf(rec).Elem(), reflect.ValueOf(&m.Locked).Elem()
	for _, key := range keys {
		_, extension := rec.Extensions[key]
		switch {
		case !extension && !has("/"+key), slices.Contains(alwaysFree(), key):
		case slices.Contains(m.LockedFields, key):
			if !same(fieldOf(given, key), fieldOf(locked, key)) {
				add("/"+key, "%s is locked by the model and differs from it", key)
			}
		case !slices.Contains(m.Allow, key):
			add("/"+key, "%s is not among the fields the model allows", key)
		}
	}
}

// same compares two values of a field by what they say: as the JSON that
// policies see, without white space around texts.
func same(a, b reflect.Value) bool {
	if !a.IsValid() || !b.IsValid() {
		return false
	}
	left, err := normalised(a)
	if err != nil {
		return false
	}
	right, err := normalised(b)
	return err == nil && reflect.DeepEqual(left, right)
}

func normalised(v reflect.Value) (any, error) {
	b, err := json.Marshal(v.Interface())
	if err != nil {
		return nil, fmt.Errorf("encode field: %w", err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("decode field: %w", err)
	}
	return trimmed(out), nil
}

func trimmed(v any) any {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case []any:
		for i := range v {
			v[i] = trimmed(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = trimmed(v[k])
		}
	}
	return v
}

// OverRisk says that a level is above what the model allows. A model without a
// limit allows low alone; a level that is unknown is above every limit.
func (m *Model) OverRisk(level field.Level) (Left, bool) {
	limit := max(m.MaxRisk, field.Low)
	if level != field.LevelNone && level <= limit {
		return Left{}, false
	}
	name := level.String()
	if name == "" {
		name = "unknown"
	}
	return Left{"/model", fmt.Sprintf("the risk is %s, above the %s that the model allows", name, limit)}, true
}
