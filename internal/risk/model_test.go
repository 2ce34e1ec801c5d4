package risk

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/source"
)

func TestOverridesThatCannotBeUsedAreFindingsAndChangeNothing(t *testing.T) {
	points := func(factor, c string, n int) law.RiskConfig {
		return law.RiskConfig{Points: map[string]map[string]int{factor: {c: n}}}
	}
	for _, c := range []struct {
		name       string
		config     law.RiskConfig
		code, hint string
		at         string
	}{
		{"an unknown factor", points("novelti", "new", 5), "MS104", `did you mean "novelty"?`, "mergeseal.yaml:1:3"},
		{"an unknown case", points("tests", "pased", 5), "MS104", `did you mean "passed"?`, "mergeseal.yaml:2:3"},
		{"points below zero", points("tests", "none", -1), "MS104", "use 0 to 50", "mergeseal.yaml:2:3"},
		{"points above an axis", points("tests", "none", 51), "MS104", "use 0 to 50", "mergeseal.yaml:2:3"},
		{"silence that would pay", points("users_and_outage", "unstated", 5), "MS401", "give unstated at least the points of users_all", "mergeseal.yaml:1:3"},
		{"few changes that would count more than failed ones", points("history", "few_changes", 50), "MS401", "give under_30_percent at least the points of few_changes", "mergeseal.yaml:1:3"},
		{"an unknown floor", law.RiskConfig{Floors: map[string]string{"emergncy": "high"}}, "MS104", `did you mean "emergency"?`, "mergeseal.yaml:3:3"},
		{"a floor at no level", law.RiskConfig{Floors: map[string]string{"emergency": "hi"}}, "MS104", `allowed: "high", "low", "moderate", "off", "very_high"`, "mergeseal.yaml:3:3"},
		{"a level for what the author declares", law.RiskConfig{Floors: map[string]string{"declared": "high"}}, "MS104", `allowed: "off"`, "mergeseal.yaml:3:3"},
		{"a band for low", law.RiskConfig{Bands: map[string]int{"low": 3}}, "MS104", `allowed: "high", "moderate", "very_high"`, "mergeseal.yaml:4:3"},
		{"bands that fall", law.RiskConfig{Bands: map[string]int{"moderate": 60}}, "MS401", "let moderate, high and very_high rise, between 1 and 100", "mergeseal.yaml:4:3"},
		{"a band at zero", law.RiskConfig{Bands: map[string]int{"moderate": 0}}, "MS401", "let moderate, high and very_high rise, between 1 and 100", "mergeseal.yaml:4:3"},
		{"a band nobody reaches", law.RiskConfig{Bands: map[string]int{"very_high": 101}}, "MS401", "let moderate, high and very_high rise, between 1 and 100", "mergeseal.yaml:4:3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			index := source.NewIndex("mergeseal.yaml")
			for i, p := range []string{"/risk/points", "/risk/points/tests", "/risk/floors", "/risk/bands"} {
				index.Add(p, source.Span{Key: place("mergeseal.yaml", i+1)})
			}
			m, found := DefaultModel().With(c.config, index)
			if len(found) != 1 || found[0].Code != c.code || found[0].At.String() != c.at || !strings.Contains(found[0].Hint, c.hint) {
				t.Fatalf("got %+v, want %s at %s with hint %s", found, c.code, c.at, c.hint)
			}
			if d := cmp.Diff(DefaultModel(), m, cmp.AllowUnexported(Model{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestOverridesReplaceNumbersAndLeaveTheDefaultAlone(t *testing.T) {
	base := DefaultModel()
	m, found := base.With(law.RiskConfig{
		Bands:  map[string]int{"moderate": 10},
		Points: map[string]map[string]int{"service_tier": {"tier_0": 30, "unknown": 30}, "users_and_outage": {"users_some": 8}},
		Floors: map[string]string{"emergency": "very_high"},
	}, source.Index{})
	if len(found) != 0 {
		t.Fatal(found)
	}
	if d := cmp.Diff(DefaultModel(), base, cmp.AllowUnexported(Model{})); d != "" {
		t.Errorf("the model that was overridden changed: %s", d)
	}
	f := database()
	before, after := Compute(f, DefaultModel()), Compute(f, m)
	if after.Total != before.Total+12 || m.Level(10) != field.Moderate || DefaultModel().Level(10) != field.Low {
		t.Errorf("before %d, after %d", before.Total, after.Total)
	}
}

func TestTheTableIsSound(t *testing.T) {
	seen := map[string]bool{}
	worst := map[string]int{}
	for _, f := range factors {
		if seen[f.name] || f.title == "" || len(f.cases) == 0 || f.axis != Impact && f.axis != Likelihood {
			t.Errorf("the row %q is incomplete or given twice", f.name)
		}
		seen[f.name] = true
		points := map[string]int{}
		most := 0
		for _, c := range f.cases {
			points[c.name] = c.points
			most = max(most, c.points)
		}
		worst[f.axis] += most
		for _, chain := range f.rising {
			for i, c := range chain {
				if _, ok := points[c]; !ok || i > 0 && points[chain[i-1]] > points[c] {
					t.Errorf("%s: the chain %v breaks at %s", f.name, chain, c)
				}
			}
		}
	}
	if worst[Impact] != axisMax || worst[Likelihood]-8+15 != axisMax {
		t.Errorf("without a questionnaire the axes end at %v, want %d each", worst, axisMax)
	}
	if !slices.Contains(FloorNames(), "declared") || len(FloorNames()) != 8 || len(FactorNames()) != 9 {
		t.Errorf("floors %v, factors %v", FloorNames(), FactorNames())
	}
	if got := Title("diff") + ", " + Title("cap"); got != "the diff itself, cap" {
		t.Error(got)
	}
}
