package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/mergeseal/mergeseal/internal/render"
)

// runCheckForge judges pull requests as the forge has them, and posts what came
// of them where that is asked for. One that cannot be judged does not keep the
// others from being; the worst of all is the exit code.
func runCheckForge(ctx context.Context, g *global, o checkOptions) error {
	format, err := o.Out.parse()
	if err != nil {
		return err
	}
	opts, err := g.options()
	if err != nil {
		return err
	}
	d, err := g.desk(ctx, o)
	if err != nil {
		return err
	}
	defer d.close()
	orders, err := d.orders(ctx)
	if err != nil {
		return err
	}
	var done []*judged
	code := ExitPass
	for _, order := range orders {
		j, err := d.judge(ctx, order)
		if order.listed && errors.Is(err, errClosed) {
			continue // since the list was read
		}
		if err != nil {
			code = worse(code, g.say(fmt.Errorf("pull request %d: %w", order.pr.Number, err)))
			// What was posted of it before is no longer known to be true.
			if err := d.undecided(j, d.target, "MS611", err, "run again; if it stays, report it"); err != nil {
				return err
			}
		}
		done = append(done, j)
		code = worse(code, j.res.Verdict.Outcome.ExitCode())
	}
	if err := o.Out.write(g, func(w io.Writer) error {
		for _, j := range done {
			if err := render.Verdict(w, format, report(j.res), opts); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if o.Publish {
		code = d.publishAll(ctx, done, code)
	}
	return ended(code)
}

// say says an error on stderr and gives the exit code that belongs to it.
func (g *global) say(err error) int {
	fmt.Fprintf(g.env.Stderr, "mergeseal: %s\n", render.Plain(err.Error()))
	var e *exit
	if errors.As(err, &e) {
		return e.code
	}
	return ExitError
}

// worse is the graver of two exit codes: what could not be decided, wrong use,
// fail, pending, pass.
func worse(a, b int) int {
	rank := map[int]int{ExitPass: 0, ExitPending: 1, ExitFail: 2, ExitUsage: 3, ExitError: 4}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// replayOf judges a pull request from saved evidence alone: nobody is asked.
func (g *global) replayOf(o checkOptions) (checkOptions, error) {
	doc, found, err := g.evidence(o.Evidence)
	if err != nil {
		return o, err
	}
	if doc == nil || found.Errors() {
		return o, nil // the judge says what is wrong with it
	}
	p := doc.PullRequest
	switch {
	case p.Number != o.PR:
		return o, usagef("--pr %d: %s is about pull request %d", o.PR, o.Evidence, p.Number)
	case o.Base == "" && p.Base == "":
		return o, usagef("%s does not say which base it was judged by: give --base", o.Evidence)
	case o.Base == "":
		o.Base = p.Base
	}
	o.Head, o.baseRef = p.Head, p.BaseRef
	return o, nil
}
