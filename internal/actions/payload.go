package actions

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// payload is what is read of an event's payload:
// https://docs.github.com/en/webhooks/webhook-events-and-payloads
type payload struct {
	Action      string       `json:"action"`
	Repository  *repository  `json:"repository"`
	PullRequest *pullRequest `json:"pull_request"`
	MergeGroup  *struct {
		HeadSHA string `json:"head_sha"`
		HeadRef string `json:"head_ref"`
		BaseSHA string `json:"base_sha"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
	WorkflowRun *struct {
		ID             int64       `json:"id"`
		Event          string      `json:"event"`
		HeadSHA        string      `json:"head_sha"`
		HeadBranch     string      `json:"head_branch"`
		HeadRepository *repository `json:"head_repository"`
		PullRequests   []struct {
			Number int64 `json:"number"`
			Base   struct {
				Repo struct {
					URL string `json:"url"`
				} `json:"repo"`
			} `json:"base"`
		} `json:"pull_requests"`
	} `json:"workflow_run"`
	Inputs struct {
		PR string `json:"pr"`
	} `json:"inputs"` // of workflow_dispatch, where each is a text
	Ref    string `json:"ref"`
	Before string `json:"before"`
	After  string `json:"after"`
}

type repository struct {
	FullName string `json:"full_name"`
	Owner    struct {
		Login string `json:"login"`
	} `json:"owner"`
}

type pullRequest struct {
	Number int64 `json:"number"`
	Head   side  `json:"head"`
	Base   side  `json:"base"`
}

type side struct {
	Ref  string      `json:"ref"`
	SHA  string      `json:"sha"`
	Repo *repository `json:"repo"` // null where the fork is gone
}

// take takes over what belongs to the event's kind.
func (e *Event) take(p *payload) error {
	if p.Action != "" && !wordForm.MatchString(p.Action) {
		return fmt.Errorf("action %q is no word", clip(p.Action))
	}
	e.Action = p.Action
	if p.Repository != nil && p.Repository.FullName != "" && !strings.EqualFold(p.Repository.FullName, e.Repository) {
		return fmt.Errorf("the payload is of %q, GITHUB_REPOSITORY says %s", clip(p.Repository.FullName), e.Repository)
	}
	switch e.Kind {
	case PullRequest, PullRequestReview:
		return e.pullRequest(p.PullRequest)
	case MergeGroup:
		return e.mergeGroup(p)
	case Push:
		return e.push(p)
	case WorkflowRun:
		return e.workflowRun(p)
	case WorkflowDispatch:
		return e.dispatch(p.Inputs.PR)
	case Schedule, KindOther:
	}
	return nil
}

// dispatch takes the pull request that a person named in the input pr, if any.
func (e *Event) dispatch(pr string) error {
	if pr == "" {
		return nil
	}
	n, err := strconv.ParseInt(pr, 10, 64)
	if err != nil || n < 1 {
		return fmt.Errorf("the input pr, %q, is not the number of a pull request", clip(pr))
	}
	e.PullRequests = []int64{n}
	return nil
}

func (e *Event) pullRequest(pr *pullRequest) error {
	switch {
	case pr == nil:
		return errors.New("it has no pull_request")
	case pr.Number < 1:
		return fmt.Errorf("pull request number %d", pr.Number)
	case !refPart(pr.Base.Ref):
		return fmt.Errorf("base %q is no branch", clip(pr.Base.Ref))
	}
	if err := commits(map[string]string{"head": pr.Head.SHA, "base": pr.Base.SHA}); err != nil {
		return err
	}
	e.PullRequests = []int64{pr.Number}
	e.Head, e.Base, e.BaseRef = pr.Head.SHA, pr.Base.SHA, "refs/heads/"+pr.Base.Ref
	e.Fork = pr.Head.Repo == nil || !strings.EqualFold(pr.Head.Repo.FullName, e.Repository)
	return nil
}

func (e *Event) mergeGroup(p *payload) error {
	g := p.MergeGroup
	switch {
	case g == nil:
		return errors.New("it has no merge_group")
	case !fullRef(g.HeadRef) || !strings.HasPrefix(g.HeadRef, "refs/heads/gh-readonly-queue/"):
		return fmt.Errorf("head %q is no merge queue's", clip(g.HeadRef))
	case !fullRef(g.BaseRef) || !strings.HasPrefix(g.BaseRef, "refs/heads/"):
		return fmt.Errorf("base %q is no branch", clip(g.BaseRef))
	}
	if err := commits(map[string]string{"head": g.HeadSHA, "base": g.BaseSHA}); err != nil {
		return err
	}
	e.Head, e.HeadRef, e.Base, e.BaseRef = g.HeadSHA, g.HeadRef, g.BaseSHA, g.BaseRef
	return nil
}

func (e *Event) push(p *payload) error {
	if !fullRef(p.Ref) {
		return fmt.Errorf("ref %q is no full ref", clip(p.Ref))
	}
	if err := commits(map[string]string{"before": p.Before, "after": p.After}); err != nil {
		return err
	}
	e.BaseRef, e.Head, e.Base = p.Ref, p.After, p.Before
	return nil
}

func (e *Event) workflowRun(p *payload) error {
	r := p.WorkflowRun
	switch {
	case r == nil:
		return errors.New("it has no workflow_run")
	case r.ID < 1:
		return fmt.Errorf("run number %d", r.ID)
	case !wordForm.MatchString(r.Event):
		return fmt.Errorf("event %q is no event", clip(r.Event))
	case r.HeadRepository == nil || !repositoryForm.MatchString(r.HeadRepository.FullName):
		return errors.New("it does not say whose head it ran on")
	case !refPart(r.HeadBranch):
		return fmt.Errorf("head %q is no branch", clip(r.HeadBranch))
	}
	if err := commits(map[string]string{"head": r.HeadSHA}); err != nil {
		return err
	}
	owner := r.HeadRepository.Owner.Login
	if owner == "" {
		owner, _, _ = strings.Cut(r.HeadRepository.FullName, "/")
	}
	if !ownerForm.MatchString(owner) {
		return fmt.Errorf("owner %q is no account", clip(owner))
	}
	e.Head = r.HeadSHA
	e.Fork = !strings.EqualFold(r.HeadRepository.FullName, e.Repository)
	e.Run = &Run{ID: r.ID, Event: r.Event, HeadOwner: owner, HeadRepo: r.HeadRepository.FullName, HeadBranch: r.HeadBranch, HeadSHA: r.HeadSHA}
	for _, pr := range r.PullRequests {
		if pr.Number < 1 {
			return fmt.Errorf("pull request number %d", pr.Number)
		}
		// The list also holds pull requests of other repositories into which the head goes.
		if at := pr.Base.Repo.URL; at == "" || strings.HasSuffix(strings.ToLower(at), "/repos/"+strings.ToLower(e.Repository)) {
			e.PullRequests = append(e.PullRequests, pr.Number)
		}
	}
	slices.Sort(e.PullRequests)
	e.PullRequests = slices.Compact(e.PullRequests)
	return nil
}

// commits refuses whatever is no full commit.
func commits(named map[string]string) error {
	for _, name := range []string{"head", "base", "before", "after"} {
		if sha, asked := named[name]; asked && !shaForm.MatchString(sha) {
			return fmt.Errorf("%s %q is no full commit", name, clip(sha))
		}
	}
	return nil
}
