package cli

import (
	"context"

	"github.com/mergeseal/mergeseal/internal/backtest"
	"github.com/mergeseal/mergeseal/internal/judge"
)

// laws is what the open changes would become under the law of a pull request
// that touches it, nil for one that does not. Its own rules are nobody's yet:
// they run apart. What cannot be compared is said on stderr and changes nothing
// of the verdict.
func (d *desk) laws(ctx context.Context, t judge.Target, j *judged) *backtest.Comparison {
	if len(j.res.Verdict.Law.Touched) == 0 || j.group != nil || j.res.Verdict.Law.Source != "base" {
		return nil
	}
	l := judge.Laws{Target: t, Head: t.Head}
	l.Target.Head, l.Target.Evidence, l.Target.EvidenceFound = "", nil, nil
	for _, o := range j.doc.OpenPullRequests {
		l.Open = append(l.Open, judge.Head{Rev: o.Head, PullRequest: int(o.Number)})
	}
	foreign, done := d.g.foreign(d.o.Timeout)
	defer done()
	l.Foreign = foreign
	c, _, err := judge.Compare(ctx, l)
	if err != nil {
		d.g.warn("pull request %d: the open changes were not judged by its law: %v", j.pr.Number, err)
		return nil
	}
	return c
}
