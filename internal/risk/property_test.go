package risk

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
)

// world is what a record is judged in: everything its author does not write.
type world struct {
	facts           Facts // without what the record says
	passed, failing int   // results the record may attach
	model           Model
}

func drawWorld(t *rapid.T) world {
	w := world{model: drawModel(t), passed: rapid.IntRange(0, 2).Draw(t, "passed"), failing: rapid.IntRange(0, 1).Draw(t, "failing")}
	for i := range rapid.IntRange(0, 3).Draw(t, "services") {
		w.facts.Services = append(w.facts.Services, Service{
			Name: fmt.Sprint("s", i), Tier: rapid.IntRange(0, 4).Draw(t, "tier"), TierKnown: rapid.Bool().Draw(t, "tier known"),
			Known: rapid.Bool().Draw(t, "known"), Sensitive: rapid.IntRange(0, 3).Draw(t, "sensitive") == 0,
		})
	}
	w.facts.Graph, w.facts.Blast = rapid.Bool().Draw(t, "graph"), rapid.IntRange(0, 12).Draw(t, "blast")
	if rapid.Bool().Draw(t, "diff given") {
		w.facts.Diff = Measure(drawFiles(t))
	}
	w.facts.History = HistoryOf(drawPast(t), []string{"db"}, now)
	axis := rapid.SampledFrom([]string{Impact, Likelihood})
	for i := range rapid.IntRange(0, 3).Draw(t, "questions") {
		w.facts.Questions = append(w.facts.Questions, law.Question{ID: fmt.Sprint("q", i), Ask: "So?", Axis: axis.Draw(t, "axis"),
			Answers: map[string]int{"yes": rapid.IntRange(0, 30).Draw(t, "yes"), "no": rapid.IntRange(0, 30).Draw(t, "no")}})
	}
	for _, list := range []*[]string{&w.facts.Collisions, &w.facts.Understated} {
		if rapid.IntRange(0, 3).Draw(t, "floor applies") == 0 {
			*list = []string{"one"}
		}
	}
	return w
}

// drawModel is the default, or one overridden in ways a configuration may.
func drawModel(t *rapid.T) Model {
	c := law.RiskConfig{Points: map[string]map[string]int{}, Floors: map[string]string{}}
	for _, row := range factors {
		for _, kase := range row.cases {
			if rapid.IntRange(0, 9).Draw(t, "override "+kase.name) == 0 {
				if c.Points[row.name] == nil {
					c.Points[row.name] = map[string]int{}
				}
				c.Points[row.name][kase.name] = rapid.IntRange(0, 50).Draw(t, kase.name)
			}
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "floor") == 0 {
		c.Floors[rapid.SampledFrom(FloorNames()[1:]).Draw(t, "name")] = rapid.SampledFrom(append(field.Levels(), "off")).Draw(t, "level")
	}
	m, _ := DefaultModel().With(c, database().Index)
	return m
}

func maybe[T any](t *rapid.T, name string, v T) *T {
	if rapid.IntRange(0, 3).Draw(t, name) == 0 {
		return nil
	}
	return &v
}

func drawRecord(t *rapid.T) change.Record {
	text := rapid.SampledFrom([]string{"", "Watch the error rate"})
	yes := rapid.Bool()
	r := change.Record{
		Type:  change.Type(rapid.IntRange(0, 4).Draw(t, "type")),
		Model: rapid.SampledFrom([]string{"", "certs@1"}).Draw(t, "model"),
		Impact: maybe(t, "impact", change.Impact{
			Users: change.Users(rapid.IntRange(0, 4).Draw(t, "users")), Outage: change.Outage(rapid.IntRange(0, 3).Draw(t, "outage")),
			Minutes: maybe(t, "impact minutes", 5),
		}),
		Data: maybe(t, "data", change.Data{
			Migration: maybe(t, "migration", yes.Draw(t, "migrates")), Reversible: maybe(t, "reversible", yes.Draw(t, "reverses")),
			Sensitive: maybe(t, "sensitive", yes.Draw(t, "is sensitive")), Backup: text.Draw(t, "backup"),
		}),
		TestPlan: maybe(t, "test plan", change.TestPlan{
			Before: []string{text.Draw(t, "before")}, After: []string{text.Draw(t, "after")}, Results: make([]change.TestResult, rapid.IntRange(0, 1).Draw(t, "results")),
		}),
		RollbackPlan: maybe(t, "rollback plan", change.RollbackPlan{
			Method: change.Method(rapid.IntRange(0, 6).Draw(t, "method")), Trigger: text.Draw(t, "trigger"), Steps: []string{text.Draw(t, "step")},
			Minutes: maybe(t, "minutes", 5), Verify: text.Draw(t, "verify"), Rehearsed: maybe(t, "rehearsal", change.Rehearsal{
				Date: field.Date{Year: 2026, Month: rapid.SampledFrom([]time.Month{time.July, time.October, time.December}).Draw(t, "month"), Day: 1}, Evidence: "https://ci.example.com/1",
			}),
		}),
		Schedule:      maybe(t, "schedule", change.Period{Start: field.Instant{Time: now}, End: field.Instant{Time: now.Add(time.Hour)}}),
		Questionnaire: map[string]string{"q0": rapid.SampledFrom([]string{"yes", "no", "perhaps"}).Draw(t, "q0"), "q1": "no"},
		Risk:          maybe(t, "risk", change.DeclaredRisk{Declared: field.Level(rapid.IntRange(0, 4).Draw(t, "declared"))}),
	}
	return r
}

// judge turns a record into facts and those into a score.
func (w world) judge(r change.Record) Score {
	f := w.facts
	f.Record, f.Type = &r, r.Type
	if r.Type == change.Standard {
		f.ApprovedModel = r.Model
	}
	f.Rollback = change.Rollback(&r)
	if p := r.TestPlan; p != nil {
		f.Tests = change.TestFacts{Before: len(p.Before) > 0 && p.Before[0] != "", After: len(p.After) > 0 && p.After[0] != ""}
		if len(p.Results) > 0 {
			f.Tests.Passed, f.Tests.Failed, f.Tests.Attached = w.passed, w.failing, w.passed+w.failing
		}
	}
	return Compute(f, w.model)
}

// removals take one fact out of a record. They return false where there is
// nothing to take, or where it would take back an admission of risk.
var removals = []struct {
	name string
	take func(r *change.Record, w world) bool
}{
	{"type", func(r *change.Record, _ world) bool { r.Type = change.TypeNone; return true }},
	{"model", func(r *change.Record, _ world) bool { r.Model = ""; return true }},
	{"schedule", func(r *change.Record, _ world) bool { r.Schedule = nil; return true }},
	{"impact", func(r *change.Record, _ world) bool { r.Impact = nil; return true }},
	{"impact.users", func(r *change.Record, _ world) bool { return inside(&r.Impact, func(i *change.Impact) { i.Users = 0 }) }},
	{"impact.outage", func(r *change.Record, _ world) bool {
		return inside(&r.Impact, func(i *change.Impact) { i.Outage = 0 })
	}},
	{"impact.minutes", func(r *change.Record, _ world) bool {
		return inside(&r.Impact, func(i *change.Impact) { i.Minutes = nil })
	}},
	{"data", func(r *change.Record, _ world) bool {
		admits := r.Data != nil && (is(r.Data.Migration, true) || is(r.Data.Reversible, false))
		r.Data = nil
		return !admits
	}},
	{"data.migration", func(r *change.Record, _ world) bool {
		return r.Data != nil && !is(r.Data.Migration, true) && inside(&r.Data, func(d *change.Data) { d.Migration = nil })
	}},
	{"data.reversible", func(r *change.Record, _ world) bool {
		return r.Data != nil && !is(r.Data.Reversible, false) && inside(&r.Data, func(d *change.Data) { d.Reversible = nil })
	}},
	{"data.sensitive", func(r *change.Record, _ world) bool {
		return inside(&r.Data, func(d *change.Data) { d.Sensitive = nil })
	}},
	{"data.backup", func(r *change.Record, _ world) bool { return inside(&r.Data, func(d *change.Data) { d.Backup = "" }) }},
	{"test_plan", func(r *change.Record, w world) bool {
		admits := r.TestPlan != nil && len(r.TestPlan.Results) > 0 && w.failing > 0
		r.TestPlan = nil
		return !admits
	}},
	{"test_plan.before", func(r *change.Record, _ world) bool {
		return inside(&r.TestPlan, func(p *change.TestPlan) { p.Before = nil })
	}},
	{"test_plan.after", func(r *change.Record, _ world) bool {
		return inside(&r.TestPlan, func(p *change.TestPlan) { p.After = nil })
	}},
	{"test_plan.results", func(r *change.Record, w world) bool {
		return w.failing == 0 && inside(&r.TestPlan, func(p *change.TestPlan) { p.Results = nil })
	}},
	{"rollback_plan", func(r *change.Record, _ world) bool { r.RollbackPlan = nil; return true }},
	{"rollback_plan.method", func(r *change.Record, _ world) bool {
		return inside(&r.RollbackPlan, func(p *change.RollbackPlan) { p.Method = 0 })
	}},
	{"rollback_plan.trigger", func(r *change.Record, _ world) bool {
		return inside(&r.RollbackPlan, func(p *change.RollbackPlan) { p.Trigger = "" })
	}},
	{"rollback_plan.steps", func(r *change.Record, _ world) bool {
		return inside(&r.RollbackPlan, func(p *change.RollbackPlan) { p.Steps = nil })
	}},
	{"rollback_plan.minutes", func(r *change.Record, _ world) bool {
		return inside(&r.RollbackPlan, func(p *change.RollbackPlan) { p.Minutes = nil })
	}},
	{"rollback_plan.verify", func(r *change.Record, _ world) bool {
		return inside(&r.RollbackPlan, func(p *change.RollbackPlan) { p.Verify = "" })
	}},
	{"rollback_plan.rehearsed", func(r *change.Record, _ world) bool {
		return inside(&r.RollbackPlan, func(p *change.RollbackPlan) { p.Rehearsed = nil })
	}},
	{"questionnaire", func(r *change.Record, _ world) bool { r.Questionnaire = nil; return true }},
	{"questionnaire.q0", func(r *change.Record, _ world) bool {
		r.Questionnaire = map[string]string{"q1": r.Questionnaire["q1"]}
		return true
	}},
	{"risk, when it declares low", func(r *change.Record, _ world) bool {
		low := r.Risk != nil && r.Risk.Declared <= field.Low
		r.Risk = nil
		return low
	}},
}

func is(b *bool, v bool) bool { return b != nil && *b == v }

// inside edits a copy of a part of the record, if it is there.
func inside[T any](part **T, edit func(*T)) bool {
	if *part == nil {
		return false
	}
	c := **part
	edit(&c)
	*part = &c
	return true
}

func TestK6RemovingAFactThatTheAuthorControlsNeverLowersTheScore(t *testing.T) {
	for _, removal := range removals {
		t.Run(removal.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w, r := drawWorld(t), drawRecord(t)
				before := w.judge(r)
				if !removal.take(&r, w) {
					return
				}
				if after := w.judge(r); after.Total < before.Total || after.Level < before.Level {
					t.Fatalf("from %d %s to %d %s\nbefore %+v %+v\nafter  %+v %+v", before.Total, before.Level, after.Total, after.Level,
						before.Factors, before.Floors, after.Factors, after.Floors)
				}
			})
		})
	}
}

func TestTheLinesSumToTheScoreAndTheScoreStaysInItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawWorld(t).judge(drawRecord(t))
		sum := map[string]int{}
		for _, f := range s.Factors {
			sum[f.Axis] += f.Points
			if f.Name == "" || f.Why == "" {
				t.Fatalf("a line without name or why: %+v", f)
			}
		}
		if sum[Impact] != s.Impact || sum[Likelihood] != s.Likelihood || len(sum) != 2 || s.Impact+s.Likelihood != s.Total {
			t.Fatalf("lines sum to %v, the score says %d + %d = %d", sum, s.Impact, s.Likelihood, s.Total)
		}
		for _, axis := range []int{s.Impact, s.Likelihood} {
			if axis < 0 || axis > 50 {
				t.Fatalf("an axis at %d", axis)
			}
		}
	})
}

func TestK4AFloorNeverLowersALevel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		s := w.judge(drawRecord(t))
		want := w.model.Level(s.Total)
		for _, f := range s.Floors {
			if f.Level == field.LevelNone || f.Why == "" {
				t.Fatalf("a floor without level or why: %+v", f)
			}
			want = max(want, f.Level)
		}
		if s.Level != want {
			t.Fatalf("got %s, want %s of band and floors", s.Level, want)
		}
	})
}

func TestTheOrderOfServicesAndQuestionsNeverMatters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, r := drawWorld(t), drawRecord(t)
		before := w.judge(r)
		w.facts.Services = rapid.Permutation(w.facts.Services).Draw(t, "services")
		w.facts.Questions = rapid.Permutation(w.facts.Questions).Draw(t, "questions")
		if d := cmp.Diff(before, w.judge(r)); d != "" {
			t.Fatal(d)
		}
	})
}
