package forgetest

import (
	"fmt"
	"strings"
	"testing"
)

type body = map[string]any

// What only GitHub's prose says, each rule with a request that keeps it and
// one that breaks it.
func TestRulesOfProse(t *testing.T) {
	run := func(more body) body {
		b := body{"name": "mergeseal (main)", "head_sha": shaHead}
		for k, v := range more {
			b[k] = v
		}
		return b
	}
	output := func(title string) body { return body{"title": title, "summary": "s"} }
	for name, tc := range map[string]struct {
		token, method, path string
		body                any
		status              int
		says                string
	}{
		"a completed check run has a conclusion":        {tokenWorkflow, "POST", "/check-runs", run(body{"status": "completed", "conclusion": "success"}), 201, ""},
		"a completed check run needs a conclusion":      {tokenWorkflow, "POST", "/check-runs", run(body{"status": "completed"}), 422, "needs a conclusion"},
		"completed_at needs a conclusion":               {tokenWorkflow, "POST", "/check-runs", run(body{"completed_at": "2026-11-21T09:00:00Z"}), 422, "needs a conclusion"},
		"a title may have 65,535 characters":            {tokenWorkflow, "POST", "/check-runs", run(body{"output": output(strings.Repeat("é", 65535))}), 201, ""},
		"a title may not have more":                     {tokenWorkflow, "POST", "/check-runs", run(body{"output": output(strings.Repeat("x", 65536))}), 422, "title is too long"},
		"details are a web address":                     {tokenWorkflow, "POST", "/check-runs", run(body{"details_url": "file:///etc"}), 422, "scheme"},
		"a check run is for a commit that exists":       {tokenWorkflow, "POST", "/check-runs", body{"name": "n", "head_sha": strings.Repeat("9", 40)}, 422, "No commit found"},
		"an App writes check runs":                      {tokenApp, "POST", "/check-runs", run(nil), 201, ""},
		"a person's token writes no check run":          {tokenUser, "POST", "/check-runs", run(nil), 403, "GitHub App"},
		"a fork's token writes no check run":            {tokenFork, "POST", "/check-runs", run(nil), 403, forbidden},
		"a fork's token writes no status":               {tokenFork, "POST", "/statuses/" + shaHead, body{"state": "success"}, 403, forbidden},
		"a fork's token writes no comment":              {tokenFork, "POST", "/issues/42/comments", body{"body": "x"}, 403, forbidden},
		"a fork's token reads":                          {tokenFork, "GET", "/pulls/42", nil, 200, ""},
		"an App without the permission":                 {tokenPoorApp, "POST", "/check-runs", run(nil), 403, forbidden},
		"an App that may not even read":                 {tokenPoorApp, "GET", "/pulls/42", nil, 403, forbidden},
		"a stranger sees nothing private":               {tokenStranger, "GET", "/pulls/42", nil, 404, "Not Found"},
		"nobody sees nothing private":                   {"", "GET", "/pulls/42", nil, 404, "Not Found"},
		"a token that is none":                          {"ghs_none", "GET", "/pulls/42", nil, 401, "Bad credentials"},
		"140 characters of a status":                    {tokenWorkflow, "POST", "/statuses/" + shaHead, body{"state": "success", "description": strings.Repeat("é", 140)}, 201, ""},
		"141 characters of a status":                    {tokenWorkflow, "POST", "/statuses/" + shaHead, body{"state": "success", "description": strings.Repeat("x", 141)}, 422, "too long"},
		"65,536 characters of a comment":                {tokenWorkflow, "POST", "/issues/42/comments", body{"body": strings.Repeat("é", 65536)}, 201, ""},
		"65,537 characters of a comment":                {tokenWorkflow, "POST", "/issues/42/comments", body{"body": strings.Repeat("x", 65537)}, 422, "too long"},
		"an empty comment":                              {tokenWorkflow, "POST", "/issues/42/comments", body{"body": ""}, 422, "blank"},
		"the author is no reviewer":                     {tokenWorkflow, "POST", "/pulls/42/requested_reviewers", body{"reviewers": []string{"alice"}}, 422, "author"},
		"a stranger is no reviewer":                     {tokenWorkflow, "POST", "/pulls/42/requested_reviewers", body{"reviewers": []string{"mallory"}}, 422, "collaborator"},
		"the workflow's token cannot ask a team":        {tokenWorkflow, "POST", "/pulls/42/requested_reviewers", body{"team_reviewers": []string{"cab"}}, 422, "resolve"},
		"an App can ask a team":                         {tokenApp, "POST", "/pulls/42/requested_reviewers", body{"team_reviewers": []string{"cab"}}, 201, ""},
		"nobody approves their own":                     {tokenUser, "POST", "/pulls/42/reviews", body{"event": "APPROVE"}, 422, "own pull request"},
		"labels come as an object":                      {tokenWorkflow, "POST", "/issues/42/labels", body{"labels": []string{"freeze"}}, 200, ""},
		"a label that is not there cannot be taken off": {tokenWorkflow, "DELETE", "/issues/42/labels/none", nil, 404, "does not exist"},
		"the workflow's token cannot see protection":    {tokenWorkflow, "GET", "/branches/main/protection", nil, 403, forbidden},
		"an App cannot say what a person may":           {tokenWorkflow, "GET", "/collaborators/github-actions[bot]/permission", nil, 404, "is not a user"},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t, Options{State: shop()})
			g := ask(t, s, tc.token, tc.method, repo+tc.path, tc.body)
			if g.status != tc.status || !strings.Contains(g.text, tc.says) {
				t.Errorf("got %d %.300s, want %d %s", g.status, g.text, tc.status, tc.says)
			}
		})
	}
	t.Run("who may see people", func(t *testing.T) {
		s := New(t, Options{State: shop()})
		for _, x := range []struct {
			token, path string
			want        int
		}{
			{tokenWorkflow, "/user", 403}, {tokenApp, "/user", 403}, {tokenUser, "/user", 200}, {"", "/user", 401},
			{tokenWorkflow, "/orgs/acme/teams/cab/members", 404}, {tokenPoorApp, "/orgs/acme/teams/cab/members", 404}, {tokenStranger, "/orgs/acme/teams/cab/members", 404},
			{tokenApp, "/orgs/acme/teams/cab/members", 200}, {tokenApp, "/orgs/acme/teams/none/members", 404},
		} {
			if g := ask(t, s, x.token, "GET", x.path, nil); g.status != x.want {
				t.Errorf("%s with %s: %d, want %d", x.path, x.token, g.status, x.want)
			}
		}
	})
}

func TestCheckRunsLive(t *testing.T) {
	s := New(t, Options{State: shop(), PageSize: 100})
	annotate := func(n int) []any {
		var out []any
		for i := range n {
			out = append(out, body{"path": "a", "start_line": i + 1, "end_line": i + 1, "annotation_level": "failure", "message": "m"})
		}
		return out
	}
	g := ask(t, s, tokenWorkflow, "POST", repo+"/check-runs", body{"name": "mergeseal (main)", "head_sha": shaHead, "external_id": "sha256:1", "output": body{"title": "t", "summary": "s", "annotations": annotate(50)}})
	if g.status != 201 || g.field("status") != "queued" || g.field("app", "id") != float64(ActionsApp) {
		t.Fatalf("%d %s", g.status, g.text)
	}
	path := fmt.Sprintf("%s/check-runs/%.0f", repo, g.field("id"))
	if g = ask(t, s, tokenApp, "PATCH", path, body{"conclusion": "success"}); g.status != 403 || !strings.Contains(g.text, "Invalid app_id") {
		t.Errorf("another App changed it: %d %s", g.status, g.text)
	}
	g = ask(t, s, tokenWorkflow, "PATCH", path, body{"conclusion": "action_required", "output": body{"title": "t", "summary": "s", "annotations": annotate(20)}})
	if g.field("status") != "completed" || g.field("output", "annotations_count") != float64(70) {
		t.Errorf("annotations do not pile up: %s", g.text)
	}
	if g = ask(t, s, tokenWorkflow, "GET", path+"/annotations", nil); len(g.body.([]any)) != 70 {
		t.Errorf("%d annotations", len(g.body.([]any)))
	}
	ask(t, s, tokenApp, "POST", repo+"/check-runs", body{"name": "mergeseal (main)", "head_sha": shaHead})
	ask(t, s, tokenWorkflow, "POST", repo+"/check-runs", body{"name": "mergeseal (main)", "head_sha": shaHead, "conclusion": "success"})
	for query, want := range map[string]float64{
		"": 3, "?check_name=mergeseal%20(main)": 2, "?check_name=mergeseal%20(main)&app_id=77": 1, "?filter=all&check_name=mergeseal%20(main)": 3, "?check_name=none": 0, "?status=queued": 1,
	} {
		if g = ask(t, s, tokenWorkflow, "GET", repo+"/commits/"+shaHead+"/check-runs"+query, nil); g.field("total_count") != want {
			t.Errorf("%q: %v, want %v", query, g.field("total_count"), want)
		}
	}
	if g = ask(t, s, tokenWorkflow, "GET", repo+"/commits/"+shaHead+"/check-runs?app_id=15368&check_name=mergeseal%20(main)", nil); g.field("check_runs", 0, "conclusion") != "success" {
		t.Errorf("the latest is not first: %s", g.text)
	}
}

func TestWhatIsWrittenBelongsToTheToken(t *testing.T) {
	s := New(t, Options{State: shop(), PageSize: 100})
	for token, login := range map[string]string{tokenWorkflow: ActionsBot, tokenUser: "alice", tokenApp: "mergeseal-acme[bot]"} {
		g := ask(t, s, token, "POST", repo+"/issues/42/comments", body{"body": "x"})
		if g.field("user", "login") != login {
			t.Errorf("%s writes as %v", token, g.field("user", "login"))
		}
		g = ask(t, s, token, "POST", repo+"/statuses/"+shaHead, body{"state": "pending", "context": "mergeseal"})
		if g.field("creator", "login") != login {
			t.Errorf("%s sets statuses as %v", token, g.field("creator", "login"))
		}
		g = ask(t, s, token, "GET", repo+"/commits/"+shaHead+"/statuses", nil)
		if g.field(0, "creator", "login") != login || g.field(0, "context") != "mergeseal" {
			t.Errorf("the newest status is not first: %v", g.field(0))
		}
	}
	g := ask(t, s, tokenStranger, "GET", repo+"/issues/42/comments", nil)
	if g.status != 404 {
		t.Errorf("a stranger reads comments: %d", g.status)
	}
}
