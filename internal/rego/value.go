package rego

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
)

// encoder turns a value of one Go type into a term. It says what encoding/json
// would say, but for one thing: a nil slice or map is empty, never null, since
// a rule that walks over null says nothing at all.
type encoder func(reflect.Value) (*ast.Term, error)

// encoderOf builds the encoder of a type once, for all evaluations: handing a
// struct to OPA instead costs a JSON round trip each time. Types that contain
// themselves are not supported.
func encoderOf(t reflect.Type) encoder {
	switch {
	case t.Implements(reflect.TypeFor[json.Marshaler]()):
		return encodeJSON
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return encodeText
	}
	switch t.Kind() {
	case reflect.Bool:
		return func(v reflect.Value) (*ast.Term, error) { return ast.InternedTerm(v.Bool()), nil }
	case reflect.String:
		return func(v reflect.Value) (*ast.Term, error) { return text(v.String()), nil }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return encodeInt
	case reflect.Pointer:
		return optional(encoderOf(t.Elem()))
	case reflect.Slice:
		return sliceOf(encoderOf(t.Elem()))
	case reflect.Map:
		if t.Key().Kind() == reflect.String && !t.Key().Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
			return mapOf(encoderOf(t.Elem()))
		}
	case reflect.Struct:
		return structOf(t)
	case reflect.Interface:
		return encodeAny
	}
	return encodeJSON
}

func text(s string) *ast.Term {
	if !utf8.ValidString(s) {
		s = string([]rune(s)) // as encoding/json does
	}
	return ast.InternedTerm(s)
}

func encodeInt(v reflect.Value) (*ast.Term, error) {
	n := v.Int()
	if int64(int(n)) == n {
		return ast.InternedTerm(int(n)), nil
	}
	return ast.NumberTerm(json.Number(strconv.FormatInt(n, 10))), nil
}

func encodeText(v reflect.Value) (*ast.Term, error) {
	m, ok := v.Interface().(encoding.TextMarshaler)
	if !ok {
		return nil, fmt.Errorf("encode %s: it is no text", v.Type())
	}
	b, err := m.MarshalText()
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", v.Type(), err)
	}
	return text(string(b)), nil
}

func encodeJSON(v reflect.Value) (*ast.Term, error) {
	b, err := json.Marshal(v.Interface())
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", v.Type(), err)
	}
	switch { // most are scalars, and a decoder costs its buffer
	case b[0] == '"' && bytes.IndexByte(b, '\\') < 0:
		return text(string(b[1 : len(b)-1])), nil
	case b[0] >= '1' && b[0] <= '9' && len(b) < 10:
		if n, err := strconv.Atoi(string(b)); err == nil {
			return ast.InternedTerm(n), nil
		}
	}
	value, err := ast.ValueFromReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", v.Type(), err)
	}
	return ast.NewTerm(value), nil
}

func encodeAny(v reflect.Value) (*ast.Term, error) {
	if v.IsNil() {
		return ast.InternedNullTerm, nil
	}
	value, err := ast.InterfaceToValue(v.Interface())
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", v.Elem().Type(), err)
	}
	return ast.NewTerm(value), nil
}

func optional(inner encoder) encoder {
	return func(v reflect.Value) (*ast.Term, error) {
		if v.IsNil() {
			return ast.InternedNullTerm, nil
		}
		return inner(v.Elem())
	}
}

func sliceOf(inner encoder) encoder {
	return func(v reflect.Value) (*ast.Term, error) {
		terms := make([]*ast.Term, v.Len())
		for i := range terms {
			var err error
			if terms[i], err = inner(v.Index(i)); err != nil {
				return nil, err
			}
		}
		return ast.ArrayTerm(terms...), nil
	}
}

func mapOf(inner encoder) encoder {
	return func(v reflect.Value) (*ast.Term, error) {
		pairs := make([][2]*ast.Term, 0, v.Len())
		for it := v.MapRange(); it.Next(); {
			value, err := inner(it.Value())
			if err != nil {
				return nil, err
			}
			pairs = append(pairs, [2]*ast.Term{text(it.Key().String()), value})
		}
		return ast.ObjectTerm(pairs...), nil
	}
}

// property is one field of a struct, embedded ones flattened.
type property struct {
	key   *ast.Term
	index []int
	enc   encoder
	omit  func(reflect.Value) bool
}

func structOf(t reflect.Type) encoder {
	properties := propertiesOf(t)
	return func(v reflect.Value) (*ast.Term, error) {
		pairs := make([][2]*ast.Term, 0, len(properties))
		for _, p := range properties {
			f := v.FieldByIndex(p.index)
			if p.omit(f) {
				continue
			}
			value, err := p.enc(f)
			if err != nil {
				return nil, err
			}
			pairs = append(pairs, [2]*ast.Term{p.key, value})
		}
		return ast.ObjectTerm(pairs...), nil
	}
}

// propertiesOf lists a struct's properties by Go's rule: of two with one name
// the outer one counts.
func propertiesOf(t reflect.Type) []property {
	var out []property
	at := map[string]int{}
	for _, f := range reflect.VisibleFields(t) {
		name, flags, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" && flags == "" || f.Anonymous && name == "" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		p := property{key: ast.StringTerm(name), index: f.Index, enc: encoderOf(f.Type), omit: omission(f.Type, flags)}
		switch i, given := at[name]; {
		case !given:
			at[name] = len(out)
			out = append(out, p)
		case len(f.Index) < len(out[i].index):
			out[i] = p
		}
	}
	return out
}

func omission(t reflect.Type, flags string) func(reflect.Value) bool {
	options := strings.Split(flags, ",")
	has := func(want string) bool {
		for _, o := range options {
			if o == want {
				return true
			}
		}
		return false
	}
	switch {
	case has("omitzero") && t.Implements(reflect.TypeFor[interface{ IsZero() bool }]()):
		return func(v reflect.Value) bool {
			z, ok := v.Interface().(interface{ IsZero() bool })
			return ok && z.IsZero()
		}
	case has("omitzero"):
		return reflect.Value.IsZero
	case has("omitempty"):
		return func(v reflect.Value) bool {
			switch v.Kind() {
			case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
				return v.Len() == 0
			case reflect.Struct:
				return false
			default:
				return v.IsZero()
			}
		}
	}
	return func(reflect.Value) bool { return false }
}
