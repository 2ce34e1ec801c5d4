package codeowners_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/codeowners"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
)

// people are the owners of one path by a file, as written, in one line.
func people(t *testing.T, text string, paths ...string) string {
	t.Helper()
	rules, found := codeowners.Parse("CODEOWNERS", []byte(text))
	if found.Errors() {
		t.Fatalf("errors: %v", found)
	}
	return words(rules.Sets(paths))
}

func words(sets []approval.OwnerSet) string {
	var all []string
	for _, s := range sets {
		var one []string
		for _, p := range s.People {
			one = append(one, string(p))
		}
		all = append(all, strings.Join(append(append(one, s.Teams...), s.Unknown...), " "))
	}
	return strings.Join(all, "; ")
}

func TestGitHubLooksInThreePlacesInThisOrder(t *testing.T) {
	want := []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}
	if diff := cmp.Diff(want, codeowners.Places()); diff != "" {
		t.Error(diff)
	}
}

func TestWhoOwnsAPathByGitHubsRules(t *testing.T) {
	for _, c := range []struct{ name, file, path, want string }{
		{"a star owns everything", "* @a @b", "x/y/z.go", "a b"},
		{"the last match wins", "* @a\n*.js @b", "x/y.js", "b"},
		{"the last match wins even over a longer pattern", "/x/y.js @b\n* @a", "x/y.js", "a"},
		{"a pattern given twice keeps its last owners", "x @a\nx @b", "x", "b"},
		{"no rule means nobody", "*.js @a", "x.go", ""},
		{"an ending matches at any depth", "*.go docs@example.com", "a/b/c.go", "docs@example.com"},
		{"a leading slash holds at the root", "/build/logs/ @a", "build/logs/x/y.log", "a"},
		{"a leading slash does not match below", "/build/logs/ @a", "x/build/logs/y.log", ""},
		{"a trailing slash does not match a file of that name", "/apps/ @a", "apps", ""},
		{"a folder without a leading slash matches anywhere", "apps/ @a", "x/apps/y/z", "a"},
		{"a path with a slash inside holds at the root", "x/apps @a", "y/x/apps", ""},
		{"a name alone matches anywhere", "Makefile @a", "x/y/Makefile", "a"},
		{"a name alone matches a folder and what is in it", "logs @a", "x/logs/y", "a"},
		{"a name does not match a longer name", "/apps @a", "apps2/x", ""},
		{"folder and star match what is directly inside", "docs/* @a", "docs/start.md", "a"},
		{"folder and star do not match what is nested", "docs/* @a", "docs/build/start.md", ""},
		{"two stars in front match at any depth", "**/logs @a", "x/y/logs/z", "a"},
		{"two stars in front match at the root", "**/logs @a", "logs/z", "a"},
		{"two stars inside match no folder", "a/**/b @a", "a/b", "a"},
		{"two stars inside match several folders", "a/**/b @a", "a/x/y/b", "a"},
		{"two stars at the end match all inside", "a/** @a", "a/x/y", "a"},
		{"two stars at the end do not match the name itself", "a/** @a", "a", ""},
		{"a star does not cross a slash", "a/*/c @a", "a/x/y/c", ""},
		{"a question mark is one character", "a?c @a", "abc", "a"},
		{"a question mark is no slash", "/a?c @a", "a/c", ""},
		{"case matters", "/Docs/ @a", "docs/x", ""},
		{"a rule without owners takes them away", "/apps/ @a\n/apps/github", "apps/github/x", ""},
		{"a rule without owners leaves the others", "/apps/ @a\n/apps/github", "apps/x", "a"},
		{"a comment may follow the owners", "*.js @a #This is inline", "x.js", "a"},
		{"a comment may follow a pattern without owners", "* @a\n/x # nobody", "x", ""},
		{"a comment names no owners", "* @a # @b", "x", "a"},
		{"spaces are escaped", `a\ b/ @a`, "a b/x", "a"},
		{"an escaped space at the end belongs to the pattern", `/a\  @a`, "a ", "a"},
		{"an escaped star is a star", `\*.md @a`, "*.md", "a"},
		{"an escaped star is no wildcard", `\*.md @a`, "x.md", ""},
		{"an escaped # inside a pattern is a #", `/x/\#1 @a`, "x/#1", "a"},
		{"lines may end as on Windows", "*.js @a\r\n*.go @b\r\n", "x.go", "b"},
		{"blanks around a line do not matter", "  \t*.js\t@a  ", "x.js", "a"},
		{"a byte order mark is no part of the pattern", "\ufeff/x @a", "x", "a"},
		{"letters of every script", "/größe/ @a", "größe/x", "a"},
		{"letters of every script match exactly", "/größe/ @a", "groaae/x", ""},
		{"signs that the library does not know", "/a=b,c~d/*.md @a", "a=b,c~d/x.md", "a"},
		{"a stand-in is never taken for the sign", "/=*bb @a", "axbb", ""},
		{"a wildcard still matches a letter used as a stand-in", "/=*.md @a", "=aa.md", "a"},
		{"a line's end in a path hides nothing", "*.js @a", "x\ny/z.js", "a"},
		{"! is skipped", "*.md @a\n!x.md @b", "x.md", "a"},
		{"[ ] is skipped", "*.md @a\n[xy].md @b", "x.md", "a"},
		{`\# in front is skipped`, "* @a\n\\#x @b", "#x", "a"},
		{"an owner without @ makes the line skipped", "* @a\n*.md docs @b", "x.md", "a"},
		{"the pattern / matches nothing", "* @a\n/ @b", "x", "a"},
		{"three stars are skipped", "* @a\nx/*** @b", "x/y", "a"},
		{"a team", "* @org/team_1", "x", "org/team_1"},
		{"a login of another form is unknown, not gone", "* @a_b @a @c.d", "x", "a @a_b @c.d"},
		{"a bot", "* @renovate[bot]", "x", "renovate[bot]"},
		{"an owner given twice", "* @a @A @o/t @O/T x@y.z x@y.z", "x", "a o/t x@y.z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := people(t, c.file, c.path); got != c.want {
				t.Errorf("%q: %s is owned by %q, want %q", c.file, c.path, got, c.want)
			}
		})
	}
}

func TestEachRuleThatDecidesGivesOneSetInTheOrderOfTheFile(t *testing.T) {
	const file = "* @a\n/x/ @b\n/y/ @b\n/z/\n*.md @c d@e.f @o/t\n"
	rules, found := codeowners.Parse("CODEOWNERS", []byte(file))
	if len(found) > 0 {
		t.Fatal(found)
	}
	got := rules.Sets([]string{"x/1.md", "y/2", "x/3", "z/4", "x/5"})
	want := []approval.OwnerSet{
		{People: []field.Login{"b"}},
		{People: []field.Login{"b"}},
		{People: []field.Login{"c"}, Teams: []string{"o/t"}, Unknown: []string{"d@e.f"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := rules.Sets(nil); got != nil {
		t.Errorf("no path has owners %v", got)
	}
	if got := new(codeowners.Rules).Sets([]string{"x"}); got != nil {
		t.Errorf("no rule gives owners %v", got)
	}
}

func TestALineThatGitHubSkipsIsReportedWhereItIsWrong_MS621(t *testing.T) {
	for line, want := range map[string]string{
		"!x @a":          "2:3 has no negation",
		"x[ab] @a":       "2:4 no ranges",
		"x] @a":          "2:4 no ranges",
		`\#x @a`:         "2:3 beginning of a pattern",
		"x#y @a":         "2:4 # inside",
		`x\`:             "2:4 nothing follows",
		`x\\y @a`:        `2:5 "\\" cannot be escaped`,
		"x\u00a0@a":      "2:4 U+00A0",
		"x\x01 @a":       "2:4 U+0001",
		"/ @a":           "2:3 matches nothing",
		"x/*** @a":       "2:3 not a pattern",
		"x @a app/name":  `2:8 "app/name" is not an owner`,
		"ü @a name":      `2:8 "name" is not an owner`,
		"x \xff":         "2:3 not UTF-8",
		"x @a @under_sc": `2:8 "@under_sc" is not a login or a team`,
		"x @a/b/c":       `2:5 "@a/b/c" is not a login or a team`,
	} {
		t.Run(line, func(t *testing.T) {
			_, found := codeowners.Parse("docs/CODEOWNERS", []byte("# first\n  "+line+"\n* @ok\n"))
			if len(found) != 1 {
				t.Fatalf("%d findings: %v", len(found), found)
			}
			f := found[0]
			place, words, _ := strings.Cut(want, " ")
			if f.Code != "MS621" || f.Severity != diag.Warning || f.At.String() != "docs/CODEOWNERS:"+place || !strings.Contains(f.Message, words) {
				t.Errorf("%s %s %s %s, want %s", f.At, f.Severity, f.Code, f.Message, want)
			}
		})
	}
}

func TestAFileThatIsTooMuchIsAnErrorAndItsOwnersAreUnknown_T80(t *testing.T) {
	for name, c := range map[string]struct{ file, at, want string }{
		"a file of 3 MiB":      {"* @a\n" + strings.Repeat("#", 3<<20), "CODEOWNERS", "GitHub loads no"},
		"a long line":          {"* @a\nx" + strings.Repeat(" @a", 6000), "CODEOWNERS:2:1", "a line of 18001 bytes"},
		"many rules":           {strings.Repeat("/x @a\n", 10_001), "CODEOWNERS:10001:1", "more than 10000 rules"},
		"many unreadable ones": {strings.Repeat("!\n", 10_001), "CODEOWNERS:10001:1", "more than 10000 rules"},
		"a long pattern":       {"* @a\n" + strings.Repeat("x", 1025) + " @a", "CODEOWNERS:2:1", "a pattern of 1025 bytes"},
		"many wildcards":       {"* @a\n" + strings.Repeat("*a", 17) + " @a", "CODEOWNERS:2:1", "17 wildcards"},
		"many in all":          {strings.Repeat("*a*a*a*a @a\n", 5001), "CODEOWNERS:5001:1", "20000 wildcards"},
	} {
		t.Run(name, func(t *testing.T) {
			rules, found := codeowners.Parse("CODEOWNERS", []byte(c.file))
			last := found[len(found)-1]
			if last.Code != "MS009" || last.Severity != diag.Error || last.At.String() != c.at || !strings.Contains(last.Message, c.want) {
				t.Errorf("%s %s %s %s", last.At, last.Severity, last.Code, last.Message)
			}
			want := []approval.OwnerSet{{Unknown: []string{"CODEOWNERS"}}}
			if diff := cmp.Diff(want, rules.Sets([]string{"q", "x"})); diff != "" {
				t.Errorf("owners by a file that cannot be used: %s", diff)
			}
		})
	}
	if _, found := codeowners.Parse("CODEOWNERS", []byte(strings.Repeat("#", 3<<20-1))); found != nil {
		t.Errorf("a file just below the limit: %v", found)
	}
	if _, found := codeowners.Parse("CODEOWNERS", []byte("# "+strings.Repeat("=", 1<<20))); found != nil {
		t.Errorf("a long comment: %v", found)
	}
}

func TestALineThatIsSkippedChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"* @a", "*.md @b", "/x/ @c", "x/* @d", "/x/y", "**/y.md @e"})
		bad := rapid.SampledFrom([]string{"!* @z", "[x] @z", "* z", "# * @z", "", `\#x @z`})
		good := rapid.SliceOfN(line, 0, 6).Draw(t, "good")
		at := rapid.IntRange(0, len(good)).Draw(t, "at")
		more := append(append(append([]string{}, good[:at]...), bad.Draw(t, "bad")), good[at:]...)
		paths := rapid.SliceOf(rapid.SampledFrom([]string{"x/y", "x/y.md", "y.md", "x/z/y.md", "q"})).Draw(t, "paths")
		a, _ := codeowners.Parse("f", []byte(strings.Join(good, "\n")))
		b, _ := codeowners.Parse("f", []byte(strings.Join(more, "\n")))
		if diff := cmp.Diff(a.Sets(paths), b.Sets(paths)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestTheOrderOfPathsDoesNotShow(t *testing.T) {
	rules, _ := codeowners.Parse("f", []byte("* @a\n*.md @b\n/x/ @c\n"))
	rapid.Check(t, func(t *rapid.T) {
		paths := rapid.SliceOf(rapid.SampledFrom([]string{"x/y", "y.md", "q", "x/z.md"})).Draw(t, "paths")
		shuffled := rapid.Permutation(paths).Draw(t, "shuffled")
		if diff := cmp.Diff(rules.Sets(paths), rules.Sets(append(shuffled, paths...))); diff != "" {
			t.Fatal(diff)
		}
	})
}

// hostile is a file of patterns at the limit of wildcards, and a path that suits it.
func hostile() (file, path string) {
	var b strings.Builder
	for range 100 {
		b.WriteString(strings.Repeat("*a", 15) + "*b @a\n")
	}
	return b.String(), strings.Repeat("a", 4000)
}

func TestHostilePatternsAreMatchedInLinearTime_T80(t *testing.T) {
	file, path := hostile()
	rules, found := codeowners.Parse("f", []byte(file))
	if found != nil {
		t.Fatal(found)
	}
	// Without a match, a matcher that backtracks would try every way to share 4,000 characters among 16 stars, for each of 100 rules.
	if got := rules.Sets([]string{path}); got != nil {
		t.Errorf("owned by %q", words(got))
	}
	if got := rules.Sets([]string{path + "b"}); words(got) != "a" {
		t.Errorf("owned by %q", words(got))
	}
}

func BenchmarkHostile(b *testing.B) {
	file, path := hostile()
	rules, _ := codeowners.Parse("f", []byte(file))
	for b.Loop() {
		rules.Sets([]string{path})
	}
}

func BenchmarkTenThousandRulesAndAThousandPaths(b *testing.B) {
	var file strings.Builder
	var paths []string
	for i := range 10_000 {
		fmt.Fprintf(&file, "services/team-%d/ @acme/team-%d\n", i, i)
		if i%10 == 0 {
			paths = append(paths, fmt.Sprintf("services/team-%d/internal/handler.go", i))
		}
	}
	for b.Loop() {
		rules, _ := codeowners.Parse("f", []byte(file.String()))
		if got := len(rules.Sets(paths)); got != len(paths) {
			b.Fatal(got)
		}
	}
}

func FuzzParseAndSets(f *testing.F) {
	for _, seed := range []string{
		"* @a\n*.js @b #c\n", "/ @a", "//", "!x @a\n[x] @b", `a\ b\  @a`, "\\", "x/*** @a", "**", "**/", "/**/x/** @a",
		"größe/=?.md @a x@y.z @o/t", "\ufeff\r\n\x00 @a", "*a*a*a*a*b @a", "\xff @a", "@a", `\*\?\!\# @a`,
	} {
		f.Add([]byte(seed), "a/b\nc/größe/=x.md")
	}
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		rules, found := codeowners.Parse("f", data)
		for _, x := range found {
			if x.Code != "MS621" && x.Code != "MS009" || x.At.File != "f" {
				t.Errorf("finding %+v", x)
			}
		}
		sets := rules.Sets([]string{path, path + "/x"})
		if found.Errors() && words(sets) != "f" {
			t.Errorf("owners %v beside errors", sets)
		}
		for _, s := range sets {
			if len(s.People)+len(s.Teams)+len(s.Unknown) == 0 {
				t.Error("a set without owners")
			}
			for _, l := range s.People {
				if new(field.Login).ParseScalar(string(l)) != nil {
					t.Errorf("%q is not a login", l)
				}
			}
		}
	})
}
