package gitrepo

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIgnoreRulesAgreeWithGit(t *testing.T) {
	names := []string{
		"a", "b", "ab", "a.txt", "b.txt", "#hash", "!bang", "tail ", "foo", "foo.o", "x/foo", "x/y/foo", "x/y/z/foo", "x/a.txt",
		"x/y/a.txt", "build/out", "x/build/out", "x/y/build", "doc/a/b/c.pdf", "doc/c.pdf", "docs/c.pdf", "a-1", "a-z", "a]", "a[b", `back\slash`,
		"tmp1", "tmpA", "tmp_", "Foo", "y/foo", "logs/keep/a", "logs/drop/a", "logs/top", "deep/x/y/z/w", "é.txt", "a*b", "q?r", "aXXb", "abc/def/ghi",
	}
	f := newFixture(t)
	for _, n := range names {
		f.write(n, "")
	}
	f.write("x/.gitignore", "!a.txt\nz")
	r := f.open()
	for _, rules := range []string{
		"*.txt\n!b.txt", "foo", "/foo", "foo/", "x/foo", "/x/foo", "x/*", "x/**", "**/foo", "x/**/foo", "**/y/foo", "build/", "/build", "build",
		"doc/**/*.pdf", "doc/*.pdf", "d*/c.pdf", "**", "*", "*\n!*/\n!*.txt", "/*\n!/x\n/x/*\n!/x/y", "logs/*\n!logs/keep/", "logs/\n!logs/keep/a",
		"a-[0-9]", "a-[!0-9]", "a-[^0-9]", "tmp[[:digit:]]", "tmp[[:alpha:]_]", "a[]]", "a[]-a]", "a\\[b", "a[b", "[a-b]", "[b-a]", "[\\a-b].txt", "tmp[!1A]",
		"\\#hash", "#hash", "\\!bang", "!bang", "tail\\ ", "tail ", "tail   ", "back\\\\slash", "back\\slash", "a\\*b", "a*b", "a**b", "q\\?r", "q?r", "?", "??",
		"foo\r", "\ufefffoo", "x/y/", "x/y", "deep/**/w", "deep/**/x/**/w", "a\\", "/", "//", "!", "**/", "x/**/", "/**/a.txt", "abc/**/ghi", "abc/*/ghi", "abc/d*", "*/def", "abc/**", "abc/**/**/ghi",
		"[[:nope:]]", "[a", "tmp[", "x/[yz]/foo", "x[/]foo", "f[!a-n]o", "F*", "[[:upper:]]*", "  foo", "*o", "f*o", "*.*", "***", "x/***/foo",
	} {
		f.write(".gitignore", rules)
		if diff := cmp.Diff(lsFiles(f), paths(mustEntries(t, mustWorktree(t, r), ""))); diff != "" {
			t.Errorf("rules %q: %s", rules, diff)
		}
	}
}

func TestIgnoreRulesAreCheapWhateverThePattern(t *testing.T) {
	f := parseIgnore("", []byte(strings.Repeat("*a", 500)+"b\n"+strings.Repeat("**/a/", 500)+"b\n"))
	if ignored([]ignoreFile{f}, strings.Repeat("a", 4000), false) {
		t.Error("matched")
	}
	if ignored([]ignoreFile{f}, strings.Repeat("a/", 2000)+"a", false) {
		t.Error("matched")
	}
}

// Known differences are left out: a class or a backslash that spans a slash,
// which git reads as one item, and "b**/a", by which git also means "ba".
func TestRandomIgnoreRulesAgreeWithGit(t *testing.T) {
	f := newFixture(t)
	for _, n := range []string{"b", "ab", "ba", "x/a", "x/b", "x/ab", "x/y/a", "x/y/b", "y/x/a", "y/a/x/b", "a.b", "x/a.b", "-", "y/-", "]", "y/]", "aa/b", "aa/bb/ab", "!", "y/!a"} {
		f.write(n, "")
	}
	r := f.open()
	rnd := rand.New(rand.NewPCG(99, 1))
	tokens := []string{"a", "b", "x", "y", "*", "**", "/", "?", "[ab]", "[!a]", "]", "-", "!", "**/", "/**", "^", ".", "[]a]", "[a-b]", "\n", "\n", "\n!", " "}
	odd := regexp.MustCompile(`[^/\n!]\*\*+/`)
	for range 300 {
		var rules strings.Builder
		for range 1 + rnd.IntN(7) {
			rules.WriteString(tokens[rnd.IntN(len(tokens))])
		}
		if odd.MatchString(rules.String()) {
			continue
		}
		f.write(".gitignore", rules.String())
		if diff := cmp.Diff(lsFiles(f), paths(mustEntries(t, mustWorktree(t, r), ""))); diff != "" {
			t.Errorf("rules %q: %s", rules.String(), diff)
		}
	}
}
