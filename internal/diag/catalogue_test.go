package diag_test

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/diag"
)

func TestTheCatalogueIsSortedAndEachCodeStandsOnce(t *testing.T) {
	all := diag.Catalogue()
	if len(all) == 0 {
		t.Fatal("the catalogue is empty")
	}
	form := regexp.MustCompile(`^MS[0-8][0-9]{2}$`)
	for i, c := range all {
		if !form.MatchString(c.Code) {
			t.Errorf("%q does not look like a code", c.Code)
		}
		if i > 0 && all[i-1].Code >= c.Code {
			t.Errorf("%s stands after %s", c.Code, all[i-1].Code)
		}
		if c.Title == "" || strings.HasSuffix(c.Title, ".") || strings.TrimSpace(c.Title) != c.Title {
			t.Errorf("%s: %q is not a headline", c.Code, c.Title)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, c := range diag.Catalogue() {
		if got := diag.Lookup(c.Code); got != c {
			t.Errorf("Lookup(%s) = %+v, want %+v", c.Code, got, c)
		}
		if !diag.Known(c.Code) {
			t.Errorf("%s is not known", c.Code)
		}
	}
	for _, foreign := range []string{"", "MS000", "MS999", "ms001", "ACME001"} {
		if got := diag.Lookup(foreign); got != (diag.Code{Code: foreign}) {
			t.Errorf("Lookup(%q) = %+v, want an error without a title", foreign, got)
		}
		if diag.Known(foreign) {
			t.Errorf("%q is known", foreign)
		}
	}
	if diag.New("ACME001", diag.Finding{}.At, "x").Severity != diag.Error {
		t.Error("a code without a row does not weigh as an error")
	}
}

func TestTheCatalogueCannotBeChangedByItsReaders(t *testing.T) {
	first := diag.Catalogue()
	first[0].Title = "changed"
	if diag.Catalogue()[0].Title == "changed" {
		t.Error("Catalogue hands out its own slice")
	}
}

// headings are the parts of every page, in order.
var headings = []string{"Wrong", "Right", "Why", "How to suppress"}

// pageProblems says what keeps a text from being the page of a code.
func pageProblems(c diag.Code, page string) (bad []string) {
	lines := strings.Split(strings.TrimSuffix(page, "\n"), "\n")
	if want := "# " + c.Code + ": " + c.Title; lines[0] != want {
		bad = append(bad, "begins with "+lines[0]+", want "+want)
	}
	if len(lines) > 60 {
		bad = append(bad, "is longer than 60 lines")
	}
	var got []string
	fenced, text, fences := false, 0, map[string]int{}
	for _, line := range lines[1:] {
		switch {
		case strings.HasPrefix(line, "```"):
			if fenced = !fenced; fenced {
				text++
				if len(got) > 0 {
					fences[got[len(got)-1]]++
				}
				if line == "```" {
					bad = append(bad, "has a block that does not say what it is")
				}
			}
		case fenced:
		case strings.HasPrefix(line, "## "):
			if len(got) > 0 && text == 0 {
				bad = append(bad, "says nothing under "+got[len(got)-1])
			}
			got, text = append(got, strings.TrimPrefix(line, "## ")), 0
		case strings.TrimSpace(line) != "":
			text++
		}
	}
	if fenced {
		bad = append(bad, "leaves a block open")
	}
	if text == 0 {
		bad = append(bad, "ends without words")
	}
	if diff := cmp.Diff(headings, got); diff != "" {
		bad = append(bad, "has other headings (-want +got):\n"+diff)
	}
	for _, h := range headings[:2] {
		if fences[h] == 0 {
			bad = append(bad, "shows no example under "+h)
		}
	}
	return bad
}

func TestEveryCodeHasItsPage(t *testing.T) {
	for _, c := range diag.Catalogue() {
		page, err := c.Page()
		if err != nil {
			t.Errorf("%s: %v", c.Code, err)
			continue
		}
		for _, bad := range pageProblems(c, page) {
			t.Errorf("the page of %s %s", c.Code, bad)
		}
		if !strings.HasSuffix(c.PageURL(), "/internal/diag/docs/"+c.Code+".md") {
			t.Errorf("%s: the address %s does not lead to its page", c.Code, c.PageURL())
		}
	}
}

func TestABadPageIsRefusedForTheRightReason(t *testing.T) {
	c := diag.Code{Code: "MS001", Title: "A title"}
	good := "# MS001: A title\n## Wrong\n```yaml\na\n```\n## Right\n```yaml\nb\n```\n## Why\nBecause.\n## How to suppress\nNot possible.\n"
	if bad := pageProblems(c, good); bad != nil {
		t.Fatalf("a good page is refused: %q", bad)
	}
	for name, tc := range map[string]struct{ page, want string }{
		"another title":           {strings.Replace(good, "A title", "B", 1), "begins with"},
		"a heading is missing":    {strings.Replace(good, "## Why\n", "", 1), "other headings"},
		"a heading says nothing":  {strings.Replace(good, "Because.\n", "", 1), "says nothing under Why"},
		"the end says nothing":    {strings.Replace(good, "Not possible.\n", "", 1), "ends without words"},
		"no example":              {strings.Replace(good, "```yaml\na\n```", "a", 1), "shows no example under Wrong"},
		"a block without a kind":  {strings.Replace(good, "```yaml", "```", 1), "does not say what it is"},
		"a block that stays open": {strings.Replace(good, "b\n```\n", "b\n", 1), "leaves a block open"},
		"far too long":            {good + strings.Repeat("More.\n", 60), "longer than 60 lines"},
	} {
		t.Run(name, func(t *testing.T) {
			if bad := pageProblems(c, tc.page); !slices.ContainsFunc(bad, func(s string) bool { return strings.Contains(s, tc.want) }) {
				t.Errorf("got %q, want one that says %q", bad, tc.want)
			}
		})
	}
}

func TestThereIsNoPageWithoutACode(t *testing.T) {
	names, err := fs.Glob(os.DirFS("docs"), "*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, name := range names {
		if code, isPage := strings.CutSuffix(name, ".md"); !isPage || !diag.Known(code) {
			t.Errorf("docs/%s belongs to no code", name)
		}
	}
	if _, err := (diag.Code{Code: "MS999"}).Page(); err == nil {
		t.Error("a code without a page has one")
	}
}
