package yamldoc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSeveralDocumentsOfAFileAreReadEachWithItsOwnPlaces(t *testing.T) {
	docs, found := ParseAll("c.yaml", []byte("# nothing yet\n---\nkind: A\n---\n---\nkind: B\nname: b\n...\n"), Standard())
	if len(found) > 0 || len(docs) != 2 {
		t.Fatalf("%d documents, found %v", len(docs), found)
	}
	if at := docs[1].Index.Value("/name"); at.String() != "c.yaml:7:7" || docs[0].Index.Has("/name") {
		t.Errorf("the name of the second stands at %s", at)
	}
}

func TestEveryDocumentOfAFileIsReadStrictly(t *testing.T) {
	for name, c := range map[string]struct{ text, code string }{
		"an anchor in the second":         {"a: 1\n---\nb: &x 1\n", "MS002"},
		"a tag on an empty document":      {"a: 1\n--- !x\n", "MS003"},
		"a key twice in the second":       {"a: 1\n---\nb: 1\nb: 2\n", "MS005"},
		"a list where a mapping belongs":  {"a: 1\n---\n- b\n", "MS004"},
		"text where a mapping belongs":    {"a: 1\n---\nb\n", "MS004"},
		"broken YAML after a good one":    {"a: 1\n---\nb: [\n", "MS001"},
		"a character that cannot be seen": {"a: 1\n---\nb: \u202e1\n", "MS008"},
		"too many nodes in all":           {strings.Repeat("a: [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]\n---\n", 700), "MS009"},
		"too many bytes":                  {"a: 1\n" + strings.Repeat("#", 256<<10), "MS009"},
	} {
		t.Run(name, func(t *testing.T) {
			docs, found := ParseAll("c.yaml", []byte(c.text), Standard())
			if docs != nil || len(found) == 0 || found[0].Code != c.code {
				t.Errorf("%d documents, found %v", len(docs), found)
			}
		})
	}
}

func TestOneDocumentIsTheSameEitherWay(t *testing.T) {
	text := []byte("a: {b: [1, two]}\nc: no\n")
	one, _ := Parse("c.yaml", text, Standard())
	all, _ := ParseAll("c.yaml", text, Standard())
	if len(all) != 1 {
		t.Fatalf("%d documents", len(all))
	}
	if diff := cmp.Diff(one.Root, all[0].Root); diff != "" {
		t.Error(diff)
	}
}
