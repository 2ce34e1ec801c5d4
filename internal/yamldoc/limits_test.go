package yamldoc_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

func keys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: v\n", i)
	}
	return b.String()
}

func TestT74EachLimitHoldsAtItsEdge(t *testing.T) {
	lim := yamldoc.Standard()
	list := func(n int) string { return "a: [" + strings.TrimSuffix(strings.Repeat("b,", n), ",") + "]\n" }
	nested := func(n int) string { return "a: " + strings.Repeat("[", n) + "b" + strings.Repeat("]", n) + "\n" }
	for _, c := range []struct {
		name, data string
		ok         bool
	}{
		{"a file of the greatest size", "a: b\n" + strings.Repeat("#\n", (lim.Bytes-6)/2) + "\n", true},
		{"a file one byte larger", "a: b\n" + strings.Repeat("#\n", (lim.Bytes-5)/2+1), false},
		{"the greatest depth", nested(lim.Depth - 2), true}, // the mapping and the scalar are levels too
		{"one level deeper", nested(lim.Depth - 1), false},
		{"the greatest number of nodes", list(lim.Nodes - 3), true}, // the mapping, its key and the list
		{"one node more", list(lim.Nodes - 2), false},
		{"the greatest number of keys", keys(lim.Keys), true},
		{"one key more", keys(lim.Keys + 1), false},
		{"the longest value", "a: " + strings.Repeat("b", lim.Scalar) + "\n", true},
		{"one byte longer", "a: " + strings.Repeat("b", lim.Scalar+1) + "\n", false},
		{"a value of the limit in letters but not in bytes", "a: " + strings.Repeat("é", lim.Scalar/2+1) + "\n", false},
		{"the longest key", "? " + strings.Repeat("k", 1023) + "\n: b\n", true},
		{"a key one byte longer", "? " + strings.Repeat("k", 1024) + "\n: b\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, found := yamldoc.Parse("x.yaml", []byte(c.data), lim)
			if c.ok != (doc != nil) || !c.ok && !slices.Equal(codes(found), []string{"MS009"}) {
				t.Errorf("document %v, findings %v", doc != nil, found)
			}
		})
	}
}

// Attacks that each filled a quarter of a megabyte and cost a lot in a first
// version or in other readers. What they may allocate is fixed here: time
// follows allocation, and 64 MB is what the threat model grants.
func TestT74NoFileCostsMoreThanItsSizeWarrants(t *testing.T) {
	const size = 250_000
	fill := func(head, unit, tail string) string { return head + strings.Repeat(unit, size/len(unit)) + tail }
	var directives, anchors, longKeys strings.Builder
	for i := 0; directives.Len() < size; i++ {
		fmt.Fprintf(&directives, "%%TAG !a%d! x\n", i)
	}
	for i := 0; anchors.Len() < size; i++ {
		fmt.Fprintf(&anchors, "&a%d x,", i)
	}
	for i := range 14 {
		pad := strings.Repeat(" ", i)
		longKeys.WriteString(pad + "? " + strings.Repeat("k", 16000) + "\n" + pad + ":\n")
	}
	for name, data := range map[string]string{
		"comments before":       fill("", "#\n", "a: b"),
		"comments after":        fill("a: b\n", "#\n", ""),
		"comments on items":     fill("a:\n", "- b #c\n", ""),
		"comments in a list":    fill("a: [\n", "b, #c\n", "]"),
		"one list in one line":  fill("a: [", "b,", "]"),
		"pairs in one line":     fill("a: [", "b: c,", "]"),
		"lists in one line":     fill("a: [", "[b],", "]"),
		"quotes in one line":    fill("a: [", "'b',", "]"),
		"one mapping in a line": fill("a: {", "b: c,", "}"),
		"open brackets":         fill("a: ", "[", ""),
		"dashes":                fill("", "- ", ""),
		"questions":             fill("", "? ", ""),
		"many keys":             keys(size / 12),
		"unknown keys":          keys(900),
		"directives":            directives.String() + "---\na: b\n",
		"anchors":               "a: [" + anchors.String() + "]",
		"long keys around much": longKeys.String() + strings.Repeat(" ", 20) + "[" + strings.Repeat("a,", 9000) + "]",
		"a long alias":          fill("a: *", "x", "\n"),
		"blank lines":           fill("a: b\n", "\n", ""),
		"documents":             fill("", "---\n", ""),
		"escapes":               fill("a: \"", "\\0", "\""),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			found := read(data, new(instants))
			runtime.ReadMemStats(&after)
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 64 {
				t.Errorf("%d MB for %d bytes", mb, len(data))
			}
			if len(found) > 60 {
				t.Errorf("%d findings for one file", len(found))
			}
			for _, f := range found {
				if len(f.Message) > 600 {
					t.Errorf("a message of %d bytes", len(f.Message))
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for name, data := range map[string]string{
		"flow list": "a: [" + strings.Repeat("b,", 9990) + "]",
		"comments":  "a: b\n" + strings.Repeat("#\n", 125_000),
		"keys":      keys(1000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if doc, found := yamldoc.Parse("x.yaml", []byte(data), yamldoc.Standard()); doc == nil {
					b.Fatal(found)
				}
			}
		})
	}
}
