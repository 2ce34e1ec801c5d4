package yamldoc_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// failer is what *testing.T and *rapid.T have in common.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// jsonOf renders a tree as JSON, which is YAML too.
func jsonOf(t failer, n *yamldoc.Node) string {
	t.Helper()
	text := func(s string) string {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	switch n.Kind {
	case yamldoc.Scalar:
		return text(n.Text)
	case yamldoc.Sequence:
		out := "["
		for i, item := range n.Items {
			if i > 0 {
				out += ", "
			}
			out += jsonOf(t, item)
		}
		return out + "]"
	case yamldoc.Mapping:
		out := "{"
		for i, k := range n.Keys {
			if i > 0 {
				out += ", "
			}
			out += "? " + text(k.Name) + " : " + jsonOf(t, k.Value) // a long key needs the question mark
		}
		return out + "}"
	case yamldoc.Invalid:
	}
	t.Fatal("an invalid node in a document")
	return ""
}

// bare is a tree without the places and the quotes, which a rewrite changes.
func bare(n *yamldoc.Node) any {
	switch n.Kind {
	case yamldoc.Sequence:
		out := []any{n.Pointer}
		for _, item := range n.Items {
			out = append(out, bare(item))
		}
		return out
	case yamldoc.Mapping:
		out := []any{n.Pointer}
		for _, k := range n.Keys {
			out = append(out, k.Name, bare(k.Value))
		}
		return out
	case yamldoc.Scalar, yamldoc.Invalid:
	}
	return n.Pointer + "=" + n.Text
}

// again holds whatever parses to the promise that it re-parses to the same
// tree once it is rewritten.
func again(t failer, doc *yamldoc.Doc) {
	t.Helper()
	rewritten := jsonOf(t, doc.Root)
	second, found := yamldoc.Parse("y.yaml", []byte(rewritten), yamldoc.Limits{Bytes: 8 << 20, Depth: 32, Nodes: 10_000, Keys: 1000, Scalar: 16 << 10})
	if second == nil {
		t.Fatalf("rewritten, it is refused: %v\n%s", found, rewritten)
	}
	if d := cmp.Diff(bare(doc.Root), bare(second.Root)); d != "" {
		t.Fatalf("rewritten, it reads differently:\n%s", d)
	}
}

func FuzzParseAndDecode(f *testing.F) {
	for _, c := range hostile {
		if len(c.yaml) < 1000 {
			f.Add([]byte(c.yaml))
		}
	}
	for _, s := range []string{"name: a\nwords: [b]\n", "a: |\n  b\n", "a: >-\n  b\n  c\n", "? a\n: b\n", "a: ! b", "{a: b, c: [d]}", "a: 'it''s'\n", "---\na: b\n...\n", "a: b\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, found := yamldoc.Parse("x.yaml", data, yamldoc.Standard())
		if (doc == nil) == (len(found) == 0) {
			t.Fatalf("document %v with %d findings", doc != nil, len(found))
		}
		if doc == nil {
			return
		}
		again(t, doc)
		var got shape
		if found := yamldoc.Decode(doc, &got); !found.Errors() && got.Name == "" && doc.Root.Get("name").Text != "" {
			t.Fatal("a required field is empty and nothing is said")
		}
	})
}

func TestWhateverParsesReparsesToTheSameTree(t *testing.T) {
	word := rapid.StringMatching(`[a-zA-Z0-9 é日:#\[\]{},'"&*!|>%@~-]{1,12}`)
	rapid.Check(t, func(t *rapid.T) {
		data := ""
		for i := range rapid.IntRange(1, 6).Draw(t, "lines") {
			data += rapid.StringMatching(`( {0,4})`).Draw(t, "indent")
			if rapid.Bool().Draw(t, "item") {
				data += "- "
			}
			data += rapid.StringMatching(`[a-e]`).Draw(t, "key") + string(rune('0'+i)) + ": " + word.Draw(t, "value") + "\n"
		}
		if doc, _ := yamldoc.Parse("x.yaml", []byte(data), yamldoc.Standard()); doc != nil {
			again(t, doc)
		}
	})
}
