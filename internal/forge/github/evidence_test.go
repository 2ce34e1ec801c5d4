package github_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/forge/github"
	"github.com/mergeseal/mergeseal/internal/forgetest"
)

// Commits of the pull request that these tests read.
var (
	base  = strings.Repeat("a", 40)
	head  = strings.Repeat("b", 40)
	first = strings.Repeat("1", 40)
	other = strings.Repeat("c", 40)
)

var (
	noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	repo = github.Repo{Owner: "acme", Name: "shop"}
)

// shop is a repository with an ordinary pull request: two commits, a review,
// and another pull request that touches a record.
func shop() *forgetest.State {
	return &forgetest.State{
		Users: []*forgetest.User{{Login: "acme", Type: "Organization", Members: []string{"carol"}}, {Login: "web-flow"}},
		Teams: []*forgetest.Team{{Org: "acme", Slug: "cab", Members: []string{"carol", "dave", "erin"}}},
		Apps: []*forgetest.App{{ID: 77, Slug: "seal", Installations: []*forgetest.Installation{{ID: 770, Account: "acme", Permissions: map[string]string{
			"contents": "read", "pull_requests": "write", "members": "read"}}}}},
		Tokens: map[string]*forgetest.Token{
			"ghs_workflow": {Kind: "workflow"}, "ghs_app": {Kind: "installation", Installation: 770},
			"ghs_poor":  {Kind: "workflow", Permissions: map[string]string{"contents": "read"}},
			"ghs_blind": {Kind: "workflow", Permissions: map[string]string{"pull_requests": "read"}},
		},
		Repos: []*forgetest.Repo{{
			Name: "acme/shop", Private: true,
			Permissions: map[string]string{"alice": "admin", "bob": "write", "carol": "maintain", "dave": "triage", "erin": "reviewer", "frank": "read"},
			Roles:       map[string]string{"reviewer": "write"},
			Branches:    []*forgetest.Branch{{Name: "main", SHA: base}},
			Pulls: []*forgetest.Pull{
				{Number: 42, Author: "alice", SHA: head, Branch: "topic", Labels: []string{"risk: high", "area: edge"},
					Commits: []*forgetest.Commit{
						{SHA: first, Author: "alice", Committer: "alice", Message: "one\n\nCo-authored-by: Bob <12+bob@users.noreply.github.com>\nSigned-off-by: Alice <alice@example.com>"},
						{SHA: head, Author: "alice", Committer: "web-flow", Message: "two"}},
					Reviews: []*forgetest.Review{{ID: 1, User: "carol", State: "APPROVED", Commit: head, At: noon.Add(-time.Hour)}}},
				{Number: 43, Author: "bob", SHA: other, Branch: "b", Files: []*forgetest.File{{Name: "changes/b.yaml", Status: "added"}, {Name: "main.go"}, {Name: "changes/gone.yaml", Status: "removed"}}},
			},
			Activity: []*forgetest.Activity{
				{Actor: "dave", Ref: "refs/heads/topic", Before: base, After: other, Kind: "branch_deletion"},
				{Actor: "alice", Ref: "refs/heads/topic", Before: base, After: first, Kind: "branch_creation"},
				{Actor: "bob", Ref: "refs/heads/topic", Before: first, After: head, Kind: "force_push"}},
		}},
	}
}

// start serves a state, changed before.
func start(t *testing.T, change func(*forgetest.State, *forgetest.Repo)) *forgetest.Server {
	t.Helper()
	st := shop()
	if change != nil {
		change(st, st.Repos[0])
	}
	return forgetest.New(t, forgetest.Options{State: st, Now: noon})
}

func client(t *testing.T, s *forgetest.Server, token string) *github.Client {
	t.Helper()
	c, err := github.New(github.Options{API: s.API(), Auth: github.Auth{Token: token}, Now: func() time.Time { return noon },
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// gather is what a run does: the pull request, then its evidence.
func gather(t *testing.T, c *github.Client, ask github.Ask) (*evidence.Document, []github.Gap, error) {
	t.Helper()
	pr, err := c.PullRequest(context.Background(), repo, 42)
	if err != nil {
		return nil, nil, err
	}
	return c.Evidence(context.Background(), repo, pr, ask)
}

func isRecord(path string) bool { return strings.HasPrefix(path, "changes/") }

func TestTheDocumentOfAnOrdinaryPullRequest(t *testing.T) {
	s := start(t, nil)
	got, gaps, err := gather(t, client(t, s, "ghs_app"), github.Ask{Teams: []string{"acme/cab"}, OpenRecords: true, Record: isRecord})
	if err != nil {
		t.Fatal(err)
	}
	if len(gaps) > 0 {
		t.Errorf("gaps: %v", gaps)
	}
	want := fmt.Sprintf(`{
  "version": 1,
  "repository": "acme/shop",
  "pull_request": {"number": 42, "author": "alice", "base_ref": "refs/heads/main", "base": %q, "head": %q, "labels": ["area: edge"],
    "commits": [{"sha": %q, "author": "alice", "committer": "alice", "co_authors": ["alice", "bob"]}, {"sha": %q, "author": "alice", "committer": "web-flow"}],
    "pushed_by": ["alice", "bob"]},
  "reviews": [{"id": 1, "by": "carol", "type": "User", "permission": "maintain", "state": "approved", "commit": %q, "submitted_at": "2026-11-21T11:00:00Z"}],
  "teams": {"acme/cab": {"members": ["carol", "dave", "erin"]}},
  "open_pull_requests": [{"number": 43, "head": %q, "records": ["changes/b.yaml"]}]}`, base, head, first, head, head, other)
	expected, found := evidence.Read("want", []byte(want))
	if len(found) > 0 {
		t.Fatal(found)
	}
	if d := cmp.Diff(expected, got); d != "" {
		t.Error(d)
	}
	raw, err := got.JSON()
	if err != nil {
		t.Fatal(err)
	}
	again, found := evidence.Read("saved", raw)
	if d := cmp.Diff(got, again); d != "" || len(found) > 0 {
		t.Errorf("what is saved reads otherwise: %v %s", found, d)
	}
}

func TestHowManyRequestsAnOrdinaryPullRequestCosts(t *testing.T) {
	st := shop()
	s := forgetest.New(t, forgetest.Options{State: st, Now: noon, PageSize: 100})
	c := client(t, s, "ghs_workflow")
	if _, _, err := gather(t, c, github.Ask{}); err != nil {
		t.Fatal(err)
	}
	// The pull request twice, its commits, reviews, events and activity, and one
	// reviewer's permission.
	if n, writes := s.Counts(); n != 7 || c.Requests() != 7 || writes != 0 {
		t.Errorf("%d requests, %d of them writes:\n%s", n, writes, s.Text(false))
	}
	t.Logf("requests of an ordinary pull request: %d", c.Requests())
	s.Forget()
	if _, _, err := gather(t, c, github.Ask{OpenRecords: true, Record: isRecord}); err != nil {
		t.Fatal(err)
	}
	t.Logf("again, with the records of one other pull request:\n%s", s.Text(false))
}

func TestT34AHeadThatMovesMeanwhileIsNoEvidence(t *testing.T) {
	for name, change := range map[string]func(*forgetest.Pull){
		"a push":     func(p *forgetest.Pull) { p.SHA = other },
		"a new base": func(p *forgetest.Pull) { p.Base = "release" },
	} {
		s := start(t, func(_ *forgetest.State, r *forgetest.Repo) {
			r.Branches = append(r.Branches, &forgetest.Branch{Name: "release", SHA: base})
		})
		s.After("GET", "/repos/acme/shop/pulls/42/reviews", 1, func(st *forgetest.State) { change(st.Repos[0].Pulls[0]) })
		if _, _, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{}); !errors.Is(err, github.ErrMoved) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// reads are the requests of a gathering.
var reads = map[string]string{
	"pull request": "/repos/acme/shop/pulls/42",
	"commits":      "/repos/acme/shop/pulls/42/commits",
	"reviews":      "/repos/acme/shop/pulls/42/reviews",
	"permission":   "/repos/acme/shop/collaborators/carol/permission",
	"events":       "/repos/acme/shop/issues/42/events",
	"activity":     "/repos/acme/shop/activity",
	"team":         "/orgs/acme/teams/cab/members",
	"open":         "/repos/acme/shop/pulls",
	"files":        "/repos/acme/shop/pulls/43/files",
}

func TestT111NoFailureOfTheAPIBecomesAnAllow(t *testing.T) {
	faults := map[string]forgetest.Fault{
		"401":      {Status: 401},
		"403":      {Status: 403},
		"404":      {Status: 404},
		"429":      {Status: 429, Headers: map[string]string{"Retry-After": "3600"}},
		"500":      {Status: 500},
		"broken":   {Reset: true},
		"partial":  {Truncate: 1},
		"no JSON":  {Status: 200, Body: "<html>"},
		"empty":    {Status: 200, Body: " "},
		"nonsense": {Status: 200, Body: `"x"`},
	}
	// What may be missing from the document, and then is a gap.
	optional := map[string]bool{"activity": true, "team": true}
	for what, path := range reads {
		for name, f := range faults {
			t.Run(what+" "+name, func(t *testing.T) {
				s := start(t, nil)
				f := f
				f.Path, f.Times = path, -1
				s.Fault(f)
				doc, gaps, err := gather(t, client(t, s, "ghs_app"), github.Ask{Teams: []string{"acme/cab"}, OpenRecords: true, Record: isRecord})
				s.Forgive("")
				if optional[what] && (name == "403" || name == "404") {
					if err != nil || len(gaps) != 1 || gaps[0].Fix == "" {
						t.Fatalf("%v, gaps %v", err, gaps)
					}
					if what == "team" && doc.Teams != nil || what == "activity" && doc.PullRequest.Pushers != nil {
						t.Errorf("what is unknown became empty: %+v", doc)
					}
					return
				}
				if err == nil || doc != nil {
					t.Errorf("evidence in spite of it: %+v", doc)
				}
				if !errors.Is(err, github.ErrUnavailable) && !errors.Is(err, github.ErrForbidden) && !errors.Is(err, github.ErrNotFound) {
					t.Errorf("an error of no kind: %v", err)
				}
			})
		}
	}
}
