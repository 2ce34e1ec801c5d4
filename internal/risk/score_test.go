package risk

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/source"
)

func ptr[T any](v T) *T { return &v }

func place(file string, line int) source.Range {
	return source.Range{File: file, Start: source.Pos{Line: line, Col: 3}}
}

// database is a change to a tier-0 database of which everything is stated.
func database() Facts {
	index := source.NewIndex("changes/CHG-1.yaml")
	for i, p := range []string{"", "/type", "/services", "/impact", "/data", "/data/sensitive", "/test_plan", "/rollback_plan", "/rollback_plan/method"} {
		index.Add(p, source.Span{Key: place("changes/CHG-1.yaml", i+1), Value: place("changes/CHG-1.yaml", i+1)})
	}
	return Facts{
		Record: &change.Record{
			Impact: &change.Impact{Users: change.UsersSome, Outage: change.OutageDegraded, Minutes: ptr(10)},
			Data:   &change.Data{Migration: ptr(false), Reversible: ptr(true), Sensitive: ptr(false)},
		},
		Index: index, Type: change.Normal,
		Services: []Service{{Name: "payments-db", Tier: 0, TierKnown: true, Known: true, At: place("services.yaml", 12)}},
		Blast:    2, Graph: true,
		Rollback: change.RollbackFacts{Method: "failover", Complete: true, Rehearsed: true, RehearsedDays: 11},
		Tests:    change.TestFacts{Before: true, After: true},
		Diff:     Measure([]DiffFile{{Path: "db/main.go", Added: 30}, {Path: "db/pool.go", Added: 2}, {Path: "README.md", Added: 9}}),
		History:  History{Changes: 6, Successful: 6, Familiar: 6},
	}
}

func TestK2EveryPointOfAScoreIsExplained(t *testing.T) {
	got := Compute(database(), DefaultModel())
	want := Score{
		Total: 48, Level: field.Moderate, Impact: 31, Likelihood: 17,
		Factors: []Factor{
			{Name: "service_tier", Axis: "impact", Points: 20, Why: "payments-db is tier 0", At: "services.yaml:12:3"},
			{Name: "blast_radius", Axis: "impact", Points: 5, Why: "2 services are in scope or depend on one that is", At: "changes/CHG-1.yaml:3:3"},
			{Name: "users_and_outage", Axis: "impact", Points: 6, Why: "some users, degraded for 10 min", At: "changes/CHG-1.yaml:4:3", Lower: "do it so that fewer users notice"},
			{Name: "sensitive_data", Axis: "impact", Points: 0, Why: "it touches no sensitive data", At: "changes/CHG-1.yaml:6:3"},
			{Name: "rollback", Axis: "likelihood", Points: 0, Why: "failover, rehearsed 11 days before the start", At: "changes/CHG-1.yaml:8:3"},
			{Name: "tests", Axis: "likelihood", Points: 5, Why: "tests before and after are written, no results are attached", At: "changes/CHG-1.yaml:7:3", Lower: "attach results that pass to test_plan.results"},
			{Name: "diff", Axis: "likelihood", Points: 9, Why: "32 lines added, documents not counted", Lower: "split it: fewer than 30 lines added count 8"},
			{Name: "diff", Axis: "likelihood", Points: 1, Why: "2 files touched, 1 document not counted", Lower: "split it: fewer than 2 files count 0"},
			{Name: "novelty", Axis: "likelihood", Points: 2, Why: "6 successful changes to the same services in 90 days", Lower: "follow an approved model of a standard change"},
			{Name: "history", Axis: "likelihood", Points: 0, Why: "of 6 changes to the services in 90 days 0 failed, 0 had issues"},
		},
		Floors: []Floor{},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestK6NothingKnownScoresAsTheWorstOfEverything(t *testing.T) {
	got := Compute(Facts{Graph: true}, Model{})
	if got.Impact != 50 || got.Likelihood != 40 || got.Level != field.VeryHigh {
		t.Errorf("impact %d, likelihood %d, %s; want 50, 15+10+8+5+2 and very_high\n%+v", got.Impact, got.Likelihood, got.Level, got.Factors)
	}
	for _, f := range got.Factors {
		if f.Why == "" {
			t.Errorf("%s says no why", f.Name)
		}
	}
}

func TestEachCaseOfAFactorCountsWhatTheTableSays(t *testing.T) {
	svc := func(name string, tier int) Service {
		return Service{Name: name, Tier: tier, TierKnown: true, Known: true}
	}
	impact := func(u change.Users, o change.Outage) func(*Facts) {
		return func(f *Facts) { f.Record.Impact = &change.Impact{Users: u, Outage: o} }
	}
	rollback := func(r change.RollbackFacts) func(*Facts) { return func(f *Facts) { f.Rollback = r } }
	tests := func(x change.TestFacts) func(*Facts) { return func(f *Facts) { f.Tests = x } }
	history := func(changes, permille, familiar int) func(*Facts) {
		return func(f *Facts) { f.History = History{Changes: changes, RatePermille: permille, Familiar: familiar} }
	}
	blast := func(n int) func(*Facts) { return func(f *Facts) { f.Blast = n } }
	tiers := func(s ...Service) func(*Facts) { return func(f *Facts) { f.Services = s } }
	data := func(d *change.Data) func(*Facts) { return func(f *Facts) { f.Record.Data = d } }
	migration := func(d *change.Data) func(*Facts) {
		return func(f *Facts) { f.Record.Data, f.Diff.Migrations = d, 1 }
	}
	for _, c := range []struct {
		factor, name string
		edit         func(*Facts)
		points       int
		why          string // part of it
	}{
		{"service_tier", "tier 0", tiers(svc("a", 0)), 20, "a is tier 0"},
		{"service_tier", "tier 1", tiers(svc("a", 1)), 20, "a is tier 1"},
		{"service_tier", "tier 2", tiers(svc("a", 2)), 12, "a is tier 2"},
		{"service_tier", "tier 3", tiers(svc("a", 3)), 6, "a is tier 3"},
		{"service_tier", "tier 4", tiers(svc("a", 4)), 0, "a is tier 4"},
		{"service_tier", "the worst counts", tiers(svc("a", 4), svc("b", 2), svc("c", 3)), 12, "b is tier 2"},
		{"service_tier", "tier 0 is named before tier 1", tiers(svc("a", 1), svc("b", 0)), 20, "b is tier 0"},
		{"service_tier", "no tier", tiers(Service{Name: "a", Known: true}), 20, "a has no tier"},
		{"service_tier", "T82 an unknown service", tiers(svc("a", 4), Service{Name: "Payments-API"}), 20, "Payments-API is not a service"},
		{"service_tier", "a tier that does not exist", tiers(svc("a", 5)), 20, "a has no tier"},
		{"service_tier", "no service", tiers(), 20, "no service is known"},
		{"blast_radius", "one", blast(1), 0, "nothing else"},
		{"blast_radius", "two", blast(2), 5, "2 services"},
		{"blast_radius", "three", blast(3), 5, "3 services"},
		{"blast_radius", "four", blast(4), 10, "4 services"},
		{"blast_radius", "ten", blast(10), 10, "10 services"},
		{"blast_radius", "eleven", blast(11), 15, "11 services"},
		{"blast_radius", "nobody knows", blast(0), 15, "any may suffer"},
		{"blast_radius", "no graph", func(f *Facts) { f.Graph = false }, 5, "not configured"},
		{"users_and_outage", "nobody notices", impact(change.UsersNone, change.OutageNone), 0, "no users, no outage"},
		{"users_and_outage", "internal users", impact(change.UsersInternal, change.OutageNone), 3, "internal users, no outage"},
		{"users_and_outage", "some users", impact(change.UsersSome, change.OutageNone), 6, "some users"},
		{"users_and_outage", "all users", impact(change.UsersAll, change.OutageNone), 10, "all users"},
		{"users_and_outage", "degraded is worse than internal", impact(change.UsersInternal, change.OutageDegraded), 6, "internal users, degraded"},
		{"users_and_outage", "down", impact(change.UsersNone, change.OutageDown), 10, "no users, down"},
		{"users_and_outage", "users unstated", impact(0, change.OutageNone), 10, "who notices"},
		{"users_and_outage", "outage unstated", impact(change.UsersNone, 0), 10, "the outage"},
		{"users_and_outage", "both unstated", impact(0, 0), 10, "users and outage"},
		{"users_and_outage", "no impact", func(f *Facts) { f.Record.Impact = nil }, 10, "impact is not stated"},
		{"sensitive_data", "stated no", data(&change.Data{Sensitive: ptr(false)}), 0, "no sensitive"},
		{"sensitive_data", "stated yes", data(&change.Data{Sensitive: ptr(true)}), 5, "touches sensitive"},
		{"sensitive_data", "unstated", data(&change.Data{}), 5, "not stated"},
		{"sensitive_data", "no data at all", data(nil), 5, "not stated"},
		{"sensitive_data", "a service holds it, whatever the record says", func(f *Facts) { f.Services[0].Sensitive = true }, 5, "payments-db holds"},
		{"rollback", "a complete revert, rehearsed", rollback(change.RollbackFacts{Method: "revert", Complete: true, Rehearsed: true}), 0, "revert"},
		{"rollback", "a complete feature flag, rehearsed", rollback(change.RollbackFacts{Method: "feature_flag", Complete: true, Rehearsed: true}), 0, "feature_flag"},
		{"rollback", "a restore, rehearsed", rollback(change.RollbackFacts{Method: "restore", Complete: true, Rehearsed: true}), 3, "restore"},
		{"rollback", "a revert without minutes, rehearsed", rollback(change.RollbackFacts{Method: "revert", Missing: []string{"minutes"}, Rehearsed: true}), 3, "written"},
		{"rollback", "not rehearsed", rollback(change.RollbackFacts{Method: "revert", Complete: true, RehearsedDays: -1}), 8, "never rehearsed"},
		{"rollback", "rehearsed too long ago", rollback(change.RollbackFacts{Method: "revert", Complete: true, RehearsedDays: 91}), 8, "91 days"},
		{"rollback", "no steps", rollback(change.RollbackFacts{Method: "revert", Missing: []string{"steps"}, Rehearsed: true}), 15, "lacks steps"},
		{"rollback", "not complete and nobody says why", rollback(change.RollbackFacts{Method: "revert", Rehearsed: true}), 15, "not complete"},
		{"rollback", "none", rollback(change.RollbackFacts{Method: "none", Complete: true}), 15, "no way back"},
		{"rollback", "no plan", rollback(change.RollbackFacts{}), 15, "no way back"},
		{"rollback", "irreversible", data(&change.Data{Reversible: ptr(false)}), 15, "cannot be taken back"},
		{"rollback", "a migration in the diff and no word about data", migration(nil), 15, "data is migrated"},
		{"rollback", "a migration in the diff and no word about reversing", migration(&change.Data{Migration: ptr(false)}), 15, "data is migrated"},
		{"rollback", "a migration in the diff that can be taken back", migration(&change.Data{Reversible: ptr(true)}), 0, "failover"},
		{"rollback", "a migration said by the record alone", data(&change.Data{Migration: ptr(true)}), 15, "data is migrated"},
		{"tests", "all pass", tests(change.TestFacts{Attached: 2, Passed: 2}), 0, "all pass"},
		{"tests", "written", tests(change.TestFacts{Before: true, After: true}), 5, "before and after"},
		{"tests", "results that prove nothing", tests(change.TestFacts{Before: true, After: true, Attached: 1}), 5, "before and after"},
		{"tests", "before alone", tests(change.TestFacts{Before: true}), 8, "after the change are not"},
		{"tests", "after alone", tests(change.TestFacts{After: true}), 8, "before the change are not"},
		{"tests", "none", tests(change.TestFacts{}), 10, "no tests"},
		{"tests", "one fails", tests(change.TestFacts{Before: true, After: true, Attached: 9, Passed: 8, Failed: 1}), 10, "1 result of 9 failed"},
		{"diff", "none given", func(f *Facts) { f.Diff = Diff{} }, 8, "no diff"},
		{"diff", "nothing changes but records", func(f *Facts) { f.Diff = Measure([]DiffFile{{Path: "changes/a.yaml", Added: 900, Record: true}}) }, 0, "0 "},
		{"novelty", "an approved model", func(f *Facts) { f.ApprovedModel = "certs@3" }, 0, "follows certs@3"},
		{"novelty", "three successes", history(3, 0, 3), 2, "3 successful"},
		{"novelty", "two successes", history(3, 0, 2), 5, "only 2 successful"},
		{"novelty", "none", history(3, 0, 0), 5, "no successful"},
		{"history", "four changes", history(4, 1000, 0), 2, "too few"},
		{"history", "4.9 %", history(5, 49, 0), 0, "of 5 changes"},
		{"history", "5 %", history(5, 50, 0), 2, "of 5 changes"},
		{"history", "14.9 %", history(5, 149, 0), 2, "of 5 changes"},
		{"history", "15 %", history(5, 150, 0), 4, "of 5 changes"},
		{"history", "29.9 %", history(5, 299, 0), 4, "of 5 changes"},
		{"history", "30 %", history(5, 300, 0), 5, "of 5 changes"},
	} {
		t.Run(c.factor+": "+c.name, func(t *testing.T) {
			f := database()
			c.edit(&f)
			for _, got := range Compute(f, DefaultModel()).Factors {
				if got.Name == c.factor && (got.Points != c.points || !strings.Contains(got.Why, c.why)) {
					t.Errorf("got %d, %q; want %d, …%s…", got.Points, got.Why, c.points, c.why)
				}
			}
		})
	}
}

func TestK4EachFloorAppliesForItsReasonAndCanBeSwitchedOff(t *testing.T) {
	for _, c := range []struct {
		name, why string
		edit      func(*Facts)
		level     field.Level
	}{
		{"declared", "the author says so", func(f *Facts) { f.Record.Risk = &change.DeclaredRisk{Declared: field.VeryHigh} }, field.VeryHigh},
		{"rollback_none", "there is no way back", func(f *Facts) { f.Rollback = change.RollbackFacts{Method: "none"} }, field.High},
		{"irreversible_data", "its change of data cannot be taken back", func(f *Facts) { f.Record.Data.Reversible = ptr(false) }, field.High},
		{"failing_tests", "1 result of 2 failed", func(f *Facts) { f.Tests = change.TestFacts{Attached: 2, Passed: 1, Failed: 1} }, field.High},
		{"unresolved_collision", "it collides with CHG-2 and CHG-3", func(f *Facts) { f.Collisions = []string{"CHG-3", "CHG-2"} }, field.Moderate},
		{"freeze_exception_tier0", "it asks to work on tier 0 during year-end", func(f *Facts) { f.Exceptions = []string{"year-end"} }, field.High},
		{"emergency", "it is an emergency", func(f *Facts) { f.Type = change.Emergency }, field.Moderate},
		{"understated_scope", "the diff also touches mail", func(f *Facts) { f.Understated = []string{"mail"} }, field.Moderate},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := database()
			c.edit(&f)
			got := Compute(f, DefaultModel())
			if len(got.Floors) != 1 || got.Floors[0].Name != c.name || got.Floors[0].Why != c.why || got.Floors[0].Level != c.level {
				t.Errorf("got %+v, want %s %s because %s", got.Floors, c.name, c.level, c.why)
			}
			if got.Level != max(c.level, DefaultModel().Level(got.Total)) {
				t.Errorf("got %s", got.Level)
			}
			off, found := DefaultModel().With(law.RiskConfig{Floors: map[string]string{c.name: "off"}}, source.Index{})
			if s := Compute(f, off); len(found) != 0 || len(s.Floors) != 0 || s.Level != off.Level(s.Total) {
				t.Errorf("switched off: %+v %v", s.Floors, found)
			}
		})
	}
}

func TestAChangeWithoutATypeMayBeAnEmergency(t *testing.T) {
	f := database()
	f.Type = change.TypeNone
	if got := Compute(f, DefaultModel()); len(got.Floors) != 1 || got.Floors[0].Name != "emergency" {
		t.Errorf("got %+v, want the floor of emergencies", got.Floors)
	}
}

func TestAFloorThatDoesNotApplyIsNotListed(t *testing.T) {
	f := database()
	f.Services[0].Tier, f.Exceptions = 1, []string{"year-end"}
	f.Record.Risk = &change.DeclaredRisk{Declared: field.Low}
	if got := Compute(f, DefaultModel()); len(got.Floors) != 0 || got.Level != field.Moderate {
		t.Errorf("got %s, %+v; want moderate: a declared level never lowers, tier 1 is not tier 0", got.Level, got.Floors)
	}
}

func TestT83ScopeThatTheDiffAddsCountsAndIsUnderstated(t *testing.T) {
	f := database()
	f.Services = []Service{{Name: "docs", Tier: 4, TierKnown: true, Known: true}}
	alone := Compute(f, DefaultModel())
	f.Services = append(f.Services, Service{Name: "prod-db", Tier: 0, TierKnown: true, Known: true})
	f.Understated = []string{"prod-db"}
	got := Compute(f, DefaultModel())
	if got.Total != alone.Total+20 || got.Level < field.Moderate || len(got.Floors) != 1 {
		t.Errorf("got %d %s %+v, want %d more and the floor", got.Total, got.Level, got.Floors, 20)
	}
}

func TestK3AnswersCountOnTheirAxisAndAnUnansweredQuestionCountsAsItsWorst(t *testing.T) {
	peak := law.Question{ID: "peak", Ask: "Does it run at peak?", Axis: "impact", Answers: map[string]int{"no": 0, "yes": 5}}
	skill := law.Question{ID: "a/skill", Ask: "Was it done before?", Axis: "likelihood", Answers: map[string]int{"often": 1, "never": 40}}
	f := database()
	f.Questions = []law.Question{peak, skill}
	f.Record.Questionnaire = map[string]string{"peak": "yes"}
	f.Index.Add("/questionnaire/peak", source.Span{Key: place("changes/CHG-1.yaml", 30)})
	base, got := Compute(database(), DefaultModel()), Compute(f, DefaultModel())
	var lines []Factor
	for _, l := range got.Factors {
		if l.Name == "questionnaire" || l.Name == "cap" {
			lines = append(lines, l)
		}
	}
	want := []Factor{
		{Name: "questionnaire", Axis: "impact", Points: 5, Why: "Does it run at peak? yes", At: "changes/CHG-1.yaml:30:3", Lower: `"no" would count 0, if it is true`},
		{Name: "questionnaire", Axis: "likelihood", Points: 40, Why: "a/skill is not answered, which counts as the worst answer", At: "changes/CHG-1.yaml:1:3", Lower: "answer a/skill in questionnaire"},
		{Name: "cap", Axis: "likelihood", Points: -7, Why: "likelihood counts 50 at most"},
	}
	if d := cmp.Diff(want, lines); d != "" || got.Impact != base.Impact+5 || got.Likelihood != 50 {
		t.Errorf("impact %d, likelihood %d\n%s", got.Impact, got.Likelihood, d)
	}
	f.Record.Questionnaire = map[string]string{"peak": "maybe", "a/skill": "often"}
	if got := Compute(f, DefaultModel()); got.Impact != base.Impact+5 || got.Likelihood != base.Likelihood+1 {
		t.Errorf("an answer that is not offered: impact %d, likelihood %d", got.Impact, got.Likelihood)
	}
	f.Type = change.Emergency
	if got := Compute(f, DefaultModel()); got.Impact != base.Impact {
		t.Errorf("an emergency is asked: %+v", got.Factors)
	}
}

func TestAValueTheRecordLeavesToItsModelPointsToTheModel(t *testing.T) {
	f := database()
	f.Index = source.NewIndex("changes/CHG-1.yaml")
	f.ModelIndex = source.NewIndex("models/certs.yaml")
	f.ModelIndex.Add("/locked/impact", source.Span{Key: place("models/certs.yaml", 9)})
	if got := Compute(f, DefaultModel()).Factors[2].At; got != "models/certs.yaml:9:3" {
		t.Errorf("got %q", got)
	}
}

func TestK1TheSameFactsGiveTheSameBytesAThousandTimes(t *testing.T) {
	f := database()
	f.Questions = []law.Question{
		{ID: "b", Axis: "impact", Answers: map[string]int{"x": 1, "y": 1, "z": 0}}, {ID: "a", Axis: "impact", Answers: map[string]int{"p": 3, "q": 3}},
	}
	f.Collisions, f.Understated = []string{"B", "A"}, []string{"d", "c", "b", "a", "e"}
	first := ""
	for range 1000 {
		m, found := Model{}.With(law.RiskConfig{Points: map[string]map[string]int{"novelty": {"new": 6, "familiar": 3}}, Floors: map[string]string{"emergency": "off", "failing_tests": "very_high"}}, source.Index{})
		bytes, err := json.Marshal(Compute(f, m))
		if err != nil || len(found) > 0 {
			t.Fatal(err, found)
		}
		if first == "" {
			first = string(bytes)
		}
		if string(bytes) != first {
			t.Fatalf("got %s\nthen %s", first, bytes)
		}
	}
}

func TestALevelBeginsAtItsBand(t *testing.T) {
	for score, want := range map[int]string{0: "low", 25: "low", 26: "moderate", 50: "moderate", 51: "high", 75: "high", 76: "very_high", 100: "very_high"} {
		t.Run(fmt.Sprint(score, " is ", want), func(t *testing.T) {
			if got := DefaultModel().Level(score).String(); got != want {
				t.Errorf("got %s", got)
			}
		})
	}
}
