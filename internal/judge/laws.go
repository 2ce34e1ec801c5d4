package judge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/backtest"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Laws are two laws to hold against each other: the target's base, and a
// commit's whose law is not in force.
type Laws struct {
	Target  Target
	Head    string
	Foreign Compile // of the head's policies where they are not those in force: nobody has looked at them yet
	Open    []Head  // heads whose changes are open besides those of the base
}

// ErrUndecided means that a law cannot judge: the findings say why.
var ErrUndecided = errors.New("a law cannot judge")

// Compare judges every open change under both laws: those of the base that are
// neither closed nor canceled, as if they came today and with nobody's approval,
// and those that heads bring, with their evidence. The error wraps ErrUndecided
// beside findings, or tree.ErrRef.
func Compare(ctx context.Context, l Laws) (*backtest.Comparison, diag.List, error) {
	t := l.Target
	ref, base, err := baseOf(t)
	if err != nil {
		return nil, nil, err
	}
	head, err := t.Repo.Resolve(l.Head)
	if err != nil {
		return nil, nil, err
	}
	other, err := t.Repo.Tree(head)
	if err != nil {
		return nil, nil, fmt.Errorf("read head: %w", err)
	}
	t.Base, t.BaseRef, t.Compile, l.Foreign = base, ref, once(t.Compile), once(l.Foreign)
	var pairs []backtest.Pair
	var unread []string
	for i, h := range append([]Head{{Rev: base}}, l.Open...) {
		one := t
		one.Head, one.Evidence, one.Paths = h.Rev, h.Evidence, nil
		if i == 0 {
			one.Paths = []string{"."}
		}
		more, lost, found, err := underBoth(ctx, one, other, l.Foreign)
		switch {
		case err != nil:
			return nil, found, err
		case lost && i == 0:
			return nil, found, ErrUndecided
		case lost:
			unread = append(unread, h.name())
		}
		for _, p := range more {
			if p.Before.Outcome == verdict.OutcomeError {
				unread = append(unread, p.Path)
			}
			if !slices.ContainsFunc(pairs, func(q backtest.Pair) bool { return q.ID == p.ID && q.Path == p.Path }) {
				pairs = append(pairs, p)
			}
		}
	}
	return backtest.Compare(base, head, pairs, unread), nil, nil
}

// underBoth judges one head under both laws; lost is one that cannot be judged
// under the law in force.
func underBoth(ctx context.Context, t Target, other tree.Tree, foreign Compile) (pairs []backtest.Pair, lost bool, found diag.List, err error) {
	g, err := ground(t)
	if err != nil {
		return nil, false, nil, err
	}
	r := &run{Target: t, ground: g, wanted: func(f *change.File) bool { return f.Record.Outcome == nil && f.Record.Canceled == nil }}
	found, ended, err := r.prepare(ctx)
	switch {
	case err != nil:
		return nil, false, nil, err
	case ended != nil:
		return nil, true, ended.Findings, nil
	}
	before, whole, err := r.speak(ctx, found)
	if err != nil {
		return nil, false, nil, err
	}
	s, bad, err := r.withLawOf(other, foreign)
	if err != nil || bad.Errors() {
		return nil, false, bad, errors.Join(err, ErrUndecided)
	}
	after, wholeAfter, err := s.speak(ctx, nil)
	if err != nil {
		return nil, false, nil, err
	}
	for _, o := range before {
		sub := o.facts.subject
		if !sub.full() || sub.file == nil || sub.fromBase || !t.judges(sub) {
			continue
		}
		p := backtest.Pair{ID: change.Redact(sub.id()), Title: change.Redact(sub.current().Record.Title), Path: change.Redact(sub.path), Before: said(o, whole)}
		for _, a := range after {
			if a.facts.subject.path == sub.path {
				p.After = said(a, wholeAfter)
			}
		}
		pairs = append(pairs, p)
	}
	return pairs, false, nil, nil
}

// judges leaves out of the base what is over.
func (t Target) judges(s *subject) bool {
	c := &s.current().Record
	return len(t.Paths) == 0 || c.Outcome == nil && c.Canceled == nil
}

// speak is what is said of everything that a run judges.
func (r *run) speak(ctx context.Context, found diag.List) ([]*opinion, *opinion, error) {
	sc, more, err := r.setScene()
	if err != nil {
		return nil, nil, err
	}
	return r.opinions(ctx, sc, append(found, more...), func(i int) (*facts, error) { return r.gatherFacts(sc.records.subjects[i], sc) })
}

// withLawOf is a run on the same grounds under the whole law of another tree.
func (r *run) withLawOf(other tree.Tree, foreign Compile) (*run, diag.List, error) {
	s := &run{Target: r.Target, ground: r.ground, people: r.people, owners: r.owners, wanted: r.wanted, shadow: true, sources: map[string][]byte{}}
	found, err := s.readLaw(other)
	if err != nil {
		return nil, nil, err
	}
	if s.law == nil || found.Errors() {
		return nil, found, nil
	}
	theirs, err := s.modules(other, s.law)
	if err != nil {
		return nil, nil, err
	}
	ours, err := r.modules(r.ground.law, r.law)
	if err != nil {
		return nil, nil, err
	}
	if slices.EqualFunc(ours, theirs, func(a, b Module) bool {
		return a.Path == b.Path && a.Builtin == b.Builtin && bytes.Equal(a.Source, b.Source)
	}) {
		s.rules = r.rules
		return s, nil, nil
	}
	foreignBytes := 0
	for _, m := range theirs {
		if !m.Builtin {
			foreignBytes += len(m.Source)
		}
	}
	if foreignBytes > maxForeign {
		return nil, diag.List{diag.New("MS009", source.Range{}, "the policies of this branch have %d bytes: more than %d are not compiled", foreignBytes, maxForeign)}, nil
	}
	rules, bad := foreign(theirs)
	if rules == nil || bad.Errors() {
		return nil, bad, nil
	}
	s.rules = rules
	return s, nil, nil
}
