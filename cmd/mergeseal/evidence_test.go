package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/example"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
)

// approvedBy is an approval each, by people with write access.
func approvedBy(people ...string) []map[string]any {
	var out []map[string]any
	for i, p := range people {
		out = append(out, map[string]any{
			"id": i + 1, "by": p, "type": "User", "permission": "write", "state": "approved", "submitted_at": "2026-11-21T08:00:00Z",
		})
	}
	return out
}

// TestEachTypeGoesFromDraftToPass: what a branch needs, given by people who
// may, makes it pass; without any one of them it waits; and neither its author
// nor anybody who had a hand in it can stand in.
func TestEachTypeGoesFromDraftToPass(t *testing.T) {
	for name, c := range map[string]struct {
		example, branch string
		people          []string // all are needed
		useless         []string // none of them counts
	}{
		"a standard change inside its model":     {"acme", "std-cert-renewal", nil, nil},
		"a standard change outside its model":    {"acme", "std-outside", []string{"carol", "ivan"}, []string{"judy"}},
		"a normal change":                        {"acme", "normal-moderate", []string{"carol", "erin"}, []string{"alice", "bob"}},
		"an emergency":                           {"acme", "emergency", []string{"ivan"}, []string{"kevin", "carol"}},
		"a closure":                              {"acme", "closure", []string{"carol"}, []string{"trent"}},
		"an exception from a freeze":             {"freeze", "exception", []string{"dora", "ben", "eli"}, []string{"ada"}},
		"a normal change where nobody has roles": {"minimal", "first-change", []string{"carol"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := example.Load(c.example)
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "r")
			if err := e.Write(dir); err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(e.Branches, func(b example.Branch) bool { return b.Name == c.branch })
			if i < 0 {
				t.Fatalf("%s has no branch %s", c.example, c.branch)
			}
			b := e.Branches[i]
			judge := func(people ...string) (int, string) {
				exit, out, errs := run(t, dir, "check", "--base", "main", "--head", b.Name, "--now", b.Now.Format(time.RFC3339),
					"--evidence", evidenceFile(t, dir, b, people))
				return exit, string(out) + string(errs)
			}
			if exit, out := judge(c.people...); exit != 0 {
				t.Errorf("with %v: exit %d\n%s", c.people, exit, out)
			}
			for i, p := range c.people {
				others := append(slices.Delete(slices.Clone(c.people), i, i+1), c.useless...)
				if exit, out := judge(others...); exit != 3 {
					t.Errorf("without %s, with %v: exit %d\n%s", p, others, exit, out)
				}
			}
		})
	}
}

// evidenceFile writes what a forge would say of a branch of one commit.
func evidenceFile(t *testing.T, dir string, b example.Branch, people []string) string {
	t.Helper()
	repo, err := gitrepo.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	head, err := repo.Resolve("refs/heads/" + b.Name)
	if err != nil {
		t.Fatal(err)
	}
	if err := repo.Close(); err != nil {
		t.Fatal(err)
	}
	author := string(b.Author.Login)
	reviews := approvedBy(people...)
	for _, r := range reviews {
		r["commit"] = head
	}
	doc, err := json.Marshal(map[string]any{
		"version": 1,
		"pull_request": map[string]any{
			"number": 7, "author": author, "base_ref": "refs/heads/main", "head": head, "pushed_by": []string{author},
			"commits": []any{map[string]any{"sha": head, "author": author, "committer": author}},
		},
		"reviews": append([]map[string]any{}, reviews...),
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "evidence.json")
	if err := os.WriteFile(file, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestT07EvidenceForAnotherBaseIsNone: approvals on the way into a lax branch
// are none on the way into this one.
func TestT07EvidenceForAnotherBaseIsNone(t *testing.T) {
	l := newLine(t, "minimal")
	b := l.example.Branches[0]
	dir := filepath.Join(t.TempDir(), "r")
	if err := l.example.Write(dir); err != nil {
		t.Fatal(err)
	}
	file := evidenceFile(t, dir, b, []string{"carol"})
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "refs/heads/main", "refs/heads/dev", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	exit, out, errs := run(t, dir, "check", "--base", "main", "--head", b.Name, "--now", b.Now.Format(time.RFC3339), "--evidence", file, "--format", "json")
	if exit != 4 || !strings.Contains(string(out), "MS612") {
		t.Errorf("exit %d\n%s%s", exit, out, errs)
	}
}
