package ci

import (
	"slices"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
)

// example is the first fenced block below a heading of a page, without its
// fence, and what the fence says it is.
func example(page, heading string) (kind, text string) {
	_, rest, _ := strings.Cut(page, "\n## "+heading+"\n")
	_, rest, _ = strings.Cut(rest, "```")
	kind, rest, _ = strings.Cut(rest, "\n")
	text, _, _ = strings.Cut(rest, "```")
	return kind, text
}

// beyondOneFile are codes that one record alone cannot have: they compare it
// with its path, with other files, or are too long to print.
func beyondOneFile() []string {
	return []string{"MS009", "MS012", "MS102", "MS103", "MS107", "MS108", "MS111", "MS113", "MS114", "MS119"}
}

func TestPagesAboutRecordsShowWhatTheySay(t *testing.T) {
	tried := 0
	for _, c := range diag.Catalogue() {
		if c.Code >= "MS2" || slices.Contains(beyondOneFile(), c.Code) {
			continue
		}
		page, err := c.Page()
		if err != nil {
			t.Fatal(err)
		}
		for heading, want := range map[string]bool{"Wrong": true, "Right": false} {
			kind, text := example(page, heading)
			if kind != "yaml" {
				t.Errorf("%s, %s: the example is %q, not yaml", c.Code, heading, kind)
				continue
			}
			tried++
			found := change.Parse("changes/CHG-2026-0142.yaml", "", []byte(text)).Found
			got := slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Code == c.Code })
			if got != want {
				t.Errorf("%s, %s: found %t, want %t, in\n%s%+v", c.Code, heading, got, want, text, found)
			}
		}
	}
	if tried < 40 {
		t.Errorf("tried only %d examples", tried)
	}
}
