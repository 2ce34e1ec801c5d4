package forgetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Commits of the state that tests start from.
var (
	shaBase = strings.Repeat("a", 40)
	shaHead = strings.Repeat("b", 40)
	shaFork = strings.Repeat("c", 40)
)

// Tokens of that state.
const (
	tokenWorkflow = "ghs_workflow"
	tokenFork     = "ghs_fork"
	tokenUser     = "ghp_alice"
	tokenStranger = "ghp_mallory"
	tokenApp      = "ghs_app"
	tokenPoorApp  = "ghs_poor"
)

// shop is a repository with two pull requests, one from a fork.
func shop() *State {
	return &State{
		Users: []*User{{Login: "acme", Type: "Organization"}, {Login: "mallory"}},
		Teams: []*Team{{Org: "acme", Slug: "cab", Members: []string{"carol", "dave", "erin"}}},
		Apps: []*App{{ID: 77, Slug: "mergeseal-acme", Installations: []*Installation{{ID: 770, Account: "acme", Permissions: map[string]string{
			"metadata": "read", "contents": "read", "pull_requests": "write", "checks": "write", "statuses": "write", "members": "read", "deployments": "write", "administration": "read", "actions": "read",
		}}}}},
		Tokens: map[string]*Token{
			tokenWorkflow: {Kind: "workflow"}, tokenFork: {Kind: "workflow", ReadOnly: true},
			tokenUser: {Kind: "user", Login: "alice"}, tokenStranger: {Kind: "user", Login: "mallory"},
			tokenApp: {Kind: "installation", Installation: 770}, tokenPoorApp: {Kind: "installation", Installation: 770, Permissions: map[string]string{"contents": "read"}},
		},
		Repos: []*Repo{{
			Name: "acme/shop", Private: true, Permissions: map[string]string{"alice": "admin", "bob": "write", "carol": "maintain", "dave": "triage"},
			Branches: []*Branch{{Name: "main", SHA: shaBase, Protection: json.RawMessage(`{"url":"https://api.github.com/x","enabled":true}`)}, {Name: "release/1.0", SHA: shaBase}},
			Rulesets: []*Ruleset{{Name: "law", Rules: []json.RawMessage{json.RawMessage(`{"type":"deletion"}`), json.RawMessage(`{"type":"non_fast_forward"}`), json.RawMessage(`{"type":"required_signatures"}`)}}},
			Pulls: []*Pull{
				{Number: 42, Author: "alice", SHA: shaHead, Branch: "normal", Labels: []string{"risk: high"}, Requested: []string{"carol"},
					Commits:  []*Commit{{SHA: strings.Repeat("1", 40), Author: "alice", Committer: "alice", Message: "one"}, {SHA: strings.Repeat("2", 40), Message: "two"}, {SHA: shaHead, Author: "alice", Committer: "alice", Message: "three"}},
					Files:    []*File{{Name: "a/b.yaml"}, {Name: "new", Status: "added"}, {Name: "c", Previous: "d", Status: "renamed"}},
					Reviews:  []*Review{{User: "carol", State: "APPROVED"}, {User: "", State: "COMMENTED"}, {User: "dave", State: "CHANGES_REQUESTED"}},
					Comments: []*Comment{{User: "mallory", Body: "hi"}, {User: ActionsBot, App: ActionsApp, Body: "<!-- mergeseal -->"}, {User: "bob", Body: "me"}}},
				{Number: 43, Author: "mallory", SHA: shaFork, Fork: "mallory/shop", Branch: "patch", Draft: true},
				{Number: 44, Author: "bob", SHA: strings.Repeat("d", 40), NoFork: true, MergedBy: "carol", MergeSHA: shaBase},
			},
			Checks:       []*Check{{Name: "build", SHA: shaHead, App: ActionsApp, Status: "completed", Conclusion: "success", Annotations: []json.RawMessage{json.RawMessage(`{"path":"a","start_line":1,"end_line":1,"annotation_level":"notice","message":"m"}`)}}},
			Statuses:     []*Status{{SHA: shaHead, Context: "ci", State: "pending", Creator: "bob"}, {SHA: shaHead, Context: "ci", State: "success", Creator: "bob"}, {SHA: shaHead, Context: "lint", State: "success"}},
			Activity:     []*Activity{{Actor: "alice", Ref: "refs/heads/normal", Before: shaBase, After: shaFork}, {Actor: "bob", Ref: "refs/heads/normal", Before: shaFork, After: shaHead, Kind: "force_push"}, {Actor: "bob", Ref: "refs/heads/main", Before: shaHead, After: shaBase}},
			Deployments:  []*Deployment{{SHA: shaHead, Ref: "main", Environment: "production", Task: "deploy", Creator: "alice", Statuses: []*DeploymentStatus{{State: "success", Creator: "alice"}}}},
			Environments: []*Environment{{Name: "production", Gates: []json.RawMessage{json.RawMessage(`{"id":3,"node_id":"x","enabled":true,"app":{"id":77,"node_id":"x","slug":"mergeseal-acme","integration_url":"https://api.github.com/apps/x"}}`)}}},
			Workflows:    []*Workflow{{Name: "mergeseal", Path: ".github/workflows/mergeseal.yml"}},
			Runs:         []*Run{{ID: 9001, Name: "mergeseal", Event: "pull_request", SHA: shaHead, Branch: "normal", Actor: "alice", Pulls: []int64{42}}, {ID: 9002, Event: "pull_request", SHA: shaFork, Branch: "patch", Fork: "mallory/shop", Actor: "mallory", Pulls: []int64{43}}},
			Contents:     []*Content{{Path: "a/b.yaml", Text: "x: 1\n"}},
			Refs:         map[string]string{"refs/tags/v1": shaBase, "refs/tags/v2": shaBase},
		}},
	}
}

// got is one answer.
type got struct {
	status int
	header http.Header
	body   any
	text   string
}

// field walks into a body: names and indexes.
func (g got) field(path ...any) any {
	v := g.body
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func ask(t *testing.T, s *Server, token, method, path string, body any, headers ...string) got {
	t.Helper()
	var in io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		in = bytes.NewReader(data)
	}
	url := path
	if !strings.HasPrefix(path, "http") {
		url = s.API() + path
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url, in)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		return got{text: err.Error()}
	}
	data, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close() // it has been read
	g := got{status: resp.StatusCode, header: resp.Header, text: string(data)}
	if err != nil {
		g.text += " " + err.Error()
	}
	_ = json.Unmarshal(data, &g.body) // some answers are no JSON
	return g
}

const repo = "/repos/acme/shop"

// Every operation there is gives an answer that GitHub could have given.
func TestEveryAnswerIsGitHubs(t *testing.T) {
	for _, enterprise := range []bool{false, true} {
		s := New(t, Options{State: shop(), Enterprise: enterprise})
		check, comment := "", ""
		s.Change(func(st *State) {
			check = fmt.Sprint(st.Repos[0].Checks[0].ID)
			comment = fmt.Sprint(st.Repos[0].Pulls[0].Comments[0].ID)
		})
		var ruleset, deployment int64
		s.Change(func(st *State) { ruleset, deployment = st.Repos[0].Rulesets[0].ID, st.Repos[0].Deployments[0].ID })
		for _, path := range []string{
			"/users/alice", "/users/github-actions[bot]", "/rate_limit", "/orgs/acme/teams", "/orgs/acme/teams/cab/members", "/orgs/acme/teams/cab/memberships/carol",
			repo, repo + "/collaborators", repo + "/collaborators/alice/permission", repo + "/collaborators/zoe/permission", repo + "/activity", repo + "/activity?ref=main&direction=asc",
			repo + "/branches/main", repo + "/branches/release/1.0", repo + "/branches/main/protection", repo + "/branches/release/1.0/protection", repo + "/rules/branches/release/1.0",
			repo + "/rulesets", fmt.Sprint(repo, "/rulesets/", ruleset), repo + "/git/ref/heads/release/1.0", repo + "/git/matching-refs/tags/v", repo + "/contents/a/b.yaml", repo + "/contents/none",
			repo + "/compare/" + shaBase + "..." + shaHead, repo + "/commits/main", repo + "/commits/" + shaHead + "/pulls", repo + "/pulls", repo + "/pulls?state=all&base=main",
			repo + "/pulls/42", repo + "/pulls/43", repo + "/pulls/44", repo + "/pulls/45", repo + "/pulls/42/files", repo + "/pulls/42/commits", repo + "/pulls/42/reviews", repo + "/pulls/42/requested_reviewers",
			repo + "/pulls/44/merge", repo + "/pulls/42/merge", repo + "/issues/42/comments", repo + "/issues/42/labels", repo + "/issues/comments/" + comment, repo + "/labels/risk: high",
			repo + "/check-runs/" + check, repo + "/check-runs/" + check + "/annotations", repo + "/commits/" + shaHead + "/check-runs", repo + "/commits/" + shaHead + "/status", repo + "/commits/" + shaHead + "/statuses",
			repo + "/deployments", fmt.Sprint(repo, "/deployments/", deployment), fmt.Sprint(repo, "/deployments/", deployment, "/statuses"), repo + "/environments", repo + "/environments/production",
			repo + "/environments/production/deployment_protection_rules", repo + "/actions/workflows", repo + "/actions/runs/9001", repo + "/actions/runs/9002",
			"/orgs/acme/members/carol", "/orgs/acme/members/mallory",
		} {
			g := ask(t, s, tokenApp, "GET", strings.ReplaceAll(path, " ", "%20"), nil)
			if g.status >= 500 || g.status == 401 || g.status == 403 {
				t.Errorf("%s: %d %s", path, g.status, g.text)
			}
		}
		if g := ask(t, s, tokenUser, "GET", "/user", nil); g.field("login") != "alice" {
			t.Errorf("/user: %d %s", g.status, g.text)
		}
	}
}
