package judge

import (
	"errors"
	"fmt"

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/remedy"
	"github.com/mergeseal/mergeseal/internal/splice"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// made is a set of moves made, and what was said of it with which approvals.
type made struct {
	src    []byte // the record as the moves make it, nil as it stands
	ok     bool   // without it the record is in a form that cannot be edited so
	trials map[string]*trial
}

// make makes a set of moves, once.
func (w *workshop) make(set []int) (*made, error) {
	key := fmt.Sprint(set)
	if m := w.sets[key]; m != nil {
		return m, nil
	}
	m := &made{ok: true, trials: map[string]*trial{}}
	w.sets[key] = m
	if len(set) == 0 {
		return m, nil
	}
	var moves []remedy.Move
	for _, i := range set {
		moves = append(moves, w.moves[i])
	}
	var err error
	m.src, err = w.apply(moves, nil)
	if errors.Is(err, splice.ErrPlace) || errors.Is(err, splice.ErrForm) || errors.Is(err, splice.ErrUnread) {
		m.ok = false
		return m, nil
	}
	return m, err
}

// try judges what was made, once for the same approvals.
func (w *workshop) try(m *made, by []field.Login) (*trial, error) {
	key := fmt.Sprint(by)
	if t := m.trials[key]; t != nil {
		return t, nil
	}
	t, err := w.judge(w.ctx, m.src, w.assumed(m.src != nil, by))
	m.trials[key] = t
	return t, err
}

// Judge makes a set of moves and judges it, for package remedy.
func (w *workshop) Judge(set []int) (remedy.Answer, error) {
	m, err := w.make(set)
	if err != nil || !m.ok {
		return remedy.Answer{Against: w.now.against}, err
	}
	t, err := w.try(m, nil)
	if err != nil {
		return remedy.Answer{}, err
	}
	a := remedy.Answer{Against: t.against}
	if t.outcome < verdict.OutcomePending || t.harms || t.objected() {
		return a, nil
	}
	a.Reaches, a.Approvals = true, approvals(t)
	if a.Assumed = t.outcome == verdict.OutcomePass; a.Assumed || w.run.Evidence == nil {
		return a, nil
	}
	list, found, err := w.approve(m, t)
	if err == nil && found {
		a.Approvals, a.Assumed = list, true
	}
	return a, err
}

// Passes judges a set of moves with these approvals and no others, for package
// remedy.
func (w *workshop) Passes(set []int, some []remedy.Approval) (bool, error) {
	m, err := w.make(set)
	if err != nil || !m.ok {
		return false, err
	}
	t, err := w.try(m, logins(some))
	if err != nil {
		return false, err
	}
	return t.outcome == verdict.OutcomePass && !t.harms, nil
}
