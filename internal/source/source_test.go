package source_test

import (
	"testing"

	"github.com/mergeseal/mergeseal/internal/source"
)

func in(line int) source.Range {
	return source.Range{File: "x.yaml", Start: source.Pos{Line: line, Col: 3}, End: source.Pos{Line: line, Col: 5}}
}

func TestAPointerLeadsToItsPlaceOrToItsNearestAncestor(t *testing.T) {
	x := source.NewIndex("x.yaml")
	x.Add("", source.Span{Value: in(1)})
	x.Add("/a", source.Span{Key: in(2), Value: in(3)})
	x.Add("/a/0", source.Span{Value: in(4)})
	for _, c := range []struct {
		pointer    string
		value, key source.Range
	}{
		{"", in(1), in(1)},
		{"/a", in(3), in(2)},
		{"/a/0", in(4), in(4)},
		{"/a/0/do", in(4), in(4)}, // an item has no key
		{"/a/7/do/more", in(2), in(2)},
		{"/missing", in(1), in(1)},
		{"/missing/below", in(1), in(1)},
		{"no pointer", in(1), in(1)},
	} {
		if got := x.Value(c.pointer); got != c.value {
			t.Errorf("value of %q: %v, want %v", c.pointer, got, c.value)
		}
		if got := x.Key(c.pointer); got != c.key {
			t.Errorf("key of %q: %v, want %v", c.pointer, got, c.key)
		}
	}
	if got, want := source.NewIndex("x.yaml").Value("/a"), source.InFile("x.yaml"); got != want {
		t.Errorf("an empty index says %v, want %v", got, want)
	}
	if !x.Has("/a") || !x.Has("") || x.Has("/b") {
		t.Error("Has says what is not so")
	}
}

func TestPointersEscapeWhatSeparatesThem(t *testing.T) {
	if got := source.Item(source.Join(source.Join("", "a/b"), "c~d"), 12); got != "/a~1b/c~0d/12" {
		t.Error(got)
	}
}

func TestRangesPrintAndSortByFileLineAndColumn(t *testing.T) {
	if in(2).String() != "x.yaml:2:3" || source.InFile("y").String() != "y" || (source.Range{}).String() != "" || !(source.Range{}).IsZero() {
		t.Error("printed otherwise")
	}
	rising := []source.Range{{}, source.InFile("a"), {File: "a", Start: source.Pos{Line: 1, Col: 2}}, {File: "a", Start: source.Pos{Line: 1, Col: 10}}, {File: "a", Start: source.Pos{Line: 2, Col: 1}}, source.InFile("b")}
	for i := range rising {
		for j := range rising {
			if got := rising[i].Compare(rising[j]); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("%v against %v: %d", rising[i], rising[j], got)
			}
		}
	}
}
