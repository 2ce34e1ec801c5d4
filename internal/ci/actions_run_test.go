package ci

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/forgetest"
)

const ready = root + "/examples/workflows/"

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

func TestG11APullRequestIsJudgedUnderARealRunner_T15(t *testing.T) {
	s := runner(t)
	if s == nil {
		return
	}
	head := s.change(hostileBranch, "CHG-20261101-aaaa", "owner: alice")
	s.open(&forgetest.Repo{Pulls: []*forgetest.Pull{{Number: 7, Branch: hostileBranch, SHA: head}}}, nil)

	d := s.run(ready+"mergeseal.yml", "ghs_workflow", "pull_request", map[string]string{"number": "7"})
	s.wants(d, true, map[string]string{"exit-code": "3", "outcome": "pending", "posted": "check"})
	s.posted("action_required at " + head)
	if !strings.HasPrefix(d.outputs["digest"], "sha256:") || d.outputs["score"] == "" || d.outputs["level"] == "" || d.outputs["verdict-file"] == "" {
		t.Errorf("outputs %q", d.outputs)
	}

	s.prebuild()
	s.forge.Change(func(st *forgetest.State) {
		p := st.Repos[0].Pulls[0]
		p.Reviews = append(p.Reviews, &forgetest.Review{User: "bob", State: "APPROVED", Commit: head})
	})
	d = s.run(ready+"mergeseal.yml", "ghs_workflow", "pull_request_review", map[string]string{"number": "7"})
	s.wants(d, true, map[string]string{"exit-code": "0", "outcome": "pass", "posted": "check"})
	s.posted("success at " + head)

	err := filepath.WalkDir(s.home, func(path string, e fs.DirEntry, err error) error {
		if err == nil && slices.Contains([]string{"x", "y", "z"}, e.Name()) {
			t.Errorf("T15: something ran that a branch or a title said: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestG11AVerdictThatFailsIsPostedAndOneThatCannotBeFailsTheJob_T14(t *testing.T) {
	s := runner(t)
	if s == nil {
		return
	}
	s.prebuild()
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

func TestG11AForksPullRequestIsPostedByTheSecondWorkflow_T12_T13(t *testing.T) {
	s := runner(t)
	if s == nil {
		return
	}
	s.prebuild()
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

func TestG11MergeQueueAndClockUnderARealRunner(t *testing.T) {
	s := runner(t)
	if s == nil {
		return
	}
	s.prebuild()
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
