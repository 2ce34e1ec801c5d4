package schema

import (
	"encoding"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// A type that writes or reads itself and is described by its Go kind would
// make a schema that refuses every right document.
func TestEveryTypeWithItsOwnSpellingIsDescribed(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(form, reflect.Type, string)
	walk = func(f form, x reflect.Type, path string) {
		if seen[x] || x.PkgPath() == "time" || x.Kind() == reflect.String {
			return
		}
		seen[x] = true
		itself := x.Implements(reflect.TypeFor[encoding.TextMarshaler]()) || x.Implements(reflect.TypeFor[json.Marshaler]()) ||
			f == written && reflect.PointerTo(x).Implements(reflect.TypeFor[yamldoc.NodeDecoder]())
		if itself {
			if f.mapped(x) == nil {
				t.Errorf("%s: %s writes itself, and nobody says how", path, x)
			}
			return
		}
		switch x.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(f, x.Elem(), path)
		case reflect.Struct:
			for i := range x.NumField() {
				if x.Field(i).Tag.Get("json") != "-" {
					walk(f, x.Field(i).Type, path+"."+x.Field(i).Name)
				}
			}
		default:
		}
	}
	for _, d := range documents() {
		clear(seen)
		walk(d.form, d.root, d.name)
	}
}
