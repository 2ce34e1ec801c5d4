package ci

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/forgetest"
)

const ready = root + "/examples/workflows/"

func TestG11TheReadyWorkflowsUnderARealRunner(t *testing.T) {
	k := newKit(t)
	if k == nil {
		return
	}
	for name, run := range map[string]func(*testing.T){
		"T15: a pull request with a hostile branch is judged, and again when somebody reviews it":     k.pullRequest,
		"T14: a verdict that fails is posted; one that cannot be posted fails the job":                k.failing,
		"T12, T13: a fork's pull request is judged again by the second workflow, and no other run is": k.fork,
		"the merge queue, the clock, and somebody who asks by hand":                                   k.queueAndClock,
		"what was merged is sealed, once":                                                             k.sealed,
		"the gate opens and closes, and the outcome is proposed":                                      k.deployed,
		"T106: a program with a changed byte is not run":                                              k.fetched,
	} {
		t.Run(name, run)
	}
}

// wants holds a run to how its job ended and to the outputs of its step.
func (s *stage) wants(d done, ok bool, outputs map[string]string) {
	s.t.Helper()
	bad := d.ok != ok
	for name, v := range outputs {
		bad = bad || d.outputs[name] != v
	}
	if bad {
		s.t.Errorf("the job ended well: %v, want %v; its outputs are %q, want %q\n%s", d.ok, ok, d.outputs, outputs, d.log)
	}
}

// checks are the posted checks as CONCLUSION at COMMIT, in order.
func (s *stage) checks() (out []string) {
	s.forge.Change(func(st *forgetest.State) {
		for _, c := range st.Repos[0].Checks {
			if c.Name != "mergeseal (main)" || c.App != forgetest.ActionsApp {
				s.t.Errorf("a check %s of App %d", c.Name, c.App)
			}
			out = append(out, c.Conclusion+" at "+c.SHA)
		}
	})
	return out
}

// posted holds the checks on GitHub to a list.
func (s *stage) posted(want ...string) {
	s.t.Helper()
	if got := s.checks(); !slices.Equal(got, want) {
		s.t.Errorf("checks: %q, want %q", got, want)
	}
}

func (k *kit) pullRequest(t *testing.T) {
	s := k.stage(t)
	s.builds = true // as it is shipped, once
	head := s.change(hostileBranch, "CHG-20261101-aaaa", "owner: alice")
	s.open(&forgetest.Repo{Pulls: []*forgetest.Pull{{Number: 7, Branch: hostileBranch, SHA: head}}}, nil)

	d := s.run(ready+"mergeseal.yml", "ghs_workflow", "pull_request", map[string]string{"number": "7"})
	s.wants(d, true, map[string]string{"exit-code": "3", "outcome": "pending", "posted": "check"})
	s.posted("action_required at " + head)
	if !strings.HasPrefix(d.outputs["digest"], "sha256:") || d.outputs["score"] == "" || d.outputs["level"] == "" || d.outputs["verdict-file"] == "" {
		t.Errorf("outputs %q", d.outputs)
	}

	s.builds = false
	s.forge.Change(func(st *forgetest.State) {
		p := st.Repos[0].Pulls[0]
		p.Reviews = append(p.Reviews, &forgetest.Review{User: "bob", State: "APPROVED", Commit: head})
	})
	d = s.run(ready+"mergeseal.yml", "ghs_workflow", "pull_request_review", map[string]string{"number": "7"})
	s.wants(d, true, map[string]string{"exit-code": "0", "outcome": "pass", "posted": "check"})
	s.posted("success at " + head)

	sprung, err := os.ReadDir(s.trap)
	if err != nil || len(sprung) > 0 {
		t.Errorf("T15: something ran that a branch or a title said: %v, %v", sprung, err)
	}
}

func (k *kit) failing(t *testing.T) {
	s := k.stage(t)
	head := s.change("limit", "CHG-20261101-aaaa", "labels: [orders]")
	s.open(&forgetest.Repo{Pulls: []*forgetest.Pull{{Number: 7, Branch: "limit", SHA: head}}}, nil)
	d := s.run(ready+"mergeseal.yml", "ghs_workflow", "pull_request", map[string]string{"number": "7"})
	s.wants(d, true, map[string]string{"exit-code": "1", "outcome": "fail", "posted": "check"})
	s.posted("failure at " + head)

	s.forge.Change(func(st *forgetest.State) { st.Repos[0].Checks = nil })
	s.forge.Fault(forgetest.Fault{Method: "POST", Status: 502, Times: -1})
	d = s.run(ready+"mergeseal.yml", "ghs_workflow", "pull_request", map[string]string{"number": "7"})
	s.wants(d, false, map[string]string{"exit-code": "4", "posted": "none"})
	s.posted()

	d = s.run(ready+"mergeseal.yml", "ghs_nobody", "pull_request", map[string]string{"number": "7"})
	s.wants(d, false, map[string]string{"exit-code": "4"})
}

func (k *kit) fork(t *testing.T) {
	s := k.stage(t)
	head := s.change("limit", "CHG-20261101-aaaa", "owner: alice")
	s.open(&forgetest.Repo{
		Pulls: []*forgetest.Pull{{Number: 7, Branch: "limit", Fork: "mallory/shop", SHA: head}},
		Runs: []*forgetest.Run{
			{ID: 77, Event: "pull_request", Branch: "limit", SHA: head, Fork: "mallory/shop"},
			{ID: 78, Event: "pull_request", Branch: "limit", SHA: head},
			{ID: 79, Event: "push", Branch: "limit", SHA: head, Fork: "mallory/shop"},
			{ID: 80, Event: "pull_request", Branch: "other", SHA: head, Fork: "mallory/shop"},
		},
	}, map[string]*forgetest.Token{"ghs_fork": {Kind: "workflow", ReadOnly: true}})

	d := s.run(ready+"mergeseal.yml", "ghs_fork", "pull_request", map[string]string{"number": "7"})
	s.wants(d, false, map[string]string{"exit-code": "3", "outcome": "pending", "posted": "log"})
	s.posted()
	for _, run := range []string{"78", "79"} {
		s.forge.Forget()
		d = s.run(ready+"mergeseal-fork.yml", "ghs_workflow", "workflow_run", map[string]string{"run": run})
		if requests, _ := s.forge.Counts(); !d.ok || requests > 0 || len(d.outputs) > 0 {
			t.Errorf("run %s is no fork's pull request, and %d requests were made\n%s", run, requests, d.log)
		}
	}
	d = s.run(ready+"mergeseal-fork.yml", "ghs_workflow", "workflow_run", map[string]string{"run": "80"})
	s.wants(d, false, map[string]string{"exit-code": "4"})
	s.posted()
	d = s.run(ready+"mergeseal-fork.yml", "ghs_workflow", "workflow_run", map[string]string{"run": "77"})
	s.wants(d, true, map[string]string{"exit-code": "3", "outcome": "pending", "posted": "check"})
	s.posted("action_required at " + head)
}

func (k *kit) queueAndClock(t *testing.T) {
	s := k.stage(t)
	one := s.change("one", "CHG-20261101-aaaa", "owner: alice")
	two := s.change("two", "CHG-20261101-bbbb", "labels: [orders]")
	s.git("switch", "-q", "-c", "queue", "main")
	s.git("merge", "-q", "--no-ff", "-m", "Merge pull request #7 from acme/one", "one")
	group := s.git("rev-parse", "HEAD")
	s.git("switch", "-q", "main")
	s.open(&forgetest.Repo{Pulls: []*forgetest.Pull{{Number: 7, Branch: "one", SHA: one}, {Number: 8, Branch: "two", SHA: two}}}, nil)

	d := s.run(ready+"mergeseal.yml", "ghs_workflow", "merge_group", map[string]string{"sha": group, "number": "7"})
	s.wants(d, true, map[string]string{"exit-code": "3", "posted": "check"})
	s.posted("action_required at " + group)

	d = s.run(ready+"mergeseal-schedule.yml", "ghs_workflow", "workflow_dispatch", map[string]string{"pr": "7"})
	s.wants(d, true, map[string]string{"exit-code": "3", "posted": "check"})
	s.posted("action_required at "+group, "action_required at "+one)

	d = s.run(ready+"mergeseal-schedule.yml", "ghs_workflow", "schedule", nil)
	s.wants(d, true, map[string]string{"exit-code": "1", "posted": "check"})
	s.posted("action_required at "+group, "action_required at "+one, "failure at "+two)

	s.forge.Forget()
	d = s.run(ready+"mergeseal-schedule.yml", "ghs_workflow", "schedule", nil)
	s.wants(d, true, map[string]string{"exit-code": "1", "posted": "check"})
	if _, writes := s.forge.Counts(); writes > 0 {
		t.Errorf("nothing changed, and there were %d writes:\n%s", writes, s.forge.Text(true))
	}
}

// consumer is a workflow that takes a built program. Its last step shows what
// later steps get.
const consumer = `on: pull_request
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: mergeseal/mergeseal@0000000000000000000000000000000000000000
        with:
          command: version
          binary-url: URL
          binary-sha256: SUM
`

func (k *kit) fetched(t *testing.T) {
	s := k.stage(t)
	head := s.change("limit", "CHG-20261101-aaaa", "owner: alice")
	s.open(&forgetest.Repo{Pulls: []*forgetest.Pull{{Number: 7, Branch: "limit", SHA: head}}}, nil)
	s.asIs = true
	for _, tt := range []struct {
		name, url, sum string
		ok             bool
		says           string
	}{
		{"with a changed byte", k.web + "/changed", k.sum, false, "is not what binary-sha256 says"},
		{"as it should be", k.web + "/mergeseal", k.sum, true, "| mergeseal "},
		{"as it should be, from the cache", k.web + "/changed", k.sum, true, "| mergeseal "},
		{"over a cache that somebody changed", k.web + "/mergeseal", k.sum, true, "| mergeseal "},
		{"with another checksum", k.web + "/mergeseal", strings.Repeat("0", 64), false, "is not what binary-sha256 says"},
		{"without a checksum", k.web + "/mergeseal", "", false, "what is not verified is not run"},
		{"from a plain address", "http://example.com/mergeseal", k.sum, false, "no https address"},
		{"a checksum without an address", "", k.sum, false, "of no use"},
	} {
		file := filepath.Join(s.home, "consumer.yml")
		text := strings.NewReplacer("URL", "'"+tt.url+"'", "SUM", "'"+tt.sum+"'").Replace(consumer)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if tt.name == "over a cache that somebody changed" {
			kept := filepath.Join(s.home, "cache", "act", "tool_cache", "mergeseal", k.sum)
			if err := os.WriteFile(kept, []byte("#!/bin/sh\necho owned"), 0o755); err != nil { //nolint:gosec // a program, to be refused
				t.Fatal(err)
			}
		}
		if d := s.run(file, "ghs_workflow", "pull_request", map[string]string{"number": "7"}); d.ok != tt.ok || !strings.Contains(d.log, tt.says) {
			t.Errorf("%s: ended well: %v, want %v and %q\n%s", tt.name, d.ok, tt.ok, tt.says, d.log)
		}
	}
}
