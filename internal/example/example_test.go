package example

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// all loads every example and fails when there is none.
func all(t *testing.T) []*Example {
	t.Helper()
	want := []string{"acme", "broken-policy", "emergency", "freeze", "minimal", "monorepo", "standard"}
	if diff := cmp.Diff(want, Names()); diff != "" {
		t.Fatalf("the examples are not the expected ones (-want +got):\n%s", diff)
	}
	var out []*Example
	for _, name := range Names() {
		e, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// lawFiles lets law.Load read a tree of files.
type lawFiles Files

func (f lawFiles) List(glob string) ([]string, error) {
	var out []string
	for _, p := range Files(f).Paths() {
		if law.Match(glob, p) {
			out = append(out, p)
		}
	}
	return out, nil
}

func (f lawFiles) Read(p string) ([]byte, error) {
	data, ok := f[p]
	if !ok {
		return nil, tree.ErrNotFound
	}
	return data, nil
}

// trees calls a test for the base and every branch of every example.
func trees(t *testing.T, test func(t *testing.T, files Files)) {
	t.Helper()
	for _, e := range all(t) {
		t.Run(e.Name+"/base", func(t *testing.T) { test(t, e.Base) })
		for _, b := range e.Branches {
			t.Run(e.Name+"/"+b.Name, func(t *testing.T) { test(t, b.Files) })
		}
	}
}

func errorsOf(found diag.List) []string {
	var out []string
	for _, f := range found {
		if f.Severity == diag.Error {
			out = append(out, f.At.String()+": "+f.Message+" ["+f.Code+"]")
		}
	}
	return out
}

func TestEveryLawIsWellFormed(t *testing.T) {
	trees(t, func(t *testing.T, files Files) {
		l, found, err := law.Load(lawFiles(files))
		if err != nil || l == nil {
			t.Fatalf("law = %v, error %v", l, err)
		}
		if got := errorsOf(found); len(got) > 0 {
			t.Errorf("errors:\n%s", strings.Join(got, "\n"))
		}
	})
}

func TestEveryRecordIsWellFormed(t *testing.T) {
	malformed := map[string]bool{"CHG-2026-0004.yaml": true} // emergency/without-incident
	trees(t, func(t *testing.T, files Files) {
		ids := map[string]string{}
		for _, p := range files.Paths() {
			if !isRecord(p) {
				continue
			}
			f := change.Parse(p, "", files[p])
			if got := errorsOf(f.Found); len(got) > 0 && !(malformed[path.Base(p)] && strings.HasSuffix(t.Name(), "without-incident")) {
				t.Errorf("errors:\n%s", strings.Join(got, "\n"))
			}
			if want := strings.TrimSuffix(path.Base(p), ".yaml"); f.Record.ID != want {
				t.Errorf("%s has the id %s", p, f.Record.ID)
			}
			if other, twice := ids[field.Fold(f.Record.ID)]; twice {
				t.Errorf("%s has the id of %s", p, other)
			}
			ids[field.Fold(f.Record.ID)] = p
		}
	})
}

func isRecord(p string) bool {
	return path.Ext(p) == ".yaml" && (strings.HasPrefix(p, "changes/") || path.Base(path.Dir(p)) == "changes")
}

func TestRecordsOfBranchesHaveIDsThatNoOtherBranchUses(t *testing.T) {
	for _, e := range all(t) {
		used := map[string]string{}
		for _, b := range e.Branches {
			for _, p := range b.Files.Paths() {
				if _, old := e.Base[p]; old || !isRecord(p) {
					continue
				}
				if other, twice := used[p]; twice {
					t.Errorf("%s: %s and %s both add %s", e.Name, other, b.Name, p)
				}
				used[p] = b.Name
			}
		}
	}
}

func TestEveryExpectationNamesCodesThatExist(t *testing.T) {
	for _, e := range all(t) {
		for _, b := range e.Branches {
			if b.Title == "" || b.Message == "\n" || b.Now.IsZero() {
				t.Errorf("%s/%s: title, message or now is empty", e.Name, b.Name)
			}
			for _, code := range slices.Concat(b.Expect.Findings, b.Expect.Absent) {
				if !diag.Known(code) && !strings.HasPrefix(code, "ACME") {
					t.Errorf("%s/%s: there is no code %s", e.Name, b.Name, code)
				}
			}
		}
	}
}

func TestEveryExampleHasAPageThatNamesItsBranches(t *testing.T) {
	for _, e := range all(t) {
		page, err := Page(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range e.Branches {
			if !strings.Contains(page, "`"+b.Name+"`") {
				t.Errorf("%s: the page does not name the branch %s", e.Name, b.Name)
			}
		}
		if n := strings.Count(page, "mergeseal check --base main --head "); n < 1 {
			t.Errorf("%s: the page has no command to try", e.Name)
		}
	}
}

// small is the least that is an example.
func small() fstest.MapFS {
	return fstest.MapFS{
		"base/mergeseal.yaml":  {Data: []byte("version: 1\n")},
		"base/old.txt":         {Data: []byte("old\n")},
		"branches/one/new.txt": {Data: []byte("new\n")},
		"branches/one/.about.yaml": {Data: []byte("title: One\nauthor: {login: ada, name: Ada}\nat: 2026-11-20T09:00:00Z\n" +
			"message: One\nnow: 2026-11-21T09:00:00Z\nexpect: {exit: 3, outcome: pending, requirements: [{peer: true, count: 1}]}\n")},
	}
}

func TestABranchIsTheBaseWithItsFilesLaidOver(t *testing.T) {
	fsys := small()
	fsys["branches/one/old.txt.delete"] = &fstest.MapFile{}
	e, err := Read(fsys, "small")
	if err != nil {
		t.Fatal(err)
	}
	b := e.Branches[0]
	if diff := cmp.Diff([]string{"mergeseal.yaml", "new.txt"}, b.Files.Paths()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if b.Expect.Outcome != verdict.OutcomePending || len(b.Expect.Requirements) != 1 || !b.Expect.Requirements[0].Peer {
		t.Errorf("expectation = %+v", b.Expect)
	}
	if b.Expect.Findings != nil || b.Expect.Shadow != nil {
		t.Error("what is not stated is not nil")
	}
}

func TestAnExampleThatIsWrongIsRefused(t *testing.T) {
	history := "people: {ada: Ada}\ncommits:\n  - {at: 2026-11-01T09:00:00Z, by: ada, message: Begin, files: [mergeseal.yaml, old.txt]}\n"
	tests := map[string]struct {
		path, data, want string
	}{
		"an outcome that does not go with its exit code": {"branches/one/.about.yaml", strings.Replace(string(small()["branches/one/.about.yaml"].Data), "exit: 3", "exit: 0", 1), "does not exit with 0"},
		"an outcome that does not exist":                 {"branches/one/.about.yaml", strings.Replace(string(small()["branches/one/.about.yaml"].Data), "pending", "fine", 1), "no outcome"},
		"a key that nobody reads":                        {"branches/one/.about.yaml", string(small()["branches/one/.about.yaml"].Data) + "extra: 1\n", "unknown key"},
		"a branch older than its base":                   {"branches/one/.about.yaml", strings.Replace(string(small()["branches/one/.about.yaml"].Data), "2026-11-20T09", "2026-10-20T09", 1), "do not follow"},
		"a branch without a description":                 {"branches/two/new.txt", "new\n", ".about.yaml"},
		"a branch that deletes what is not there":        {"branches/one/none.txt.delete", "", "does not have"},
		"a history that leaves a file out":               {"history.yaml", strings.Replace(history, ", old.txt", "", 1), "no commit brings old.txt"},
		"a history with a file that base does not have":  {"history.yaml", strings.Replace(history, "old.txt", "older.txt", 1), "no file older.txt"},
		"a history by somebody unknown":                  {"history.yaml", strings.Replace(history, "by: ada", "by: ben", 1), "not among the people"},
		"a history that does not rise":                   {"history.yaml", history + "  - {at: 2026-11-01T09:00:00Z, by: ada, message: Again, files: [old.txt]}\n", "not after"},
		"a history that ends with a file as it was":      {"history.yaml", history + "  - {at: 2026-11-02T09:00:00Z, by: ada, message: Again, earlier: [{stage: x, files: [old.txt]}]}\n", "different from base"},
		"a merge before the commit that it merges":       {"history.yaml", strings.Replace(history, "message: Begin", "message: Begin, merged: {at: 2026-11-01T08:00:00Z, by: ada, pull: 1, branch: x}", 1), "merged before"},
		"a commit without files":                         {"history.yaml", history + "  - {at: 2026-11-02T09:00:00Z, by: ada, message: Nothing}\n", "no files"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			fsys := small()
			fsys["earlier/x/old.txt"] = &fstest.MapFile{Data: []byte("older\n")}
			fsys[tc.path] = &fstest.MapFile{Data: []byte(tc.data)}
			e, err := Read(fsys, "small")
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("error %v, want one with %q", err, tc.want)
			}
			if e != nil {
				t.Error("a result beside an error")
			}
		})
	}
}

func TestAnExampleWithoutBranchesOrBaseIsRefused(t *testing.T) {
	for _, prefix := range []string{"branches/", "base/"} {
		fsys := small()
		for name := range fsys {
			if strings.HasPrefix(name, prefix) {
				delete(fsys, name)
			}
		}
		if _, err := Read(fsys, "small"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("without %s: error %v", prefix, err)
		}
	}
}

func TestAnUnknownExampleNamesTheOnesThereAre(t *testing.T) {
	_, err := Load("nope")
	if !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "acme, broken-policy") {
		t.Errorf("error %v", err)
	}
}

func TestAnOpenRecordIsTheClosedOneWithoutItsClosure(t *testing.T) {
	closed := "id: A-1\nlinks:\n  - {kind: runbook, ref: x}\nactual: {start: a, end: b}\noutcome:\n  result: failed\n  notes: |\n    one\n\n    two\nlabels: {a: b}\nreview:\n  held: c\n"
	if got, want := string(cut([]byte(closed), closing)), "id: A-1\nlinks:\n  - {kind: runbook, ref: x}\nlabels: {a: b}\n"; got != want {
		t.Errorf("open = %q, want %q", got, want)
	}
	if got := string(cut([]byte(closed), reviewing)); !strings.Contains(got, "two\nlabels") || strings.Contains(got, "held") {
		t.Errorf("unreviewed = %q", got)
	}
}

// The judgements of acme's year are worked out from these instants, so they
// must agree with acme's own rules of the time.
func TestTheYearOfAcmeFollowsItsOwnRules(t *testing.T) {
	e, err := Load("acme")
	if err != nil {
		t.Fatal(err)
	}
	opened, last := map[string]Commit{}, map[string]change.Record{}
	var short []string
	for _, c := range e.Commits {
		for _, p := range c.Files.Paths() {
			if !isRecord(p) {
				continue
			}
			r := change.Parse(p, "", c.Files[p]).Record
			if c.Merge == nil || c.Merge.By.Login == c.Author.Login || c.Merge.By.Login == r.Owner {
				t.Errorf("%s: nobody else merged it", p)
			}
			if _, old := last[r.ID]; !old {
				opened[r.ID] = c
				if r.Outcome != nil || r.Review != nil {
					t.Errorf("%s is closed when it is new", r.ID)
				}
				notice := r.Schedule.Start.Sub(c.landed())
				if r.Type == change.Normal && notice < 48*time.Hour {
					t.Errorf("%s has %s of notice", r.ID, notice)
				}
				if r.Type == change.Normal && notice < 72*time.Hour {
					short = append(short, r.ID)
				}
			} else if r.Actual != nil && c.At.Before(r.Actual.End.Time) {
				t.Errorf("%s is closed before it ended", r.ID)
			}
			last[r.ID] = r
		}
	}
	if len(opened) != 24 {
		t.Errorf("%d changes, want 24", len(opened))
	}
	want := []string{"CHG-2025-0104", "CHG-2026-0111", "CHG-2026-0115", "CHG-2026-0120", "CHG-2026-0123"}
	if diff := cmp.Diff(want, short); diff != "" {
		t.Errorf("changes with less than 72 h of notice (-want +got):\n%s", diff)
	}
}
