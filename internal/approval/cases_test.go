package approval

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
)

// scenario is one row of testdata/cases, in words.
type scenario struct {
	Name       string   `json:"name"`
	Needs      []string `json:"needs"`
	Reviews    []string `json:"reviews,omitempty"`
	Says       []string `json:"says"` // one line for each of needs
	Objections []string `json:"objections,omitempty"`
	Gives      string   `json:"gives"` // pass, pending or error
	Because    []string `json:"because,omitempty"`

	Commits      []field.Login            `json:"commits,omitempty"`
	Committers   []field.Login            `json:"committers,omitempty"`
	CoAuthors    []field.Login            `json:"co_authors,omitempty"`
	Trailers     []field.Login            `json:"trailers,omitempty"`
	PushedBy     []field.Login            `json:"pushed_by,omitempty"`
	Owner        field.Login              `json:"owner,omitempty"`
	Implementers []field.Login            `json:"implementers,omitempty"`
	Bots         []field.Login            `json:"bots,omitempty"`
	Exclude      *[]Kind                  `json:"exclude,omitempty"`
	Added        map[string][]field.Login `json:"added,omitempty"`
	Left         map[string][]field.Login `json:"left,omitempty"`
	Teams        map[string][]field.Login `json:"teams,omitempty"`
	Codeowners   *[]string                `json:"codeowners,omitempty"` // the owners of one rule each
	At           field.Instant            `json:"at,omitzero"`
	Level        field.Level              `json:"level,omitempty"`
	Services     []string                 `json:"services,omitempty"`
}

func (s scenario) question(t testing.TB, view GroupView) Question {
	t.Helper()
	q := Question{
		Groups: view, Exclude: AllKinds(), Owner: s.Owner, Implementers: s.Implementers, CoAuthors: s.Trailers, Bots: s.Bots,
		Added: s.Added, Left: s.Left, Binding: binding, Level: s.Level, Services: s.Services,
		At: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC),
	}
	if !s.At.IsZero() {
		q.At = s.At.Time
	}
	if s.Exclude != nil {
		q.Exclude = *s.Exclude
	}
	if s.Codeowners != nil {
		q.Codeowners = []OwnerSet{}
		for _, rule := range *s.Codeowners {
			var set OwnerSet
			for _, w := range strings.Fields(rule) {
				switch {
				case strings.Contains(w, "@"):
					set.Unknown = append(set.Unknown, w)
				case strings.Contains(w, "/"):
					set.Teams = append(set.Teams, w)
				default:
					set.People = append(set.People, field.Login(w))
				}
			}
			q.Codeowners = append(q.Codeowners, set)
		}
	}
	for _, n := range s.Needs {
		q.Requirements = append(q.Requirements, needWords(t, n))
	}
	d := document()
	for i, r := range s.Reviews {
		d.Reviews = append(d.Reviews, reviewWords(t, i, r))
	}
	alice := field.Login("alice")
	for _, list := range []struct {
		people []field.Login
		put    func(c *evidence.Commit, p field.Login)
	}{
		{s.Commits, func(c *evidence.Commit, p field.Login) { c.Author = &p }},
		{s.Committers, func(c *evidence.Commit, p field.Login) { c.Committer = &p }},
		{s.CoAuthors, func(c *evidence.Commit, p field.Login) { c.CoAuthors = append(c.CoAuthors, p) }},
	} {
		for i, p := range list.people {
			c := evidence.Commit{SHA: fmt.Sprintf("%040d", len(d.PullRequest.Commits)+i), Author: &alice, Committer: &alice}
			list.put(&c, p)
			d.PullRequest.Commits = append(d.PullRequest.Commits, c)
		}
	}
	if s.PushedBy != nil {
		d.PullRequest.Pushers = s.PushedBy
	}
	for name, members := range s.Teams {
		if d.Teams == nil {
			d.Teams = map[string]evidence.Team{}
		}
		d.Teams[name] = evidence.Team{Members: members}
	}
	q.Evidence = d
	return q
}

// line is a status in one line of words.
func line(s Status) string {
	var who []string
	if len(s.Have) > 0 {
		who = append(who, strings.Join(s.Have, ", "))
	}
	if s.Unnamed > 0 {
		who = append(who, fmt.Sprintf("%d unnamed", s.Unnamed))
	}
	out := "met by " + strings.Join(who, " and ")
	if s.Missing > 0 {
		out = fmt.Sprintf("%d missing", s.Missing)
		if len(who) > 0 {
			out += ", has " + strings.Join(who, " and ")
		}
		if len(s.Could) > 0 {
			out += ", from " + strings.Join(s.Could, ", ")
		}
		if s.Waits > 0 {
			out += fmt.Sprintf(", after stage %d", s.Waits)
		}
	}
	for i, n := range s.NotCounted {
		out += []string{", ", "; not counted: "}[max(0, 1-i)] + n.By + " (" + n.Why + ")"
	}
	return out
}

func gives(r Result) string {
	switch {
	case r.Findings.Errors():
		return "error"
	case r.Met():
		return "pass"
	}
	return "pending"
}

// scenarios reads all of testdata/cases.
func scenarios(t testing.TB) (all []scenario) {
	t.Helper()
	files, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	names := map[string]bool{}
	for _, path := range files {
		var file struct {
			About string     `json:"about"`
			Cases []scenario `json:"cases"`
		}
		decode(t, path, &file)
		if len(file.Cases) == 0 || file.About == "" {
			t.Errorf("%s has no cases, or does not say what they are about", path)
		}
		for _, s := range file.Cases {
			if names[s.Name] || len(s.Says) != len(s.Needs) {
				t.Errorf("%s: %q is there twice or does not say one line for each need", path, s.Name)
			}
			names[s.Name] = true
			all = append(all, s)
		}
	}
	if len(all) < 100 {
		t.Fatalf("only %d cases", len(all))
	}
	return all
}

func TestTheCasesGiveWhatTheySay(t *testing.T) {
	view := theCast(t)
	for _, s := range scenarios(t) {
		t.Run(s.Name, func(t *testing.T) {
			got := Weigh(s.question(t, view))
			lines := []string{}
			for _, status := range got.Statuses {
				lines = append(lines, line(status))
			}
			if diff := cmp.Diff(s.Says, lines); diff != "" {
				t.Errorf("says (-want +got):\n%s", diff)
			}
			var objections, because []string
			for _, o := range got.Objections {
				objections = append(objections, o.By)
			}
			for _, f := range got.Findings {
				if !f.Undecided || f.Hint == "" {
					t.Errorf("%+v", f)
				}
				because = append(because, f.Code+" "+f.Message)
			}
			if diff := cmp.Diff(s.Objections, objections); diff != "" {
				t.Errorf("objections (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(s.Because, because); diff != "" {
				t.Errorf("because (-want +got):\n%s", diff)
			}
			if g := gives(got); g != s.Gives || got.Met() != (s.Gives == "pass") {
				t.Errorf("gives %s, want %s; met: %t", g, s.Gives, got.Met())
			}
			for _, status := range got.Statuses {
				for _, name := range slices.Concat(status.Have, status.Could) {
					private := name == "victor" || name == "wendy"
					if private && !status.Peer {
						t.Errorf("%s is named for %s", name, status.Who())
					}
				}
			}
		})
	}
}

func TestAFileOfCasesIsReadStrictly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(path, []byte("about: x\ncases:\n  - {name: a, needs: [], says: [], gives: pass, reveiws: []}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	fake := &recorder{TB: t}
	var file struct {
		About string     `json:"about"`
		Cases []scenario `json:"cases"`
	}
	decode(fake, path, &file)
	if fake.errors != 1 {
		t.Errorf("a misspelt key gives %d errors", fake.errors)
	}
}

// recorder counts errors instead of failing.
type recorder struct {
	testing.TB
	errors int
}

func (r *recorder) Errorf(string, ...any) { r.errors++ }
