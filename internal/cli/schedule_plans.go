package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// plansOptions say where plans come from and who reads them.
type plansOptions struct {
	Base     string
	Heads    []string
	Evidence []string
	Timezone string
}

func (o *plansOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.Base, "base", "", "branch or commit whose records are booked (default: as in check)")
	f.StringArrayVar(&o.Heads, "head", nil, "head that is not merged, whose records are tentative; may be repeated (default: the files as they lie)")
	f.StringArrayVar(&o.Evidence, "evidence", nil, "file about a pull request, whose head and the other open ones are tentative; may be repeated")
	f.StringVar(&o.Timezone, "timezone", "", "IANA zone of the reader (default: TZ, else the configured one)")
}

// plans are where plans come from, opened.
type plans struct {
	place  *place
	target judge.Target
	heads  []judge.Head
	zone   *time.Location
}

// plans opens what the flags name. The caller closes the place.
func (g *global) plans(o plansOptions) (*plans, error) {
	now, replay, err := g.clock()
	if err != nil {
		return nil, err
	}
	w, err := g.open()
	if err != nil {
		return nil, err
	}
	p := &plans{place: w}
	if err := p.fill(g, o, now, replay); err != nil {
		w.close()
		return nil, err
	}
	return p, nil
}

func (p *plans) fill(g *global, o plansOptions, now time.Time, replay bool) (err error) {
	if p.place.repo == nil && (o.Base != "" || len(o.Heads)+len(o.Evidence) > 0) {
		return usagef("--base, --head and --evidence need a git repository, and %s is not in one", g.dir())
	}
	p.target = p.place.target(time.Second)
	// Calendars are in whole seconds, and so is what people read of this moment.
	p.target.Base, p.target.Now, p.target.Replay, p.target.Tool = o.Base, now.Truncate(time.Second), replay, g.env.Version
	p.target.Repository = g.env.Getenv("GITHUB_REPOSITORY")
	if p.zone, err = p.readerZone(g, o.Timezone); err != nil {
		return err
	}
	if p.place.repo == nil {
		return nil
	}
	seen := map[string]bool{}
	add := func(h judge.Head) {
		key := h.Rev
		if id, err := p.place.repo.Resolve(h.Rev); err == nil {
			key = id
		}
		if !seen[key] {
			seen[key] = true
			p.heads = append(p.heads, h)
		}
	}
	for _, file := range o.Evidence {
		d, found, err := g.evidence(file)
		if err != nil {
			return err
		}
		if d == nil || found.Errors() {
			for _, f := range found {
				fmt.Fprintf(g.env.Stderr, "mergeseal: %s: %s\n", render.Plain(f.At.String()), render.Plain(f.Message))
			}
			return failed(fmt.Errorf("read evidence %s: it cannot be used", file))
		}
		add(judge.Head{Rev: d.PullRequest.Head, PullRequest: int(d.PullRequest.Number), Evidence: d})
		for _, open := range d.OpenPullRequests {
			add(judge.Head{Rev: open.Head, PullRequest: int(open.Number)})
		}
	}
	for _, rev := range o.Heads {
		if rev == "" {
			return usagef("--head wants a revision: an empty one is often a variable that was never set")
		}
		if rev != judge.Worktree {
			if _, err := p.place.repo.Resolve(rev); err != nil {
				return usagef("--head %s: %w", rev, err)
			}
		}
		add(judge.Head{Rev: rev})
	}
	if len(o.Heads)+len(o.Evidence) == 0 {
		add(judge.Head{Rev: judge.Worktree})
	}
	return nil
}

// readerZone is the zone that dates begin in and instants are shown in.
func (p *plans) readerZone(g *global, flag string) (*time.Location, error) {
	if flag != "" {
		loc, err := law.Zone(flag)
		if err != nil {
			var p *diag.Problem
			if errors.As(err, &p) {
				return nil, usagef("--timezone: %w: %s", err, p.Hint)
			}
			return nil, usagef("--timezone: %w", err)
		}
		return loc, nil
	}
	// Anything else that TZ may hold, such as a path or CET-1CEST, names no zone
	// that can be shown to somebody.
	if loc, err := law.Zone(strings.TrimPrefix(g.env.Getenv("TZ"), ":")); err == nil {
		return loc, nil
	}
	t, err := p.lawTree()
	if err != nil {
		return nil, err
	}
	l, _, err := judge.ReadLaw(t)
	if err != nil {
		return nil, failed(err)
	}
	if l == nil {
		return time.UTC, nil // what is wrong with the law is said when it is asked
	}
	return l.Location(), nil
}

// lawTree is where law is read: the base's, else the files as they lie.
func (p *plans) lawTree() (tree.Tree, error) {
	if p.place.repo != nil {
		id, err := "", error(nil)
		if p.target.Base != "" {
			id, err = p.place.repo.Resolve(p.target.Base)
		} else {
			_, id, err = p.place.repo.DefaultBase()
		}
		switch {
		case err == nil:
			t, err := p.place.repo.Tree(id)
			if err != nil {
				return nil, failed(fmt.Errorf("read base: %w", err))
			}
			return t, nil
		case p.target.Base != "":
			return nil, usagef("--base %s: %w", p.target.Base, err)
		case !errors.Is(err, tree.ErrNotFound):
			return nil, failed(fmt.Errorf("find base: %w", err))
		}
	}
	t, err := p.place.worktree()
	if err != nil {
		return nil, failed(err)
	}
	return t, nil
}

// look judges what is wanted of the base, and the heads. What keeps it from
// that is shown, and ends the command.
func (p *plans) look(ctx context.Context, g *global, wanted func(*change.File) bool) (*judge.Outlook, error) {
	out, err := judge.Look(ctx, p.target, p.heads, wanted)
	switch {
	case errors.Is(err, tree.ErrRef):
		return nil, &exit{code: ExitUsage, err: err}
	case err != nil:
		return nil, failed(fmt.Errorf("look ahead: %w", err))
	case len(out.Blocked) > 0 || out.Law == nil:
		opts, err := g.options()
		if err != nil {
			return nil, err
		}
		opts.Color = false
		if err := render.Findings(g.env.Stderr, render.Text, out.Blocked, out.Sources, opts); err != nil {
			return nil, failed(err)
		}
		return nil, failed(errors.New("look ahead: what is planned cannot be said"))
	}
	if len(out.Unread) > 0 && !g.quiet {
		fmt.Fprintf(g.env.Stderr, "mergeseal: not read in full, so that what these plan may be missing or incomplete: %s\n", render.Plain(strings.Join(out.Unread, ", ")))
	}
	return out, nil
}
