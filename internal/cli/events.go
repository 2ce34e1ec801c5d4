package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/mergeseal/mergeseal/internal/actions"
	"github.com/mergeseal/mergeseal/internal/forge/github"
)

// maxPulls bounds how many pull requests one run judges.
const maxPulls = 100

// event reads what the workflow runs for; outside of Actions it is nothing.
func (g *global) event() (actions.Event, error) {
	at, err := actions.Read(g.env.Getenv, func(file string) ([]byte, error) {
		f, err := os.Open(g.abs(file))
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // only read
		return io.ReadAll(io.LimitReader(f, actions.MostPayload+1))
	})
	if errors.Is(err, actions.ErrNone) {
		return at, usagef("which pull request? give --pr N; a workflow of GitHub Actions has an event that says it")
	}
	if err != nil {
		return at, failed(err)
	}
	return at, nil
}

// orders are the pull requests to judge: the one that was named, or those that
// the workflow's event is about.
func (d *desk) orders(ctx context.Context) ([]order, error) {
	if d.o.PR != 0 {
		return d.single(ctx, d.o.PR)
	}
	at, err := d.g.event()
	if err != nil {
		return nil, err
	}
	switch {
	case at.Kind == actions.WorkflowRun:
		return d.ofRun(ctx, *at.Run)
	case len(at.PullRequests) == 1:
		return d.single(ctx, at.PullRequests[0])
	case at.Kind == actions.MergeGroup:
		return d.ofGroup(ctx, at)
	case at.Kind == actions.Push:
		return d.ofBase(ctx, at.BaseRef)
	case at.Kind == actions.Schedule:
		return d.ofBase(ctx, "")
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
func (d *desk) ofGroup(ctx context.Context, at actions.Event) ([]order, error) {
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

// ofBase are the open pull requests into a branch, "" for any. All are judged
// again: what was posted does not tell until when it is true, and where the
// answer is the same nothing is written.
func (d *desk) ofBase(ctx context.Context, baseRef string) ([]order, error) {
	open, err := d.client.OpenPullRequests(ctx, d.repo, baseRef)
	if err != nil {
		return nil, failed(fmt.Errorf("list open pull requests: %w", err))
	}
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
func (d *desk) ofRun(ctx context.Context, at actions.Run) ([]order, error) {
	open, err := d.client.OpenPullRequests(ctx, d.repo, "")
	if err != nil {
		return nil, failed(fmt.Errorf("list open pull requests: %w", err))
	}
	from, err := github.ParseRepo(at.HeadRepo)
	if err != nil {
		return nil, failed(fmt.Errorf("read the run's repository: %w", err))
	}
	open = slices.DeleteFunc(open, func(p github.PullRequest) bool {
		of, err := github.ParseRepo(p.HeadRepo)
		return err != nil || !of.Same(from) || p.HeadRef != "refs/heads/"+at.HeadBranch || p.Head != at.HeadSHA
	})
	if len(open) != 1 {
		return nil, failed(fmt.Errorf("%d open pull requests come from %s of %s at %s: which one the run was for is not known", len(open), at.HeadBranch, at.HeadRepo, at.HeadSHA))
	}
	return d.single(ctx, open[0].Number)
}
