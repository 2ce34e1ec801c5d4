package change

import (
	"encoding"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/source"
)

// Text yields every piece of text in a record with the JSON pointer of its
// field, in the order of the fields; a name that the author chose, such as a
// label's, comes with its value's pointer. Words of a fixed set, times and
// numbers are left out: they cannot say anything else.
func (r *Record) Text() iter.Seq2[string, string] {
	return func(yield func(pointer, text string) bool) {
		walk(reflect.ValueOf(r).Elem(), "", yield)
	}
}

// Keys lists the top-level keys of a record, in the order of its fields,
// without those that begin with x-.
func Keys() []string {
	var out []string
	for t, i := reflect.TypeFor[Record](), 0; i < t.NumField(); i++ {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "-" {
			out = append(out, name)
		}
	}
	return out
}

var fixedText = reflect.TypeFor[encoding.TextMarshaler]()

func walk(v reflect.Value, pointer string, yield func(string, string) bool) bool {
	switch v.Kind() {
	case reflect.String:
		return v.Len() == 0 || yield(pointer, v.String())
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || walk(v.Elem(), pointer, yield)
	case reflect.Slice:
		for i := range v.Len() {
			if !walk(v.Index(i), source.Item(pointer, i), yield) {
				return false
			}
		}
	case reflect.Map:
		return walkMap(v, pointer, yield)
	case reflect.Struct:
		if v.Type().Implements(fixedText) {
			return true
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			below := source.Join(pointer, name)
			if f.Tag.Get("rest") != "" {
				below = pointer
			}
			if !walk(v.Field(i), below, yield) {
				return false
			}
		}
	default: // numbers, booleans, enums
	}
	return true
}

func walkMap(v reflect.Value, pointer string, yield func(string, string) bool) bool {
	values := map[string]reflect.Value{}
	for _, k := range v.MapKeys() {
		values[k.String()] = v.MapIndex(k)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		below := source.Join(pointer, name)
		if !yield(below, name) || !walk(values[name], below, yield) {
			return false
		}
	}
	return true
}
