package actions

import (
	"bytes"
	"crypto/rand"
	"errors"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	shaA = strings.Repeat("a", 40)
	shaB = strings.Repeat("b", 40)
)

const (
	pullPayload  = `{"action":"synchronize","repository":{"full_name":"acme/shop"},"pull_request":{"number":42,"head":{"ref":"x","sha":"` + "AAAA" + `","repo":{"full_name":"acme/shop"}},"base":{"ref":"main","sha":"` + "BBBB" + `"}}}`
	groupPayload = `{"action":"checks_requested","merge_group":{"head_sha":"AAAA","head_ref":"refs/heads/gh-readonly-queue/main/pr-42-x","base_sha":"BBBB","base_ref":"refs/heads/main"}}`
	runPayload   = `{"action":"completed","workflow_run":{"id":7,"event":"pull_request","head_sha":"AAAA","head_branch":"patch-1","head_repository":{"full_name":"mallory/shop","owner":{"login":"mallory"}},"pull_requests":[]}}`
	pushPayload  = `{"ref":"refs/heads/main","before":"BBBB","after":"AAAA"}`
)

// job is an environment whose payload is given; AAAA and BBBB are commits.
func job(name, body string, change ...string) (func(string) string, func(string) ([]byte, error)) {
	env := map[string]string{"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": "event.json", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_API_URL": "https://api.github.com",
		"GITHUB_SERVER_URL": "https://github.com", "GITHUB_SHA": shaB, "GITHUB_REF": "refs/pull/42/merge", "GITHUB_RUN_ID": "9001", "GITHUB_ACTOR": "dependabot[bot]",
		"GITHUB_STEP_SUMMARY": "summary", "GITHUB_OUTPUT": "output"}
	for i := 0; i < len(change); i += 2 {
		env[change[i]] = change[i+1]
	}
	body = strings.NewReplacer("AAAA", shaA, "BBBB", shaB).Replace(body)
	return func(k string) string { return env[k] }, func(string) ([]byte, error) { return []byte(body), nil }
}

func TestEventsSayWhatIsToBeJudged(t *testing.T) {
	common := Event{Repository: "acme/shop", API: "https://api.github.com", Server: "https://github.com", SHA: shaB, Ref: "refs/pull/42/merge", RunID: 9001,
		Actor: "dependabot[bot]", Summary: "summary", Output: "output"}
	for name, tt := range map[string]struct {
		body string
		want func(e *Event)
	}{
		"pull_request": {pullPayload, func(e *Event) {
			e.Kind, e.Action, e.PullRequests, e.Head, e.Base, e.BaseRef = PullRequest, "synchronize", []int64{42}, shaA, shaB, "refs/heads/main"
		}},
		"pull_request_review": {strings.Replace(pullPayload, `"repo":{"full_name":"acme/shop"}`, `"repo":null`, 1), func(e *Event) {
			e.Kind, e.Action, e.PullRequests, e.Head, e.Base, e.BaseRef, e.Fork = PullRequestReview, "synchronize", []int64{42}, shaA, shaB, "refs/heads/main", true
		}},
		"merge_group": {groupPayload, func(e *Event) {
			e.Kind, e.Action, e.Head, e.HeadRef, e.Base, e.BaseRef = MergeGroup, "checks_requested", shaA, "refs/heads/gh-readonly-queue/main/pr-42-x", shaB, "refs/heads/main"
		}},
		"push":              {pushPayload, func(e *Event) { e.Kind, e.Head, e.Base, e.BaseRef = Push, shaA, shaB, "refs/heads/main" }},
		"schedule":          {`{"schedule":"0 * * * *"}`, func(e *Event) { e.Kind = Schedule }},
		"workflow_dispatch": {`{"inputs":null}`, func(e *Event) { e.Kind = WorkflowDispatch }},
		"workflow_run": {runPayload, func(e *Event) {
			e.Kind, e.Action, e.Head, e.Fork = WorkflowRun, "completed", shaA, true
			e.Run = &Run{ID: 7, Event: "pull_request", HeadOwner: "mallory", HeadRepo: "mallory/shop", HeadBranch: "patch-1", HeadSHA: shaA}
		}},
		"issues": {`{}`, func(*Event) {}},
	} {
		want := common
		want.Name = name
		tt.want(&want)
		got, err := Read(job(name, tt.body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got.URL() != "https://github.com/acme/shop/actions/runs/9001" {
			t.Errorf("%s: address %q", name, got.URL())
		}
		if want.Kind != KindOther && got.Kind.String() != name {
			t.Errorf("%s is called %s", name, got.Kind)
		}
	}
}

func TestWhatLacksItsFormIsAnErrorAndNoEvent(t *testing.T) {
	short := func(body string) string { return strings.Replace(body, "AAAA", "abcdef1", 1) }
	for name, tt := range map[string]struct {
		event, body string
		change      []string
		want        string
	}{
		"a short head":               {"pull_request", short(pullPayload), nil, "no full commit"},
		"a tag for a head":           {"pull_request", strings.Replace(pullPayload, "AAAA", "main", 1), nil, "no full commit"},
		"capitals":                   {"pull_request", strings.Replace(pullPayload, "AAAA", strings.Repeat("A", 40), 1), nil, "no full commit"},
		"a group's short head":       {"merge_group", short(groupPayload), nil, "no full commit"},
		"a group that is a branch":   {"merge_group", strings.Replace(groupPayload, "gh-readonly-queue/", "", 1), nil, "no merge queue's"},
		"a run's short head":         {"workflow_run", short(runPayload), nil, "no full commit"},
		"a run of nobody":            {"workflow_run", strings.Replace(runPayload, `"full_name":"mallory/shop"`, `"x":1`, 1), nil, "whose head"},
		"a branch that is an option": {"workflow_run", strings.Replace(runPayload, "patch-1", "--upload-pack=x", 1), nil, "no branch"},
		"no number":                  {"pull_request", strings.Replace(pullPayload, "42", "0", 1), nil, "number 0"},
		"a number in words":          {"pull_request", strings.Replace(pullPayload, "42", `"42"`, 1), nil, "payload"},
		"another repository":         {"pull_request", strings.Replace(pullPayload, "acme/shop", "acme/other", 1), nil, "GITHUB_REPOSITORY says"},
		"no pull request":            {"pull_request", `{}`, nil, "no pull_request"},
		"no group":                   {"merge_group", `{}`, nil, "no merge_group"},
		"no run":                     {"workflow_run", `{}`, nil, "no workflow_run"},
		"a push of a short name":     {"push", strings.Replace(pushPayload, "refs/heads/", "", 1), nil, "no full ref"},
		"no JSON":                    {"pull_request", `{`, nil, "payload"},
		"too large":                  {"push", strings.Repeat(" ", MostPayload+1), nil, "larger"},
		"an event of two lines":      {"push\nx", pushPayload, nil, "no event"},
		"no repository":              {"push", pushPayload, []string{"GITHUB_REPOSITORY", ""}, "owner/name"},
		"a repository above":         {"push", pushPayload, []string{"GITHUB_REPOSITORY", "../x"}, "owner/name"},
		"no run number":              {"push", pushPayload, []string{"GITHUB_RUN_ID", "x"}, "no number"},
		"an API with a password":     {"push", pushPayload, []string{"GITHUB_API_URL", "https://a:b@c"}, "no address"},
		"a short SHA":                {"push", pushPayload, []string{"GITHUB_SHA", "abc"}, "no full commit"},
		"an actor of two lines":      {"push", pushPayload, []string{"GITHUB_ACTOR", "a\nb"}, "no login"},
		"no payload":                 {"push", pushPayload, []string{"GITHUB_EVENT_PATH", ""}, "GITHUB_EVENT_PATH"},
	} {
		got, err := Read(job(tt.event, tt.body, tt.change...))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !cmp.Equal(got, Event{}) {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
	getenv, _ := job("push", "")
	if _, err := Read(getenv, func(string) ([]byte, error) { return nil, os.ErrNotExist }); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a payload that is gone: %v", err)
	}
	if _, err := Read(func(string) string { return "" }, nil); !errors.Is(err, ErrNone) {
		t.Errorf("outside of a job: %v", err)
	}
}

func TestRunNamesOnlyPullRequestsOfItsOwnRepository(t *testing.T) {
	body := strings.Replace(runPayload, `"pull_requests":[]`, `"pull_requests":[{"number":9,"base":{"repo":{"url":"https://api.github.com/repos/acme/shop"}}},{"number":9,"base":{"repo":{"url":"https://api.github.com/repos/ACME/shop"}}},{"number":3,"base":{"repo":{"url":"https://api.github.com/repos/mallory/shop"}}}]`, 1)
	e, err := Read(job("workflow_run", body))
	if err != nil || !slices.Equal(e.PullRequests, []int64{9}) {
		t.Errorf("%v, %v", e.PullRequests, err)
	}
}

func FuzzPayloadsNeverYieldAShortCommit_T08(f *testing.F) {
	for _, body := range []string{pullPayload, groupPayload, runPayload, pushPayload, `{}`, `[]`, `{"pull_request":{"head":{"sha":"main"}}}`, `{"merge_group":{"head_ref":"refs/heads/gh-readonly-queue/../x"}}`} {
		for kind := range kinds() {
			f.Add(uint8(kind), strings.NewReplacer("AAAA", shaA, "BBBB", shaB).Replace(body))
		}
	}
	full, ref := regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})?$`), regexp.MustCompile(`^(refs/[^\s~^:?*\[\\]+)?$`)
	f.Fuzz(func(t *testing.T, kind uint8, body string) {
		e, err := Read(job(kinds()[1+int(kind)%(len(kinds())-1)], body))
		if err != nil {
			if !cmp.Equal(e, Event{}) {
				t.Fatalf("an error and an event: %+v", e)
			}
			return
		}
		shas, refs := []string{e.Head, e.Base}, []string{e.HeadRef, e.BaseRef}
		if e.Run != nil {
			shas, refs = append(shas, e.Run.HeadSHA), append(refs, "refs/heads/"+e.Run.HeadBranch)
		}
		for _, s := range shas {
			if !full.MatchString(s) {
				t.Fatalf("commit %q", s)
			}
		}
		for _, s := range refs {
			if !ref.MatchString(s) || strings.Contains(s, "..") {
				t.Fatalf("ref %q", s)
			}
		}
		for _, n := range e.PullRequests {
			if n < 1 {
				t.Fatalf("number %d", n)
			}
		}
	})
}

// runnerReads reads GITHUB_OUTPUT as the runner does:
// https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs
func runnerReads(t *testing.T, text string) map[string]string {
	t.Helper()
	out := map[string]string{}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		if lines[i] == "" {
			continue
		}
		eq, heredoc := strings.Index(lines[i], "="), strings.Index(lines[i], "<<")
		if heredoc < 0 || eq >= 0 && eq < heredoc {
			key, value, _ := strings.Cut(lines[i], "=")
			out[key] = value
			continue
		}
		key, end := lines[i][:heredoc], lines[i][heredoc+2:]
		var value []string
		for i++; i < len(lines) && lines[i] != end; i++ {
			value = append(value, lines[i])
		}
		if i == len(lines) {
			t.Fatalf("no delimiter %q", end)
		}
		out[key] = strings.Join(value, "\n")
	}
	return out
}

func FuzzOutputsHoldOneVariableEach_T61(f *testing.F) {
	for _, s := range []string{"", "pass", "a\nEOF\nPATH=/tmp", "a<<b", "x=y", "<<", "日本", "a\rb", "mergeseal_", "\u2028x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Outputs(rand.Reader, []Output{{"outcome", s}, {"exit-code", "0"}})
		if err != nil {
			if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Fatalf("%q is refused: %v", s, err)
			}
			return
		}
		if vars := runnerReads(t, string(got)); !maps.Equal(vars, map[string]string{"outcome": s, "exit-code": "0"}) {
			t.Fatalf("%q is read as %q", s, vars)
		}
	})
}

func TestOutputsAreRefusedRatherThanBroken_T61(t *testing.T) {
	for _, o := range []Output{{"outcome", "a\nEOF\nPATH=/tmp"}, {"a b", "x"}, {"", "x"}, {"x", "a\rb"}} {
		if got, err := Outputs(rand.Reader, []Output{o}); err == nil || got != nil {
			t.Errorf("%q: %q", o, got)
		}
	}
	if _, err := Outputs(bytes.NewReader(nil), []Output{{"x", "y"}}); err == nil {
		t.Error("a delimiter without randomness")
	}
}

func TestSummaryStaysWithinGitHubsLimit(t *testing.T) {
	text := []byte(strings.Repeat("x", 1000))
	if got := Summary(0, text); !bytes.Contains(got, text) {
		t.Error("the summary is not written")
	}
	if got := Summary(MostSummary-500, text); bytes.Contains(got, text) || !bytes.Contains(got, []byte("no room")) || len(got) > 500 {
		t.Errorf("%q", got)
	}
	if got := Summary(MostSummary-3, text); got != nil {
		t.Errorf("%q", got)
	}
}
