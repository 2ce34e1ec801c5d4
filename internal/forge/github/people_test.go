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

func logins[T ~string](l []T) string {
	out := make([]string, len(l))
	for i, s := range l {
		out[i] = string(s)
	}
	return strings.Join(out, " ")
}

func TestT24AVetoOnAnyPageIsRead(t *testing.T) {
	s := start(t, func(_ *forgetest.State, r *forgetest.Repo) {
		r.Pulls[0].Reviews = nil
		for i := range 130 {
			state := "COMMENTED"
			if i == 6 {
				state = "CHANGES_REQUESTED"
			}
			r.Pulls[0].Reviews = append(r.Pulls[0].Reviews, &forgetest.Review{ID: int64(i + 1), User: "bob", State: state, Commit: head, At: noon.Add(time.Duration(i) * time.Second)})
		}
	})
	got, _, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{})
	if err != nil || len(got.Reviews) != 130 || got.Reviews[6].State != evidence.ChangesRequested {
		t.Errorf("%v: %d reviews", err, len(got.Reviews))
	}
	asked := 0
	for _, e := range s.Journal() {
		if strings.Contains(e.Path, "/permission") {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("one reviewer was asked about %d times", asked)
	}
}

func TestT22T25ReviewersAreShownWithWhatTheyMayDo(t *testing.T) {
	s := start(t, func(st *forgetest.State, r *forgetest.Repo) {
		st.Users = append(st.Users, &forgetest.User{Login: "helper[bot]", Type: "Bot"}, &forgetest.User{Login: "mallory"})
		r.Pulls[0].Reviews = nil
		for i, who := range []string{"alice", "bob", "carol", "dave", "erin", "frank", "mallory", "helper[bot]", ""} {
			r.Pulls[0].Reviews = append(r.Pulls[0].Reviews, &forgetest.Review{ID: int64(i + 1), User: who, State: "APPROVED", Commit: head, At: noon})
		}
		r.Pulls[0].Reviews = append(r.Pulls[0].Reviews, &forgetest.Review{ID: 90, User: "bob", State: "PENDING", Commit: head},
			&forgetest.Review{ID: 91, User: "bob", State: "DISMISSED", Commit: first, At: noon})
	})
	got, _, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range got.Reviews {
		lines = append(lines, fmt.Sprintf("%d %s %s %s %s %.3s", r.ID, r.By, r.Type, r.Permission, r.State, r.Commit))
	}
	want := []string{"1 alice User admin approved bbb", "2 bob User write approved bbb", "3 carol User maintain approved bbb", "4 dave User triage approved bbb",
		"5 erin User write approved bbb", "6 frank User read approved bbb", "7 mallory User read approved bbb", "8 helper[bot] Bot read approved bbb",
		"9 ghost User read approved bbb", "91 bob User write dismissed 111"}
	if d := cmp.Diff(want, lines); d != "" {
		t.Error(d)
	}
}

func TestT21CommitsWithoutAnAccountAreNobodys(t *testing.T) {
	s := start(t, func(_ *forgetest.State, r *forgetest.Repo) {
		r.Pulls[0].Commits = []*forgetest.Commit{{SHA: first, Author: "alice"}, {SHA: head, Committer: "alice"}}
	})
	got, _, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	k := got.PullRequest.Commits
	if k[0].Author == nil || k[0].Committer != nil || k[1].Author != nil || k[1].Committer == nil || len(got.Unattributed()) != 2 {
		t.Errorf("got %+v", k)
	}
}

func TestT20CoAuthorsAreFoundByTheirAddresses(t *testing.T) {
	state := func() *forgetest.State {
		return changed(func(st *forgetest.State, r *forgetest.Repo) {
			r.Pulls[0].Commits[0].Message = "x\n\nco-authored-by: B <bob@users.noreply.github.com>\nSigned-off-by: C <carol@example.com>\n" +
				"Co-authored-by: D <3+dave@users.noreply.github.example.org>\nCo-authored-by: E <Erin@corp.example>\nCo-authored-by: S <stranger@corp.example>\nCo-authored-by: nobody"
			r.Pulls[0].Commits[1].Author, r.Pulls[0].Commits[1].Committer = "carol", "alice"
			st.Users = append(st.Users, &forgetest.User{Login: "erin", Emails: []string{"erin@corp.example"}})
		})
	}
	for name, tt := range map[string]struct {
		enterprise bool
		fault      *forgetest.Fault
		want       string
		strangers  string
		fails      bool
	}{
		"GraphQL knows more":          {want: "bob carol dave erin", strangers: "1 address"},
		"on an Enterprise Server":     {enterprise: true, want: "bob carol dave erin", strangers: "1 address"},
		"GraphQL is broken once":      {fault: &forgetest.Fault{Status: 502}, want: "bob carol dave erin", strangers: "1 address"},
		"GraphQL is refused":          {fault: &forgetest.Fault{Status: 403}, want: "bob carol dave", strangers: "2 address"},
		"GraphQL is not there":        {fault: &forgetest.Fault{Status: 404}, want: "bob carol dave", strangers: "2 address"},
		"T111: errors beside data":    {fault: &forgetest.Fault{Status: 200, Body: `{"errors": [{"message": "x"}], "data": {"repository": {"pullRequest": {"commits": {"nodes": [{"commit": {"authors": {"nodes": [{"email": "stranger@corp.example", "user": {"login": "mallory"}}]}}}]}}}}}`}, want: "bob carol dave", strangers: "2 address"},
		"T111: data that is nothing":  {fault: &forgetest.Fault{Status: 200, Body: `{"data": null}`}, want: "bob carol dave", strangers: "2 address"},
		"T111: GraphQL is broken":     {fault: &forgetest.Fault{Status: 502, Times: -1}, fails: true},
		"T111: a list without an end": {fault: &forgetest.Fault{Status: 200, Times: -1, Body: `{"data": {"repository": {"pullRequest": {"commits": {"pageInfo": {"hasNextPage": true, "endCursor": "x"}}}}}}`}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := forgetest.New(t, forgetest.Options{State: state(), Now: noon, Enterprise: tt.enterprise})
			if tt.fault != nil {
				tt.fault.Path = "/graphql"
				s.Fault(*tt.fault)
			}
			got, gaps, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{})
			if tt.fails {
				if err == nil {
					t.Error("it passed")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if who := logins(got.PullRequest.Commits[0].CoAuthors); who != tt.want {
				t.Errorf("co-authors %q", who)
			}
			if len(gaps) != 1 || !strings.Contains(gaps[0].What, "co-authors") || !strings.Contains(gaps[0].Why, tt.strangers) {
				t.Errorf("an address that nobody knows is told: %v", gaps)
			}
			if _, writes := s.Counts(); writes != 0 {
				t.Error("a question counts as a write")
			}
		})
	}
}

func TestCommitsAreAllThereOrThereIsNoDocument(t *testing.T) {
	many := func(n int) func(*forgetest.State, *forgetest.Repo) {
		return func(_ *forgetest.State, r *forgetest.Repo) {
			var all []*forgetest.Commit
			parent := base
			for i := range n {
				sha := fmt.Sprintf("%040x", i+1)
				if i == n-1 {
					sha = head
				}
				all = append(all, &forgetest.Commit{SHA: sha, Author: "alice", Committer: "alice", Parents: []string{parent}})
				parent = sha
			}
			r.Pulls[0].Commits = all
		}
	}
	for _, n := range []int{1, 250, 251, 320} {
		s := forgetest.New(t, forgetest.Options{State: changed(many(n)), Now: noon, PageSize: 100})
		got, _, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{})
		if err != nil || len(got.PullRequest.Commits) != n {
			t.Errorf("%d commits: %v", n, err)
		}
	}
	// GitHub's list ends at 250 without a word; so does a page that gets lost.
	s := forgetest.New(t, forgetest.Options{State: changed(nil), Now: noon, Mutate: func(_, path string, body any) any {
		if l, ok := body.([]any); ok && strings.HasSuffix(path, "/42/commits") && len(l) > 0 {
			return l[:1]
		}
		return body
	}})
	if _, _, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{}); !errors.Is(err, github.ErrUnavailable) || !strings.Contains(err.Error(), "2 commits and 1 were listed") {
		t.Errorf("a short list passed: %v", err)
	}
}

func changed(change func(*forgetest.State, *forgetest.Repo)) *forgetest.State {
	st := shop()
	if change != nil {
		change(st, st.Repos[0])
	}
	return st
}

func TestT07TheLastChangeOfTheBaseIsTold(t *testing.T) {
	at := noon.Add(-30 * time.Minute)
	for kind, told := range map[string]bool{"base_ref_changed": true, "automatic_base_change_succeeded": true, "automatic_base_change_failed": false, "renamed": false} {
		s := start(t, func(_ *forgetest.State, r *forgetest.Repo) {
			r.Pulls[0].Events = []*forgetest.Event{{Kind: "closed", At: noon.Add(-4 * time.Hour)}, {Kind: "base_ref_changed", At: noon.Add(-3 * time.Hour)}, {Kind: kind, At: at}, {Kind: "base_ref_changed", At: noon.Add(-3 * time.Hour)}}
		})
		want := noon.Add(-3 * time.Hour)
		if told {
			want = at
		}
		got, _, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{})
		if err != nil || !got.PullRequest.BaseChangedAt.Equal(want) {
			t.Errorf("%s: %v, %v", kind, got.PullRequest.BaseChangedAt, err)
		}
	}
}

func TestWhoPushedLastIsKnownOrAGap(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*forgetest.State, *forgetest.Repo)
		token  string
		want   string // "" is a gap
	}{
		"a branch of the repository": {want: "alice bob"},
		"an older branch of that name": {change: func(_ *forgetest.State, r *forgetest.Repo) {
			r.Activity = append([]*forgetest.Activity{{Actor: "erin", Ref: "refs/heads/topic", Before: base, After: other}}, r.Activity...)
		}, want: "alice bob"},
		"a branch that was deleted": {change: func(_ *forgetest.State, r *forgetest.Repo) {
			r.Activity = append(r.Activity, &forgetest.Activity{Actor: "erin", Ref: "refs/heads/topic", Before: head, After: strings.Repeat("0", 40), Kind: "branch_deletion"})
		}, want: "alice bob"},
		"the activity lags behind":  {change: func(_ *forgetest.State, r *forgetest.Repo) { r.Activity = r.Activity[:2] }},
		"no activity at all":        {change: func(_ *forgetest.State, r *forgetest.Repo) { r.Activity = nil }},
		"a fork that is gone":       {change: func(_ *forgetest.State, r *forgetest.Repo) { r.Pulls[0].NoFork = true }},
		"a token that may not read": {token: "ghs_blind"},
		"an account that is gone":   {change: func(_ *forgetest.State, r *forgetest.Repo) { r.Activity[2].Actor = "" }, want: "alice ghost"},
	} {
		s := forgetest.New(t, forgetest.Options{State: changed(tt.change), Now: noon, PageSize: 100})
		token := "ghs_workflow"
		if tt.token != "" {
			token = tt.token
		}
		got, gaps, err := gather(t, client(t, s, token), github.Ask{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if who := logins(got.PullRequest.Pushers); who != tt.want || (len(gaps) == 0) != (tt.want != "") {
			t.Errorf("%s: %q, gaps %v", name, who, gaps)
		}
		if tt.token != "" && !strings.Contains(gaps[0].Fix, "contents: read") {
			t.Errorf("%s: %v", name, gaps)
		}
	}
}

func TestTeamsThatNobodyTellsAreUnknown(t *testing.T) {
	s := start(t, nil)
	ask := github.Ask{Teams: []string{"acme/cab", "acme/gone"}}
	got, gaps, err := gather(t, client(t, s, "ghs_workflow"), ask)
	if err != nil || got.Teams != nil || len(gaps) != 2 || !strings.Contains(gaps[0].Fix, "members: read") || gaps[0].What != "members of acme/cab" {
		t.Errorf("the workflow's token: %v, %v, %v", got.Teams, gaps, err)
	}
	got, gaps, err = gather(t, client(t, s, "ghs_app"), ask)
	if err != nil || len(got.Teams) != 1 || len(gaps) != 1 || gaps[0].What != "members of acme/gone" {
		t.Errorf("an App: %v, %v, %v", got.Teams, gaps, err)
	}
	if _, _, err := gather(t, client(t, s, "ghs_app"), github.Ask{Teams: []string{"cab"}}); err == nil {
		t.Error("a team without its organisation")
	}
}

func TestOtherPullRequestsAreLookedAtWithinABound(t *testing.T) {
	s := forgetest.New(t, forgetest.Options{Now: noon, PageSize: 100, State: changed(func(_ *forgetest.State, r *forgetest.Repo) {
		for n := range 120 {
			r.Pulls = append(r.Pulls, &forgetest.Pull{Number: int64(100 + n), Author: "bob", SHA: fmt.Sprintf("%040x", 0xd0000+n), Branch: fmt.Sprint("x", n), Files: []*forgetest.File{{Name: "changes/x.yaml"}}})
		}
		r.Pulls = append(r.Pulls, &forgetest.Pull{Number: 300, Author: "bob", SHA: other, Branch: "y", Base: "release", Files: []*forgetest.File{{Name: "changes/x.yaml"}}})
		r.Branches = append(r.Branches, &forgetest.Branch{Name: "release", SHA: base})
	})})
	got, gaps, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{OpenRecords: true, Record: isRecord})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got.OpenPullRequests); n != 100 || got.OpenPullRequests[n-1].Number != 219 {
		t.Errorf("looked at %d", n)
	}
	if len(gaps) != 1 || !strings.Contains(gaps[0].Why, "121 are open, and the newest 100") {
		t.Errorf("what was not looked at is told: %v", gaps)
	}
}

func TestMoreFilesThanGitHubListsAreAGap(t *testing.T) {
	s := forgetest.New(t, forgetest.Options{Now: noon, PageSize: 100, State: changed(func(_ *forgetest.State, r *forgetest.Repo) {
		r.Pulls[1].Files = nil
		for n := range 3000 {
			r.Pulls[1].Files = append(r.Pulls[1].Files, &forgetest.File{Name: fmt.Sprint("f", n)})
		}
	})})
	if _, gaps, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{OpenRecords: true, Record: isRecord}); err != nil || len(gaps) != 1 || gaps[0].What != "records of pull request 43" {
		t.Errorf("gaps %v, %v", gaps, err)
	}
}

// mutated serves a state whose answers to one path are changed.
func mutated(t *testing.T, suffix string, change func(body any)) *forgetest.Server {
	t.Helper()
	return forgetest.New(t, forgetest.Options{State: shop(), Now: noon, Mutate: func(_, path string, body any) any {
		if strings.HasSuffix(path, suffix) {
			change(body)
		}
		return body
	}})
}

func TestT21AnEmptyAccountIsNobodys(t *testing.T) {
	s := mutated(t, "/42/commits", func(body any) { body.([]any)[0].(map[string]any)["author"] = map[string]any{} })
	got, _, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{})
	if err != nil || got.PullRequest.Commits[0].Author != nil {
		t.Errorf("got %v", err)
	}
}

func TestT25ARoleIsNeverWorthMoreThanItsPermission(t *testing.T) {
	for name, tt := range map[string]struct {
		permission, role string
		want             string // "" is an error
	}{
		"a role of the organisation's own that sounds well": {"read", "maintain", "read"},
		"another one":                     {"none", "admin", "read"},
		"and one":                         {"write", "admin", "write"},
		"triage with more":                {"write", "triage", "write"},
		"a permission that nobody knows":  {"owner", "admin", ""},
		"a permission that is left blank": {"", "write", ""},
	} {
		s := mutated(t, "/carol/permission", func(body any) {
			m := body.(map[string]any)
			m["permission"], m["role_name"] = tt.permission, tt.role
		})
		got, _, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{})
		if tt.want == "" {
			if !errors.Is(err, github.ErrUnavailable) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || got.Reviews[0].Permission.String() != tt.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReviewsOfNothingThatIsLeft(t *testing.T) {
	s := mutated(t, "/42/reviews", func(body any) { body.([]any)[0].(map[string]any)["commit_id"] = nil })
	got, _, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{})
	if err != nil || strings.Trim(got.Reviews[0].Commit, "0") != "" {
		t.Errorf("got %v", err)
	}
	for name, change := range map[string]func(map[string]any){
		"a state that nobody knows": func(m map[string]any) { m["state"] = "BLESSED" },
		"no time":                   func(m map[string]any) { delete(m, "submitted_at") },
	} {
		s := mutated(t, "/42/reviews", func(body any) { change(body.([]any)[0].(map[string]any)) })
		if _, _, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{}); !errors.Is(err, github.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestT26LoginsThatAreNoneAreRefused(t *testing.T) {
	s := forgetest.New(t, forgetest.Options{State: shop(), Now: noon, Mutate: func(_, path string, body any) any {
		if l, ok := body.([]any); ok && strings.HasSuffix(path, "/reviews") {
			l[0].(map[string]any)["user"].(map[string]any)["login"] = "\u212Aelly"
		}
		return body
	}})
	if _, _, err := gather(t, client(t, s, "ghs_workflow"), github.Ask{}); !errors.Is(err, github.ErrUnavailable) || !strings.Contains(err.Error(), "not a login") {
		t.Errorf("a look-alike passed: %v", err)
	}
}

func TestPullRequestsOfACommit(t *testing.T) {
	s := start(t, nil)
	c := client(t, s, "ghs_workflow")
	got, err := c.PullRequestsOf(context.Background(), repo, head)
	if err != nil || len(got) != 1 || got[0].Number != 42 || got[0].BaseBranch() != "main" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := c.PullRequestsOf(context.Background(), repo, "main"); err == nil {
		t.Error("T08: a short name passed for a commit")
	}
	open, err := c.OpenPullRequests(context.Background(), repo, "refs/heads/main")
	if err != nil || len(open) != 2 || open[0].Number != 42 {
		t.Errorf("got %+v, %v", open, err)
	}
}

func TestARenamedRepositoryIsSaidSo(t *testing.T) {
	s := forgetest.New(t, forgetest.Options{State: shop(), Now: noon, Mutate: func(_, path string, body any) any {
		if m, ok := body.(map[string]any); ok && strings.HasSuffix(path, "/pulls/42") {
			m["base"].(map[string]any)["repo"].(map[string]any)["full_name"] = "acme/store"
		}
		return body
	}})
	if _, err := client(t, s, "ghs_workflow").PullRequest(context.Background(), repo, 42); err == nil || !strings.Contains(err.Error(), `called "acme/store" now`) {
		t.Errorf("got %v", err)
	}
}
