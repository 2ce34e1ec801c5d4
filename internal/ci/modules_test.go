package ci

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root leads from this folder to the module's.
const root = "../.."

// floors are the oldest versions without a hole that is known to matter here:
// go-git before 5.19.2 follows symlinks and names of refs out of its folder
// (CVE-2026-71556, CVE-2026-71557), go-billy before 5.9.0 leaves its root
// (CVE-2026-44740, CVE-2026-44973).
func floors() map[string]string {
	return map[string]string{
		"github.com/go-git/go-git/v5":   "v5.19.2",
		"github.com/go-git/go-billy/v5": "v5.9.0",
	}
}

// moduleProblems says what in a go.mod must not be.
func moduleProblems(gomod string) (bad []string) {
	versions := map[string]string{}
	block := ""
	for n, line := range strings.Split(gomod, "\n") {
		line, _, _ = strings.Cut(line, "//")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			continue
		case words[0] == ")":
			block = ""
			continue
		case len(words) == 2 && words[1] == "(":
			block = words[0]
		case block != "":
			words = append([]string{block}, words...)
		}
		switch words[0] {
		case "replace", "exclude":
			bad = append(bad, fmt.Sprintf("line %d: directive %s: what is built must be what go.sum and the proxy know", n+1, words[0]))
		case "require":
			if len(words) >= 3 {
				versions[words[1]] = words[2]
			}
		}
	}
	for path, floor := range floors() {
		switch got := versions[path]; {
		case got == "":
			bad = append(bad, path+" is not required, so nothing holds its version")
		case older(got, floor):
			bad = append(bad, fmt.Sprintf("%s %s is older than %s", path, got, floor))
		}
	}
	slices.Sort(bad)
	return bad
}

// older compares versions of the form v1.2.3; anything behind a hyphen makes
// a version older than the one without it.
func older(a, b string) bool {
	numbers := func(v string) (out [4]int) {
		release, pre, isPre := strings.Cut(strings.TrimPrefix(v, "v"), "-")
		for i, p := range strings.SplitN(release, ".", 3) {
			out[i], _ = strconv.Atoi(strings.TrimSuffix(p, "+incompatible"))
		}
		if !isPre || pre == "" {
			out[3] = 1
		}
		return out
	}
	na, nb := numbers(a), numbers(b)
	return slices.Compare(na[:], nb[:]) < 0
}

func TestNoModuleIsReplacedOrKnownToBeUnsafe_T88_T107(t *testing.T) {
	gomod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range moduleProblems(string(gomod)) {
		t.Errorf("go.mod: %s", bad)
	}
	if _, err := os.Stat(filepath.Join(root, "go.work")); err == nil {
		t.Error("go.work replaces modules as a directive would")
	}
	if _, err := os.Stat(filepath.Join(root, "vendor")); err == nil {
		t.Error("vendor/ is built instead of what go.sum knows")
	}
}

func TestASeededGoModIsRefused_T88_T107(t *testing.T) {
	const good = `module example.com/x

go 1.26

require (
	github.com/go-git/go-billy/v5 v5.9.2 // indirect
	github.com/go-git/go-git/v5 v5.19.3
)
`
	if bad := moduleProblems(good); bad != nil {
		t.Fatalf("a good go.mod is refused: %q", bad)
	}
	for name, tc := range map[string]struct{ gomod, want string }{
		"go-git one patch too old":           {strings.Replace(good, "v5.19.3", "v5.19.1", 1), "v5.19.1 is older than v5.19.2"},
		"go-git of a smaller minor":          {strings.Replace(good, "v5.19.3", "v5.9.9", 1), "v5.9.9 is older"},
		"go-git before its release":          {strings.Replace(good, "v5.19.3", "v5.19.2-rc.1", 1), "older than v5.19.2"},
		"go-billy too old":                   {strings.Replace(good, "v5.9.2", "v5.8.9", 1), "go-billy/v5 v5.8.9 is older than v5.9.0"},
		"go-git gone":                        {strings.Replace(good, "\tgithub.com/go-git/go-git/v5 v5.19.3\n", "", 1), "go-git/v5 is not required"},
		"go-git in a comment only":           {strings.Replace(good, "\tgithub.com/go-git/go-git/v5", "\t// github.com/go-git/go-git/v5", 1), "go-git/v5 is not required"},
		"a replace directive":                {good + "replace github.com/go-git/go-git/v5 => ../go-git\n", "directive replace"},
		"a block of replace directives":      {good + "replace (\n\tgithub.com/a/b => example.com/c v1.0.0\n)\n", "directive replace"},
		"an exclude directive":               {good + "exclude github.com/a/b v1.0.0\n", "directive exclude"},
		"a replace directive with no spaces": {good + "replace\tgithub.com/a/b\t=> ./b\n", "directive replace"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := moduleProblems(tc.gomod)
			if !slices.ContainsFunc(bad, func(s string) bool { return strings.Contains(s, tc.want) }) {
				t.Errorf("got %q, want one that says %q", bad, tc.want)
			}
		})
	}
}
