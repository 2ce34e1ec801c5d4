package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// mostWrites bounds what one publication may write. GitHub allows 80 content
// generating requests a minute:
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
const mostWrites = 80

// Publication is a verdict to be posted.
type Publication struct {
	PullRequest PullRequest // as it was when it was judged
	// Commit is where check or status go instead of the pull request's head,
	// such as the one of a merge group. Nothing else is posted then, and no head
	// is read again.
	Commit  string
	Name    string        // of check and status: mergeseal (main)
	Report  render.Report // verdict, findings, sources
	Options render.Options
	Details string // https address of the run, or ""
	// Groups are whose review is asked for while approvals are missing: the
	// groups that lack them, and behind each org/team or logins. No member of a
	// private group belongs here.
	Groups map[string][]string
	// Log allows the job's log as the last rung: the caller writes there.
	Log bool
}

// Rung is how far down the ladder a verdict had to go. The zero value is
// nowhere.
type Rung uint8

// The rungs, each tried when the one before is refused.
const (
	RungNone   Rung = iota // not posted
	RungCheck              // a check run
	RungStatus             // a commit status
	RungLog                // the job's log and summary, to be written by the caller
)

// String is the rung as a noun.
func (r Rung) String() string {
	switch r {
	case RungCheck:
		return "check run"
	case RungStatus:
		return "commit status"
	case RungLog:
		return "log"
	case RungNone:
	}
	return "nothing"
}

// Delivery is what became of a publication.
type Delivery struct {
	Rung      Rung
	Writes    int      // requests that changed something
	Warnings  []string // what could not be written beside the verdict, for people
	Unchanged bool     // all of it stood there already
	// Moved says that the pull request has another head or base by now. With the
	// rung none nothing was posted; else the verdict stands on the old head.
	Moved bool
}

// writing is one publication at work.
type writing struct {
	*Client
	repo   Repo
	p      Publication
	commit string
	self   Identity
	now    PullRequest // as read again
	out    Delivery
}

// shaForm is a full commit; nothing shorter names one.
var shaForm = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// Publish posts a verdict where it can: as a check run, else as a commit
// status, else it leaves that to the job's log. Beside it stand one comment,
// labels and requests for review; what fails there is a warning. The head is
// read again first, and nothing is posted when it moved. A verdict that is not
// a pass is posted first of all, a pass last, so that nobody sees a pass that
// is not true. What stands there already is not written again. The error is for
// a verdict that could not be posted; what was written by then is in Delivery.
func (c *Client) Publish(ctx context.Context, r Repo, p Publication) (Delivery, error) {
	w := &writing{Client: c, repo: r, p: p, commit: p.Commit}
	if w.commit == "" {
		w.commit = p.PullRequest.Head
	}
	if p.Report.Verdict == nil || p.Report.Verdict.Digest == "" || p.Name == "" || !shaForm.MatchString(w.commit) {
		return w.out, errors.New("post verdict: it lacks a digest, a name or a full commit")
	}
	var err error
	if w.self, err = c.Self(ctx, r); err != nil {
		return w.out, fmt.Errorf("post verdict: %w", err)
	}
	if p.Commit == "" {
		if err := w.readAgain(ctx); err != nil || w.out.Moved {
			return w.out, err
		}
	}
	pass := p.Report.Verdict.Outcome == verdict.OutcomePass
	if !pass {
		if err := w.deliver(ctx); err != nil {
			return w.out, err
		}
	}
	if p.Commit == "" {
		w.accompany(ctx)
	}
	if pass {
		if err := w.deliver(ctx); err != nil {
			return w.out, err
		}
	}
	w.out.Unchanged = w.out.Writes == 0 && w.out.Rung != RungLog
	if p.Commit == "" && w.out.Writes > 0 {
		if err := w.readAgain(ctx); err != nil {
			return w.out, err
		}
	}
	return w.out, nil
}

// readAgain says whether the pull request is still the one that was judged.
func (w *writing) readAgain(ctx context.Context) error {
	now, err := w.Client.PullRequest(ctx, w.repo, w.p.PullRequest.Number)
	if err != nil {
		return fmt.Errorf("read the head again: %w", err)
	}
	w.now = now
	w.out.Moved = now.Head != w.p.PullRequest.Head || now.BaseRef != w.p.PullRequest.BaseRef
	return nil
}

// deliver goes down the ladder.
func (w *writing) deliver(ctx context.Context) error {
	// Users may not write check runs, whatever their token may:
	// https://docs.github.com/en/rest/checks/runs#create-a-check-run
	if w.isApp() {
		err := w.check(ctx)
		if err == nil {
			w.out.Rung = RungCheck
			w.outdated(ctx)
			return nil
		}
		if !refused(err) {
			return fmt.Errorf("post check run: %w", err)
		}
		w.log("no check run may be written, a commit status is tried: " + err.Error())
	}
	err := w.status(ctx)
	switch {
	case err == nil:
		w.out.Rung = RungStatus
		return nil
	case !refused(err):
		return fmt.Errorf("post commit status: %w", err)
	case w.p.Log:
		w.out.Rung = RungLog
		return nil
	}
	return fmt.Errorf("post verdict: neither a check run nor a commit status may be written: %w", err)
}

// isApp reports whether we are an App, a workflow's token among them.
func (w *writing) isApp() bool { return strings.HasSuffix(w.self.Login, "[bot]") }

// write sends one request that changes something.
func (w *writing) write(ctx context.Context, method, path string, body, into any) error {
	if w.out.Writes >= mostWrites {
		return fmt.Errorf("%s /%s: %w: %d writes in one publication", method, path, ErrTooMany, mostWrites)
	}
	_, err := w.do(ctx, method, path, body, into)
	if err == nil {
		w.out.Writes++
	}
	return err
}

func (w *writing) warn(what string, err error) {
	w.out.Warnings = append(w.out.Warnings, what+": "+err.Error())
}

// status posts a commit status unless ours, as it would be written, stands.
func (w *writing) status(ctx context.Context) error {
	type statusBody struct {
		State       string `json:"state"`
		TargetURL   string `json:"target_url,omitempty"`
		Description string `json:"description"`
		Context     string `json:"context"`
	}
	want := statusBody{State: w.state(), TargetURL: w.details(), Description: render.StatusLine(w.p.Report), Context: w.p.Name}
	last, err := w.lastStatus(ctx)
	if err != nil {
		return err
	}
	if last != nil && last.State == want.State && last.Description == want.Description && strings.EqualFold(last.Creator.Login, w.self.Login) {
		return nil
	}
	return w.write(ctx, http.MethodPost, w.repo.path("statuses", w.commit), want, nil)
}

// state is the outcome in the words of statuses.
func (w *writing) state() string {
	switch w.p.Report.Verdict.Outcome {
	case verdict.OutcomePass:
		return "success"
	case verdict.OutcomePending:
		return "pending"
	case verdict.OutcomeFail, verdict.OutcomeError:
	}
	return "failure"
}

// postedStatus is a status as it stands.
type postedStatus struct {
	State, Description, Context string
	Creator                     struct{ Login string }
}

// lastStatus is the status of the name that counts, nil if there is none.
func (w *writing) lastStatus(ctx context.Context) (*postedStatus, error) {
	all, err := list[postedStatus](ctx, w.Client, w.repo.path("commits", w.commit, "statuses"))
	for i := range all { // the latest first
		if all[i].Context == w.p.Name {
			return &all[i], nil
		}
	}
	return nil, err
}

// outdated corrects a status of the same name beside the check run, which a run
// with fewer permissions left: where a name is required, GitHub wants both. It
// is anybody's to correct, since only the verdict is written.
// https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks
func (w *writing) outdated(ctx context.Context) {
	last, err := w.lastStatus(ctx)
	if refused(err) || err == nil && (last == nil || last.State == w.state()) {
		return // none that is known of, or one that says the same
	}
	if err == nil {
		err = w.status(ctx)
	}
	if err != nil {
		w.warn("a commit status of the same name may say something else", err)
	}
}

// details is the address of the run where GitHub accepts it.
func (w *writing) details() string {
	if strings.HasPrefix(w.p.Details, "https://") || strings.HasPrefix(w.p.Details, "http://") {
		return w.p.Details
	}
	return ""
}
