// Package actions reads what GitHub Actions says about the job that runs, and
// writes what the job's later steps and its page are to know.
//
// The payload of an event comes from whoever caused it. Nothing in it is
// trusted to be more than its form allows: commits are full hexadecimal names,
// never a branch or a tag, and what does not have its form is an error, never
// left out.
package actions

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Kind is what caused the job. The zero value is an event of no use here.
type Kind uint8

// The events that name something to judge.
const (
	KindOther Kind = iota
	PullRequest
	PullRequestReview
	MergeGroup
	Push
	Schedule
	WorkflowDispatch
	WorkflowRun
)

// kinds are the events' names, in order of the constants.
func kinds() []string {
	return []string{"", "pull_request", "pull_request_review", "merge_group", "push", "schedule", "workflow_dispatch", "workflow_run"}
}

// String is the event's name, "other" for one of no use here.
func (k Kind) String() string {
	if k == KindOther || int(k) >= len(kinds()) {
		return "other"
	}
	return kinds()[k]
}

// MostPayload bounds an event's payload in bytes. GitHub caps those of webhooks
// at 25 MB: https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap
const MostPayload = 25 << 20

// Event is why a job runs. Commits are full and lower case, branches full names
// such as refs/heads/main. What does not belong to the kind is zero.
type Event struct {
	Kind       Kind
	Name       string // as GITHUB_EVENT_NAME has it
	Action     string // opened, submitted, checks_requested, …
	Repository string // owner/name
	API        string // GITHUB_API_URL, "" where it is not set
	Server     string // GITHUB_SERVER_URL, "" where it is not set
	SHA        string // GITHUB_SHA: what the job was started for, never what is judged
	Ref        string // GITHUB_REF
	RunID      int64
	Actor      string
	Summary    string // path of the step summary's file, "" for none
	Output     string // path of the outputs' file, "" for none

	PullRequests []int64 // numbers the event names; a fork's workflow_run names none
	Head         string  // of the pull request, the merge group, the push or the run
	HeadRef      string  // of a merge group: refs/heads/gh-readonly-queue/…
	Base         string  // of the pull request or the merge group; before the push
	BaseRef      string
	Fork         bool // the head lies in another repository, or in none that is known

	Run *Run // of workflow_run
}

// Run is the workflow run that a workflow_run follows.
type Run struct {
	ID         int64
	Event      string // what caused it: pull_request, …
	HeadOwner  string
	HeadRepo   string // owner/name
	HeadBranch string // short, as the payload has it
	HeadSHA    string
}

// URL is the address of the job's run for people, "" where it is not known.
func (e Event) URL() string {
	if e.Server == "" || e.Repository == "" || e.RunID == 0 {
		return ""
	}
	return e.Server + "/" + e.Repository + "/actions/runs/" + strconv.FormatInt(e.RunID, 10)
}

// ErrNone says that no job of GitHub Actions runs here.
var ErrNone = errors.New("GITHUB_EVENT_NAME and GITHUB_EVENT_PATH are not set: this is no job of GitHub Actions")

var (
	repositoryForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+$`)
	ownerForm      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	shaForm        = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
	loginForm      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?$`)
	wordForm       = regexp.MustCompile(`^[a-z0-9_]{1,64}$`)
)

// Read reads the environment and the payload that it names. readFile must not
// hand out more than MostPayload bytes and one more. ErrNone says that there is
// no job.
func Read(getenv func(string) string, readFile func(string) ([]byte, error)) (Event, error) {
	name, path := getenv("GITHUB_EVENT_NAME"), getenv("GITHUB_EVENT_PATH")
	if name == "" && path == "" {
		return Event{}, ErrNone
	}
	e := Event{Name: name, Summary: getenv("GITHUB_STEP_SUMMARY"), Output: getenv("GITHUB_OUTPUT")}
	if !wordForm.MatchString(name) {
		return Event{}, fmt.Errorf("read event: GITHUB_EVENT_NAME %q is no event", clip(name))
	}
	for i, k := range kinds() {
		if k == name {
			e.Kind = Kind(i)
		}
	}
	if err := e.environment(getenv); err != nil {
		return Event{}, fmt.Errorf("read event: %w", err)
	}
	if path == "" {
		return Event{}, errors.New("read event: GITHUB_EVENT_PATH is not set")
	}
	data, err := readFile(path)
	if err != nil {
		return Event{}, fmt.Errorf("read event: %w", err)
	}
	if len(data) > MostPayload {
		return Event{}, fmt.Errorf("read event: its payload is larger than %d MB", MostPayload>>20)
	}
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		return Event{}, fmt.Errorf("read event: its payload: %w", err)
	}
	if err := e.take(&p); err != nil {
		return Event{}, fmt.Errorf("read event %s: %w", e.Name, err)
	}
	return e, nil
}

func (e *Event) environment(getenv func(string) string) error {
	if e.Repository = getenv("GITHUB_REPOSITORY"); !repositoryForm.MatchString(e.Repository) {
		return fmt.Errorf("GITHUB_REPOSITORY %q is not owner/name", clip(e.Repository))
	}
	if e.SHA = getenv("GITHUB_SHA"); e.SHA != "" && !shaForm.MatchString(e.SHA) {
		return fmt.Errorf("GITHUB_SHA %q is no full commit", clip(e.SHA))
	}
	if e.Ref = getenv("GITHUB_REF"); e.Ref != "" && !fullRef(e.Ref) {
		return fmt.Errorf("GITHUB_REF %q is no full ref", clip(e.Ref))
	}
	if e.Actor = getenv("GITHUB_ACTOR"); e.Actor != "" && !loginForm.MatchString(e.Actor) {
		return fmt.Errorf("GITHUB_ACTOR %q is no login", clip(e.Actor))
	}
	if id := getenv("GITHUB_RUN_ID"); id != "" {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil || n < 1 {
			return fmt.Errorf("GITHUB_RUN_ID %q is no number", clip(id))
		}
		e.RunID = n
	}
	for name, to := range map[string]*string{"GITHUB_API_URL": &e.API, "GITHUB_SERVER_URL": &e.Server} {
		text := strings.TrimSuffix(getenv(name), "/")
		u, err := url.Parse(text)
		if text != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "") {
			return fmt.Errorf("%s %q is no address", name, clip(text))
		}
		*to = text
	}
	return nil
}

// fullRef reports whether a name begins with refs/ and holds nothing that git
// forbids in one: a short name could be a tag's.
func fullRef(s string) bool {
	_, rest, ok := strings.Cut(s, "refs/")
	return ok && strings.HasPrefix(s, "refs/") && rest != "" && refPart(rest)
}

// refPart reports whether text may be a part of a ref's name:
// https://git-scm.com/docs/git-check-ref-format
func refPart(s string) bool {
	if s == "" || len(s) > 1_000 || strings.HasPrefix(s, "-") || strings.HasPrefix(s, "/") || strings.HasSuffix(s, "/") || strings.HasSuffix(s, ".") ||
		strings.Contains(s, "..") || strings.Contains(s, "//") || strings.Contains(s, "@{") || strings.ContainsAny(s, " ~^:?*[\\") {
		return false
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == '\ufffd' {
			return false
		}
	}
	for part := range strings.SplitSeq(s, "/") {
		if strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}

// clip shortens hostile text for an error.
func clip(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
