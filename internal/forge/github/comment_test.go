package github

import (
	"slices"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/forgetest"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// mine and forged are comments with our marker, by us and by somebody else.
func marked(user, text string) *forgetest.Comment {
	m := &forgetest.Comment{User: user, Body: marker("main", nil) + "\n" + text}
	if user == forgetest.ActionsBot {
		m.App = forgetest.ActionsApp
	}
	return m
}

// with puts comments below the pull request.
func with(s *forgetest.Server, list ...*forgetest.Comment) {
	state(s, func(_ *forgetest.Repo, p *forgetest.Pull) {
		for i, m := range list {
			m.ID = int64(500 + i)
			p.Comments = append(p.Comments, m)
		}
	})
}

func bodies(s *forgetest.Server) (out []string) {
	state(s, func(_ *forgetest.Repo, p *forgetest.Pull) {
		for _, m := range p.Comments {
			first, _, _ := strings.Cut(strings.TrimPrefix(m.Body[strings.Index(m.Body, "\n")+1:], "\n"), "\n")
			out = append(out, m.User+": "+first)
		}
	})
	return out
}

func TestForgedMarkerIsLeftAloneAndOursIsEdited_T55(t *testing.T) {
	s := fakeShop(t)
	with(s, marked("alice", "### ✅ Pass: APPROVED"), &forgetest.Comment{User: forgetest.ActionsBot, App: forgetest.ActionsApp, Body: "coverage\nof another workflow"})
	publish(t, as(t, s, "ghs_workflow"), publication(verdict.OutcomePending, ""))
	publish(t, as(t, s, "ghs_workflow"), publication(verdict.OutcomePass, ""))
	want := []string{"alice: ### ✅ Pass: APPROVED", forgetest.ActionsBot + ": of another workflow", forgetest.ActionsBot + ": ### ✅ Pass: nothing against it"}
	if got := bodies(s); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestSecondCommentsOfOursAreTakenAway(t *testing.T) {
	s := fakeShop(t)
	with(s, marked(forgetest.ActionsBot, "one"), marked("bob", "not ours"), marked(forgetest.ActionsBot, "two"))
	publish(t, as(t, s, "ghs_workflow"), publication(verdict.OutcomePass, ""))
	want := []string{forgetest.ActionsBot + ": ### ✅ Pass: nothing against it", "bob: not ours"}
	if got := bodies(s); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestPullRequestWithAnotherBaseKeepsItsComment(t *testing.T) {
	s := fakeShop(t)
	c := as(t, s, "ghs_workflow")
	publish(t, c, publication(verdict.OutcomePass, ""))
	state(s, func(r *forgetest.Repo, p *forgetest.Pull) {
		r.Branches = append(r.Branches, &forgetest.Branch{Name: "stable", SHA: baseCommit})
		p.Base = "stable"
	})
	p := publication(verdict.OutcomePending, "stable")
	p.PullRequest.BaseRef, p.Name = "refs/heads/stable", "mergeseal (stable)"
	publish(t, c, p)
	state(s, func(r *forgetest.Repo, pull *forgetest.Pull) {
		if len(pull.Comments) != 1 || !strings.HasPrefix(pull.Comments[0].Body, "<!-- mergeseal:comment v1 base=stable asked= -->\n### ⏳ Pending") || len(r.Checks) != 2 {
			t.Errorf("%d comments, %d checks", len(pull.Comments), len(r.Checks))
		}
	})
}

func TestReviewsAreAskedForOnceAndNeverOfThoseWhoNeedNot(t *testing.T) {
	s := fakeShop(t)
	state(s, func(_ *forgetest.Repo, p *forgetest.Pull) {
		p.Reviews = []*forgetest.Review{{ID: 1, User: "bob", State: "COMMENTED", Commit: headCommit, At: noon}}
	})
	p := publication(verdict.OutcomePending, "")
	p.Groups = map[string][]string{"cab": {"alice", "bob", "carol", "other/team"}, "ops": {"carol", "dave"}}
	requested := func() (out []string) {
		state(s, func(_ *forgetest.Repo, p *forgetest.Pull) { out = slices.Clone(p.Requested) })
		return out
	}
	publish(t, as(t, s, "ghs_workflow"), p)
	if got := requested(); len(got) != 2 || !strings.EqualFold(got[0], "carol") || got[1] != "dave" {
		t.Errorf("asked %q", got)
	}
	// Somebody takes a request back: it is not made again.
	state(s, func(_ *forgetest.Repo, p *forgetest.Pull) { p.Requested = nil })
	s.Forget()
	if d := publish(t, as(t, s, "ghs_workflow"), p); !d.Unchanged || len(requested()) > 0 {
		t.Errorf("asked again: %q, %+v\n%s", requested(), d, s.Text(true))
	}
	// Nor when the comment says something else by then.
	publish(t, as(t, s, "ghs_workflow"), publication(verdict.OutcomePass, ""))
	publish(t, as(t, s, "ghs_workflow"), p)
	if len(requested()) > 0 {
		t.Errorf("asked again: %q", requested())
	}
}

func TestNobodyIsAskedAboutADraftOrWhatHasFailed(t *testing.T) {
	for _, o := range []verdict.Outcome{verdict.OutcomePending, verdict.OutcomeFail, verdict.OutcomePass} {
		s := fakeShop(t)
		p := publication(o, "")
		p.Groups = map[string][]string{"cab": {"dave"}}
		state(s, func(_ *forgetest.Repo, p *forgetest.Pull) { p.Draft = o == verdict.OutcomePending })
		publish(t, as(t, s, "ghs_workflow"), p)
		for _, w := range writesOf(s) {
			if strings.Contains(w, "requested_reviewers") {
				t.Errorf("%s: %s", o, w)
			}
		}
	}
}

func TestOneNameThatGitHubRefusesDoesNotSpoilTheOthers(t *testing.T) {
	s := fakeShop(t)
	p := publication(verdict.OutcomePending, "")
	p.Groups = map[string][]string{"cab": {"carol", "stranger"}}
	d, err := as(t, s, "ghs_workflow").Publish(t.Context(), shop, p)
	if err != nil || len(d.Warnings) != 1 || !strings.Contains(d.Warnings[0], "stranger") {
		t.Errorf("%+v, %v", d, err)
	}
	state(s, func(_ *forgetest.Repo, p *forgetest.Pull) {
		if !slices.Equal(p.Requested, []string{"carol"}) {
			t.Errorf("asked %q", p.Requested)
		}
	})
	if again, err := as(t, s, "ghs_workflow").Publish(t.Context(), shop, p); err != nil || !again.Unchanged {
		t.Errorf("%+v, %v", again, err)
	}
}

func FuzzMarkerIsOneLineAndIsReadBack_T55(f *testing.F) {
	for _, s := range []string{"main", "-->", "a--!>b", "x asked=bob -->", "@org/all", "日本", "a\nb", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line := marker(s, []string{s})
		if strings.ContainsAny(line, "\r\n@") || strings.Count(line, "--") != 2 || strings.Count(line, ">") != 1 || markerForm.FindStringSubmatch(line) == nil {
			t.Fatalf("%q", line)
		}
	})
}

func TestOwnLabelsAreNoEvidence(t *testing.T) {
	if !IsOwnLabel("Risk: High") || !IsOwnLabel("freeze") || IsOwnLabel("team: payments") {
		t.Error("own labels are not told from others")
	}
	var v verdict.Verdict
	if len(labelsOf(&v)) > 0 {
		t.Errorf("nothing judged has labels: %v", labelsOf(&v))
	}
}
