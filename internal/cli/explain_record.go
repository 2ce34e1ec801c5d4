package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/remedy"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// runExplainRecord explains a record of the files as they lie, and applies one
// of the remedies where that is asked for.
func runExplainRecord(ctx context.Context, g *global, o explainOptions, format render.Format, opts render.Options) error {
	say, err := o.sayings()
	if err != nil {
		return err
	}
	path, err := g.recordPath(o.Subject)
	if err != nil {
		return err
	}
	w, err := g.open()
	if err != nil {
		return err
	}
	defer w.close()
	t, err := g.explainTarget(w, o)
	if err != nil {
		return err
	}
	paths, err := w.paths(g, []string{path})
	if err != nil {
		return err
	}
	e, err := judge.Explain(ctx, t, paths[0])
	switch {
	case errors.Is(err, tree.ErrRef), errors.Is(err, judge.ErrNoSuchPath):
		return &exit{code: ExitUsage, err: err}
	case err != nil:
		return failed(fmt.Errorf("explain: %w", err))
	}
	if o.Apply > 0 {
		return g.applyRemedy(ctx, o, e, filepath.Join(w.root, filepath.FromSlash(paths[0])), say)
	}
	x := explained(e)
	x.Applied = "mergeseal explain " + render.Plain(o.Subject)
	return o.Out.write(g, func(w io.Writer) error { return render.Explain(w, format, x, opts) })
}

func (g *global) explainTarget(w *place, o explainOptions) (judge.Target, error) {
	if w.repo == nil && o.Base != "" {
		return judge.Target{}, usagef("--base needs a git repository, and %s is not in one", g.dir())
	}
	now, replay, err := g.clock()
	if err != nil {
		return judge.Target{}, err
	}
	t := w.target(time.Second)
	if t.Builtin, err = builtin(); err != nil {
		return t, failed(err)
	}
	if o.Evidence != "" {
		if t.Evidence, t.EvidenceFound, err = g.evidence(o.Evidence); err != nil {
			return t, err
		}
	}
	t.Base, t.Head = o.Base, judge.Worktree
	t.Now, t.Replay, t.Tool = now, replay, g.env.Version
	t.Repository = g.env.Getenv("GITHUB_REPOSITORY")
	return t, nil
}

// sayings are the texts of --with by key.
func (o *explainOptions) sayings() (map[string]string, error) {
	out := map[string]string{}
	for _, s := range o.With {
		key, text, ok := strings.Cut(s, "=")
		if !ok || key == "" || strings.TrimSpace(text) == "" {
			return nil, usagef("--with %q: write KEY=TEXT", s)
		}
		out[key] = text
	}
	if o.Apply < 0 {
		return nil, usagef("--apply %d: remedies are numbered from 1", o.Apply)
	}
	if len(out) > 0 && o.Apply == 0 {
		return nil, usagef("--with says something for --apply N, which is not there")
	}
	return out, nil
}

// explained is an explanation as render shows it.
func explained(e *judge.Explanation) render.Explained {
	x := render.Explained{Report: report(e.Result), Path: change.Redact(e.Path), Edges: e.Edges, Rules: []render.Rule{}}
	for _, r := range e.Rules {
		out := render.Rule{
			Package: r.Package, Title: r.Title, Scope: r.Scope, File: r.File, Builtin: r.Builtin, Codes: filled(r.Codes),
			Deny: filled(r.Deny), Warn: filled(r.Warn), Require: filled(r.Require),
			Disabled: filled(r.Disabled), Observed: filled(r.Observed), Facts: []render.Fact{},
		}
		for _, f := range r.Facts {
			out.Facts = append(out.Facts, render.Fact(f))
		}
		for _, said := range []struct {
			word string
			n    int
		}{{"deny", len(r.Deny)}, {"warn", len(r.Warn)}, {"require", len(r.Require)}} {
			if said.n > 0 {
				out.Answer = append(out.Answer, said.word)
			}
		}
		if len(out.Answer) == 0 {
			out.Answer = []string{"silent"}
		}
		x.Rules = append(x.Rules, out)
	}
	if x.Edges == nil {
		x.Edges = filled(x.Edges)
	}
	if e.Remedies == nil {
		return x
	}
	x.Remedies = &render.Remedies{
		Outcome: e.Remedies.Outcome, Blocks: filled(e.Remedies.Blocks), Judged: e.Remedies.Judged, Whole: e.Remedies.Whole, Sets: []render.Remedy{},
	}
	for _, s := range e.Remedies.Sets {
		x.Remedies.Sets = append(x.Remedies.Sets, shownRemedy(e.Path, s))
	}
	return x
}

func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// shownRemedy leaves out who was assumed to approve.
func shownRemedy(path string, r judge.Remedy) render.Remedy {
	out := render.Remedy{Outcome: r.Outcome, Moves: []render.Move{}, Approvals: []render.Approvals{}, Diff: shownDiff(path, r.Before, r.After)}
	for _, m := range r.Moves {
		move := render.Move{Kind: m.Kind.String(), Words: change.Redact(m.Words), Must: change.Redact(m.Must), Asks: []render.Ask{}}
		for _, a := range m.Asks {
			move.Asks = append(move.Asks, render.Ask(a))
		}
		out.Moves = append(out.Moves, move)
	}
	for _, a := range r.Approvals {
		i := slices.IndexFunc(out.Approvals, func(b render.Approvals) bool { return b.Who == a.Who && b.Code == a.Code })
		if i < 0 {
			i = len(out.Approvals)
			out.Approvals = append(out.Approvals, render.Approvals{Who: a.Who, Code: a.Code})
		}
		out.Approvals[i].People++
	}
	return out
}

// shownDiff is a diff without secrets.
func shownDiff(path string, before, after []byte) string {
	var out strings.Builder
	for line := range strings.Lines(remedy.Diff(path, before, after)) {
		out.WriteString(change.Redact(line))
	}
	return out.String()
}
