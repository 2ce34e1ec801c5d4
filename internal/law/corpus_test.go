package law

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the machine's zones must not matter

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/tree"
)

var update = flag.Bool("update", false, "rewrite the .want files")

// memory is files in memory. Those whose content is "SYMLINK" or "HUGE" are
// what a tree would refuse to read.
type memory map[string]string

func (m memory) List(glob string) ([]string, error) {
	var out []string
	for p := range m {
		if p == glob || Match(glob, p) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out, nil
}

func (m memory) Read(p string) ([]byte, error) {
	switch s, ok := m[p]; {
	case !ok:
		return nil, fmt.Errorf("read %s: %w", p, tree.ErrNotFound)
	case strings.TrimSpace(s) == "SYMLINK":
		return nil, fmt.Errorf("read %s: %w", p, tree.ErrNotRegular)
	case strings.TrimSpace(s) == "HUGE":
		return nil, fmt.Errorf("read %s: %w", p, tree.ErrTooLarge)
	default:
		return []byte(s), nil
	}
}

func archive(t *testing.T, file string) memory {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := memory{}
	for _, f := range a.Files {
		m[f.Name] = string(f.Data)
	}
	return m
}

// lintClock is the instant at which the corpus looks at windows.
var lintClock = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func load(t *testing.T, m memory) (*Law, diag.List) {
	t.Helper()
	l, found, err := Load(m)
	if err != nil {
		t.Fatal(err)
	}
	return l, found
}

func lines(found diag.List) string {
	var b strings.Builder
	for _, f := range found {
		fmt.Fprintf(&b, "%s: %s: %s [%s]\n", f.At, f.Severity, f.Message, f.Code)
		if f.Hint != "" {
			fmt.Fprintf(&b, "  hint: %s\n", f.Hint)
		}
		for _, a := range f.Asides {
			fmt.Fprintf(&b, "  %s: %s\n", a.Label, a.Text)
		}
	}
	return b.String()
}

func corpus(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples in testdata/%s (%v)", folder, err)
	}
	return files
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	wantFile := strings.TrimSuffix(file, ".txtar") + ".want"
	if *update {
		if err := os.WriteFile(wantFile, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(wantFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func findings(t *testing.T, m memory) (*Law, diag.List) {
	l, found := load(t, m)
	if l != nil {
		found = append(found, l.LintWindows(lintClock)...)
		found.Sort()
	}
	return l, found
}

func TestEveryGoodExampleLoadsWithoutAnError(t *testing.T) {
	for _, file := range corpus(t, "ok") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			l, found := findings(t, archive(t, file))
			if l == nil || found.Errors() {
				t.Errorf("refused:\n%s", lines(found))
			}
			compare(t, file, lines(found))
		})
	}
}

// The name of a bad example begins with the code that it must yield.
func TestEveryBadExampleYieldsItsCode(t *testing.T) {
	for _, file := range corpus(t, "bad") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			code, _, _ := strings.Cut(filepath.Base(file), "-")
			_, found := findings(t, archive(t, file))
			if !slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Code == code && !f.At.IsZero() }) {
				t.Errorf("no finding of %s with a place:\n%s", code, lines(found))
			}
			compare(t, file, lines(found))
		})
	}
}

func TestEveryCodeOfLawHasABadExample(t *testing.T) {
	files := corpus(t, "bad")
	for _, c := range diag.Catalogue() {
		if !strings.HasPrefix(c.Code, "MS4") {
			continue
		}
		if !slices.ContainsFunc(files, func(f string) bool { return strings.HasPrefix(filepath.Base(f), c.Code+"-") }) {
			t.Errorf("no example testdata/bad/%s-*.txtar", c.Code)
		}
	}
}

func TestWithoutAConfigurationThereIsNoLaw(t *testing.T) {
	l, found, err := Load(memory{"services.yaml": "services: []", "changes/mergeseal.yaml": "version: 1"})
	if !errors.Is(err, ErrNoConfig) || l != nil || len(found) > 0 {
		t.Errorf("got %v, %v, %v", l, found, err)
	}
}

func filesOf(folder string) ([][]byte, error) {
	names, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}
