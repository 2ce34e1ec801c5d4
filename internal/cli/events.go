package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/forge/github"
)

// maxPulls bounds how many pull requests one run judges.
const maxPulls = 100

// occasion is what a workflow's event is about.
type occasion struct {
	Name   string // of the event
	Number int64  // of a pull request
	Ref    string // the branch that was pushed to, or the queue's own

	BaseRef, Base, Head string // of a merge group

	RunRepo, RunBranch, RunSHA string // where a workflow ran
}

// orders are the pull requests to judge: the one that was named, or those that
// the workflow's event is about.
func (d *desk) orders(ctx context.Context, at occasion) ([]order, error) {
	switch {
	case d.o.PR != 0:
		return d.single(ctx, d.o.PR)
	case at.Number != 0:
		return d.single(ctx, at.Number)
	}
	switch at.Name {
	case "":
		return nil, usagef("which pull request? give --pr N; a workflow of GitHub Actions has an event that says it")
	case "merge_group":
		return d.ofGroup(ctx, at)
	case "push":
		return d.ofBase(ctx, at.Ref, func(github.PullRequest) bool { return true })
	case "schedule":
		return d.ofBase(ctx, "", d.due(ctx))
	case "workflow_run":
		return d.ofRun(ctx, at)
	}
	return nil, usagef("the event %s does not say which pull request: give --pr N", at.Name)
}

func (d *desk) single(ctx context.Context, number int64) ([]order, error) {
	pr, err := d.open(ctx, number)
	if err != nil {
		return nil, err
	}
	return []order{{pr: pr}}, nil
}

// ofGroup are all the pull requests of a merge group.
func (d *desk) ofGroup(ctx context.Context, at occasion) ([]order, error) {
	gr, err := d.findGroup(ctx, at)
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
		out = append(out, order{pr: pr, listed: true})
	}
	return out, nil
}

// ofRun finds the one open pull request that a workflow ran for (T13): of that
// repository, branch and commit. A fork's run names none.
func (d *desk) ofRun(ctx context.Context, at occasion) ([]order, error) {
	open, err := d.client.OpenPullRequests(ctx, d.repo, "")
	if err != nil {
		return nil, failed(fmt.Errorf("list open pull requests: %w", err))
	}
	from, err := github.ParseRepo(at.RunRepo)
	if err != nil {
		return nil, failed(fmt.Errorf("read the run's repository: %w", err))
	}
	open = slices.DeleteFunc(open, func(p github.PullRequest) bool {
		of, err := github.ParseRepo(p.HeadRepo)
		return err != nil || !of.Same(from) || p.HeadRef != "refs/heads/"+at.RunBranch || p.Head != at.RunSHA
	})
	if len(open) != 1 {
		return nil, failed(fmt.Errorf("%d open pull requests come from %s of %s at %s: which one the run was for is not known", len(open), at.RunBranch, at.RunRepo, at.RunSHA))
	}
	return d.single(ctx, open[0].Number)
}

// due reports whether the answer that was posted on a pull request has run out.
// What nobody knows is due.
func (d *desk) due(_ context.Context) func(github.PullRequest) bool {
	return func(github.PullRequest) bool { return true }
}
