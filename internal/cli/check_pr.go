package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/backtest"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/forge/github"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// maxSkew is how far our clock may be from the API's (T45).
const maxSkew = time.Minute

// order is one pull request to judge, and the merge group it is part of.
type order struct {
	pr     github.PullRequest
	group  *group
	listed bool // pr comes from a list, which leaves things out
}

// judged is what came of an order.
type judged struct {
	order
	res   *judge.Result
	wants judge.Wants
	doc   *evidence.Document
	laws  *backtest.Comparison // what its law would make of the open changes; nil where it touches none
}

// judge gathers what is known about a pull request and judges it. What could
// not be had is in the verdict; an error is ours.
func (d *desk) judge(ctx context.Context, o order) (*judged, error) {
	out := &judged{order: o}
	if o.listed {
		pr, err := d.open(ctx, o.pr.Number)
		if err != nil {
			return out, err
		}
		o.pr, out.pr = pr, pr
	}
	t := d.target
	t.BaseRef, t.Head = o.pr.BaseRef, o.pr.Head
	var err error
	if t.Base, err = d.commits(ctx, o); err != nil {
		return out, d.undecided(out, t, "MS601", err, "let the token read the repository's contents; beside a clone made with fetch-depth: 0 less is fetched")
	}
	if out.wants, err = judge.WantsOf(d.mirror.Repo(), t.Base); err != nil {
		return out, failed(err)
	}
	ask := github.Ask{Teams: out.wants.Teams, OpenRecords: true, Record: out.wants.Record}
	doc, gaps, err := d.client.Evidence(ctx, d.repo, o.pr, ask)
	if err != nil {
		return out, d.undecided(out, t, "MS611", fmt.Errorf("gather evidence: %w", err), "try again; what the token may not read is named above")
	}
	for _, gap := range gaps {
		d.g.warn("not known: %s: %s%s", gap.What, gap.Why, also(gap))
	}
	doc.PullRequest.Base = t.Base
	out.doc = doc.Settled()
	if err := d.save(o, out.doc); err != nil {
		return out, err
	}
	if skew, told := d.client.ClockSkew(); told && skew.Abs() > maxSkew && !d.g.replay {
		return out, d.undecided(out, t, "MS618", fmt.Errorf("this machine's clock is more than %s from the forge's", maxSkew), "set the clock; a replay is said with --replay")
	}
	d.others(ctx, out.doc)
	t.Evidence = out.doc
	if o.group != nil {
		t.Together, t.Merged = o.group.without(o.pr.Number), o.group.head
	}
	out.res, err = judge.Judge(ctx, t)
	if err != nil {
		return out, failed(fmt.Errorf("judge: %w", err))
	}
	out.laws = d.laws(ctx, t, out)
	return out, nil
}

// also is what to do about a gap, where its reason does not say so.
func also(gap github.Gap) string {
	if gap.Fix == "" || strings.Contains(gap.Why, gap.Fix) {
		return ""
	}
	return "; " + gap.Fix
}

// undecided is the verdict about what could not be looked at.
func (d *desk) undecided(out *judged, t judge.Target, code string, cause error, hint string) error {
	f := diag.New(code, source.Range{}, "%v", cause).WithHint("%s", hint)
	s := verdict.Subject{Repository: d.repo.String(), PullRequest: int(out.pr.Number), BaseRef: out.pr.BaseRef, Base: t.Base, Head: out.pr.Head}
	var err error
	if out.res, err = judge.Undecided(t, s, diag.List{f}); err != nil {
		return failed(err)
	}
	return nil
}

// commits fetches a pull request's head and the base it is judged by: the tip
// of the base branch as it is now, or what the merge group began from.
func (d *desk) commits(ctx context.Context, o order) (string, error) {
	tip, err := d.mirror.Tip(ctx, fmt.Sprintf("refs/pull/%d/head", o.pr.Number))
	if err != nil {
		return "", err
	}
	if tip != o.pr.Head {
		return "", fmt.Errorf("the head of pull request %d is %s to git and %s to the API: it is moving", o.pr.Number, tip, o.pr.Head)
	}
	if o.group != nil {
		return o.group.base, d.mirror.Fetch(ctx, append(o.group.without(o.pr.Number), o.group.base, o.group.head, tip)...)
	}
	base, err := d.mirror.Tip(ctx, o.pr.BaseRef)
	if err != nil {
		return "", err
	}
	return base, d.mirror.Fetch(ctx, base, tip)
}

// others fetches the heads of other open pull requests that touch records.
// What cannot be had is said by the judge.
func (d *desk) others(ctx context.Context, doc *evidence.Document) {
	var heads []string
	for _, o := range doc.OpenPullRequests {
		if tip, err := d.mirror.Tip(ctx, fmt.Sprintf("refs/pull/%d/head", o.Number)); err == nil && tip == o.Head {
			heads = append(heads, tip)
		}
	}
	if err := d.mirror.Fetch(ctx, heads...); err != nil {
		d.g.warn("heads of other pull requests: %v", err)
	}
}
