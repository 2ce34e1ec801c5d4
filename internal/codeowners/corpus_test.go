package codeowners_test

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/codeowners"
)

// corpus lists real CODEOWNERS files, nil where there are none.
func corpus(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("MERGESEAL_CORPUS")
	if root == "" {
		t.Log("real files are not read: MERGESEAL_CORPUS is not set")
		return nil
	}
	return folder(t, filepath.Join(root, "owners"))
}

func folder(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*CODEOWNERS"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no CODEOWNERS in %s: %v", dir, err)
	}
	return files
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestRealFilesSayWhatPeopleReadInThem(t *testing.T) {
	want := map[string]string{ // owners of a.go, and what is reported
		"runatlantis+atlantis.CODEOWNERS":                            " 3:62",
		"sigstore+gitsign.CODEOWNERS":                                " ",
		"spacelift-io+spacelift-policies-example-library.CODEOWNERS": "spacelift-io/enterprise-ready-backend ",
	}
	files := corpus(t)
	for _, file := range files {
		rules, found := codeowners.Parse("", []byte(read(t, file)))
		got := words(rules.Sets([]string{"a.go"})) + " "
		for _, f := range found {
			got += strings.TrimPrefix(f.At.String(), ":")
		}
		if name := filepath.Base(file); got != want[name] {
			t.Errorf("%s: %q, want %q", name, got, want[name])
		} else {
			delete(want, name)
		}
	}
	if files != nil && len(want) > 0 {
		t.Errorf("not there: %v", want)
	}
}

// answers is what another reader is compared with: a file and the owners of
// paths by it.
type answers struct {
	File  string   `json:"file"`
	Text  string   `json:"text"`
	Paths []answer `json:"paths"`
}

type answer struct {
	Path   string   `json:"path"`
	Owners []string `json:"owners"` // as the file writes them, sorted
}

// TestAnswersForAnotherReader writes what ci/readers/owners.mjs reads.
func TestAnswersForAnotherReader(t *testing.T) {
	var all []answers
	for _, file := range append(folder(t, "testdata/owners"), corpus(t)...) {
		text := read(t, file)
		rules, _ := codeowners.Parse(file, []byte(text))
		a := answers{File: filepath.Base(file), Text: text}
		owned := 0
		for _, p := range tryOut(text) {
			one := answer{Path: p, Owners: []string{}}
			for _, set := range rules.Sets([]string{p}) {
				for _, l := range set.People {
					one.Owners = append(one.Owners, "@"+string(l))
				}
				for _, team := range set.Teams {
					one.Owners = append(one.Owners, "@"+team)
				}
				one.Owners = append(one.Owners, set.Unknown...)
			}
			slices.Sort(one.Owners)
			owned += len(one.Owners)
			a.Paths = append(a.Paths, one)
		}
		t.Logf("%s: %d paths, %d owners", a.File, len(a.Paths), owned)
		all = append(all, a)
	}
	out := os.Getenv("MERGESEAL_OWNERS_OUT")
	if out == "" {
		t.Log("nothing is written: MERGESEAL_OWNERS_OUT is not set")
		return
	}
	data, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(out, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// tryOut makes paths that hit the patterns of a file, and some that just miss.
func tryOut(text string) (paths []string) {
	seen := map[string]bool{}
	add := func(p string) {
		if p = strings.Trim(path.Clean(p), "/"); p != "." && !seen[p] {
			seen[p] = true
			paths = append(paths, p)
		}
	}
	for _, p := range []string{"a.go", "README.md", "x/y/z.txt", "Makefile", "docs/a/b.md", "case/matters/x", ".github/workflows/ci.yml"} {
		add(p)
	}
	for _, line := range strings.Split(text, "\n") {
		words := strings.Fields(strings.ReplaceAll(line, `\ `, "\x00"))
		if len(words) == 0 || words[0][0] == '#' {
			continue
		}
		for _, deep := range []string{"n", "n/m", ""} {
			p := strings.ReplaceAll(words[0], "\x00", " ")
			p = strings.ReplaceAll(strings.ReplaceAll(p, "**", deep), "//", "/")
			p = strings.NewReplacer("*", "w", "?", "q", `\`, "", "!", "", "[Mm]", "M").Replace(p)
			for _, variant := range []string{p, p + "/f.go", p + "/d/f.go", p + "x", "up/" + p, "up/per/" + p + "/f.go", p + "/README.md"} {
				add(variant)
			}
		}
	}
	return paths
}
