package yamldoc_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

type shape struct {
	Name   string            `json:"name"`
	Count  int               `json:"count,omitempty"`
	Big    int64             `json:"big,omitempty"`
	Flag   bool              `json:"flag,omitempty"`
	Maybe  *bool             `json:"maybe,omitempty"`
	Number *int              `json:"number,omitempty"`
	Level  field.Level       `json:"level,omitempty"`
	Words  []string          `json:"words,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`
	Inner  *inner            `json:"inner,omitempty"`
	Many   []inner           `json:"many,omitempty"`
	Free   any               `json:"free,omitempty"`
	Rest   map[string]any    `json:"-" rest:"x-"`
}

type inner struct {
	A string `json:"a"`
	B int    `json:"b,omitempty"`
}

func TestDecodeReadsEveryKindOfField(t *testing.T) {
	yes, seven := true, 7
	var got shape
	found := read(`
name: no
count: -3
big: 1099511627776
flag: true
maybe: true
number: 7
level: very_high
words: [off, 0752, 1e3, "true", ~x]
labels: {a: yes, b: 2026-01-01}
inner: {a: b}
many:
  - a: c
    b: 0
free: {n: 1, f: 1.5, o: 0777, t: true, y: yes, q: "1", l: [x, false]}
x-one: 12
x-two: {deep: [1, two]}
`, &got)
	want := shape{
		Name: "no", Count: -3, Big: 1 << 40, Flag: true, Maybe: &yes, Number: &seven, Level: field.VeryHigh,
		Words:  []string{"off", "0752", "1e3", "true", "~x"},
		Labels: map[string]string{"a": "yes", "b": "2026-01-01"},
		Inner:  &inner{A: "b"}, Many: []inner{{A: "c"}},
		Free: map[string]any{"n": int64(1), "f": "1.5", "o": "0777", "t": true, "y": "yes", "q": "1", "l": []any{"x", false}},
		Rest: map[string]any{"x-one": int64(12), "x-two": map[string]any{"deep": []any{int64(1), "two"}}},
	}
	if len(found) != 0 {
		t.Error(found)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// What cannot be read leaves its field at zero, so that nothing downstream
// takes a guess for a statement.
func TestDecodeRefusesWhatReadersDisagreeAbout(t *testing.T) {
	for _, c := range []struct {
		name, data, place, code, hint string
	}{
		{"T73 yes is no boolean", "flag: yes", "1:7", "MS010", ""},
		{"T73 True is no boolean", "flag: True", "1:7", "MS010", ""},
		{"T73 a quoted true is text", "flag: \"true\"", "1:7", "MS010", ""},
		{"T73 a boolean behind a pointer", "maybe: no", "1:8", "MS010", ""},
		{"T73 octal", "count: 0752", "1:8", "MS010", ""},
		{"T73 hexadecimal", "count: 0x1F", "1:8", "MS010", ""},
		{"T73 new octal", "count: 0o17", "1:8", "MS010", ""},
		{"T73 underscores", "count: 1_000", "1:8", "MS010", ""},
		{"T73 exponent", "count: 1e3", "1:8", "MS010", ""},
		{"T73 a fraction", "count: 1.0", "1:8", "MS010", ""},
		{"T73 a plus sign", "count: +1", "1:8", "MS010", ""},
		{"T73 minus nothing", "count: -0", "1:8", "MS010", ""},
		{"T73 a quoted number", "count: \"5\"", "1:8", "MS010", ""},
		{"T73 a number behind a pointer", "number: 08", "1:9", "MS010", ""},
		{"T73 sexagesimal", "count: 1:30", "1:8", "MS010", ""},
		{"T73 too large", "big: 1099511627777", "1:6", "MS010", ""},
		{"T73 far too large", "big: 99999999999999999999", "1:6", "MS010", ""},
		{"an empty value", "words:", "1:7", "MS007", "give it a value or leave the key out"},
		{"a null", "words: null", "1:8", "MS007", ""},
		{"an empty item", "words: [~]", "1:9", "MS007", ""},
		{"an empty free value", "x-a: {b: }", "1:10", "MS007", ""},
		{"text for a list", "words: alice", "1:8", "MS007", "write [alice]"},
		{"a mapping for a list", "words: {a: b}", "1:8", "MS007", ""},
		{"a list for text", "labels: {a: [b]}", "1:13", "MS007", ""},
		{"text for a mapping", "inner: b", "1:8", "MS007", ""},
		{"a list for a map", "labels: [a]", "1:9", "MS007", ""},
		{"a list for a number", "count: [1]", "1:8", "MS007", ""},
		{"a list for a boolean", "flag: [true]", "1:7", "MS007", ""},
		{"a list for an enum", "level: [low]", "1:8", "MS007", ""},
		{"an unknown word", "level: hihg", "1:8", "MS104", `did you mean "high"?`},
		{"T71 an unknown key", "wrods: []", "1:1", "MS006", `did you mean "words"?`},
		{"T71 another case", "Words: []", "1:1", "MS006", `did you mean "words"?`},
		{"an unknown key far down", "many: [{a: b, c: d}]", "1:15", "MS006", ""},
		{"a missing key far down", "many: [{b: 1}]", "1:8", "MS101", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got shape
			found := read(c.data+"\nname: n\n", &got)
			if len(found) != 1 || found[0].Code != c.code || found[0].At.String() != "x.yaml:"+c.place {
				t.Fatalf("found %v, want one %s at %s", found, c.code, c.place)
			}
			if c.hint != "" && found[0].Hint != c.hint {
				t.Errorf("hint %q, want %q", found[0].Hint, c.hint)
			}
			if got.Flag || got.Maybe != nil || got.Count != 0 || got.Number != nil || got.Big != 0 || got.Level != 0 {
				t.Errorf("a value was made up: %+v", got)
			}
		})
	}
}

func TestAllProblemsOfAFileComeBackAtOnce(t *testing.T) {
	var got shape
	found := read("count: 01\nflag: on\nnaem: x\nwords: y\nlabels: {a: ok}\n", &got)
	if want := []string{"MS010", "MS010", "MS006", "MS007", "MS101"}; !slices.Equal(codes(found), want) {
		t.Errorf("%v, want %v", codes(found), want)
	}
	if got.Labels["a"] != "ok" {
		t.Error("what could be read was not filled in")
	}
}

func TestFieldsAreNamedAsPeopleWriteThem(t *testing.T) {
	for pointer, want := range map[string]string{
		"": "the document", "/a": "a", "/a/0/b": "a[0].b", "/a~1b/c~0d": "a/b.c~d", "/0": "0",
	} {
		if got := yamldoc.FieldName(pointer); got != want {
			t.Errorf("%q: %q, want %q", pointer, got, want)
		}
	}
}
