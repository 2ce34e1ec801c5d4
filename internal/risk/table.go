package risk

import (
	"strings"

	"github.com/mergeseal/mergeseal/internal/field"
)

// The two axes of a score.
const (
	Impact     = "impact"
	Likelihood = "likelihood"

	axisMax = 50 // of each axis
)

// diffFactor is the factor that has a line for each of its facts.
const diffFactor = "diff"

// Names of lines that are not factors of the table.
const (
	questionLine = "questionnaire"
	capLine      = "cap"
)

// factorRow is one factor of the default model.
type factorRow struct {
	name, title, axis string
	cases             []caseRow
	// rising lists cases whose points must not fall from one to the next.
	// Otherwise leaving a fact out, or one more failure, could lower a score.
	rising [][]string
}

// caseRow is one case of a factor. Lower says what would lower it.
type caseRow struct {
	name   string
	points int
	lower  string
}

// factors is the default model: every factor, case and number, in the order of
// the lines of a score. The steps of the diff factor are in diffSteps.
var factors = []factorRow{
	{"service_tier", "service tier", Impact, []caseRow{
		{"tier_4", 0, ""},
		{"tier_3", 6, ""},
		{"tier_2", 12, ""},
		{"tier_1", 20, ""},
		{"tier_0", 20, ""},
		{"unknown", 20, "give the service a tier where services are defined"},
	}, [][]string{{"tier_4", "tier_3", "tier_2", "tier_1", "tier_0", "unknown"}}},
	{"blast_radius", "blast radius", Impact, []caseRow{
		{"one", 0, ""},
		{"few", 5, ""},
		{"several", 10, "change fewer services at once, or ones that fewer depend on"},
		{"many", 15, "change fewer services at once, or ones that fewer depend on"},
		{"no_graph", 5, "say what depends on what with depends_on where services are defined"},
	}, [][]string{{"one", "few", "several", "many"}}},
	{"users_and_outage", "users and outage", Impact, []caseRow{
		{"users_none", 0, ""},
		{"users_internal", 3, "do it so that nobody notices"},
		{"users_some", 6, "do it so that fewer users notice"},
		{"users_all", 10, "do it so that fewer users notice, in steps or behind a feature flag"},
		{"outage_none", 0, ""},
		{"outage_degraded", 6, "do it without degrading the service"},
		{"outage_down", 10, "do it without taking the service down"},
		{"unstated", 10, "state impact.users and impact.outage"},
	}, [][]string{
		{"users_none", "users_internal", "users_some", "users_all", "unstated"},
		{"outage_none", "outage_degraded", "outage_down", "unstated"},
	}},
	{"sensitive_data", "sensitive data", Impact, []caseRow{
		{"no", 0, ""},
		{"yes", 5, ""},
		{"unstated", 5, "state data.sensitive"},
	}, [][]string{{"no", "yes", "unstated"}}},
	{"rollback", "rollback", Likelihood, []caseRow{
		{"rehearsed", 0, ""},
		{"written_and_rehearsed", 3, "make it a complete revert, failover or feature flag"},
		{"not_rehearsed", 8, "rehearse the rollback at most 90 days before the planned start"},
		{"none", 15, "write a rollback plan with method, trigger, steps and verify"},
	}, [][]string{{"rehearsed", "written_and_rehearsed", "not_rehearsed", "none"}}},
	{"tests", "tests", Likelihood, []caseRow{
		{"passed", 0, ""},
		{"planned", 5, "attach results that pass to test_plan.results"},
		{"partly", 8, "write both test_plan.before and test_plan.after, or attach results that pass"},
		{"none", 10, "write test_plan.before and test_plan.after, or attach results that pass"},
		{"failing", 10, "make the failing tests pass and attach the new results"},
	}, [][]string{{"passed", "planned", "partly", "none", "failing"}}},
	{diffFactor, "the diff itself", Likelihood, []caseRow{
		{"not_given", 8, ""},  // its lines say themselves what would lower them
		{"lines_step", 1, ""}, // each step of lines added
		{"files_step", 1, ""}, // each step of files touched
	}, nil},
	{"novelty", "novelty", Likelihood, []caseRow{
		{"approved_model", 0, ""},
		{"familiar", 2, "follow an approved model of a standard change"},
		{"new", 5, "three successful changes to each of the services within 90 days, or an approved model"},
	}, [][]string{{"approved_model", "familiar", "new"}}},
	{"history", "history of the services", Likelihood, []caseRow{
		{"few_changes", 2, ""},
		{"under_5_percent", 0, ""},
		{"under_15_percent", 2, ""},
		{"under_30_percent", 4, "fewer failed changes to these services"},
		{"30_percent_or_more", 5, "fewer failed changes to these services"},
	}, [][]string{
		{"under_5_percent", "under_15_percent", "under_30_percent", "30_percent_or_more"},
		{"few_changes", "under_30_percent"}, // one failure among five changes is 20 %
	}},
}

// bandRows are the levels' lowest scores; low begins at 0.
var bandRows = []struct {
	level field.Level
	from  int
}{{field.Moderate, 26}, {field.High, 51}, {field.VeryHigh, 76}}

// The floors' names.
const (
	declaredFloor    = "declared"
	rollbackFloor    = "rollback_none"
	dataFloor        = "irreversible_data"
	testsFloor       = "failing_tests"
	collisionFloor   = "unresolved_collision"
	exceptionFloor   = "freeze_exception_tier0"
	emergencyFloor   = "emergency"
	understatedFloor = "understated_scope"
)

// floorRows are the floors and their levels, in the order of output. That of
// declared is what the author declares.
var floorRows = []struct {
	name  string
	level field.Level
}{
	{declaredFloor, field.LevelNone},
	{rollbackFloor, field.High},
	{dataFloor, field.High},
	{testsFloor, field.High},
	{collisionFloor, field.Moderate},
	{exceptionFloor, field.High},
	{emergencyFloor, field.Moderate},
	{understatedFloor, field.Moderate},
}

// FactorNames lists the factors in the order of a score's lines.
func FactorNames() []string {
	out := make([]string, len(factors))
	for i, f := range factors {
		out[i] = f.name
	}
	return out
}

// FloorNames lists the floors in the order of output.
func FloorNames() []string {
	out := make([]string, len(floorRows))
	for i, f := range floorRows {
		out[i] = f.name
	}
	return out
}

// Title is a line's name as people read it, such as "the diff itself".
func Title(name string) string {
	for _, f := range factors {
		if f.name == name {
			return f.title
		}
	}
	return strings.ReplaceAll(name, "_", " ")
}
