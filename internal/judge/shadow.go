package judge

import (
	"context"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/verdict"
)

// What became of the head's own policies in a shadow.
const (
	policiesSame     = "same"     // the head does not touch them
	policiesCompiled = "compiled" // they compile; they are not run
	policiesBroken   = "broken"   // they do not compile
)

// shadowOf is what the head's own law would say: its configuration, calendars,
// services, groups and models, with the policies that are in force. The head's
// policies are compiled and reported, never run.
func (r *run) shadowOf(ctx context.Context, inForce *Result) (*verdict.Shadow, error) {
	s := &run{Target: r.Target, ground: r.ground, shadow: true, sources: map[string][]byte{}}
	found, err := s.readLaw(r.ground.head)
	if err != nil {
		return nil, err
	}
	out := &verdict.Shadow{Outcome: verdict.OutcomeError, Flips: []string{}, Policies: policiesSame}
	if s.law == nil || found.Errors() {
		found.Sort()
		out.Findings = documentFindings(found)
		return out, nil
	}
	mods, err := s.modules(r.ground.head, s.law)
	if err != nil {
		return nil, fmt.Errorf("read the head's policies: %w", err)
	}
	if s.rules = r.rules; s.rules == nil {
		// A beginning: no policies are in force, so the built-in ones judge.
		rules, bad := r.Compile(r.Builtin)
		if bad.Errors() {
			return nil, fmt.Errorf("compile built-in policies: %s", bad[0].Message)
		}
		s.rules = rules
	}
	headRules, bad := r.Compile(mods)
	found = append(found, bad...)
	switch {
	case bad.Errors() || headRules == nil:
		out.Policies = policiesBroken
	case headRules.Digest() != s.rules.Digest():
		out.Policies = policiesCompiled
	}
	res, err := s.judge(ctx, nil)
	if err != nil {
		return nil, err
	}
	if out.Outcome = res.Verdict.Outcome; out.Policies == policiesBroken {
		out.Outcome = verdict.OutcomeError
	}
	now := map[string]verdict.Outcome{}
	for _, c := range inForce.Verdict.Changes {
		now[c.Path] = c.Outcome
	}
	for _, c := range res.Verdict.Changes {
		if was, ok := now[c.Path]; ok && was != c.Outcome {
			out.Flips = append(out.Flips, c.ID)
		}
	}
	slices.Sort(out.Flips)
	found.Sort()
	out.Findings = documentFindings(found)
	return out, nil
}
