package github

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/mergeseal/mergeseal/internal/evidence"
)

// Bounds of looking at other pull requests.
const (
	maxOthers = 100  // each costs a request
	maxFiles  = 3000 // GitHub lists no more: https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
)

// open reads which other pull requests into the same base touch records, so
// that two that would collide learn it before either is merged.
func (g *gathering) open(ctx context.Context, ask Ask) error {
	if !ask.OpenRecords || ask.Record == nil {
		return nil
	}
	what := "records of other open pull requests"
	all, err := g.OpenPullRequests(ctx, g.repo, g.pr.BaseRef)
	if errors.Is(err, ErrTooMany) {
		g.gap(what, err.Error(), "close those that nobody will merge")
		return nil
	}
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(p PullRequest) bool { return p.Number == g.pr.Number })
	if n := len(all); n > maxOthers {
		g.gap(what, fmt.Sprintf("%d are open, and the newest %d are looked at", n, maxOthers), "close those that nobody will merge")
		all = all[n-maxOthers:]
	}
	for _, p := range all {
		touched, err := g.records(ctx, p, ask.Record)
		if err != nil {
			return err
		}
		if len(touched) > 0 {
			g.doc.OpenPullRequests = append(g.doc.OpenPullRequests, evidence.Open{Number: p.Number, Head: p.Head, Records: touched})
		}
	}
	return nil
}

// records lists the records that a pull request adds or changes.
func (g *gathering) records(ctx context.Context, p PullRequest, record func(string) bool) ([]string, error) {
	type file struct {
		Name   string `json:"filename"`
		Status string `json:"status"`
	}
	files, err := list[file](ctx, g.Client, g.repo.path("pulls", strconv.FormatInt(p.Number, 10), "files"))
	if err != nil {
		return nil, fmt.Errorf("list the files of pull request %d: %w", p.Number, err)
	}
	if len(files) >= maxFiles {
		g.gap(fmt.Sprintf("records of pull request %d", p.Number), fmt.Sprintf("GitHub lists %d files of it and no more", maxFiles), "")
	}
	var out []string
	for _, f := range files {
		if f.Name == "" {
			return nil, fmt.Errorf("list the files of pull request %d: %w: a file without a name", p.Number, ErrUnavailable)
		}
		if f.Status != "removed" && record(f.Name) {
			out = append(out, f.Name)
		}
	}
	return out, nil
}
