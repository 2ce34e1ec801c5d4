package github

import (
	"context"
	"time"

	"github.com/mergeseal/mergeseal/internal/evidence"
)

// PullRequest is one pull request as it stands.
type PullRequest struct {
	Number       int64
	Title        string // hostile text
	State        string // open or closed
	Draft        bool
	Merged       bool
	MergeCommit  string    // of a merged one, full SHA
	MergedAt     time.Time // zero unless merged
	Author       string    // login; ghost for a deleted account
	Base         string    // full SHA
	BaseRef      string    // refs/heads/…
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

// Ask is what evidence is wanted beyond the pull request itself.
type Ask struct {
	Teams       []string               // organisation/team, named by groups of the base
	OpenRecords bool                   // other open pull requests that touch records
	Record      func(path string) bool // whether a path is a record's
}

// Gap is something that could not be learnt.
type Gap struct {
	What string // a noun: "members of acme/cab", "who pushed last"
	Why  string
	Fix  string // what to permit or type next
}

// PullRequest reads one.
func (c *Client) PullRequest(ctx context.Context, r Repo, number int64) (PullRequest, error) {
	return PullRequest{}, ErrUnavailable
}

// Evidence gathers what the API says about the people of a pull request.
func (c *Client) Evidence(ctx context.Context, r Repo, pr PullRequest, ask Ask) (*evidence.Document, []Gap, error) {
	return nil, nil, ErrUnavailable
}

// OpenPullRequests lists the open ones into a base branch, by number. An empty
// base is any.
func (c *Client) OpenPullRequests(ctx context.Context, r Repo, base string) ([]PullRequest, error) {
	return nil, ErrUnavailable
}

// PullRequestsOf lists those that hold a commit, open or merged, by number.
func (c *Client) PullRequestsOf(ctx context.Context, r Repo, sha string) ([]PullRequest, error) {
	return nil, ErrUnavailable
}
