package change_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/change"
)

var update = flag.Bool("update", false, "write the .want files of testdata/bad anew")

func examples(t testing.TB, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no example in testdata/%s: %v", folder, err)
	}
	return files
}

// parseExample reads an example as if it lay at the one path that all of them share.
func parseExample(t testing.TB, path string) *change.File {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return change.Parse("CHG-1.yaml", "", b)
}

func TestGoodExamplesGiveNoFinding(t *testing.T) {
	for _, path := range examples(t, "ok") {
		for _, f := range parseExample(t, path).Found {
			t.Errorf("%s: %s [%s]", path, f.Message, f.Code)
		}
	}
}

func TestBadExamplesGiveTheirFindings(t *testing.T) {
	for _, path := range examples(t, "bad") {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			var b strings.Builder
			code, _, _ := strings.Cut(filepath.Base(path), "-")
			named := false
			for _, f := range parseExample(t, path).Found {
				named = named || f.Code == code
				fmt.Fprintf(&b, "%s: %s: %s [%s]\n  hint: %s\n", f.At, f.Severity, f.Message, f.Code, f.Hint)
			}
			if !named {
				t.Errorf("it does not give the code it is named by:\n%s", b.String())
			}
			wantFile := strings.TrimSuffix(path, ".yaml") + ".want"
			if *update {
				if err := os.WriteFile(wantFile, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wantFile)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), b.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

// FuzzParse holds every file to this: a record nobody finds fault with has
// what its type needs, differs from itself in nothing, and whatever is found
// has a code and a place.
func FuzzParse(f *testing.F) {
	for _, folder := range []string{"ok", "bad"} {
		for _, path := range examples(f, folder) {
			b, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := change.Parse("CHG-1.yaml", "", data)
		again := change.Parse("CHG-1.yaml", "", data)
		if d := cmp.Diff(file.Found, again.Found); d != "" {
			t.Fatalf("twice is not the same:\n%s", d)
		}
		for _, x := range file.Found {
			if x.Code == "" || x.Message == "" || x.At.File != "CHG-1.yaml" {
				t.Fatalf("%+v", x)
			}
		}
		r := &file.Record
		change.EmptyPlans(r)
		change.Rollback(r)
		if facts, _ := change.Tests(r, func(string) ([]byte, error) { return data, nil }); facts.Passed+facts.Failed != facts.Attached {
			t.Fatalf("%+v", facts)
		}
		if a := change.Classify(file, again); len(a.Fields) != 0 {
			t.Fatalf("a record differs from itself: %+v", a)
		}
		if file.Found.Errors() {
			return
		}
		if !change.IsID(r.ID) || r.Type == change.TypeNone || r.Owner == "" || len(r.Services) == 0 || len(r.Environments) == 0 {
			t.Fatalf("nothing is found, and something is missing: %+v", r)
		}
		if s := r.Schedule; s != nil && !s.End.After(s.Start.Time) || s == nil && r.Type != change.Standard {
			t.Fatalf("nothing is found about the schedule %+v", s)
		}
	})
}
