package splice_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/splice"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// tree is a document as Go values, for a model that shares nothing with the
// package: map[string]any, []any, string, json.Number, bool.
func tree(n *yamldoc.Node) any {
	switch {
	case n.Kind == yamldoc.Mapping:
		out := map[string]any{}
		for _, k := range n.Keys {
			out[k.Name] = tree(k.Value)
		}
		return out
	case n.Kind == yamldoc.Sequence:
		out := []any{}
		for _, item := range n.Items {
			out = append(out, tree(item))
		}
		return out
	case n.IsNull():
		return nil
	}
	var bare any
	if d := json.NewDecoder(strings.NewReader(n.Text)); n.Plain {
		d.UseNumber()
		if d.Decode(&bare) == nil && !d.More() {
			if number, ok := bare.(json.Number); !ok || !strings.ContainsAny(number.String(), ".eE") {
				return bare
			}
		}
	}
	return n.Text
}

// edited makes the edit in such a tree.
func edited(at any, op splice.Op, tokens []string, v any) any {
	if len(tokens) == 0 {
		if list, ok := at.([]any); ok && op == splice.Append {
			return append(slices.Clone(list), v)
		}
		return v
	}
	last := len(tokens) == 1 && op == splice.Remove
	switch at := at.(type) {
	case map[string]any:
		if last {
			delete(at, tokens[0])
		} else {
			at[tokens[0]] = edited(at[tokens[0]], op, tokens[1:], v)
		}
		return at
	case []any:
		var i int
		_ = json.Unmarshal([]byte(tokens[0]), &i)
		if last {
			return slices.Delete(at, i, i+1)
		}
		at[i] = edited(at[i], op, tokens[1:], v)
		return at
	}
	return nil
}

// places lists the pointers of a document.
func places(n *yamldoc.Node, into []*yamldoc.Node) []*yamldoc.Node {
	into = append(into, n)
	for _, item := range n.Items {
		into = places(item, into)
	}
	for _, k := range n.Keys {
		into = places(k.Value, into)
	}
	return into
}

func tokens(pointer string) (out []string) {
	for t := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		out = append(out, strings.NewReplacer("~1", "/", "~0", "~").Replace(t))
	}
	return out
}

var word = rapid.SampledFrom([]string{"x", "two words", "", "yes", "5", "a: b", "- c", "#d", "it's", `"`, "é日", "[e", "{", "a\nb\n", " pad ", "2026-12-01T22:00:00+01:00", "~", "*f", "&g", "!h", "|", "%i", "@j", "k:", ",", "?", "-"})

func node(depth int) *rapid.Generator[*yamldoc.Node] {
	return rapid.Custom(func(t *rapid.T) *yamldoc.Node {
		kind := rapid.IntRange(0, 3).Draw(t, "kind")
		if depth == 0 {
			kind = min(kind, 1)
		}
		switch kind {
		case 1:
			return yamldoc.Bare(rapid.SampledFrom([]string{"0", "17", "true", "false"}).Draw(t, "bare"))
		case 2:
			n := &yamldoc.Node{Kind: yamldoc.Sequence}
			n.Items = rapid.SliceOfN(node(depth-1), 0, 3).Draw(t, "items")
			return n
		case 3:
			n := &yamldoc.Node{Kind: yamldoc.Mapping}
			for _, k := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"kind", "ref", "a b", "é", "k: l", "#m"}), 0, 3, rapid.ID).Draw(t, "keys") {
				n.Keys = append(n.Keys, yamldoc.Key{Name: k, Value: node(depth-1).Draw(t, "value")})
			}
			return n
		}
		return yamldoc.Text(word.Draw(t, "text"))
	})
}

// draw draws an edit that a document has a place for.
func draw(t *rapid.T, root *yamldoc.Node) splice.Edit {
	at := rapid.SampledFrom(places(root, nil)).Draw(t, "place")
	e := splice.Edit{Op: rapid.SampledFrom([]splice.Op{splice.Set, splice.Append, splice.Remove}).Draw(t, "op"), Pointer: at.Pointer}
	if e.Op != splice.Remove {
		e.Value = node(2).Draw(t, "value")
	}
	fresh := rapid.SampledFrom([]string{"zz", "z/z~", "z: z"}).Draw(t, "key")
	switch {
	case e.Op == splice.Append && at.Kind == yamldoc.Sequence:
	case e.Op != splice.Remove && at.Kind == yamldoc.Mapping && (at.Pointer == "" || rapid.Bool().Draw(t, "new key")):
		e.Pointer = source.Join(at.Pointer, fresh)
	case at.Pointer == "" || e.Op == splice.Append:
		e = splice.Edit{Op: splice.Set, Pointer: source.Join("", fresh), Value: yamldoc.Text("w")}
	}
	return e
}

// corpus are the records of the examples, and some in forms they lack.
func corpus(t interface{ Fatal(...any) }) (out [][]byte) {
	err := filepath.WalkDir("../../examples", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		b, err := os.ReadFile(path)
		if doc, _ := yamldoc.Parse(path, b, yamldoc.Standard()); doc != nil {
			out = append(out, b)
		}
		return err
	})
	if err != nil || len(out) < 20 {
		t.Fatal(len(out), err)
	}
	for _, s := range []string{
		"{a: 1, b: [x, {c: 2}], \"d\": }\n", "a:\n- b\n- - c\n  - d\n-\n  e: 1\n  f: |\n    g\n\n    h\n\n\n", "a: |+\n  x\n\n\nb: >-\n  y\n  z\n # c\n",
		"a: [\n  x, # one\n  [y], {z: 1}, # two\n\n  # three\n]\nb: {\n  c: 1\n  , d: 2 }", "a:   # why\n  b: 1\n\n  # end of b\n\n# end\n", "a: 'x\n  y'\nb: one\n  two # c\nc: \"z\\\n  w\"\nd: |2\n   v\n",
		"a:\nb: ~\nc:\n  -\n  -   # x\n  - d: 1\n    # y\n    e:\n", "? a\n: b\nc: 1\n", "a: 1\nb: |\n  cut short",
	} {
		out = append(out, []byte(s), []byte(strings.ReplaceAll(s, "\n", "\r\n")), []byte(strings.TrimRight(s, "\n")))
	}
	return out
}

// TestAnEditSaysWhatItsModelSays draws edits of real records: the new text must
// say what the edit says and nothing else, and lines outside of the place must
// be as they were.
func TestAnEditSaysWhatItsModelSays(t *testing.T) {
	files := corpus(t)
	made, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		src := rapid.SampledFrom(files).Draw(t, "file")
		doc, _ := yamldoc.Parse("", src, yamldoc.Standard())
		if doc == nil {
			return
		}
		e := draw(t, doc.Root)
		got, err := splice.Apply(src, []splice.Edit{e})
		if err != nil {
			refused++
			return
		}
		made++
		after, found := yamldoc.Parse("", got, yamldoc.Standard())
		if after == nil {
			t.Fatalf("it is not read again: %v\n%s", found, got)
		}
		var v any
		if e.Value != nil {
			v = tree(e.Value)
		}
		if e.Op == splice.Append && !doc.Index.Has(e.Pointer) {
			v = []any{v}
		}
		want := edited(tree(doc.Root), e.Op, tokens(e.Pointer), v)
		if d := cmp.Diff(want, tree(after.Root)); d != "" {
			t.Fatalf("%v (-want +got)\n%s\n%s", e, d, got)
		}
		untouched(t, doc, src, got, e)
	})
	t.Logf("%d edits made, %d refused", made, refused)
	if refused > made/20 {
		t.Errorf("%d edits made and %d refused", made, refused)
	}
}

// untouched holds comments and the lines before the edit's nearest key.
func untouched(t *rapid.T, doc *yamldoc.Doc, src, got []byte, e splice.Edit) {
	if strings.Contains(string(src), "\r\n") && strings.Count(string(got), "\n") != strings.Count(string(got), "\r\n") {
		t.Fatalf("mixed line ends:\n%q", got)
	}
	if !doc.Index.Has(e.Pointer) && (len(src) == 0 || src[len(src)-1] == '\n') != (got[len(got)-1] == '\n') {
		t.Fatalf("the last line end came or went:\n%q", got)
	}
	lines := strings.SplitAfter(string(src), "\n")
	switch {
	case doc.Index.Has(e.Pointer): // nothing before its key changes but the line end or comma before it
		head := strings.Join(lines[:max(doc.Index.Key(e.Pointer).Start.Line-2, 0)], "")
		if e.Op != splice.Remove && !strings.HasPrefix(string(got), head) {
			t.Fatalf("lines before %s changed:\n%s", e.Pointer, got)
		}
	default: // a new key removes no line
		rest := string(got)
		for _, line := range lines {
			line = strings.TrimRight(line, "\r\n")
			if strings.ContainsAny(line, "[]{}") || strings.TrimSpace(line) == "" {
				continue
			}
			_, after, ok := strings.Cut(rest, strings.TrimRight(line, ": "))
			if !ok {
				t.Fatalf("the line %q is gone:\n%s", line, got)
			}
			rest = after
		}
	}
}

func FuzzApply(f *testing.F) {
	for i, src := range corpus(f) {
		f.Add(src, "/a", "x", uint8(i))
	}
	f.Add([]byte("a: |1\n x\n"), "/a", "[1]", uint8(1))
	f.Fuzz(func(t *testing.T, src []byte, pointer, text string, op uint8) {
		e := splice.Edit{Op: splice.Op(op % 4), Pointer: pointer}
		if e.Op != splice.Remove {
			e.Value, _ = yamldoc.ParseValue(text)
		}
		got, err := splice.Apply(src, []splice.Edit{e})
		if err != nil {
			if got != nil {
				t.Fatal("an error and a text")
			}
			return
		}
		if doc, found := yamldoc.Parse("", got, yamldoc.Standard()); doc == nil {
			t.Fatalf("it is not read again: %v", found)
		}
	})
}
