package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/forge/github"
)

// maxPulls bounds how many pull requests one run judges.
const maxPulls = 100

// orders are the pull requests to judge: the one that was named, or those that
// the workflow's event is about.
func (d *desk) orders(ctx context.Context) ([]order, error) {
	if d.o.PR != 0 {
		return d.single(ctx, d.o.PR)
	}
	return nil, usagef("which pull request? give --pr N")
}

func (d *desk) single(ctx context.Context, number int64) ([]order, error) {
	pr, err := d.open(ctx, number)
	if err != nil {
		return nil, err
	}
	return []order{{pr: pr}}, nil
}

// ofGroup are all the pull requests of a merge group.
func (d *desk) ofGroup(ctx context.Context, base, head, baseRef, ref string) ([]order, error) {
	gr, err := d.findGroup(ctx, base, head, baseRef, ref)
	if err != nil {
		return nil, err
	}
	var out []order
	for _, pr := range gr.pulls {
		out = append(out, order{pr: pr, group: gr})
	}
	return out, nil
}

// ofBase are the open pull requests into a branch, "" for any, that want to be
// judged again.
func (d *desk) ofBase(ctx context.Context, baseRef string, due func(github.PullRequest) bool) ([]order, error) {
	open, err := d.client.OpenPullRequests(ctx, d.repo, baseRef)
	if err != nil {
		return nil, failed(fmt.Errorf("list open pull requests: %w", err))
	}
	open = slices.DeleteFunc(open, func(p github.PullRequest) bool { return !due(p) })
	if n := len(open); n > maxPulls {
		d.g.warn("%d pull requests want to be judged again, and the newest %d are; run again for the others", n, maxPulls)
		open = open[n-maxPulls:]
	}
	var out []order
	for _, pr := range open {
		out = append(out, order{pr: pr})
	}
	return out, nil
}

// ofRun finds the one open pull request that a workflow ran for (T13): of that
// repository, branch and commit. A fork's run names none.
func (d *desk) ofRun(ctx context.Context, headRepo, branch, sha string) ([]order, error) {
	open, err := d.client.OpenPullRequests(ctx, d.repo, "")
	if err != nil {
		return nil, failed(fmt.Errorf("list open pull requests: %w", err))
	}
	from, err := github.ParseRepo(headRepo)
	if err != nil {
		return nil, failed(fmt.Errorf("read the run's repository: %w", err))
	}
	open = slices.DeleteFunc(open, func(p github.PullRequest) bool {
		of, err := github.ParseRepo(p.HeadRepo)
		return err != nil || !of.Same(from) || p.HeadRef != "refs/heads/"+branch || p.Head != sha
	})
	if len(open) != 1 {
		return nil, failed(fmt.Errorf("%d open pull requests come from %s of %s at %s: which one the run was for is not known", len(open), branch, headRepo, sha))
	}
	return d.single(ctx, open[0].Number)
}

var errNoTarget = errors.New("no pull request")
