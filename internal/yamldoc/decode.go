package yamldoc

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// ScalarParser is a type that reads its own text. The error should be a
// *diag.Problem; its message is shown after the key's name.
type ScalarParser interface {
	ParseScalar(text string) error
}

// NodeDecoder is a type with more than one written form.
type NodeDecoder interface {
	DecodeNode(n *Node, d *Decoder)
}

// Decoder collects what is wrong while values are filled in.
type Decoder struct {
	Found diag.List

	kinds map[string]int // code → how many were found
}

// Decode fills a struct from a document, strictly. Keys are the fields' json
// names; a field tagged without omitempty or omitzero is required. A field
// tagged `json:"-" rest:"x-"` of type map[string]any takes keys with that
// prefix. All findings of the document come back at once, at most 20 of one
// code; what could be read is filled in, what could not stays zero, and a
// pointer to what could not be read stays nil.
func Decode(doc *Doc, into any) diag.List {
	var d Decoder
	d.Into(doc.Root, into)
	d.words(doc.Root)
	return d.Found
}

// words looks at every key and every text for letters in disguise.
func (d *Decoder) words(n *Node) {
	if n.Kind == Scalar {
		d.suspicious(n.Text, n.At, n.Pointer)
	}
	for _, item := range n.Items {
		d.words(item)
	}
	for _, k := range n.Keys {
		d.suspicious(k.Name, k.At, k.Value.Pointer)
		d.words(k.Value)
	}
}

// Into decodes one node into what into points to.
func (d *Decoder) Into(n *Node, into any) { d.value(n, reflect.ValueOf(into).Elem()) }

// Add records a finding, unless there are plenty of its code already.
func (d *Decoder) Add(f diag.Finding) {
	if d.kinds == nil {
		d.kinds = map[string]int{}
	}
	if d.kinds[f.Code]++; d.kinds[f.Code] <= maxOfAKind {
		d.Found = append(d.Found, f)
	}
}

// count is how many findings there were, kept or not.
func (d *Decoder) count() (n int) {
	for _, k := range d.kinds {
		n += k
	}
	return n
}

// full reports whether a further finding of a code would not be kept.
func (d *Decoder) full(code string) bool { return d.kinds[code] >= maxOfAKind }

// WrongType records that a node is not what its field wants.
func (d *Decoder) WrongType(n *Node, want, hint string) {
	d.Add(diag.New("MS007", n.At, "%s must be %s, not %s", fieldName(n.Pointer), want, shape(n)).WithHint("%s", hint))
}

func shape(n *Node) string {
	switch {
	case n.Kind == Mapping:
		return "a mapping"
	case n.Kind == Sequence:
		return "a list"
	case n.IsNull():
		return "empty"
	}
	return "the text " + diag.Quote(n.Text)
}

// fieldName is how a pointer is named in messages: a.b[2].c.
func fieldName(pointer string) string {
	if pointer == "" {
		return "the document"
	}
	var b strings.Builder
	for i, part := range strings.Split(pointer[1:], "/") {
		part = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
		if _, err := strconv.Atoi(part); err == nil && i > 0 {
			b.WriteString("[" + part + "]")
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		if len(part) > 40 {
			part = part[:40] + "…"
		}
		b.WriteString(part)
	}
	return b.String()
}

// FieldName is how messages name the field a JSON pointer leads to.
func FieldName(pointer string) string { return fieldName(pointer) }

var (
	scalarType = reflect.TypeFor[ScalarParser]()
	nodeType   = reflect.TypeFor[NodeDecoder]()
	decimal    = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)
)

func (d *Decoder) value(n *Node, v reflect.Value) {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		if n.IsNull() {
			d.empty(n)
			return
		}
		before := d.count()
		into := reflect.New(t.Elem())
		if d.value(n, into.Elem()); d.count() == before || !into.Elem().IsZero() {
			v.Set(into)
		}
		return
	}
	if p := reflect.PointerTo(t); p.Implements(nodeType) {
		if n.IsNull() {
			d.empty(n)
			return
		}
		v.Addr().Interface().(NodeDecoder).DecodeNode(n, d)
		return
	} else if p.Implements(scalarType) {
		d.scalar(n, v)
		return
	}
	if n.IsNull() {
		d.empty(n)
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		d.structure(n, v)
	case reflect.Slice:
		d.slice(n, v)
	case reflect.Map:
		d.mapping(n, v)
	case reflect.String:
		if n.Kind != Scalar {
			d.WrongType(n, "text", "write one value")
			return
		}
		v.SetString(n.Text)
	case reflect.Bool:
		d.boolean(n, v)
	case reflect.Int, reflect.Int64:
		d.integer(n, v)
	case reflect.Interface:
		v.Set(reflect.ValueOf(d.free(n)))
	default:
		panic(fmt.Sprintf("yamldoc: no rule to decode %s", t))
	}
}

func (d *Decoder) empty(n *Node) {
	d.Add(diag.New("MS007", n.At, "%s is empty", fieldName(n.Pointer)).WithHint("give it a value or leave the key out"))
}

func (d *Decoder) scalar(n *Node, v reflect.Value) {
	if n.IsNull() {
		d.empty(n)
		return
	}
	if n.Kind != Scalar {
		d.WrongType(n, "one value", "write one value")
		return
	}
	if err := v.Addr().Interface().(ScalarParser).ParseScalar(n.Text); err != nil {
		d.problem(n, err)
	}
}

func (d *Decoder) problem(n *Node, err error) {
	p, ok := err.(*diag.Problem) //nolint:errorlint // a Problem is never wrapped
	if !ok {
		p = diag.Problemf("MS007", "", "%s", err.Error())
	}
	d.Add(diag.New(p.Code, n.At, "%s: %s", fieldName(n.Pointer), p.Message).WithHint("%s", p.Hint))
}

func (d *Decoder) boolean(n *Node, v reflect.Value) {
	switch {
	case n.Kind == Scalar && n.Plain && n.Text == "true":
		v.SetBool(true)
	case n.Kind == Scalar && n.Plain && n.Text == "false":
	case n.Kind == Scalar:
		d.Add(diag.New("MS010", n.At, "%s must be true or false, not %s", fieldName(n.Pointer), diag.Quote(n.Text)).
			WithHint("write true or false, without quotes: other words mean different things to different readers"))
	default:
		d.WrongType(n, "true or false", "write true or false")
	}
}

func (d *Decoder) integer(n *Node, v reflect.Value) {
	if n.Kind != Scalar {
		d.WrongType(n, "a whole number", "write digits only")
		return
	}
	i, err := strconv.ParseInt(n.Text, 10, 64)
	if !n.Plain || !decimal.MatchString(n.Text) || err != nil || i > 1<<40 || i < -1<<40 {
		d.Add(diag.New("MS010", n.At, "%s must be a whole number, not %s", fieldName(n.Pointer), diag.Quote(n.Text)).
			WithHint("write decimal digits only: no quotes, leading zero, underscore, fraction, exponent or base"))
		return
	}
	v.SetInt(i)
}

func (d *Decoder) slice(n *Node, v reflect.Value) {
	if n.Kind != Sequence {
		hint := "begin each item with a dash"
		if n.Kind == Scalar && len(n.Text) <= 40 {
			hint = fmt.Sprintf("write [%s]", n.Text)
		}
		d.WrongType(n, "a list", hint)
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
	for i, item := range n.Items {
		d.value(item, out.Index(i))
	}
	v.Set(out)
}

func (d *Decoder) mapping(n *Node, v reflect.Value) {
	if n.Kind != Mapping {
		d.WrongType(n, "a mapping", "write key: value lines")
		return
	}
	out := reflect.MakeMapWithSize(v.Type(), len(n.Keys))
	for _, k := range n.Keys {
		val := reflect.New(v.Type().Elem()).Elem()
		d.value(k.Value, val)
		out.SetMapIndex(reflect.ValueOf(k.Name).Convert(v.Type().Key()), val)
	}
	v.Set(out)
}

// free reads a value nobody has a type for. Numbers and booleans become what
// their plain decimal spelling says; everything else stays text. Nothing is
// ever nil: an empty value is a finding here as everywhere.
func (d *Decoder) free(n *Node) any {
	if n.IsNull() {
		d.empty(n)
		return ""
	}
	switch n.Kind {
	case Mapping:
		out := make(map[string]any, len(n.Keys))
		for _, k := range n.Keys {
			out[k.Name] = d.free(k.Value)
		}
		return out
	case Sequence:
		out := make([]any, len(n.Items))
		for i, item := range n.Items {
			out[i] = d.free(item)
		}
		return out
	case Scalar, Invalid:
	}
	if n.Plain {
		if i, err := strconv.ParseInt(n.Text, 10, 53); err == nil && decimal.MatchString(n.Text) {
			return i
		}
		if n.Text == "true" || n.Text == "false" {
			return n.Text == "true"
		}
	}
	return n.Text
}

// shapeOf is what a struct type accepts, worked out once a type.
type shapeOf struct {
	fields   map[string]int
	names    []string
	required []string
	rest     int // index of the field for free keys, or -1
	prefix   string
}

var shapes sync.Map // reflect.Type → *shapeOf; a pure cache

func shapeFor(t reflect.Type) *shapeOf {
	if s, ok := shapes.Load(t); ok {
		return s.(*shapeOf)
	}
	s := &shapeOf{fields: map[string]int{}, rest: -1}
	for i := range t.NumField() {
		f := t.Field(i)
		if p := f.Tag.Get("rest"); p != "" {
			s.rest, s.prefix = i, p
			continue
		}
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		s.fields[name] = i
		s.names = append(s.names, name)
		if !strings.Contains(opts, "omitempty") && !strings.Contains(opts, "omitzero") {
			s.required = append(s.required, name)
		}
	}
	slices.Sort(s.names)
	shapes.Store(t, s)
	return s
}

func (d *Decoder) structure(n *Node, v reflect.Value) {
	s := shapeFor(v.Type())
	if n.Kind != Mapping {
		d.WrongType(n, "a mapping", "write key: value lines, with "+strings.Join(s.names, ", "))
		return
	}
	given := map[string]bool{}
	for _, k := range n.Keys {
		i, ok := s.fields[k.Name]
		if ok {
			given[k.Name] = true
			d.value(k.Value, v.Field(i))
			continue
		}
		if s.rest >= 0 && strings.HasPrefix(k.Name, s.prefix) {
			if v.Field(s.rest).IsNil() {
				v.Field(s.rest).Set(reflect.ValueOf(map[string]any{}))
			}
			v.Field(s.rest).SetMapIndex(reflect.ValueOf(k.Name), reflect.ValueOf(d.free(k.Value)))
			continue
		}
		if d.full("MS006") {
			continue
		}
		where := ""
		if n.Pointer != "" {
			where = " in " + fieldName(n.Pointer)
		}
		d.Add(diag.New("MS006", k.At, "unknown key %s%s", diag.Quote(k.Name), where).WithHint("%s", diag.DidYouMean(k.Name, s.names)))
	}
	for _, name := range s.required {
		if !given[name] {
			d.Add(d.missing(n, name))
		}
	}
}

func (d *Decoder) missing(n *Node, name string) diag.Finding {
	return Missing(n.At, n.Pointer, name)
}

// Missing is the finding for a required key that is not there.
func Missing(where source.Range, pointer, name string) diag.Finding {
	return diag.New("MS101", where, "%s is missing", fieldName(source.Join(pointer, name)))
}
