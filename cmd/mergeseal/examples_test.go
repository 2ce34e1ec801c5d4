package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mergeseal/mergeseal/internal/cli"
	"github.com/mergeseal/mergeseal/internal/example"
)

// document is what this test reads of a verdict: as a stranger's program would.
type document struct {
	Outcome string
	Changes []struct {
		ID         string
		Risk       *struct{ Level string }
		Collisions []struct {
			With string
			Via  []string
		}
		Requirements []need
	}
	Requirements []need
	Law          struct {
		Touched []string
		Shadow  *struct {
			Outcome string
			InForce bool `json:"in_force"`
		}
	}
	Findings []struct{ Code, Severity, Message, Hint, At string }
	Digest   string
}

type need struct {
	Group      string
	AnyOf      []string `json:"any_of"`
	OwnersOf   []string `json:"owners_of"`
	Codeowners bool
	Peer       bool
	Count      json.RawMessage
}

func (n need) String() string {
	who := n.Group
	switch {
	case n.Peer:
		who = "peer"
	case n.Codeowners:
		who = "codeowners"
	case len(n.AnyOf) > 0:
		who = "any of " + strings.Join(n.AnyOf, ", ")
	case len(n.OwnersOf) > 0:
		who = "owners of " + strings.Join(n.OwnersOf, ", ")
	}
	return fmt.Sprintf("%s %s", strings.Trim(string(n.Count), `"`), who)
}

// TestExamplesAreJudgedAsTheySay lays out every example as a repository and
// holds the judgement of each open branch to what the branch says of itself.
func TestExamplesAreJudgedAsTheySay(t *testing.T) {
	for _, name := range example.Names() {
		t.Run(name, func(t *testing.T) {
			e, err := example.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), name)
			if err := e.Write(dir); err != nil {
				t.Fatal(err)
			}
			if len(e.Branches) == 0 {
				t.Fatal("no open branch: the example shows nothing")
			}
			for _, b := range e.Branches {
				t.Run(b.Name, func(t *testing.T) { holdTo(t, dir, b) })
			}
		})
	}
}

func holdTo(t *testing.T, dir string, b example.Branch) {
	exit, out, errs := run(t, dir, "check", "--base", "main", "--head", b.Name, "--now", b.Now.Format(time.RFC3339), "--format", "json")
	if exit != b.Expect.Exit {
		t.Errorf("exit %d, want %d\n%s%s", exit, b.Expect.Exit, out, errs)
	}
	var d document
	if err := json.Unmarshal(out, &d); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	if d.Outcome != b.Expect.Outcome.String() {
		t.Errorf("outcome %s, want %s", d.Outcome, b.Expect.Outcome)
	}
	var codes, needs, words []string
	for _, f := range d.Findings {
		words = append(words, f.Message, f.Hint)
		if f.Severity != "note" && !slices.Contains(codes, f.Code) {
			codes = append(codes, f.Code)
		}
	}
	slices.Sort(codes)
	if diff := cmp.Diff(b.Expect.Findings, codes, cmpopts.EquateEmpty()); diff != "" && b.Expect.Findings != nil {
		t.Errorf("findings (-want +got)\n%s", diff)
	}
	for _, c := range b.Expect.Absent {
		if slices.Contains(codes, c) {
			t.Errorf("%s is found", c)
		}
	}
	for _, w := range b.Expect.Mentions {
		if !strings.Contains(strings.Join(words, "\n"), w) {
			t.Errorf("no finding mentions %q: %q", w, words)
		}
	}
	for _, c := range d.Changes {
		for _, n := range c.Requirements {
			needs = append(needs, n.String())
		}
		if b.Expect.Level != 0 && (c.Risk == nil || c.Risk.Level != b.Expect.Level.String()) {
			t.Errorf("%s: level %v, want %s", c.ID, c.Risk, b.Expect.Level)
		}
		for _, want := range b.Expect.Collisions {
			if !slices.ContainsFunc(c.Collisions, func(g struct {
				With string
				Via  []string
			}) bool {
				return g.With == want.With && slices.Equal(g.Via, want.Via)
			}) {
				t.Errorf("collisions %+v, want %+v", c.Collisions, want)
			}
		}
	}
	for _, n := range d.Requirements {
		needs = append(needs, n.String())
	}
	if b.Expect.Requirements != nil {
		var want []string
		for _, r := range b.Expect.Requirements {
			who := r.Who()
			if len(r.AnyOf) > 0 {
				who = "any of " + strings.Join(r.AnyOf, ", ")
			}
			want = append(want, r.Count.String()+" "+who)
		}
		slices.Sort(want)
		slices.Sort(needs)
		if diff := cmp.Diff(want, needs, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("requirements (-want +got)\n%s", diff)
		}
	}
	if b.Expect.LawTouched != nil {
		if diff := cmp.Diff(b.Expect.LawTouched, d.Law.Touched); diff != "" {
			t.Errorf("law touched (-want +got)\n%s", diff)
		}
	}
	if want := b.Expect.Shadow; want != nil && (d.Law.Shadow == nil || d.Law.Shadow.Outcome != want.String() || d.Law.Shadow.InForce) {
		t.Errorf("shadow %+v, want %s and not in force", d.Law.Shadow, *want)
	}
}

// run runs one command line in a folder, in process.
func run(t *testing.T, dir string, args ...string) (exit int, stdout, stderr []byte) {
	t.Helper()
	return runAt(t, dir, func(string) string { return "" }, args...)
}

func runAt(t *testing.T, dir string, getenv func(string) string, args ...string) (exit int, stdout, stderr []byte) {
	t.Helper()
	var out, errs bytes.Buffer
	exit = cli.Run(cli.Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Dir: dir, Getenv: getenv, Version: "test",
		Now:    func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) },
		Random: strings.NewReader(strings.Repeat("random", 100)),
	}, args)
	return exit, out.Bytes(), errs.Bytes()
}
