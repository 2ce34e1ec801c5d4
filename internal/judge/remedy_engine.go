package judge

import (
	"errors"
	"slices"

	"github.com/mergeseal/mergeseal/internal/remedy"
	"github.com/mergeseal/mergeseal/internal/splice"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// made is the record as a set of moves makes it, nil as it stands. Without ok
// the record is written in a form that cannot be edited so.
func (w *workshop) made(set []int) (src []byte, ok bool, err error) {
	if len(set) == 0 {
		return nil, true, nil
	}
	var moves []remedy.Move
	for _, i := range set {
		moves = append(moves, w.moves[i])
	}
	src, err = w.apply(moves, nil)
	if errors.Is(err, splice.ErrPlace) || errors.Is(err, splice.ErrForm) || errors.Is(err, splice.ErrUnread) {
		return nil, false, nil
	}
	return src, err == nil, err
}

// Judge makes a set of moves and judges it, for package remedy.
func (w *workshop) Judge(set []int) (remedy.Answer, error) {
	src, ok, err := w.made(set)
	if err != nil || !ok {
		return remedy.Answer{Against: w.now.against}, err
	}
	t, err := w.judge(w.ctx, src, w.assumed(src != nil, nil))
	if err != nil {
		return remedy.Answer{}, err
	}
	a := remedy.Answer{Against: t.against}
	if t.outcome < verdict.OutcomePending || t.harms || slices.Contains(t.against, objection) {
		return a, nil
	}
	a.Reaches, a.Approvals = true, approvals(t)
	if a.Assumed = t.outcome == verdict.OutcomePass; a.Assumed || w.run.Evidence == nil {
		return a, nil
	}
	list, found, err := w.approve(w.ctx, src, t)
	if err == nil && found {
		a.Approvals, a.Assumed = list, true
	}
	return a, err
}

// Passes judges a set of moves with these approvals and no others, for package
// remedy.
func (w *workshop) Passes(set []int, some []remedy.Approval) (bool, error) {
	src, ok, err := w.made(set)
	if err != nil || !ok {
		return false, err
	}
	t, err := w.judge(w.ctx, src, w.assumed(src != nil, logins(some)))
	if err != nil {
		return false, err
	}
	return t.outcome == verdict.OutcomePass && !t.harms, nil
}
