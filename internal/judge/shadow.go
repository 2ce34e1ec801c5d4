package judge

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// What became of the head's own policies in a shadow.
const (
	policiesSame     = "same"     // the head does not touch them
	policiesRemoved  = "removed"  // some are gone; those that stay were run
	policiesRun      = "run"      // new or changed ones among them were run, apart
	policiesEnded    = "ended"    // those were begun, or not even that, and did not get to an answer
	policiesCompiled = "compiled" // they compile; there is no way to run them apart
	policiesBroken   = "broken"   // they do not compile
)

// maxForeign bounds what is compiled of policies that are not law, in bytes:
// compiling cannot be interrupted, and costs seconds a megabyte (T96).
const maxForeign = 256 << 10

// shadowOf is what the head's own law would say: its configuration, calendars,
// services, groups, models and policies. Policies that the head adds or changes
// are run apart from this process, and nothing they do reaches the verdict.
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
	s.distrust = true
	misplaced := false
	if wrong, err := s.hold(r.law); err != nil {
		return nil, err
	} else if misplaced = len(wrong) > 0; misplaced {
		found = append(found, wrong...)
		if r.law != nil { // a law that would rely on folders that lie cannot land
			inForce.Findings = append(inForce.Findings, wrong...)
			inForce.Verdict.Outcome = min(inForce.Verdict.Outcome, verdict.OutcomeFail)
			maps.Copy(inForce.Sources, s.sources)
		}
	}
	if out.Policies, err = s.shadowRules(r, &found); err != nil {
		return nil, err
	}
	if c, ok := s.rules.(closer); ok {
		defer c.Close()
	}
	res, err := s.judge(ctx, nil)
	if err != nil {
		return nil, err
	}
	if out.Outcome = res.Verdict.Outcome; misplaced {
		out.Outcome = min(out.Outcome, verdict.OutcomeFail)
	}
	if out.Policies == policiesBroken || out.Policies == policiesEnded {
		out.Outcome = verdict.OutcomeError
	}
	if out.Policies == policiesRun {
		if bad := aboutPolicies(res.Findings); len(bad) > 0 {
			out.Policies, found = policiesEnded, append(found, bad...)
		}
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

// closer ends what rules keep running.
type closer interface{ Close() }

// aboutPolicies are the findings that kept policies from answering, each once.
func aboutPolicies(l diag.List) diag.List {
	var out diag.List
	seen := map[string]bool{}
	for _, f := range l {
		if f.Undecided && (f.Code == "MS503" || f.Code == "MS504") && !seen[f.Message] {
			seen[f.Message] = true
			f.Change = ""
			out = append(out, f)
		}
	}
	return out
}

// shadowRules gives a shadow its rules. Where the head's policies are not all in
// force they run apart. Where they cannot, the bytes that are in force judge: a
// changed policy by its old ones, an added one not at all, a removed one is gone.
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
	} else if state == policiesCompiled {
		own, became, bad := r.foreign(head)
		*found = append(*found, bad...)
		if state = became; own != nil {
			r.rules = own
			return state, nil
		}
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

// foreign compiles policies that are not law. Without rules, what became of them
// says why.
func (r *run) foreign(mods []Module) (Rules, string, diag.List) {
	if r.Isolate == nil {
		if _, bad := r.Compile(mods); bad.Errors() {
			return nil, policiesBroken, bad
		}
		return nil, policiesCompiled, nil
	}
	rules, bad := r.Isolate(mods)
	switch {
	case !bad.Errors() && rules != nil:
		return rules, policiesRun, nil
	case len(aboutPolicies(bad)) > 0:
		return nil, policiesEnded, bad
	}
	return nil, policiesBroken, bad
}
