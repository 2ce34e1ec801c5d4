package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/forge/github"
	"github.com/mergeseal/mergeseal/internal/ledger"
)

// Where a time is from, in words.
const (
	fromFlag   = "as you say"
	fromRecord = "as the record says already"
	fromLog    = "from the deployment log"
	fromPlan   = "as planned"
	fromClock  = "now: before the planned end"
)

// fill sets the result and the times.
func (g *global) fill(ctx context.Context, o outcomeOptions, c *closing, now time.Time) (diag.List, error) {
	c.Result = o.Result
	var start, end time.Time
	var err error
	if start, c.StartFrom, err = given("--start", o.Start); err != nil {
		return nil, err
	}
	if end, c.EndFrom, err = given("--end", o.End); err != nil {
		return nil, err
	}
	if o.Deployment != 0 {
		return g.deployed(ctx, o, c)
	}
	if c.Result == change.ResultCanceled.String() {
		c.times(start, end) // none, unless somebody says that it ran
		return nil, nil
	}
	if a := c.before.Record.Actual; a != nil {
		pick(&start, &c.StartFrom, a.Start.Time, fromRecord)
		pick(&end, &c.EndFrom, a.End.Time, fromRecord)
	}
	if start.IsZero() || end.IsZero() {
		first, last, err := g.logged(ctx, o, c)
		if err != nil {
			return nil, err
		}
		pick(&start, &c.StartFrom, c.local(first), fromLog)
		if last.After(start) {
			pick(&end, &c.EndFrom, c.local(last), fromLog)
		}
	}
	if p := c.before.Record.Schedule; p != nil {
		pick(&start, &c.StartFrom, p.Start.Time, fromPlan)
		if p.End.After(now) || !p.End.After(start) {
			pick(&end, &c.EndFrom, c.local(now.Truncate(time.Second)), fromClock)
		}
		pick(&end, &c.EndFrom, p.End.Time, fromPlan)
	}
	if start.IsZero() || end.IsZero() {
		return nil, usagef("nothing says when %s ran: give --start and --end", c.ID)
	}
	c.times(start, end)
	return nil, nil
}

// given reads an instant of a flag.
func given(flag, text string) (time.Time, string, error) {
	if text == "" {
		return time.Time{}, "", nil
	}
	var at field.Instant
	if err := at.ParseScalar(text); err != nil {
		return time.Time{}, "", usagef("%s %w; write RFC 3339, such as 2026-12-01T22:00:00+01:00", flag, err)
	}
	return at.Time, fromFlag, nil
}

// pick sets a time that nobody said yet.
func pick(at *time.Time, from *string, t time.Time, source string) {
	if at.IsZero() && !t.IsZero() {
		*at, *from = t, source
	}
}

func (c *closing) times(start, end time.Time) {
	c.Start, c.End = field.Instant{Time: start}.String(), field.Instant{Time: end}.String()
	if start.IsZero() {
		c.StartFrom = ""
	}
	if end.IsZero() {
		c.EndFrom = ""
	}
}

// logged is when the change went to its environments first and last, by the
// deployment log; zero where there is no log, or it does not say.
func (g *global) logged(ctx context.Context, o outcomeOptions, c *closing) (first, last time.Time, err error) {
	w, err := g.open()
	if err != nil || w.repo == nil {
		return first, last, err
	}
	defer w.close()
	if n, err := w.repo.Notes(ledger.DeploymentsRef); err != nil {
		return first, last, failed(fmt.Errorf("read the deployment log: %w", err))
	} else if n.Tip() == "" {
		return first, last, nil
	}
	b, err := g.books(o.Base)
	if err != nil {
		return first, last, err
	}
	defer b.close()
	trust, err := b.trust("")
	if err != nil {
		return first, last, err
	}
	bad, err := ledger.Deployments(ctx, b.repo, trust, func(d ledger.Deployment) bool {
		if !d.Deployed() || !has(d.Changes, c.ID) || !has(c.before.Record.Environments, d.Environment) || b.repository() != "" && field.Fold(d.Repository) != field.Fold(b.repository()) {
			return true
		}
		if first.IsZero() || d.At.Before(first) {
			first = d.At.Truncate(time.Second)
		}
		if d.At.After(last) {
			last = d.At.Truncate(time.Second)
		}
		return true
	})
	if err != nil {
		return first, last, failed(fmt.Errorf("read the deployment log: %w", err))
	}
	if bad > 0 {
		g.warn("%d entries of the deployment log cannot be believed and were left out", bad)
	}
	return first, last, nil
}

func has(names []string, name string) bool {
	for _, n := range names {
		if field.Fold(n) == field.Fold(name) {
			return true
		}
	}
	return false
}

// deployed takes times and result from what became of a deployment at the forge.
func (g *global) deployed(ctx context.Context, o outcomeOptions, c *closing) (diag.List, error) {
	b, err := g.books(o.Base)
	if err != nil {
		return nil, err
	}
	defer b.close()
	f, err := g.forge(o.Forge, b.repository())
	if err != nil {
		return nil, err
	}
	d, err := f.client.Deployment(ctx, f.repo, o.Deployment)
	if err != nil {
		return nil, failed(err)
	}
	steps, err := f.client.DeploymentStatuses(ctx, f.repo, o.Deployment)
	if err != nil {
		return nil, failed(err)
	}
	no := func(pointer, hint, format string, args ...any) (diag.List, error) {
		return diag.List{diag.New("MS118", c.before.Index.Value(pointer), "deployment %d "+format, append([]any{o.Deployment}, args...)...).WithHint("%s", hint)}, nil
	}
	if !has(c.before.Record.Environments, d.Environment) {
		return no("/environments", "name the deployment that brought this change", "went to %s, which %s does not name", diag.Quote(d.Environment), c.ID)
	}
	run := runOf(d, steps)
	if run.state == "" {
		return no("", "run again when it is over", "is not over: it is %s", diag.Quote(run.last))
	}
	switch {
	case run.state == "success" && o.Result == "":
		c.Result = change.Successful.String()
	case o.Result == "":
		c.Result = change.Failed.String()
	case o.Result == change.ResultCanceled.String(), o.Result == change.Successful.String() && run.state != "success":
		return no("", "say what became of the change, or leave --result out", "ended in %s, which contradicts --result %s", run.state, o.Result)
	}
	c.StartFrom, c.EndFrom = run.from, fmt.Sprintf("deployment %d, %s", o.Deployment, run.state)
	c.times(c.local(run.start), c.local(run.end))
	return nil, nil
}

// run is one deployment from its first step to its last.
type run struct {
	start, end  time.Time
	from        string
	state, last string // state is "" while it is not over
}

// runOf reads what became of a deployment: it began with its first in_progress
// and ended with its last success, failure or error. inactive only says that
// another one took its place. A state that is not known is not an end.
func runOf(d github.Deployment, steps []github.DeploymentStatus) run {
	r := run{start: d.CreatedAt, from: fmt.Sprintf("deployment %d, when it was made", d.ID), last: "queued"}
	begun := false
	for _, s := range steps {
		switch s.State {
		case "inactive":
			continue
		case "in_progress":
			if !begun {
				r.start, r.from, begun = s.CreatedAt, fmt.Sprintf("deployment %d, in_progress", d.ID), true
			}
			r.state = ""
		case "success", "failure", "error":
			r.state, r.end = s.State, s.CreatedAt
		default:
			r.state = ""
		}
		r.last = s.State
	}
	if !r.end.After(r.start) {
		r.end = r.start.Add(time.Second) // the forge counts whole seconds
	}
	return r
}
