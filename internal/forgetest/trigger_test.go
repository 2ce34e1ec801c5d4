package forgetest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

// A reader that we did not write understands our events.
func TestEventsAreReadByGoGitHub(t *testing.T) {
	s := New(t, Options{State: shop()})
	event := func(name string, options map[string]string) (Trigger, any) {
		t.Helper()
		e, err := s.Event("acme/shop", name, options)
		if err != nil {
			t.Fatal(err)
		}
		v, err := github.ParseWebHook(name, e.Payload)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return e, v
	}
	e, v := event("pull_request", map[string]string{"number": "43", "action": "synchronize"})
	pr := v.(*github.PullRequestEvent)
	if pr.GetAction() != "synchronize" || pr.GetPullRequest().GetHead().GetSHA() != shaFork || pr.GetPullRequest().GetHead().GetRepo().GetFullName() != "mallory/shop" || !pr.GetPullRequest().GetDraft() || pr.GetRepo().GetFullName() != "acme/shop" {
		t.Errorf("pull_request: %s", e.Payload)
	}
	if e.Ref != "refs/pull/43/merge" || e.Actor != "mallory" {
		t.Errorf("pull_request runs on %s as %s", e.Ref, e.Actor)
	}
	e, v = event("pull_request_review", map[string]string{"number": "42"})
	review := v.(*github.PullRequestReviewEvent)
	if review.GetReview().GetState() != "changes_requested" || review.GetReview().GetUser().GetLogin() != "dave" || review.GetPullRequest().GetNumber() != 42 || e.Actor != "dave" {
		t.Errorf("pull_request_review: %s", e.Payload)
	}
	e, v = event("merge_group", map[string]string{"sha": shaHead, "number": "42"})
	group := v.(*github.MergeGroupEvent)
	if group.GetMergeGroup().GetHeadSHA() != shaHead || group.GetMergeGroup().GetBaseRef() != "refs/heads/main" || group.GetMergeGroup().GetHeadRef() != "refs/heads/gh-readonly-queue/main/pr-42-"+shaBase || e.SHA != shaHead {
		t.Errorf("merge_group: %s", e.Payload)
	}
	_, v = event("push", map[string]string{"sha": shaBase, "sender": "bob"})
	if push := v.(*github.PushEvent); push.GetRef() != "refs/heads/main" || push.GetAfter() != shaBase {
		t.Errorf("push: %v", push)
	}
	_, v = event("workflow_dispatch", map[string]string{"pull_request": "42"})
	if d := v.(*github.WorkflowDispatchEvent); string(d.Inputs) == "" || !strings.Contains(string(d.Inputs), `"42"`) {
		t.Errorf("workflow_dispatch: %s", d.Inputs)
	}
	_, v = event("workflow_run", map[string]string{"run": "9002"})
	run := v.(*github.WorkflowRunEvent).GetWorkflowRun()
	if len(run.PullRequests) != 0 || run.GetHeadRepository().GetFullName() != "mallory/shop" || run.GetHeadBranch() != "patch" || run.GetHeadSHA() != shaFork {
		t.Errorf("a fork's run lists pull requests, or is not the fork's: %v", run)
	}
	_, v = event("workflow_run", map[string]string{"run": "9001"})
	if run = v.(*github.WorkflowRunEvent).GetWorkflowRun(); len(run.PullRequests) != 1 {
		t.Errorf("a run of a branch lists %d pull requests", len(run.PullRequests))
	}
	// A schedule is Actions' own, no webhook.
	e, err := s.Event("acme/shop", "schedule", map[string]string{"cron": "*/5 * * * *"})
	var m map[string]any
	if err != nil || json.Unmarshal(e.Payload, &m) != nil || m["schedule"] != "*/5 * * * *" || e.SHA != shaBase {
		t.Errorf("schedule: %v %s", err, e.Payload)
	}
	for name, options := range map[string]map[string]string{"pull_request": {"number": "9"}, "pull_request_review": {"number": "43"}, "merge_group": {"sha": "none"}, "workflow_run": {"run": "1"}, "star": nil} {
		if _, err := s.Event("acme/shop", name, options); err == nil {
			t.Errorf("%s %v: made of nothing", name, options)
		}
	}
}
