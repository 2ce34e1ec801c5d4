package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	gh "github.com/google/go-github/v60/github"
)

// Draft is a pull request to open, from a branch of the same repository.
type Draft struct {
	Title string
	Body  string // Markdown; whatever somebody else wrote in it is escaped
	Head  string // branch
	Base  string // branch
}

// Opened is the open pull request of a branch of the repository itself into a
// base, false where there is none.
func (c *Client) Opened(ctx context.Context, r Repo, head, base string) (PullRequest, bool, error) {
	all, err := c.OpenPullRequests(ctx, r, base)
	if err != nil {
		return PullRequest{}, false, err
	}
	i := slices.IndexFunc(all, func(p PullRequest) bool {
		from, err := ParseRepo(p.HeadRepo)
		return err == nil && from.Same(r) && p.HeadRef == heads+head
	})
	if i < 0 {
		return PullRequest{}, false, nil
	}
	return all[i], true, nil
}

// Open opens a pull request. It is never sent twice; where GitHub says that
// there is one already, that one is returned.
func (c *Client) Open(ctx context.Context, r Repo, d Draft) (PullRequest, error) {
	body := struct {
		Title string `json:"title"`
		Head  string `json:"head"`
		Base  string `json:"base"`
		Body  string `json:"body"`
	}{d.Title, d.Head, d.Base, d.Body}
	var p gh.PullRequest
	_, err := c.do(ctx, http.MethodPost, r.path("pulls"), body, &p)
	var no *Error
	if errors.As(err, &no) && no.Status == http.StatusUnprocessableEntity {
		if there, ok, again := c.Opened(ctx, r, d.Head, d.Base); again == nil && ok {
			return there, nil
		}
	}
	if err != nil {
		return PullRequest{}, fmt.Errorf("open pull request from %s into %s: %w", d.Head, strings.TrimPrefix(d.Base, heads), err)
	}
	return read(&p)
}
