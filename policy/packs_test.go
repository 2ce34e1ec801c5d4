package policy_test

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/control"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/rego"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/verdict"
	"github.com/mergeseal/mergeseal/policy"
)

func packs(t *testing.T) []control.Pack {
	t.Helper()
	names, err := fs.Glob(policy.Packs, "packs/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []control.Pack
	for _, name := range names {
		b, err := fs.ReadFile(policy.Packs, name)
		if err != nil {
			t.Fatal(err)
		}
		p, found := control.ReadPack(name, b)
		if len(found) > 0 || p.Name+".yaml" != path.Base(name) || p.Title == "" || p.Source == "" {
			t.Fatalf("%s: %+v %v", name, p, found)
		}
		out = append(out, p)
	}
	return out
}

func TestP19EveryPackIsThereAndEveryControlHasARuleAndEveryRuleAPack(t *testing.T) {
	var names, ids, served []string
	for _, p := range packs(t) {
		names = append(names, p.Name)
		for _, c := range p.Controls {
			if c.Title == "" || c.Evidence == "" || slices.Contains(ids, c.ID) {
				t.Errorf("%s: no title, no evidence, or twice", c.ID)
			}
			ids = append(ids, c.ID)
		}
	}
	if diff := cmp.Diff(law.Packs(), names); diff != "" {
		t.Error(diff)
	}
	for _, r := range compiled(t).Rules() {
		served = append(served, r.Controls...)
		for _, p := range r.Packs {
			if !slices.Contains(names, p) {
				t.Errorf("%s: there is no pack %s", r.Package, p)
			}
		}
		if len(r.Evidence) == 0 {
			t.Errorf("%s: METADATA does not say what its evidence is", r.Package)
		}
	}
	slices.Sort(served)
	slices.Sort(ids)
	if diff := cmp.Diff(ids, slices.Compact(served)); diff != "" {
		t.Errorf("controls of the packs, and those that rules serve (-packs +rules)\n%s", diff)
	}
}

// scene is an input and whether those who must approve it have.
type scene struct {
	in       *verdict.Input
	approved bool
}

// good is a change under every pack that no rule has anything against.
func good() *scene {
	yes := true
	return &scene{approved: true, in: &verdict.Input{
		Version: verdict.InputVersion, Scope: "change",
		Change: &verdict.Change{DeclaredType: "normal", Record: change.Record{
			ID: "CHG-1", Type: change.Normal, Owner: "alice", Implementers: []field.Login{"bob"}, Services: []string{"shop"},
			Impact: &change.Impact{Outage: change.OutageNone}, SecurityImpact: "none: no access", PrivacyImpact: "none: no data",
			TestPlan: &change.TestPlan{}, Review: &change.Review{By: []field.Login{"bob"}, ObjectivesMet: &yes},
		}},
		Amendment:   &verdict.Amendment{Class: "new"},
		Schedule:    &verdict.Schedule{EndNS: 1, Minutes: 60, NoticeSeconds: 100 * 3600},
		Risk:        &risk.Score{Level: field.Moderate},
		Services:    []verdict.Service{{Name: "shop", Tier: 1, TierKnown: true, Known: true, Owner: "web", Declared: true}},
		Maintenance: schedule.Maintenance{Inside: true},
		Rollback:    &change.RollbackFacts{Method: "revert", Complete: true, Minutes: 10, FitsWindow: true, Rehearsed: true},
		Tests:       change.TestFacts{Before: true, After: true, Attached: 1, Passed: 1},
		Groups:      []string{"web", "cab", "change-managers", "on-call", "owners"},
		Law:         verdict.LawFacts{Owners: "owners", Packs: law.Packs()},
		Settings: verdict.Settings{NoticeHours: 48, OverdueEmergencies: 3, Routing: map[string][]law.Route{
			"moderate": {{Group: "cab"}}, "emergency": {{Group: "on-call"}}, "closure": {{Group: "web"}},
		}},
	}}
}

func whole(edit func(*scene)) func() *scene {
	return func() *scene {
		s := good()
		in := s.in
		s.in = &verdict.Input{Version: in.Version, Scope: "pull_request", Groups: in.Groups, Law: in.Law, Settings: in.Settings}
		edit(s)
		return s
	}
}

func changed(edit func(*scene)) func() *scene {
	return func() *scene { s := good(); edit(s); return s }
}

func emergency(s *scene) {
	s.in.Change.Type, s.in.Change.DeclaredType = change.Emergency, "emergency"
	s.in.Change.Emergency = &change.EmergencyReason{Incident: "INC-1", Why: "it is down"}
}

func closure(s *scene) {
	s.in.Amendment = &verdict.Amendment{Class: "closure"}
	s.in.Change.Outcome = &change.Outcome{Result: change.Successful}
}

// spoilt takes each rule's evidence away: before and after.
func spoilt() map[string][2]func() *scene {
	after := func(from, edit func(*scene)) [2]func() *scene {
		return [2]func() *scene{changed(from), changed(func(s *scene) { from(s); edit(s) })}
	}
	as := func(edit func(*scene)) [2]func() *scene { return after(func(*scene) {}, edit) }
	pull := func(from, edit func(*scene)) [2]func() *scene {
		return [2]func() *scene{whole(from), whole(func(s *scene) { from(s); edit(s) })}
	}
	refuse := func(s *scene) { s.approved = false }
	return map[string][2]func() *scene{
		"amendment":      after(closure, refuse),
		"closing_review": after(closure, func(s *scene) { s.in.Change.Review = nil }),
		"collision": as(func(s *scene) {
			s.in.Collisions = []schedule.Collision{{With: "CHG-2", Kind: "service", Minutes: 5}}
		}),
		"communication": as(func(s *scene) { s.in.Change.Impact.Outage = change.OutageDown }),
		"coverage":      pull(func(*scene) {}, func(s *scene) { s.in.Diff.Uncovered = []verdict.Uncovered{{Path: "shop/main.go"}} }),
		"emergency":     after(emergency, func(s *scene) { s.in.Change.Emergency.Incident = "" }),
		"emergency_debt": after(emergency, func(s *scene) {
			s.in.Emergencies.Overdue = []string{"CHG-3", "CHG-4", "CHG-5"}
		}),
		"emergency_reminder": after(emergency, func(s *scene) { s.in.Emergencies.Overdue = []string{"CHG-3"} }),
		"emergency_routing":  after(emergency, refuse),
		"freeze":             as(func(s *scene) { s.in.Freezes = []schedule.FreezeHit{{ID: "year-end", Hit: true}} }),
		"law_owners":         pull(func(s *scene) { s.in.Diff.LawTouched = []string{"mergeseal.yaml"} }, refuse),
		"maintenance": as(func(s *scene) {
			s.in.Maintenance = schedule.Maintenance{Required: []string{"sunday"}}
		}),
		"model": after(func(s *scene) { s.in.Model = &verdict.Model{Name: "m", Inside: true} }, func(s *scene) {
			s.in.Change.DeclaredType, s.in.Model.Inside = "standard", false
		}),
		"model_owners":       pull(func(s *scene) { s.in.Diff.ModelsTouched = []verdict.ModelTouched{{Name: "m@1", Owner: "web"}} }, refuse),
		"notice":             as(func(s *scene) { s.in.Schedule.NoticeSeconds = 3600 }),
		"plan_content":       as(func(s *scene) { s.in.Plans.Empty = []change.EmptyText{{Path: "/implementation_plan/0", Text: "TBD"}} }),
		"questionnaire":      as(func(s *scene) { s.in.Questionnaire = []verdict.Answer{{ID: "q", Ask: "?", Mandatory: true}} }),
		"removal":            after(func(s *scene) { s.in.Amendment.Class = "editorial" }, func(s *scene) { s.in.Amendment.Class = "removal" }),
		"rollback_complete":  as(func(s *scene) { s.in.Rollback.Complete, s.in.Rollback.Missing = false, []string{"verify"} }),
		"rollback_rehearsed": as(func(s *scene) { s.in.Rollback.Rehearsed = false }),
		"rollback_time":      as(func(s *scene) { s.in.Rollback.FitsWindow = false }),
		"routing":            as(refuse),
		"scope": as(func(s *scene) {
			s.in.Services = append(s.in.Services, verdict.Service{Name: "blog", Tier: 3, TierKnown: true, Owner: "web", Derived: true})
		}),
		"segregation":   as(func(s *scene) { s.in.Change.Implementers = nil }),
		"stated_impact": as(func(s *scene) { s.in.Change.SecurityImpact = "" }),
		"test_plan":     as(func(s *scene) { s.in.Tests.After = false }),
		"test_results":  as(func(s *scene) { s.in.Tests.Passed, s.in.Tests.Failed = 0, 1 }),
	}
}

// silent are rules that only remark on something: nothing that they look for can
// be missing.
func silent() []string { return []string{"halted", "same_day"} }

func TestP19RemovingARulesEvidenceFailsItsControlsAndNoOther(t *testing.T) {
	p := compiled(t)
	all := packs(t)
	rules := spoilt()
	for _, r := range p.Rules() {
		name := strings.TrimPrefix(r.Package, "mergeseal.rules.")
		steps, ok := rules[name]
		if !ok {
			if !slices.Contains(silent(), name) {
				t.Errorf("no evidence of %s is taken away", name)
			}
			continue
		}
		t.Run(name, func(t *testing.T) {
			if got := failing(t, p, all, steps[0]()); len(got) > 0 {
				t.Fatalf("the good change fails %v", got)
			}
			if diff := cmp.Diff(r.Controls, failing(t, p, all, steps[1]())); diff != "" {
				t.Errorf("controls of the rule, and those that fail (-rule +fail)\n%s", diff)
			}
		})
	}
}

// failing are the controls that do not stand, sorted.
func failing(t *testing.T, p *rego.Policies, all []control.Pack, s *scene) []string {
	t.Helper()
	answers, found := p.Explain(context.Background(), s.in)
	if len(found) > 0 {
		t.Fatal(found)
	}
	f := control.Facts{Point: func(string) (control.Proof, bool) { return control.Proof{}, false }}
	var asked []control.Asked
	for _, a := range answers {
		asked = append(asked, control.Asked{RuleAnswer: a})
		for _, q := range a.Require {
			status := approval.Status{Requirement: q, Have: []string{"carol"}}
			if !s.approved {
				status.Missing = 1
			}
			f.Requirements = append(f.Requirements, status)
		}
	}
	var out []string
	for _, standing := range control.Report(all, asked, f) {
		for _, l := range standing.Lines {
			if l.Status == control.Missing {
				out = append(out, l.ID)
			}
		}
	}
	slices.Sort(out)
	return out
}
