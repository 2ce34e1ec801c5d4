package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/forgetest"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

var (
	baseCommit = strings.Repeat("a", 40)
	headCommit = strings.Repeat("b", 40)
	nextCommit = strings.Repeat("c", 40)
	shop       = Repo{"acme", "shop"}
)

const checkName = "mergeseal (main)"

// github is a fake with one pull request and tokens of each kind.
func fakeShop(t *testing.T) *forgetest.Server {
	t.Helper()
	return forgetest.New(t, forgetest.Options{Now: noon, State: &forgetest.State{
		Users: []*forgetest.User{{Login: "acme", Type: "Organization"}},
		Teams: []*forgetest.Team{{Org: "acme", Slug: "cab", Members: []string{"carol"}}},
		Tokens: map[string]*forgetest.Token{
			"ghs_workflow": {Kind: "workflow"}, "ghs_fork": {Kind: "workflow", ReadOnly: true}, "ghp_bob": {Kind: "user", Login: "bob"},
			"ghs_nochecks": {Kind: "workflow", Permissions: map[string]string{"contents": "read", "pull_requests": "write", "statuses": "write", "checks": "read"}},
			"ghs_noword":   {Kind: "workflow", Permissions: map[string]string{"contents": "read", "pull_requests": "read", "checks": "write"}},
		},
		Repos: []*forgetest.Repo{{
			Name: "acme/shop", Private: true, Permissions: map[string]string{"alice": "write", "bob": "write", "carol": "write", "dave": "write"},
			Branches: []*forgetest.Branch{{Name: "main", SHA: baseCommit}},
			Commits:  []*forgetest.Commit{{SHA: nextCommit}},
			Pulls: []*forgetest.Pull{{Number: 42, Author: "alice", Base: "main", SHA: headCommit, Branch: "normal", Labels: []string{"risk: high", "team: payments"},
				Commits: []*forgetest.Commit{{SHA: headCommit, Author: "alice", Committer: "alice", Message: "one"}}}},
		}},
	}})
}

// as is a client of the fake with a token.
func as(t *testing.T, s *forgetest.Server, token string) *Client {
	t.Helper()
	w := &waits{}
	c, err := New(Options{API: s.API(), Auth: Auth{Token: token}, Now: func() time.Time { return noon }, Sleep: w.sleep, Random: zeros{}, Wait: -1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// verdictOf is a verdict whose digest follows from its outcome and a word.
func verdictOf(o verdict.Outcome, word string) *verdict.Verdict {
	c := verdict.Judged{ID: "CHG-2026-0142", Title: "Upgrade", Type: "normal", Path: "changes/a.yaml", Outcome: o,
		Risk: &risk.Score{Total: 39, Level: field.Moderate, Impact: 30, Likelihood: 9}}
	if o == verdict.OutcomePending {
		c.Requirements = []approval.Status{{Requirement: approval.Requirement{Group: "cab", Count: approval.Count{N: 1}, Reason: "moderate risk"}, Missing: 1}}
	}
	return &verdict.Verdict{Schema: verdict.Schema, Outcome: o, DecidedAt: noon, Subject: verdict.Subject{Head: headCommit},
		Changes: []verdict.Judged{c}, Digest: "sha256:" + fmt.Sprintf("%064x", o.String()+word)[:64]}
}

func publication(o verdict.Outcome, word string, findings ...diag.Finding) Publication {
	return Publication{PullRequest: PullRequest{Number: 42, Head: headCommit, BaseRef: "refs/heads/main", Author: "alice"}, Name: checkName,
		Report: render.Report{Verdict: verdictOf(o, word), Findings: findings}, Details: "https://github.com/acme/shop/actions/runs/1"}
}

func publish(t *testing.T, c *Client, p Publication) Delivery {
	t.Helper()
	d, err := c.Publish(context.Background(), shop, p)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Warnings) > 0 {
		t.Errorf("warnings %q", d.Warnings)
	}
	return d
}

// state reads the fake's first repository and its pull request.
func state(s *forgetest.Server, look func(r *forgetest.Repo, p *forgetest.Pull)) {
	s.Change(func(st *forgetest.State) { look(st.Repos[0], st.Repos[0].Pulls[0]) })
}

// writesOf are the journal's writes as "METHOD what".
func writesOf(s *forgetest.Server) (out []string) {
	for _, e := range s.Journal() {
		if e.Write {
			path, _, _ := strings.Cut(e.Path, "?")
			out = append(out, e.Method+" "+strings.TrimPrefix(strings.TrimPrefix(path, "/"), "repos/acme/shop/"))
		}
	}
	return out
}

func findings(n int) (out []diag.Finding) {
	for i := range n {
		out = append(out, diag.New("MS206", source.Range{File: "changes/a.yaml", Start: source.Pos{Line: i + 1, Col: 1}, End: source.Pos{Line: i + 1, Col: 4}}, "finding %d", i))
	}
	return out
}

func TestVerdictIsPostedOnceAndASecondRunWritesNothing(t *testing.T) {
	for _, o := range []verdict.Outcome{verdict.OutcomePass, verdict.OutcomePending, verdict.OutcomeFail, verdict.OutcomeError} {
		t.Run(o.String(), func(t *testing.T) {
			s := fakeShop(t)
			p := publication(o, "", findings(3)...)
			p.Groups = map[string][]string{"cab": {"acme/cab", "dave"}}
			d := publish(t, as(t, s, "ghs_workflow"), p)
			if d.Rung != RungCheck || d.Writes == 0 || d.Unchanged || d.Moved {
				t.Errorf("%+v", d)
			}
			state(s, func(r *forgetest.Repo, pull *forgetest.Pull) {
				k := r.Checks[len(r.Checks)-1]
				if len(r.Checks) != 1 || k.Name != checkName || k.SHA != headCommit || k.Status != "completed" || k.ExternalID != p.Report.Verdict.Digest || k.Conclusion != conclusion(o) || len(k.Annotations) != 3 {
					t.Errorf("check %+v", k)
				}
				if len(pull.Comments) != 1 || !strings.HasPrefix(pull.Comments[0].Body, "<!-- mergeseal:comment v1 base=main asked=") {
					t.Errorf("comments %+v", pull.Comments)
				}
				want := []string{"risk: moderate", "team: payments"}
				if o == verdict.OutcomeError {
					want = []string{"risk: high", "team: payments"}
				}
				if got := slices.Sorted(slices.Values(pull.Labels)); !slices.Equal(got, want) {
					t.Errorf("labels %q", got)
				}
				if (o == verdict.OutcomePending) != slices.Equal(pull.Requested, []string{"dave"}) {
					t.Errorf("asked %q", pull.Requested)
				}
			})
			s.Forget()
			again := publish(t, as(t, s, "ghs_workflow"), p)
			if !again.Unchanged || again.Writes != 0 || again.Rung != RungCheck || len(writesOf(s)) > 0 {
				t.Errorf("second run: %+v\n%s", again, s.Text(false))
			}
		})
	}
}

func TestOrderOfWritesNeverShowsAPassThatIsNotTrue(t *testing.T) {
	s := fakeShop(t)
	c := as(t, s, "ghs_workflow")
	publish(t, c, publication(verdict.OutcomePass, ""))
	if got := writesOf(s); !strings.HasSuffix(got[len(got)-1], "check-runs") {
		t.Errorf("a pass is not written last: %q", got)
	}
	s.Forget()
	publish(t, c, publication(verdict.OutcomeFail, ""))
	if got := writesOf(s); !strings.HasPrefix(got[0], "PATCH check-runs/") {
		t.Errorf("a worse outcome is not written first: %q", got)
	}
	s.Forget()
	publish(t, c, publication(verdict.OutcomePass, "again"))
	if got := writesOf(s); !strings.HasPrefix(got[len(got)-1], "PATCH check-runs/") {
		t.Errorf("a pass is not written last: %q", got)
	}
	state(s, func(r *forgetest.Repo, _ *forgetest.Pull) {
		if len(r.Checks) != 1 || r.Checks[0].Conclusion != "success" {
			t.Errorf("checks %+v", r.Checks)
		}
	})
}

func TestHundredAndTwentyFindingsTakeThreeRequestsAndArePassLastOfAll(t *testing.T) {
	for _, o := range []verdict.Outcome{verdict.OutcomePass, verdict.OutcomeFail} {
		s := fakeShop(t)
		c := as(t, s, "ghs_workflow")
		p := publication(o, "", findings(120)...)
		publish(t, c, p)
		n := 0
		for _, w := range writesOf(s) {
			if strings.Contains(w, "check-runs") {
				n++
			}
		}
		state(s, func(r *forgetest.Repo, _ *forgetest.Pull) {
			if n != 3 || len(r.Checks) != 1 || len(r.Checks[0].Annotations) != 120 || r.Checks[0].Conclusion != conclusion(o) {
				t.Errorf("%s: %d requests, %d annotations", o, n, len(r.Checks[0].Annotations))
			}
		})
		// The run breaks off after its second request.
		s = fakeShop(t)
		s.Fault(forgetest.Fault{Method: "PATCH", Path: "*check-runs/*", Pass: 1, Times: 1, Status: 422})
		if _, err := as(t, s, "ghs_workflow").Publish(context.Background(), shop, p); err == nil {
			t.Errorf("%s: half a check is no error", o)
		}
		state(s, func(r *forgetest.Repo, _ *forgetest.Pull) {
			if k := r.Checks[0]; k.Conclusion == "success" || k.ExternalID != unfinished {
				t.Errorf("%s: half a check says %s, %s", o, k.Conclusion, k.ExternalID)
			}
		})
		publish(t, as(t, s, "ghs_workflow"), p)
		state(s, func(r *forgetest.Repo, _ *forgetest.Pull) {
			if len(r.Checks) != 1 || len(r.Checks[0].Annotations) != 120 || r.Checks[0].ExternalID != p.Report.Verdict.Digest {
				t.Errorf("%s: not finished: %d runs, %d annotations", o, len(r.Checks), len(r.Checks[0].Annotations))
			}
		})
	}
}

func TestNothingIsPostedWhenTheHeadMovedBefore_T34(t *testing.T) {
	s := fakeShop(t)
	state(s, func(_ *forgetest.Repo, p *forgetest.Pull) { p.SHA = nextCommit })
	d, err := as(t, s, "ghs_workflow").Publish(context.Background(), shop, publication(verdict.OutcomePass, ""))
	if err != nil || !d.Moved || d.Rung != RungNone || d.Writes != 0 || len(writesOf(s)) > 0 {
		t.Errorf("%+v, %v\n%s", d, err, s.Text(true))
	}
}

func TestRefusalsGoDownTheLadder_T14(t *testing.T) {
	s := fakeShop(t)
	d := publish(t, as(t, s, "ghs_nochecks"), publication(verdict.OutcomePending, ""))
	state(s, func(r *forgetest.Repo, _ *forgetest.Pull) {
		if d.Rung != RungStatus || len(r.Checks) != 0 || len(r.Statuses) != 1 || r.Statuses[0].State != "pending" || r.Statuses[0].Context != checkName || r.Statuses[0].Description == "" {
			t.Errorf("%+v, %+v", d, r.Statuses)
		}
	})
	if again := publish(t, as(t, s, "ghs_nochecks"), publication(verdict.OutcomePending, "")); !again.Unchanged {
		t.Errorf("the same status is written again: %+v", again)
	}

	s = fakeShop(t)
	if d := publish(t, as(t, s, "ghp_bob"), publication(verdict.OutcomePass, "")); d.Rung != RungStatus {
		t.Errorf("a user's token: %+v", d)
	}

	s = fakeShop(t)
	p := publication(verdict.OutcomePass, "")
	if d, err := as(t, s, "ghs_fork").Publish(context.Background(), shop, p); !errors.Is(err, ErrForbidden) || d.Rung != RungNone {
		t.Errorf("a token that may not write: %+v, %v", d, err)
	}
	p.Log = true
	d, err := as(t, s, "ghs_fork").Publish(context.Background(), shop, p)
	if err != nil || d.Rung != RungLog || d.Unchanged || d.Writes != 0 || len(d.Warnings) == 0 {
		t.Errorf("in a job: %+v, %v", d, err)
	}
}

func TestAStatusThatAnEarlierRunLeftIsCorrected_T43(t *testing.T) {
	s := fakeShop(t)
	publish(t, as(t, s, "ghp_bob"), publication(verdict.OutcomePass, ""))
	p := publication(verdict.OutcomeFail, "")
	publish(t, as(t, s, "ghs_workflow"), p)
	state(s, func(r *forgetest.Repo, _ *forgetest.Pull) {
		if last := r.Statuses[len(r.Statuses)-1]; len(r.Checks) != 1 || len(r.Statuses) != 2 || last.State != "failure" || last.Context != checkName {
			t.Errorf("%+v", r.Statuses)
		}
	})
	if again := publish(t, as(t, s, "ghs_workflow"), p); !again.Unchanged {
		t.Errorf("a second run: %+v", again)
	}
	publish(t, as(t, s, "ghs_workflow"), publication(verdict.OutcomePass, ""))
	state(s, func(r *forgetest.Repo, _ *forgetest.Pull) {
		if last := r.Statuses[len(r.Statuses)-1]; last.State != "success" {
			t.Errorf("%+v", last)
		}
	})
	publish(t, as(t, s, "ghp_bob"), p)
	s.Change(func(st *forgetest.State) {
		st.Tokens["ghs_look"] = &forgetest.Token{Kind: "workflow", Permissions: map[string]string{"contents": "read", "pull_requests": "write", "checks": "write", "statuses": "read"}}
	})
	d, err := as(t, s, "ghs_look").Publish(context.Background(), shop, publication(verdict.OutcomePass, ""))
	if err != nil || d.Rung != RungCheck || len(d.Warnings) == 0 {
		t.Errorf("a status that may not be corrected is said: %+v, %v", d, err)
	}
}

func TestAnAppWhoseTokenIsGivenKnowsItsOwn(t *testing.T) {
	s := fakeShop(t)
	s.Change(func(st *forgetest.State) {
		st.Apps = append(st.Apps, &forgetest.App{ID: 77, Slug: "mergeseal-acme", Installations: []*forgetest.Installation{{ID: 770, Account: "acme"}}})
		st.Tokens["ghs_app"] = &forgetest.Token{Kind: "installation", Installation: 770,
			Permissions: map[string]string{"contents": "read", "pull_requests": "write", "checks": "write", "statuses": "read"}}
	})
	publish(t, as(t, s, "ghs_app"), publication(verdict.OutcomePending, ""))
	if again := publish(t, as(t, s, "ghs_app"), publication(verdict.OutcomePending, "")); !again.Unchanged {
		t.Errorf("a second run: %+v", again)
	}
	publish(t, as(t, s, "ghs_app"), publication(verdict.OutcomePass, ""))
	state(s, func(r *forgetest.Repo, p *forgetest.Pull) {
		if len(r.Checks) != 1 || r.Checks[0].App != 77 || r.Checks[0].Conclusion != "success" || len(p.Comments) != 1 {
			t.Errorf("%+v, %d comments", r.Checks, len(p.Comments))
		}
	})
}

func TestWhatCannotStandBesideTheVerdictIsAWarning(t *testing.T) {
	s := fakeShop(t)
	p := publication(verdict.OutcomePending, "")
	p.Groups = map[string][]string{"cab": {"dave"}}
	d, err := as(t, s, "ghs_noword").Publish(context.Background(), shop, p)
	if err != nil || d.Rung != RungCheck || len(d.Warnings) == 0 {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestFailuresThatAreNoRefusalAreErrors(t *testing.T) {
	s := fakeShop(t)
	s.Fault(forgetest.Fault{Method: "POST", Path: "*check-runs", Times: -1, Status: 502})
	p := publication(verdict.OutcomeFail, "")
	p.Log = true
	d, err := as(t, s, "ghs_workflow").Publish(context.Background(), shop, p)
	if !errors.Is(err, ErrUnavailable) || d.Rung != RungNone {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestOwnRunsThatDisagreeAreRepairedAndOthersLeftAlone_T43(t *testing.T) {
	s := fakeShop(t)
	old := func(app int64, note ...json.RawMessage) *forgetest.Check {
		return &forgetest.Check{Name: checkName, SHA: headCommit, App: app, Status: "completed", Conclusion: "success", ExternalID: "sha256:old", Annotations: note}
	}
	stale := json.RawMessage(`{"path":"x","start_line":1,"end_line":1,"annotation_level":"failure","message":"gone"}`)
	s.Change(func(st *forgetest.State) {
		st.Apps = append(st.Apps, &forgetest.App{ID: 4242, Slug: "mallory-app"})
		for i, k := range []*forgetest.Check{old(forgetest.ActionsApp), old(4242), old(forgetest.ActionsApp, stale)} {
			k.ID = int64(100 + i)
			st.Repos[0].Checks = append(st.Repos[0].Checks, k)
		}
	})
	p := publication(verdict.OutcomeFail, "", findings(1)...)
	publish(t, as(t, s, "ghs_workflow"), p)
	state(s, func(r *forgetest.Repo, _ *forgetest.Pull) {
		for _, k := range r.Checks {
			if theirs := k.App == 4242; theirs != (k.Conclusion == "success") {
				t.Errorf("run %d of %d says %s", k.ID, k.App, k.Conclusion)
			}
		}
		if len(r.Checks) != 4 || len(r.Checks[3].Annotations) != 1 {
			t.Errorf("the run with a finding that is gone was used again: %d runs", len(r.Checks))
		}
	})
	if again := publish(t, as(t, s, "ghs_workflow"), p); !again.Unchanged {
		t.Errorf("%+v", again)
	}
}

func TestMergeGroupGetsTheCheckAlone(t *testing.T) {
	s := fakeShop(t)
	p := publication(verdict.OutcomePass, "")
	p.Commit = nextCommit
	publish(t, as(t, s, "ghs_workflow"), p)
	writes := writesOf(s)
	state(s, func(r *forgetest.Repo, pull *forgetest.Pull) {
		if len(r.Checks) != 1 || r.Checks[0].SHA != nextCommit || len(pull.Comments) > 0 || len(writes) != 1 {
			t.Errorf("%+v, %q", r.Checks, writes)
		}
	})
}

func TestPublicationThatSaysTooLittleIsAnError(t *testing.T) {
	s := fakeShop(t)
	for name, spoil := range map[string]func(*Publication){
		"no verdict":     func(p *Publication) { p.Report.Verdict = nil },
		"no digest":      func(p *Publication) { p.Report.Verdict.Digest = "" },
		"no name":        func(p *Publication) { p.Name = "" },
		"a short commit": func(p *Publication) { p.PullRequest.Head = headCommit[:7] },
	} {
		p := publication(verdict.OutcomePass, "")
		spoil(&p)
		if _, err := as(t, s, "ghs_workflow").Publish(context.Background(), shop, p); err == nil || len(s.Journal()) > 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHeadThatMovesWhilePostingIsSaidAndHasNoCheck_T34(t *testing.T) {
	s := fakeShop(t)
	s.After("POST", "*check-runs", 1, func(st *forgetest.State) { st.Repos[0].Pulls[0].SHA = nextCommit })
	d, err := as(t, s, "ghs_workflow").Publish(context.Background(), shop, publication(verdict.OutcomePass, ""))
	if err != nil || !d.Moved || d.Rung != RungCheck {
		t.Errorf("%+v, %v", d, err)
	}
	state(s, func(r *forgetest.Repo, _ *forgetest.Pull) {
		for _, k := range r.Checks {
			if k.SHA != headCommit {
				t.Errorf("a check on %s", k.SHA)
			}
		}
	})
	all, writes := s.Counts()
	t.Logf("a first run: %d requests, %d of them writes", all, writes)
}
