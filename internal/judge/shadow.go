package judge

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// What became of the head's own policies in a shadow.
const (
	policiesSame     = "same"     // the head does not touch them
	policiesRemoved  = "removed"  // some are gone; those that stay were run
	policiesCompiled = "compiled" // new or changed ones compile; they were not run
	policiesBroken   = "broken"   // they do not compile
)

// maxForeign bounds what is compiled of policies that are not law, in bytes:
// compiling cannot be interrupted, and costs seconds a megabyte (T96).
const maxForeign = 256 << 10

// shadowOf is what the head's own law would say: its configuration, calendars,
// services, groups and models, with those policies in force that the head
// keeps. What the head adds or changes in policies is compiled and reported,
// never run.
func (r *run) shadowOf(ctx context.Context, inForce *Result) (*verdict.Shadow, error) {
	s := &run{Target: r.Target, ground: r.ground, people: r.people, owners: r.owners, shadow: true, sources: map[string][]byte{}}
	found, err := s.readLaw(r.ground.head)
	if err != nil {
		return nil, err
	}
	out := &verdict.Shadow{Outcome: verdict.OutcomeError, Flips: []string{}, Policies: policiesSame}
	if s.law == nil || found.Errors() {
		redact(found)
		found.Sort()
		out.Findings = documentFindings(found)
		return out, nil
	}
	if out.Policies, err = s.shadowRules(r, &found); err != nil {
		return nil, err
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
	redact(found)
	found.Sort()
	out.Findings = documentFindings(found)
	return out, nil
}

// shadowRules gives a shadow its rules: of the head's policies, the bytes that
// are in force. A changed one is judged by its old bytes, an added one is left
// out, a removed one is gone.
func (r *run) shadowRules(inForce *run, found *diag.List) (string, error) {
	old := map[string][]byte{}
	oldMods := slices.Clone(r.Builtin) // a beginning has no others
	if inForce.law != nil {
		var err error
		if oldMods, err = inForce.modules(r.ground.law, inForce.law); err != nil {
			return "", err
		}
	}
	for _, m := range oldMods {
		old[m.Path] = m.Source
	}
	head, err := r.modules(r.ground.head, r.law)
	if err != nil {
		return "", fmt.Errorf("read the head's policies: %w", err)
	}
	state := policiesSame
	var keep []Module
	foreign := 0
	for _, m := range head {
		was, there := old[m.Path]
		if !there || !bytes.Equal(was, m.Source) {
			state = policiesCompiled
			foreign += len(m.Source)
		}
		if there {
			keep = append(keep, Module{Path: m.Path, Source: was, Builtin: m.Builtin})
		}
	}
	if state == policiesSame && len(head) < len(oldMods) {
		state = policiesRemoved
	}
	if state == policiesSame && inForce.rules != nil {
		r.rules = inForce.rules
		return state, nil
	}
	if foreign > maxForeign {
		*found = append(*found, diag.New("MS009", source.Range{}, "the policies that this branch brings have %d bytes: more than %d are not compiled for a shadow", foreign, maxForeign))
		state = policiesBroken
	} else if _, bad := r.Compile(head); bad.Errors() {
		*found = append(*found, bad...)
		state = policiesBroken
	}
	rules, bad := r.Compile(keep)
	if bad.Errors() || rules == nil {
		// What is left does not stand alone: the old set judges.
		if rules, bad = r.Compile(oldMods); bad.Errors() {
			return "", fmt.Errorf("compile policies: %s", bad[0].Message)
		}
	}
	r.rules = rules
	return state, nil
}
