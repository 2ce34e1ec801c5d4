package github

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// ghost is who GitHub shows in the place of an account that is gone. The
// account of that name is GitHub's own and may write nowhere.
const ghost = "ghost"

// PullRequest is one pull request as it stands.
type PullRequest struct {
	Number       int64
	Title        string // hostile text
	State        string // open or closed
	Draft        bool
	Merged       bool
	MergeCommit  string    // of a merged one, full SHA
	MergedAt     time.Time // zero unless merged
	MergedBy     string    // login; "" unless merged, and in lists
	Author       string    // login; ghost for an account that is gone
	Base         string    // full SHA
	BaseRef      string    // refs/heads/…
	BaseRepo     string    // owner/name as GitHub spells it
	Head         string    // full SHA
	HeadRef      string    // refs/heads/… of HeadRepo
	HeadRepo     string    // owner/name; "" where it is gone
	Labels       []string
	Reviewers    []string // users whose review is requested
	Teams        []string // slugs of teams whose review is requested
	Commits      int      // 0 in lists
	ChangedFiles int      // 0 in lists
	URL          string
}

// BaseBranch is the base's name without refs/heads/.
func (p PullRequest) BaseBranch() string { return strings.TrimPrefix(p.BaseRef, heads) }

const heads = "refs/heads/"

var fullSHA = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// read takes what is needed of the API's own form, and refuses half of it.
func read(p *gh.PullRequest) (PullRequest, error) {
	out := PullRequest{
		Number: int64(p.GetNumber()), Title: p.GetTitle(), State: p.GetState(), Draft: p.GetDraft(),
		Merged: p.GetMerged() || p.MergedAt != nil, MergedAt: p.GetMergedAt().Time, MergedBy: p.GetMergedBy().GetLogin(),
		Author: cmp.Or(p.GetUser().GetLogin(), ghost),
		Base:   p.GetBase().GetSHA(), BaseRef: heads + p.GetBase().GetRef(), BaseRepo: p.GetBase().GetRepo().GetFullName(),
		Head: p.GetHead().GetSHA(), HeadRef: heads + p.GetHead().GetRef(), HeadRepo: p.GetHead().GetRepo().GetFullName(),
		Commits: p.GetCommits(), ChangedFiles: p.GetChangedFiles(), URL: p.GetHTMLURL(),
	}
	if out.Merged {
		out.MergeCommit = p.GetMergeCommitSHA()
		out.MergedBy = p.GetMergedBy().GetLogin()
	}
	for _, l := range p.Labels {
		out.Labels = append(out.Labels, l.GetName())
	}
	for _, u := range p.RequestedReviewers {
		out.Reviewers = append(out.Reviewers, u.GetLogin())
	}
	for _, t := range p.RequestedTeams {
		out.Teams = append(out.Teams, t.GetSlug())
	}
	if out.Number <= 0 || !fullSHA.MatchString(out.Base) || !fullSHA.MatchString(out.Head) || out.BaseRef == heads {
		return PullRequest{}, fmt.Errorf("read pull request %d: %w: it lacks its number, base or head", out.Number, ErrUnavailable)
	}
	return out, nil
}

// PullRequest reads one. One of a repository that was renamed is an error: law
// and evidence name a repository.
func (c *Client) PullRequest(ctx context.Context, r Repo, number int64) (PullRequest, error) {
	var p gh.PullRequest
	if _, err := c.do(ctx, http.MethodGet, r.path("pulls", strconv.FormatInt(number, 10)), nil, &p); err != nil {
		return PullRequest{}, fmt.Errorf("read pull request %d of %s: %w", number, r, err)
	}
	out, err := read(&p)
	if err != nil {
		return PullRequest{}, err
	}
	if out.Number != number {
		return PullRequest{}, fmt.Errorf("read pull request %d of %s: %w: the answer is about %d", number, r, ErrUnavailable, out.Number)
	}
	if base, err := ParseRepo(out.BaseRepo); err != nil || !base.Same(r) {
		return PullRequest{}, fmt.Errorf("read pull request %d of %s: the repository is called %q now: use that name", number, r, out.BaseRepo)
	}
	return out, nil
}

// OpenPullRequests lists the open ones into a base branch, by number. An empty
// base is any. A base may be written with refs/heads/.
func (c *Client) OpenPullRequests(ctx context.Context, r Repo, base string) ([]PullRequest, error) {
	query := "?state=open&sort=created&direction=asc"
	if base != "" {
		query += "&base=" + url.QueryEscape(strings.TrimPrefix(base, heads))
	}
	out, err := c.pullRequests(ctx, r.path("pulls")+query)
	if err != nil {
		return nil, fmt.Errorf("list open pull requests of %s: %w", r, err)
	}
	return out, nil
}

// PullRequestsOf lists those that hold a commit, open or merged, by number.
func (c *Client) PullRequestsOf(ctx context.Context, r Repo, sha string) ([]PullRequest, error) {
	if !fullSHA.MatchString(sha) {
		return nil, fmt.Errorf("list pull requests of commit %q: not a full SHA", sha)
	}
	out, err := c.pullRequests(ctx, r.path("commits", sha, "pulls"))
	if err != nil {
		return nil, fmt.Errorf("list pull requests of commit %s: %w", sha, err)
	}
	return out, nil
}

func (c *Client) pullRequests(ctx context.Context, path string) ([]PullRequest, error) {
	all, err := list[*gh.PullRequest](ctx, c, path)
	if err != nil {
		return nil, err
	}
	out := make([]PullRequest, 0, len(all))
	for _, p := range all {
		one, err := read(p)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b PullRequest) int { return cmp.Compare(a.Number, b.Number) })
	return slices.CompactFunc(out, func(a, b PullRequest) bool { return a.Number == b.Number }), nil
}

// Still errs with ErrMoved where a pull request has another head or base
// branch by now than it had (T34).
func (c *Client) Still(ctx context.Context, r Repo, pr PullRequest) error {
	now, err := c.PullRequest(ctx, r, pr.Number)
	if err != nil {
		return err
	}
	if now.Head != pr.Head {
		return fmt.Errorf("%w: its head was %s and is %s: run again", ErrMoved, pr.Head, now.Head)
	}
	if now.BaseRef != pr.BaseRef {
		return fmt.Errorf("%w: its base was %s and is %s: run again", ErrMoved, pr.BaseRef, now.BaseRef)
	}
	return nil
}
