package splice_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/splice"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

func value(t *testing.T, text string) *yamldoc.Node {
	t.Helper()
	n, found := yamldoc.ParseValue(text)
	if n == nil {
		t.Fatalf("%q: %v", text, found)
	}
	return n
}

// edits reads lines such as "set /a/b = [1, 2]", "remove /a" and "append /a = x".
func edits(t *testing.T, lines string) (out []splice.Edit) {
	t.Helper()
	for line := range strings.SplitSeq(lines, "; ") {
		left, right, valued := strings.Cut(line, " = ")
		op, pointer, _ := strings.Cut(left, " ")
		e := splice.Edit{Op: map[string]splice.Op{"set": splice.Set, "remove": splice.Remove, "append": splice.Append}[op], Pointer: pointer}
		if valued {
			e.Value = value(t, right)
		}
		out = append(out, e)
	}
	return out
}

func TestAnEditTouchesNothingElse(t *testing.T) {
	for _, c := range []struct{ name, src, edit, want string }{
		{"a value is replaced where it stands", "a: 1   # one\nb: 2\n", "set /a = 3", "a: 3   # one\nb: 2\n"},
		{"quotes stay as the author likes them", "a: \"x\"\nb: 'y'\n", "set /a = z; set /b = it's", "a: \"z\"\nb: 'it''s'\n"},
		{"a new key comes last, before the closing remark", "a: 1\n# end\n", "set /b = 2", "a: 1\nb: 2\n# end\n"},
		{"a deeper comment stays with the value it belongs to", "a:\n  - x\n  # - y\nc: 1\n", "append /a = z", "a:\n  - x\n  # - y\n  - z\nc: 1\n"},
		{"a missing last line end stays missing", "a: 1", "set /b = 2", "a: 1\nb: 2"},
		{"line ends of Windows stay", "a: 1\r\nb: 2\r\n", "set /c = {d: 3}", "a: 1\r\nb: 2\r\nc:\r\n  d: 3\r\n"},
		{"lists keep their dashes where they are", "a:\n- x\nb: 1\n", "append /a = y", "a:\n- x\n- y\nb: 1\n"},
		{"braces stay braces", "{a: 1, b: {c: 2}}\n", "set /b/d = 3; set /e = [x]", "{a: 1, b: {c: 2, d: 3}, e: [x]}\n"},
		{"brackets with a comma at the end", "a: [x, y,]\n", "append /a = z", "a: [x, y, z,]\n"},
		{"brackets over several lines", "a: [\n  x, # one\n  y  # two\n]\n", "append /a = z", "a: [\n  x, # one\n  y,  # two\n  z\n]\n"},
		{"brackets over several lines with a comma at the end", "a: [\n  x,\n  y, # two\n]\n", "append /a = z", "a: [\n  x,\n  y, # two\n  z,\n]\n"},
		{"empty brackets", "a: []\nb: { }\n", "append /a = x; set /b/c = 1", "a: [x]\nb: {c: 1 }\n"},
		{"a key without a value", "a:\nb: 1\n", "set /a = x", "a: x\nb: 1\n"},
		{"a key without a value gets a list", "a:   # to do\nb: 1\n", "append /a = {x: 1}", "a:\n  - x: 1   # to do\nb: 1\n"},
		{"a dash without a value", "a:\n  -\n  - y\n", "set /a/0 = x", "a:\n  - x\n  - y\n"},
		{"mappings on the way are made", "a: 1\n", "set /b/c/d = 2", "a: 1\nb:\n  c:\n    d: 2\n"},
		{"a list that is not there is made", "a: 1\n", "append /b = {k: v}", "a: 1\nb:\n  - k: v\n"},
		{"a mapping is brought to its value by the fewest edits", "a:\n  b: 1 # one\n  c: 2 # two\n  d: 3\n", "set /a = {b: 1, c: 5, e: 6}", "a:\n  b: 1 # one\n  c: 5 # two\n  e: 6\n"},
		{"a list as well", "a:\n  - x # first\n  - y\n  - z # last\n", "set /a = [x, z]", "a:\n  - x # first\n  - z # last\n"},
		{"an equal value changes nothing", "a: 'x'\nb: [1,   2]\n", "set /a = x; set /b = [1, 2]", "a: 'x'\nb: [1,   2]\n"},
		{"a text over lines becomes one word", "a: |\n  one\n  two\n\nb: 1\n", "set /a = x", "a: x\n\nb: 1\n"},
		{"a folded plain text is replaced whole", "a: one\n  two\n  three # end\nb: 1\n", "set /a = x", "a: x # end\nb: 1\n"},
		{"a block becomes a word", "a:\n  b: 1\n  c: 2\nd: 3\n", "set /a = x", "a: x\nd: 3\n"},
		{"a word becomes a block", "a: x\nd: 3\n", "set /a = {b: 1}", "a:\n  b: 1\nd: 3\n"},
		{"after a text that keeps its empty lines", "a: |+\n  x\n\n", "set /b = 1", "a: |+\n  x\n\nb: 1\n"},
		{"before a text that the end of the file cuts short", "a: 1\n# why\nb: |\n  x", "set /c = 1", "a: 1\nc: 1\n# why\nb: |\n  x"},
		{"an entry goes with its line", "a: 1\nb: 2 # two\nc: 3\n", "remove /b", "a: 1\nc: 3\n"},
		{"the last entry goes, the missing line end stays", "a: 1\n# why\nb: 2", "remove /b", "a: 1\n# why"},
		{"the first key of an item goes", "a:\n  - b: 1\n    c: 2\n", "remove /a/0/b", "a:\n  - c: 2\n"},
		{"an only entry leaves the empty value", "a:\n  b: 1\nc:\n  - x\nd: 1\n", "remove /a/b; remove /c/0", "a: {}\nc: []\nd: 1\n"},
		{"entries in brackets go", "a: [x, y, z]\nb: {c: 1, d: 2}\n", "remove /a/2; remove /a/0; remove /b/c; remove /b/d", "a: [y]\nb: {}\n"},
		{"an entry in brackets goes with its line", "a: [\n  x, # one\n  y  # two\n]\n", "remove /a/1", "a: [\n  x # one\n]\n"},
		{"an item that is a mapping", "a:\n  - b: 1\n    c: 2\nd: 3\n", "append /a = {e: 4, f: [g]}; set /a/0/h = 5", "a:\n  - b: 1\n    c: 2\n    h: 5\n  - e: 4\n    f: [g]\nd: 3\n"},
		{"keys that need quotes", "a: 1\n", "set /x: y = 2", "a: 1\n\"x: y\": 2\n"},
		{"keys with a slash", "a:\n  b/c: 1\n", "set /a/b~1c = 2", "a:\n  b/c: 2\n"},
		{"letters beyond ASCII before the value", "a: {é日: 1, b: 2}\n", "set /a/b = 3", "a: {é日: 1, b: 3}\n"},
		{"a document between its marks", "---\na: 1\n...\n", "set /b = 2", "---\na: 1\nb: 2\n...\n"},
		{"a colon inside of quotes", "\"a: b\": 'x: y' # z: 1\nc: 1\n", "set /c = 2", "\"a: b\": 'x: y' # z: 1\nc: 2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := splice.Apply([]byte(c.src), edits(t, c.edit))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, string(got)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestWhatCannotBeDoneIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, src, edit string
		want            error
	}{
		{"an item beyond the end", "a: [x]\n", "set /a/1 = y", splice.ErrPlace},
		{"a key of a word", "a: x\n", "set /a/b = y", splice.ErrPlace},
		{"the removal of nothing", "a: x\n", "remove /b", splice.ErrPlace},
		{"an item of a word", "a: x\n", "append /a = y", splice.ErrPlace},
		{"the document itself", "a: x\n", "remove ", splice.ErrPlace},
		{"the only key of the document", "a: x\n", "remove /a", splice.ErrForm},
		{"a pointer without a slash", "a: x\n", "set b = y", splice.ErrPlace},
		{"a file that is no YAML", "a: [\n", "set /b = y", splice.ErrUnread},
		{"a value that would not be read again", "a: x\n", "set /b = {c: }; set /A = 1", splice.ErrUnread},
		{"a pair without braces", "a: [b: c]\n", "set /a/0/d = e", splice.ErrForm},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := splice.Apply([]byte(c.src), edits(t, c.edit)); !errors.Is(err, c.want) || got != nil {
				t.Errorf("got %q and %v, want %v", got, err, c.want)
			}
		})
	}
}
