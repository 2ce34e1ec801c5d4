package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/mergeseal/mergeseal/internal/actions"
	"github.com/mergeseal/mergeseal/internal/forge/github"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// maxGroup bounds a merge group; GitHub builds none of more than 100:
// https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue
const maxGroup = 100

// group is what a merge queue would merge at once.
type group struct {
	baseRef    string // refs/heads/…
	base, head string // full ids: what it began from, and what it made
	pulls      []github.PullRequest
}

// without are the heads of all but one.
func (gr *group) without(number int64) []string {
	var out []string
	for _, p := range gr.pulls {
		if p.Number != number {
			out = append(out, p.Head)
		}
	}
	return out
}

// How a queue's branch and its commits name their pull requests. They are
// hints: the judge finds every file that the pull requests do not explain.
var (
	queueRef    = regexp.MustCompile(`^refs/heads/gh-readonly-queue/.+/pr-([0-9]{1,9})-[0-9a-f]{40}$`)
	mergeTitle  = regexp.MustCompile(`^Merge pull request #([0-9]{1,9}) from `)
	squashTitle = regexp.MustCompile(`^[^\n]*\(#([0-9]{1,9})\)(?:\n|$)`)
)

// findGroup finds the pull requests that a merge group is made of.
func (d *desk) findGroup(ctx context.Context, at actions.Event) (*group, error) {
	gr := &group{baseRef: at.BaseRef, base: at.Base, head: at.Head}
	if err := d.mirror.Fetch(ctx, gr.base, gr.head); err != nil {
		return nil, failed(fmt.Errorf("fetch merge group: %w", err))
	}
	commits, err := d.mirror.Repo().Commits(gr.base, gr.head)
	if err != nil {
		return nil, failed(fmt.Errorf("list commits of the merge group: %w", err))
	}
	hints, unnamed := hinted(commits, gr.head)
	if m := queueRef.FindStringSubmatch(at.HeadRef); m != nil {
		hints = append(hints, pullNumber(m[1]))
	}
	for _, n := range distinct(hints) {
		p, err := d.client.PullRequest(ctx, d.repo, n)
		if errors.Is(err, github.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, failed(fmt.Errorf("read pull request %d: %w", n, err))
		}
		gr.add(p)
	}
	for _, sha := range unnamed {
		of, err := d.client.PullRequestsOf(ctx, d.repo, sha)
		if err != nil && !errors.Is(err, github.ErrNotFound) {
			return nil, failed(fmt.Errorf("find the pull request of %s: %w", sha, err))
		}
		for _, p := range of {
			if p, err = d.client.PullRequest(ctx, d.repo, p.Number); err != nil {
				return nil, failed(err) // lists leave things out
			}
			gr.add(p)
		}
	}
	switch n := len(gr.pulls); {
	case n == 0:
		return nil, failed(fmt.Errorf("no open pull request into %s belongs to the merge group %s", gr.baseRef, gr.head))
	case n > maxGroup:
		return nil, failed(fmt.Errorf("the merge group %s has more than %d pull requests", gr.head, maxGroup))
	}
	slices.SortFunc(gr.pulls, func(a, b github.PullRequest) int { return int(a.Number - b.Number) })
	return gr, nil
}

// add takes a pull request that can be merged with the group.
func (gr *group) add(p github.PullRequest) {
	known := slices.ContainsFunc(gr.pulls, func(o github.PullRequest) bool { return o.Number == p.Number })
	if !known && p.State == "open" && p.BaseRef == gr.baseRef {
		gr.pulls = append(gr.pulls, p)
	}
}

// hinted reads the numbers off the commits that the queue made, which lie on
// the first line of descent, and lists those without one.
func hinted(commits []tree.Commit, head string) (numbers []int64, unnamed []string) {
	byID := map[string]tree.Commit{}
	for _, c := range commits {
		byID[c.ID] = c
	}
	for at, ok := byID[head]; ok && len(numbers)+len(unnamed) <= maxGroup; {
		m := mergeTitle.FindStringSubmatch(at.Message)
		if m == nil {
			m = squashTitle.FindStringSubmatch(at.Message)
		}
		switch {
		case m != nil:
			numbers = append(numbers, pullNumber(m[1]))
		case len(at.Parents) > 1:
			unnamed = append(unnamed, at.Parents[1:]...)
		default:
			unnamed = append(unnamed, at.ID)
		}
		if len(at.Parents) == 0 {
			break
		}
		at, ok = byID[at.Parents[0]]
	}
	return numbers, unnamed
}

func pullNumber(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64) // at most nine digits
	return n
}

func distinct(l []int64) []int64 { return slices.Compact(slices.Sorted(slices.Values(l))) }
