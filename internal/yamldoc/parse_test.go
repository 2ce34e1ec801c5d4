package yamldoc_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

func TestParseSaysWhereAndWhy(t *testing.T) {
	for _, c := range []struct {
		name, data string
		want       []string // place and code
	}{
		{"T70 the tag that yaml.v3 forgets", "a: ! b\n", []string{"x.yaml:1:4 MS003"}},
		{"T70 a tagged key", "! a: b\n", []string{"x.yaml:1:1 MS003"}},
		{"T70 a verbatim tag", "a: !<tag:yaml.org,2002:str> b\n", []string{"x.yaml:1:4 MS003"}},
		{"T70 a directive", "%YAML 1.1\n---\na: no\n", []string{"x.yaml:1:1 MS003"}},
		{"T70 a directive after comments", "# c\n\n%TAG ! x\n---\na: b\n", []string{"x.yaml:3:1 MS003"}},
		{"T70 an anchor on a key", "&x a: b\n", []string{"x.yaml:1:1 MS002"}},
		{"T70 an alias as key", "a: &x b\n*x : c\n", []string{"x.yaml:1:4 MS002", "x.yaml:2:1 MS002"}},
		{"T70 an alias to nowhere", "a: *x\n", []string{"x.yaml MS002"}}, // the reader below gives no line
		{"T70 a quoted << is a key like others", "\"<<\": b\n", nil},
		{"T71 a key twice, far down", "a:\n  b:\n    - c: 1\n      c: 2\n", []string{"x.yaml:4:7 MS005"}},
		{"T71 case twins in a list's item", "a: [{b: 1, B: 2}]\n", []string{"x.yaml:1:12 MS005"}},
		{"T71 Kelvin's sign is not k", "k: 1\n\u212a: 2\n", nil},
		{"T72 comments after the end marker", "a: b\n...\n# c\n", nil},
		{"T72 a document marker in front", "---\na: b\n", nil},
		{"T75 all bad characters at once", "a: \u202eb\nc: d\u200b\n", []string{"x.yaml:1:4 MS008", "x.yaml:2:5 MS008"}},
		{"T75 a byte order mark in the middle", "a: b\ufeff\n", []string{"x.yaml:1:5 MS008"}},
		{"T75 a lone carriage return", "a: b\rc: d\n", []string{"x.yaml:1:5 MS008"}},
		{"T75 Windows line ends are lines", "a: b\r\nc: d\r\n", nil},
		{"T75 next line", "a: b\u0085c\n", []string{"x.yaml:1:5 MS008"}},
		{"T75 a line separator", "a: b\u2028c\n", []string{"x.yaml:1:5 MS008"}},
		{"T75 an escaped bidirectional mark", "a: \"b\\u202ec\"\n", []string{"x.yaml:1:4 MS008"}},
		{"T75 an escaped mark in a key", "\"a\\u200b\": b\n", []string{"x.yaml:1:1 MS008"}},
		{"T75 in a comment", "a: b # \u202e\n", []string{"x.yaml:1:8 MS008"}},
		{"T75 a filler letter", "a: b\u3164\n", []string{"x.yaml:1:5 MS008"}},
		{"T75 private use", "a: \ue000\n", []string{"x.yaml:1:4 MS008"}},
		{"T75 no character at all", "a: \U0001fffe\n", []string{"x.yaml:1:4 MS008"}},
		{"T75 tabs and emoji are text", "a: \"b\tc \U0001f680\"\n", nil},
		{"a list at the root", "- a\n", []string{"x.yaml:1:1 MS004"}},
		{"null at the root", "~\n", []string{"x.yaml:1:1 MS004"}},
		{"only a comment", "# nothing\n", []string{"x.yaml MS004"}},
		{"a list as key", "? [a]\n: b\n", []string{"x.yaml:1:3 MS007"}},
		{"an empty key", "\"\": b\n", []string{"x.yaml:1:1 MS007"}},
		{"two problems of form", "a: !x b\nc: &y d\n", []string{"x.yaml:1:4 MS003", "x.yaml:2:4 MS002"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, found := yamldoc.Parse("x.yaml", []byte(c.data), yamldoc.Standard())
			var got []string
			for _, f := range found {
				got = append(got, f.At.String()+" "+f.Code)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
			if (doc == nil) != (len(found) > 0) {
				t.Error("a document with findings, or neither")
			}
		})
	}
}

func TestOneKindOfMistakeIsNotListedWithoutEnd(t *testing.T) {
	_, found := yamldoc.Parse("x.yaml", []byte(strings.Repeat("\x01\n", 500)), yamldoc.Standard())
	if len(found) != 20 {
		t.Errorf("%d findings, want 20", len(found))
	}
	found = read(keys(500), new(instants))
	if len(found) != 20 {
		t.Errorf("%d findings, want 20", len(found))
	}
	found = read("approvers: ["+strings.Repeat("a_b, ", 500)+"]\n", new(instants))
	if len(found) != 20 {
		t.Errorf("%d findings, want 20", len(found))
	}
}

// span cuts the marked stretch out of the source, as a caret would show it.
func span(t *testing.T, data, pointer string, key bool) string {
	t.Helper()
	doc, found := yamldoc.Parse("x.yaml", []byte(data), yamldoc.Standard())
	if doc == nil {
		t.Fatal(found)
	}
	r := doc.Index.Value(pointer)
	if key {
		r = doc.Index.Key(pointer)
	}
	line := []rune(strings.Split(data, "\n")[r.Start.Line-1])
	return string(line[r.Start.Col-1 : r.End.Col-1])
}

func TestCaretsCoverTheValueAndNothingElse(t *testing.T) {
	const data = "a: plain # comment\n" +
		"b: \"quoted \\\" text\" # c\n" +
		"c: 'it''s'\n" +
		"d: [é, [x, \"]\"], {k: v}] # c\n" +
		"e:\n  - do: it  \n" +
		"f: |\n  block\n" +
		"g: [a: b, c]\n" +
		"h: first\n  second\n" +
		"i: {q: it's, r: s}\n"
	for pointer, want := range map[string]string{
		"/a": "plain", "/b": `"quoted \" text"`, "/c": "'it''s'", "/d": `[é, [x, "]"], {k: v}]`,
		"/d/1": `[x, "]"]`, "/d/1/1": `"]"`, "/d/2": "{k: v}", "/e": "- do: it", "/e/0": "do: it", "/e/0/do": "it",
		"/f": "|", "/g/0": "a", "/h": "first", "/i": "{q: it's, r: s}",
	} {
		if got := span(t, data, pointer, false); got != want {
			t.Errorf("%s: %q, want %q", pointer, got, want)
		}
	}
	if got := span(t, data, "/e/0/do", true); got != "do" {
		t.Errorf("key: %q", got)
	}
}
