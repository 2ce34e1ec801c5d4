package law

import (
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"pgregory.net/rapid"
)

func TestPatternsMatchWholePaths(t *testing.T) {
	for _, c := range []struct {
		glob, path string
		want       bool
	}{
		{"changes/**/*.yaml", "changes/2026/12/CHG-1.yaml", true},
		{"changes/**/*.yaml", "changes/CHG-1.yaml", true},
		{"changes/**/*.yaml", "old/changes/CHG-1.yaml", false},
		{"changes/**/*.yaml", "changes/CHG-1.yml", false},
		{"**/a", "a", true},
		{"*.yaml", "a/b.yaml", false},
		{"policy/**", "policy/a/b.rego", true},
		{"policy/**", "policies/a.rego", false},
		{"policy/**", "policy", true},
		{"mergeseal.yaml", "mergeseal.yaml", true},
		{"mergeseal.yaml", "Mergeseal.yaml", false},
		{"deploy/{prod,stage}/**", "deploy/stage/x", true},
		{"deploy/{prod,stage}/**", "deploy/test/x", false},
		{"a[0-9].yaml", "a7.yaml", true},
		{"a?c", "a/c", false},
		{"{{a}}", "a", false},
		{"a[", "a[", false},
		{`a\b`, `a\b`, false},
		{"", "", true},
	} {
		if got := Match(c.glob, c.path); got != c.want {
			t.Errorf("Match(%q, %q) = %v", c.glob, c.path, got)
		}
	}
}

// The patterns on which a matcher with backtracking for each star or brace
// would not come back (T80): the test ends, that is all it asks.
func TestT80ExpensivePatternsEnd(t *testing.T) {
	long := strings.Repeat("a", 4096)
	deep := strings.Repeat("a/", 2048) + "a"
	for _, glob := range []string{
		"**/" + strings.Repeat("*a", 126) + "*b",
		strings.Repeat("**/", 80) + "b",
		strings.Repeat("**/*a", 50) + "/b",
		strings.Repeat("{a,aa}", 4) + "**/" + strings.Repeat("*a", 60) + "b",
		strings.Repeat("{,}", 80),
		strings.Repeat("{a,b}", 51),
		strings.Repeat("[a-z]*", 42),
	} {
		for _, path := range []string{long, deep} {
			if Match(glob, path) && strings.HasSuffix(glob, "b") {
				t.Errorf("%q matches a path without b", glob)
			}
		}
	}
}

func TestPatternsWithoutBracesAgreeWithDoublestar(t *testing.T) {
	glob := rapid.StringMatching(`(\*\*/)?[ab*?]{1,4}(/(\*\*|[ab*]{1,3}|\[ab\])){0,3}`)
	path := rapid.StringMatching(`[ab]{1,3}(/[ab]{1,3}){0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		g, p := glob.Draw(t, "glob"), path.Draw(t, "path")
		want, err := doublestar.Match(g, p)
		if err != nil {
			t.Fatal(err)
		}
		if got := Match(g, p); got != want {
			t.Fatalf("Match(%q, %q) = %v", g, p, got)
		}
	})
}

func TestBracesMeanEitherOfTheirPatterns(t *testing.T) {
	part := rapid.StringMatching(`[ab*/]{0,3}`)
	path := rapid.StringMatching(`[ab]{1,3}(/[ab]{1,3}){0,2}`)
	rapid.Check(t, func(t *rapid.T) {
		head, x, y, tail, p := part.Draw(t, "head"), part.Draw(t, "x"), part.Draw(t, "y"), part.Draw(t, "tail"), path.Draw(t, "path")
		either := Match(head+x+tail, p) || Match(head+y+tail, p)
		if got := Match(head+"{"+x+","+y+"}"+tail, p); got != either {
			t.Fatalf("%q, %q, %q, %q on %q: %v", head, x, y, tail, p, got)
		}
	})
}

func TestT76PathsOutsideTheRepositoryAreRefused(t *testing.T) {
	for _, p := range []string{
		"", ".", "..", "../x", "a/../b", "changes/../policy/x", "/etc/passwd", `a\b`, "a\x00b", "a\nb", ".git/config", "a/.GIT/x", ".git./x",
		"git~1/x", "C:/x", "c:x", "https://evil.example/x", "~/x", "a//b", "./a", "a/", "a/.", strings.Repeat("a", 257),
		"{a,..}/x", "{.,a}./x",
	} {
		if CheckGlob(p) == nil {
			t.Errorf("%q is accepted", p)
		}
	}
	for _, p := range []string{"a", "a.b/c-d", "**/x.yaml", "a/..b/c", ".github/workflows/**", "deploy/*/{x,y}/**"} {
		if problem := CheckGlob(p); problem != nil {
			t.Errorf("%q is refused: %s", p, problem)
		}
	}
}

func TestT47OnlyIANANamesAreZones(t *testing.T) {
	for _, name := range []string{"", "Local", "EST", "PDT", "CET", "europe/Berlin", "right/UTC", "posix/Europe/Berlin", "../etc/passwd", "Europe/../UTC", "GMT+1", "+01:00"} {
		if _, err := Zone(name); err == nil {
			t.Errorf("%q is accepted", name)
		}
	}
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"} {
		if loc, err := Zone(name); err != nil || loc.String() != name {
			t.Errorf("%q is refused: %v", name, err)
		}
	}
}
