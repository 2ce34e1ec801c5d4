package history_test

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/history"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/rego"
	"github.com/mergeseal/mergeseal/policy"
)

const generatedConfig = `version: 1
timezone: Europe/Berlin
environments: [production]
records: changes/**/*.yaml
services:
  - {name: shop, tier: 1, owner: shop-team}
  - {name: search, tier: 2, depends_on: [shop]}
groups:
  - {name: shop-team, members: [alice, bob]}
`

const generatedRecord = `id: %s
title: Move cart %d to the new nodes
type: normal
owner: owner-%d
services: [%s]
environments: [production]
reason: The old nodes are too small for December
impact: {users: some, outage: none, minutes: 0}
data: {migration: false, sensitive: false}
schedule:
  start: %s
  end: %s
implementation_plan:
  - Move the cart to the new nodes, one by one
test_plan:
  before: [Load test in staging with forty connections]
  after: [The queue stays below five requests for an hour]
rollback_plan:
  method: revert
  trigger: Error rate above 1 %% for five minutes
  steps: [Move it back and restart the instances]
  minutes: 10
  verify: The error rate is below 0.1 %% again
  rehearsed: {date: %s, evidence: "https://ci.example.com/runs/1"}
communication_plan:
  audience: [support]
  text: The cart moves at noon and nobody should notice it.
`

// generated writes a branch of n changes, one each so many hours, each a merge
// and fifteen merges later its closure, as a team that works for years at the
// same pace would. Every tenth gives little notice. Last, where again is set, a
// change takes the id of the first.
func generated(tb testing.TB, n, hours int, again bool) string {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "repo")
	var s bytes.Buffer
	begin := time.Date(2020, 1, 6, 8, 0, 0, 0, time.UTC)
	commit := func(at time.Time, message string, files ...string) {
		fmt.Fprintf(&s, "commit refs/heads/main\ncommitter A <a@example.com> %d +0000\ndata %d\n%s\n", at.Unix(), len(message), message)
		for i := 0; i < len(files); i += 2 {
			fmt.Fprintf(&s, "M 100644 inline %s\ndata %d\n%s\n", files[i], len(files[i+1]), files[i+1])
		}
	}
	commit(begin.Add(-time.Hour), "Begin", "README.md", "The shop.\n")
	commit(begin.Add(-time.Minute), "Judge changes", "mergeseal.yaml", generatedConfig)
	at := func(i int) time.Time { return begin.Add(time.Duration(i*hours) * time.Hour) }
	text := func(i int, closed bool) (string, string) {
		merged := at(i)
		start := merged.Add(50 * time.Hour)
		if i%10 != 0 {
			start = merged.Add(100 * time.Hour)
		}
		start = start.Truncate(time.Hour)
		id := fmt.Sprintf("CHG-%d-%05d", merged.Year(), i)
		service := []string{"shop", "search"}[i%2]
		body := fmt.Sprintf(generatedRecord, id, i, i%7, service, start.Format(time.RFC3339), start.Add(time.Hour).Format(time.RFC3339), merged.AddDate(0, 0, -3).Format(time.DateOnly))
		if closed {
			result := "successful"
			if i%12 == 0 {
				result = "failed"
			}
			body += "actual: {start: " + start.Format(time.RFC3339) + ", end: " + start.Add(time.Hour).Format(time.RFC3339) + "}\noutcome: {result: " + result + "}\n"
		}
		return fmt.Sprintf("changes/%d/%02d/%s.yaml", merged.Year(), merged.Month(), id), body
	}
	const later = 15 // merges until a change is closed
	for i := range n + later {
		if i < n {
			path, body := text(i, false)
			commit(at(i), "Merge change", path, body)
		}
		if j := i - later; j >= 0 {
			path, body := text(j, true)
			commit(at(i).Add(time.Hour), "Close change", path, body)
		}
	}
	if again {
		_, first := text(0, false)
		late := at(n + later)
		first = strings.NewReplacer("2020-01-08T10", late.AddDate(0, 0, 5).Format("2006-01-02T15"), "2020-01-08T11", late.AddDate(0, 0, 5).Add(time.Hour).Format("2006-01-02T15")).Replace(first)
		commit(late, "Merge change", "changes/again/CHG-2020-00000.yaml", first)
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main", dir}, {"-C", dir, "fast-import", "--quiet"}} {
		cmd := exec.Command("git", args...)
		cmd.Stdin = &s
		if args[0] == "init" {
			cmd.Stdin = nil
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			tb.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return dir
}

const stricter = `# METADATA
# title: Three days' notice
# custom: {code: OWN001, severity: error}
package mergeseal.rules.own_notice

deny contains {"code": "OWN001", "message": "three days' notice", "path": "/schedule/start"} if {
	input.change.type == "normal"
	input.schedule.notice_seconds < 72 * 3600
}
`

// opened is a repository and what a pass over it needs.
func opened(tb testing.TB, dir string) history.Options {
	tb.Helper()
	repo, err := gitrepo.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = repo.Close() })
	return over(tb, repo)
}

func over(tb testing.TB, repo *gitrepo.Repo) history.Options {
	tb.Helper()
	tip, err := repo.Resolve("refs/heads/main")
	if err != nil {
		tb.Fatal(err)
	}
	return history.Options{
		Repo: repo, Tip: tip, BaseRef: "refs/heads/main", Name: "stricter",
		Trail:  func(folders []string) (judge.Trail, error) { return repo.Trail(folders) },
		Target: judge.Target{Compile: compile, Builtin: builtin(tb), Tool: "test"},
	}
}

func compile(mods []judge.Module) (judge.Rules, diag.List) {
	in := make([]rego.Module, len(mods))
	for i, m := range mods {
		in[i] = rego.Module(m)
	}
	p, found := rego.Compile(in, rego.Options{Timeout: time.Minute})
	if p == nil {
		return nil, found
	}
	return p, found
}

func builtin(tb testing.TB) []judge.Module {
	tb.Helper()
	entries, err := policy.FS.ReadDir(".")
	if err != nil {
		tb.Fatal(err)
	}
	var out []judge.Module
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".rego") || strings.HasSuffix(e.Name(), "_test.rego") {
			continue
		}
		b, err := policy.FS.ReadFile(e.Name())
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, judge.Module{Path: e.Name(), Source: b, Builtin: true})
	}
	return out
}

func candidate(tb testing.TB, o *history.Options, sources ...string) {
	tb.Helper()
	mods := o.Target.Builtin
	for i, s := range sources {
		mods = append(mods[:len(mods):len(mods)], judge.Module{Path: fmt.Sprintf("candidate/%d.rego", i), Source: []byte(s)})
	}
	rules, found := compile(mods)
	if found.Errors() {
		tb.Fatal(found)
	}
	o.Candidate = &judge.Candidate{Rules: rules}
}

func run(tb testing.TB, o history.Options) (judged, flips int) {
	tb.Helper()
	r, err := history.Backtest(context.Background(), o)
	if err != nil {
		tb.Fatal(err)
	}
	if len(r.Not) > 0 {
		tb.Fatalf("not reconstructable: %v", r.Not[0])
	}
	return r.Judged, len(r.Flips)
}
