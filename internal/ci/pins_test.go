package ci

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	uses   = regexp.MustCompile(`(?m)^[\s-]*["']?uses["']?\s*:\s*["']?([^\s"'#]+)`)
	pinned = regexp.MustCompile(`^[^@]+@([0-9a-f]{40})$`)
)

// pinProblems lists the actions in a text that a moved tag or branch could
// swap for others. Actions of the same repository (./…) are of one commit, and
// a container by digest is what it is.
func pinProblems(text string) (bad []string) {
	for _, m := range uses.FindAllStringSubmatch(text, -1) {
		switch ref := m[1]; {
		case strings.HasPrefix(ref, "./"):
		case strings.HasPrefix(ref, "docker://") && strings.Contains(ref, "@sha256:"):
		case pinned.MatchString(ref):
		default:
			bad = append(bad, fmt.Sprintf("%s is not pinned to a full commit", ref))
		}
	}
	return bad
}

func TestEveryActionThatWeUseOrShowIsPinned_T104(t *testing.T) {
	read := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return filepath.SkipDir
		case d.IsDir() || !slices.Contains([]string{".yml", ".yaml", ".md", ".txtar", ".tmpl"}, filepath.Ext(path)):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		read++
		for _, bad := range pinProblems(string(text)) {
			t.Errorf("%s: %s", path, bad)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 10 {
		t.Fatalf("read only %d files: this test looks in the wrong place", read)
	}
}

func TestAnActionThatCanBeMovedIsRefused_T104(t *testing.T) {
	sha := strings.Repeat("0123456789", 4)
	for name, tc := range map[string]struct {
		text string
		want int
	}{
		"a tag":                     {"      - uses: actions/checkout@v4\n", 1},
		"a branch":                  {"        uses: acme/deploy@main\n", 1},
		"a short commit":            {"      - uses: actions/checkout@" + sha[:12] + "\n", 1},
		"no version":                {"      - uses: actions/checkout\n", 1},
		"a tag in quotes":           {"      - \"uses\": 'actions/checkout@v4'\n", 1},
		"a container by tag":        {"      - uses: docker://alpine:3\n", 1},
		"a reusable workflow":       {"    uses: acme/ci/.github/workflows/x.yml@v1\n", 1},
		"a full commit":             {"      - uses: actions/checkout@" + sha + " # v4\n", 0},
		"our own":                   {"      - uses: ./action\n", 0},
		"a container by its digest": {"      - uses: docker://alpine@sha256:" + sha + "\n", 0},
		"words that are no key":     {"Whoever uses: it\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			if bad := pinProblems(tc.text); len(bad) != tc.want {
				t.Errorf("got %q, want %d", bad, tc.want)
			}
		})
	}
}
