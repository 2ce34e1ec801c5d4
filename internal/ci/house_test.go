package ci

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// packages names the folders below internal/ that hold Go files: tree, or
// forge/github.
func packages(t *testing.T) (names []string) {
	t.Helper()
	var found []string
	for _, deep := range []string{"*", "*/*"} {
		some, err := filepath.Glob(filepath.Join(root, "internal", deep, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, some...)
	}
	seen := map[string]bool{}
	for _, f := range found {
		rel, err := filepath.Rel(filepath.Join(root, "internal"), filepath.Dir(f))
		if err != nil {
			t.Fatal(err)
		}
		if name := filepath.ToSlash(rel); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	if len(names) < 10 {
		t.Fatalf("found only %q: this test looks in the wrong place", names)
	}
	return names
}

func TestThePageOfTheHouseNamesEveryPackageAndNoOther(t *testing.T) {
	page := read(t, "internal/README.md")
	rows := regexp.MustCompile("(?m)^\\| `([a-z/]+)` \\|").FindAllStringSubmatch(page, -1)
	named := map[string]bool{}
	for _, r := range rows {
		if named[r[1]] {
			t.Errorf("internal/README.md has two rows for %s", r[1])
		}
		named[r[1]] = true
	}
	for _, name := range packages(t) {
		if !named[name] {
			t.Errorf("internal/README.md has no row for %s", name)
		}
		delete(named, name)
	}
	for name := range named {
		t.Errorf("internal/README.md has a row for %s, which does not exist", name)
	}
}

func TestEveryPackageHasItsArrows(t *testing.T) {
	config := read(t, ".golangci.yml")
	for _, name := range packages(t) {
		switch name {
		case "cli", "ci": // cli may import anything, ci is only tests
			continue
		}
		arrow := regexp.MustCompile(`(?m)^ {8}arrow-[a-z-]+:\n {10}list-mode: lax\n {10}files: \[.*"\*\*/internal/` + name + `/\*\.go".*\]$`)
		if !arrow.MatchString(config) {
			t.Errorf(".golangci.yml does not say what %s may import", name)
		}
	}
}

// goFiles calls f for every Go file of the module.
func goFiles(t *testing.T, f func(path string, src []byte)) {
	t.Helper()
	count := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		src, err := os.ReadFile(path)
		count++
		f(path, src)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 20 {
		t.Fatalf("found only %d Go files: this test looks in the wrong place", count)
	}
}

func TestFilesStaySmall(t *testing.T) {
	goFiles(t, func(path string, src []byte) {
		limit := 400
		switch {
		case strings.HasSuffix(path, "/main.go") && strings.Contains(path, "/cmd/"):
			limit = 25
		case strings.HasSuffix(path, "_test.go"):
			limit = 600
		}
		if n := bytes.Count(src, []byte("\n")); n > limit {
			t.Errorf("%s has %d lines, more than %d: one idea, one file", path, n, limit)
		}
	})
}

func TestOnlyMainEndsTheProcess(t *testing.T) {
	exits := 0
	goFiles(t, func(path string, src []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		if n := bytes.Count(src, []byte("os.Exit(")); n > 0 {
			if n == 1 && strings.HasSuffix(path, "/internal/riskeval/main.go") {
				return // a command of its own, for maintainers
			}
			exits += n
			if !strings.Contains(path, "/cmd/") {
				t.Errorf("%s ends the process", path)
			}
		}
	})
	if exits != 1 {
		t.Errorf("os.Exit stands %d times in the program, want once", exits)
	}
}
