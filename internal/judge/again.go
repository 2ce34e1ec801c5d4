package judge

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/backtest"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Candidate is a law that is not in force, to hold beside the one that was. What
// the world was like, services, groups, calendars and models, stays as it was.
type Candidate struct {
	// Config gives policy, approvals and risk; nil leaves them as they were.
	Config *law.Law
	Rules  Rules // compiled once, the built-in ones among them
}

// Again is a merge that was judged once more.
type Again struct {
	// Pairs are the changes that it brought, by path. A candidate of nil leaves
	// what it says empty.
	Pairs []backtest.Pair
	// Why nothing can be said of the merge, "" otherwise. IDs are its changes.
	Why string
	IDs []string
	// Outcome and Digest are the verdict of the law in force.
	Outcome verdict.Outcome
	Zone    *time.Location
}

// Again judges a merge by the law that was in force and, on the same facts, by
// a candidate. Only changes that are new or materially amended count. The
// target's base is the commit at which the branch was, given by its id.
func (m *Memory) Again(ctx context.Context, t Target, c *Candidate) (*Again, error) {
	if err := m.move(t.Repo, t.Base, t.Now); err != nil {
		return nil, err
	}
	g, err := ground(t)
	if err != nil {
		return nil, err
	}
	r := &run{Target: t, ground: g, memory: m}
	found, ended, err := r.prepare(ctx)
	if err != nil {
		return nil, err
	}
	out := &Again{Zone: time.UTC}
	if ended != nil {
		if r.source != lawNone {
			out.Outcome = ended.Verdict.Outcome
			out.Why, out.IDs = reason(ended.Findings), m.named(r)
		}
		return out, nil
	}
	out.Zone = r.law.Location()
	if any, err := r.bringsChange(); err != nil || !any {
		out.Outcome = verdict.OutcomePass
		return out, err
	}
	sc, more, err := r.setScene()
	if err != nil {
		return nil, err
	}
	found = append(found, more...)
	before, whole, err := r.opinions(ctx, sc, found, func(i int) (*facts, error) { return r.gatherFacts(sc.records.subjects[i], sc) })
	if err != nil {
		return nil, err
	}
	out.Outcome = whole.outcome()
	for _, o := range before {
		out.Outcome = min(out.Outcome, o.outcome())
	}
	if out.Outcome == verdict.OutcomeError {
		all := slices.Clone(whole.found)
		for _, o := range before {
			all = append(all, o.found...)
			if o.facts.subject.full() {
				out.IDs = append(out.IDs, change.Redact(o.facts.subject.id()))
			}
		}
		out.Why = reason(all)
		return out, nil
	}
	for _, o := range before {
		s := o.facts.subject
		if !s.full() || s.fromBase || s.file == nil {
			continue
		}
		out.Pairs = append(out.Pairs, backtest.Pair{
			ID: change.Redact(s.id()), Title: change.Redact(s.current().Record.Title), Path: change.Redact(s.path), Sealed: t.Evidence != nil,
			Before: said(o, whole),
		})
	}
	if c == nil {
		return out, nil
	}
	return out, r.second(ctx, out, c, sc, found, before)
}

// second fills in what the candidate says.
func (r *run) second(ctx context.Context, out *Again, c *Candidate, sc *scene, found diag.List, before []*opinion) error {
	two, sameFacts := r.under(c)
	scene := *sc
	scene.settings = settingsOf(two.law.Config.Policy.Settings)
	after, whole, err := two.opinions(ctx, &scene, found, func(i int) (*facts, error) {
		f := before[i].facts
		if !sameFacts {
			return two.gatherFacts(f.subject, &scene)
		}
		same := *f
		input := *f.input
		input.Settings = scene.settings
		input.Law.Packs = nonNil(two.law.Config.Policy.Packs)
		same.input = &input
		return &same, nil
	})
	if err != nil {
		return err
	}
	n := 0
	for i, o := range after {
		s := o.facts.subject
		if !s.full() || s.fromBase || s.file == nil {
			continue
		}
		p := &out.Pairs[n]
		n++
		p.After = said(o, whole)
		if p.After.Outcome < p.Before.Outcome {
			p.Wait = two.wait(ctx, o, before[i])
		}
	}
	return nil
}

// under is the run under the candidate, and whether it sees the same facts.
func (r *run) under(c *Candidate) (*run, bool) {
	two := *r
	two.rules = c.Rules
	if c.Config == nil {
		return &two, true
	}
	l := *r.law
	l.Config.Policy, l.Config.Approvals, l.Config.Risk = c.Config.Config.Policy, c.Config.Config.Approvals, c.Config.Config.Risk
	two.law = &l
	if reflect.DeepEqual(r.law.Config.Risk, l.Config.Risk) {
		return &two, true
	}
	two.risks, _ = risk.DefaultModel().With(l.Config.Risk, c.Config.Index) // the candidate was read, and found sound
	return &two, false
}

// said is what was said of a record, and of the pull request that brought it:
// one does not go without the other.
func said(o, whole *opinion) backtest.Said {
	out := backtest.Said{Outcome: min(o.outcome(), whole.outcome())}
	for _, from := range []*opinion{o, whole} {
		for _, f := range from.found {
			switch {
			case f.Undecided:
				out.Blocks = append(out.Blocks, backtest.Block{Code: f.Code, Level: verdict.OutcomeError})
			case f.Severity == diag.Error:
				out.Blocks = append(out.Blocks, backtest.Block{Code: f.Code, Level: verdict.OutcomeFail})
			}
		}
		for _, s := range from.requirements {
			out.Asks += s.Missing + len(s.Have) + s.Unnamed
			level := verdict.OutcomePass
			if s.Missing > 0 {
				level = verdict.OutcomePending
			}
			out.Blocks = append(out.Blocks, backtest.Block{Code: s.Code, What: change.Redact(fmt.Sprintf("%s of %s", s.Count, s.Who())), Level: level})
		}
	}
	out.Blocks = backtest.SortBlocks(out.Blocks)
	return out
}

// reason is the first of what kept a merge from being judged.
func reason(found diag.List) string {
	found = slices.Clone(found)
	redact(found)
	found.Sort()
	for _, f := range found {
		if f.Undecided {
			return strings.TrimSpace(f.Code + " " + f.Message)
		}
	}
	return "it could not be judged"
}

// named are the ids of what a merge brings where that can be told at all.
func (m *Memory) named(r *run) []string {
	out := []string{}
	if r.law == nil {
		return out
	}
	for _, c := range r.ground.diff {
		if !isRecord(r.law, c.Path) || c.NewBlob == "" {
			continue
		}
		if f, err := readRecord(r.ground.head, c.Path); err == nil && f.Record.ID != "" {
			out = append(out, change.Redact(f.Record.ID))
		}
	}
	return out
}

// bringsChange reports whether any record is new or materially amended.
func (r *run) bringsChange() (bool, error) {
	for _, c := range r.ground.diff {
		if !isRecord(r.law, c.Path) || c.NewBlob == "" {
			continue
		}
		now, err := r.record(r.ground.head, c.Path)
		if err != nil {
			return false, err
		}
		var old *change.File
		if c.OldBlob != "" {
			if old, err = r.record(r.ground.old, c.Path); err != nil {
				return false, err
			}
		}
		if class := change.Classify(old, now).Class; class == change.ClassNew || class == change.ClassMaterial {
			return true, nil
		}
	}
	return false, nil
}

// Ends are how the records of a tree say that their changes ended. It is
// ErrLaw where the tree's law cannot be read.
func Ends(t tree.Tree) (backtest.Ends, error) {
	l, found, err := ReadLaw(t)
	switch {
	case err != nil:
		return nil, err
	case l == nil || found.Errors():
		return nil, fmt.Errorf("read how changes ended: %w", ErrLaw)
	}
	entries, err := t.Entries("")
	if err != nil {
		return nil, fmt.Errorf("list records: %w", err)
	}
	out := backtest.Ends{}
	for _, e := range entries {
		if !isRecord(l, e.Path) {
			continue
		}
		f, err := readRecord(t, e.Path)
		if err != nil {
			return nil, err
		}
		if f.Record.Outcome != nil && f.Record.ID != "" {
			out[field.Fold(f.Record.ID)] = f.Record.Outcome.Result
		}
	}
	return out, nil
}

// LawOf is the law of a tree and the policies of its folders. It is ErrLaw
// where the law has errors.
func LawOf(t tree.Tree) (*law.Law, []Module, error) {
	l, found, err := ReadLaw(t)
	switch {
	case err != nil:
		return nil, nil, err
	case l == nil || found.Errors():
		return nil, nil, fmt.Errorf("read law: %w", ErrLaw)
	}
	r := &run{sources: map[string][]byte{}}
	mods, err := r.modules(t, l)
	return l, mods, err
}
