package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/forge/github"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// publishAll posts what was judged, on each pull request, or once on the commit
// of a merge group, and returns the worse exit code. What could not be posted is
// exit code 4, whatever it says.
func (d *desk) publishAll(ctx context.Context, done []*judged, code int) int {
	var posted []*judge.Result
	if len(done) > 0 && done[0].group != nil {
		gr := done[0].group
		for _, j := range done {
			posted = append(posted, j.res)
		}
		about := verdict.Subject{Repository: d.repo.String(), BaseRef: gr.baseRef, Base: gr.base, MergeBase: gr.base, Head: gr.head}
		all, err := judge.Combine(about, posted)
		if err != nil {
			return d.g.say(failed(err))
		}
		posted = []*judge.Result{all}
		code = worse(code, d.publish(ctx, &judged{order: done[0].order, res: all}, gr.head))
	} else {
		for _, j := range done {
			posted = append(posted, j.res)
			code = worse(code, d.publish(ctx, j, ""))
		}
	}
	if err := d.tell(posted, code); err != nil {
		return worse(code, d.g.say(failed(err)))
	}
	return code
}

// publish posts one verdict and says on stderr what a person should know.
func (d *desk) publish(ctx context.Context, j *judged, commit string) int {
	p := github.Publication{
		PullRequest: j.pr, Commit: commit, Name: "mergeseal (" + j.pr.BaseBranch() + ")", Report: report(j.res),
		Options: render.Options{Tool: d.g.env.Version}, Details: d.run(), Groups: missing(j), Log: d.g.inActions(),
	}
	p.Report.Laws = j.laws
	posted := github.RungNone
	defer func() { d.posted = append(d.posted, posted) }()
	got, err := d.client.Publish(ctx, d.repo, p)
	for _, w := range got.Warnings {
		d.g.warn("pull request %d: %s", j.pr.Number, w)
	}
	switch {
	case err != nil:
		return d.g.say(failed(fmt.Errorf("publish pull request %d: %w", j.pr.Number, err)))
	case got.Moved && got.Rung == github.RungNone:
		return d.g.say(failed(fmt.Errorf("pull request %d moved while it was judged at %s: nothing was posted; the run for its new head will", j.pr.Number, short(j.pr.Head))))
	case got.Moved:
		return d.g.say(failed(fmt.Errorf("pull request %d moved while %s was posted: the verdict stands on the old head", j.pr.Number, short(j.pr.Head))))
	case got.Rung == github.RungNone:
		return d.g.say(failed(fmt.Errorf("publish pull request %d: nothing was posted", j.pr.Number)))
	case got.Rung == github.RungLog:
		if err := render.Verdict(d.g.env.Stderr, render.GitHub, p.Report, p.Options); err != nil {
			return d.g.say(failed(fmt.Errorf("write the verdict to the log: %w", err)))
		}
	}
	posted = got.Rung
	d.g.progress(fmt.Sprintf("pull request %d: %s, %s", j.pr.Number, got.Rung, written(got)))
	return ExitPass
}

func written(got github.Delivery) string {
	if got.Unchanged {
		return "unchanged"
	}
	return fmt.Sprintf("%d writes", got.Writes)
}

// missing are the groups that lack an approval now, with whom to ask in each:
// everybody the law names but the author.
func missing(j *judged) map[string][]string {
	out := map[string][]string{}
	ask := func(l []approval.Status) {
		for _, s := range l {
			if who := j.wants.Groups[s.Group]; s.Missing > 0 && s.Waits == 0 && len(who) > 0 {
				out[s.Group] = slices.DeleteFunc(slices.Clone(who), func(w string) bool { return strings.EqualFold(w, j.pr.Author) })
			}
		}
	}
	ask(j.res.Verdict.Requirements)
	for _, c := range j.res.Verdict.Changes {
		ask(c.Requirements)
	}
	return out
}

func (g *global) inActions() bool { return g.env.Getenv("GITHUB_ACTIONS") == "true" }

// run is the address of this run in Actions, "" elsewhere.
func (d *desk) run() string {
	if id := d.g.env.Getenv("GITHUB_RUN_ID"); d.g.inActions() && id != "" {
		return d.server + "/" + d.repo.String() + "/actions/runs/" + id
	}
	return ""
}
