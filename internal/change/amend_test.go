package change_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/change"
)

var (
	ran    = [2]string{"actual", "{start: 2026-12-01T22:00:00+01:00, end: 2026-12-01T23:00:00+01:00}"}
	ended  = [2]string{"outcome", "{result: successful}"}
	review = [2]string{"review", "{held: 2026-12-05, by: [bob], objectives_met: true}"}
)

func TestR14AmendmentsAreClassedByWhatTheyTouch(t *testing.T) {
	n := of("normal")
	links := func(s string) record { return n.with("links", s) }
	full := n.with(ran[0], ran[1], ended[0], ended[1], review[0], review[1])
	for _, c := range []struct {
		name       string
		prev, next record
		class      change.Class
		fields     string
	}{
		{"nothing", n, n, change.ClassEditorial, ""},
		{"how it ended", n, n.with(ran[0], ran[1], ended[0], ended[1]), change.ClassClosure, "actual outcome"},
		{"and its review", n, full, change.ClassClosure, "actual outcome review"},
		{"a review afterwards", n.with(ran[0], ran[1], ended[0], ended[1]), full, change.ClassClosure, "review"},
		{"a review that goes on", full, full.with("review", "{held: 2026-12-05, by: [bob], lessons: Alert sooner}"), change.ClassClosure, "review"},
		{"an outcome that is changed", full, full.with("outcome", "{result: failed}"), change.ClassClosure, "outcome"},
		{"an outcome whose notes are changed", full, full.with("outcome", "{result: successful, notes: x}"), change.ClassClosure, "outcome"},
		{"an outcome that is taken back", full, full.without("outcome"), change.ClassMaterial, "outcome"},
		{"times that are taken back", full, full.without("actual"), change.ClassMaterial, "actual"},
		{"a review that is taken back", full, full.without("review"), change.ClassMaterial, "review"},
		{"an incident it caused", links("[{kind: related, ref: A-1}]"), links("[{kind: related, ref: A-1}, {kind: caused_incident, ref: INC-1}]"), change.ClassClosure, "links"},
		{"an incident it did not cause after all", links("[{kind: caused_incident, ref: INC-1}]"), n, change.ClassMaterial, "links"},
		{"another incident than was said", links("[{kind: caused_incident, ref: INC-1}]"), links("[{kind: caused_incident, ref: INC-2}]"), change.ClassMaterial, "links"},
		{"an incident it fixes", n, links("[{kind: fixes_incident, ref: INC-1}]"), change.ClassClosure, "links"},
		{"a dependency", n, links("[{kind: depends_on, ref: CHG-7}]"), change.ClassMaterial, "links"},
		{"a link of another kind", links("[{kind: related, ref: CHG-7}]"), links("[{kind: supersedes, ref: CHG-7}]"), change.ClassMaterial, "links"},
		{"links to read", n, links("[{kind: runbook, ref: a.md}, {kind: release, ref: v1}, {kind: related, ref: A-1}]"), change.ClassEditorial, "links"},
		{"links to read, taken away", links("[{kind: runbook, ref: a.md}]"), n, change.ClassEditorial, "links"},
		{"links in another order", links("[{kind: depends_on, ref: CHG-7}, {kind: fixes_incident, ref: INC-1}]"), links("[{kind: fixes_incident, ref: INC-1}, {kind: depends_on, ref: CHG-7}]"), change.ClassEditorial, "links"},
		{"one of two equal links less", links("[{kind: depends_on, ref: CHG-7}, {kind: depends_on, ref: CHG-7}]"), links("[{kind: depends_on, ref: CHG-7}]"), change.ClassMaterial, "links"},
		{"on hold", n, n.with("hold", "{reason: The vendor is late}"), change.ClassWithdrawal, "hold"},
		{"canceled", n, n.with("canceled", "{reason: Not needed}"), change.ClassWithdrawal, "canceled"},
		{"on hold and canceled", n, n.with("hold", "{reason: a}", "canceled", "{reason: b}"), change.ClassWithdrawal, "canceled hold"},
		{"a hold taken back", n.with("hold", "{reason: a}"), n, change.ClassMaterial, "hold"},
		{"a hold for another reason", n.with("hold", "{reason: a}"), n.with("hold", "{reason: b}"), change.ClassMaterial, "hold"},
		{"from hold to canceled", n.with("hold", "{reason: a}"), n.with("canceled", "{reason: b}"), change.ClassMaterial, "canceled hold"},
		{"a cancellation taken back", n.with("canceled", "{reason: a}"), n, change.ClassMaterial, "canceled"},
		{"canceled, with the outcome", n, n.with("canceled", "{reason: a}", "outcome", "{result: canceled}"), change.ClassClosure, "canceled outcome"},
		{"canceled and on hold, with the outcome", n, n.with("hold", "{reason: b}", "canceled", "{reason: a}", "outcome", "{result: canceled}"), change.ClassMaterial, "canceled hold outcome"},
		{"on hold and over", n, n.with("hold", "{reason: a}", ran[0], ran[1], ended[0], ended[1]), change.ClassMaterial, "actual hold outcome"},
		{"words", n, n.with("description", "x", "labels", "{a: b}", "communication_plan", "{text: We tell all}"), change.ClassEditorial, "communication_plan description labels"},
		{"words and how it ended", n, n.with("description", "x", ran[0], ran[1], ended[0], ended[1]), change.ClassClosure, "actual description outcome"},
		{"words and a hold", n, n.with("description", "x", "hold", "{reason: a}"), change.ClassWithdrawal, "description hold"},
		{"how it ended and one thing more", n, n.with(ran[0], ran[1], ended[0], ended[1], "owner", "bob"), change.ClassMaterial, "actual outcome owner"},
		{"a plan", n, n.with("implementation_plan", "[Promote the replica]"), change.ClassMaterial, "implementation_plan"},
		{"the other form of the same plan", n, n.with("implementation_plan", "[{do: Promote the replica}, {do: Switch the pool, by: bob, minutes: 5}]"), change.ClassEditorial, ""},
		{"a second later", n, n.with("schedule", "{start: 2026-12-01T22:00:01+01:00, end: 2026-12-02T00:00:00+01:00}"), change.ClassMaterial, "schedule"},
		{"the title", n, n.with("title", "Upgrade the other database"), change.ClassMaterial, "title"},
		{"a warning silenced", n, n.with("suppress", "[{code: MS206, reason: x}]"), change.ClassMaterial, "suppress"},
		{"an extension", n, n.with("x-acme", "1"), change.ClassMaterial, "x-acme"},
		{"an extension's value", n.with("x-acme", "{a: [1]}"), n.with("x-acme", "{a: [2]}"), change.ClassMaterial, "x-acme"},
		{"a boolean that is said", n.with("data", "{migration: true}"), n.with("data", "{migration: true, reversible: false}"), change.ClassMaterial, "data"},
		{"another id", n, n.with("id", "CHG-1-x"), change.ClassRemoval, "id"},
		{"another id in capital letters", of("normal").with("id", "CHG-1-x"), of("normal").with("id", "CHG-1-X"), change.ClassRemoval, "id"},
		{"no id", n, n.without("id"), change.ClassRemoval, "id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := change.Classify(c.prev.parse(), c.next.parse())
			if got.Class != c.class || strings.Join(got.Fields, " ") != c.fields {
				t.Errorf("%s %v, want %s [%s]", got.Class, got.Fields, c.class, c.fields)
			}
			if (got.Class == change.ClassRemoval) != (got.Reason == "id_changed") {
				t.Errorf("reason %q", got.Reason)
			}
		})
	}
}

func TestR14FilesThatComeGoOrCannotBeRead(t *testing.T) {
	good := of("normal").parse()
	broken := change.Parse("changes/CHG-1-x.yaml", "", []byte("id: &a CHG-1\n"))
	for _, c := range []struct {
		name       string
		prev, next *change.File
		want       change.Amendment
	}{
		{"new", nil, good, change.Amendment{Class: change.ClassNew}},
		{"deleted", good, nil, change.Amendment{Class: change.ClassRemoval, Reason: "deleted"}},
		{"broken now", good, broken, change.Amendment{Class: change.ClassMaterial}},
		{"broken before", broken, good, change.Amendment{Class: change.ClassMaterial}},
		{"broken both times", broken, broken, change.Amendment{Class: change.ClassMaterial}},
		{"broken and deleted", broken, nil, change.Amendment{Class: change.ClassRemoval, Reason: "deleted"}},
		{"nothing and nothing", nil, nil, change.Amendment{Class: change.ClassMaterial}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, change.Classify(c.prev, c.next)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhiteSpaceAndCommentsAmendNothing(t *testing.T) {
	prev := of("normal")
	next := change.Parse("changes/CHG-1-x.yaml", "", []byte("# a comment\n\n"+strings.ReplaceAll(string(prev.bytes()), ", ", ",   ")+"\n# the end\n"))
	slices.Reverse(prev)
	if got := change.Classify(prev.parse(), next); got.Class != change.ClassEditorial || len(got.Fields) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestTheZeroClassIsTheMostCautious(t *testing.T) {
	if change.Class(0) != change.ClassMaterial || change.Class(0).String() != "material" || change.Class(99).String() != "material" {
		t.Error("a class that nobody set is not material")
	}
	for i, name := range change.Classes() {
		if b, err := change.Class(i).MarshalText(); err != nil || string(b) != name {
			t.Errorf("%d is %s, want %s", i, b, name)
		}
	}
}

// edits are one edit for every field, with the class that it must get alone.
var edits = []struct {
	field, value string
	class        change.Class
}{
	{"title", "Upgrade some other database", change.ClassMaterial}, {"type", "emergency", change.ClassMaterial}, {"owner", "carol", change.ClassMaterial},
	{"team", "payments", change.ClassMaterial}, {"implementers", "[carol]", change.ClassMaterial}, {"services", "[edge]", change.ClassMaterial},
	{"environments", "[staging]", change.ClassMaterial}, {"reason", "Another reason", change.ClassMaterial}, {"impact", "{users: none}", change.ClassMaterial},
	{"data", "{sensitive: true}", change.ClassMaterial}, {"security_impact", "x", change.ClassMaterial}, {"privacy_impact", "x", change.ClassMaterial},
	{"schedule", "{start: 2027-12-01T22:00:00+01:00, end: 2027-12-02T00:00:00+01:00}", change.ClassMaterial}, {"implementation_plan", "[Other steps]", change.ClassMaterial},
	{"test_plan", "{before: [Other tests]}", change.ClassMaterial}, {"rollback_plan", "{method: revert}", change.ClassMaterial}, {"questionnaire", "{q: a}", change.ClassMaterial},
	{"risk", "{declared: low}", change.ClassMaterial}, {"source", "{commits: a..b}", change.ClassMaterial}, {"model", "m@1", change.ClassMaterial},
	{"freeze_exception", "{window: w, reason: r, expires: 2026-12-05T00:00:00Z}", change.ClassMaterial}, {"collisions_accepted", "[{with: CHG-2, reason: r, expires: 2026-12-05T00:00:00Z}]", change.ClassMaterial},
	{"emergency", "{incident: INC-1, why: x}", change.ClassMaterial}, {"suppress", "[{code: MS206, reason: r}]", change.ClassMaterial}, {"x-acme", "1", change.ClassMaterial},
	{"description", "x", change.ClassEditorial}, {"labels", "{a: b}", change.ClassEditorial}, {"communication_plan", "{text: x}", change.ClassEditorial}, {"links", "[{kind: runbook, ref: a.md}]", change.ClassEditorial},
	{ran[0], ran[1], change.ClassClosure}, {ended[0], ended[1], change.ClassClosure}, {review[0], review[1], change.ClassClosure},
	{"hold", "{reason: r}", change.ClassWithdrawal}, {"canceled", "{reason: r}", change.ClassWithdrawal},
}

func TestEverySingleEditGetsItsClassAndTheGravestWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := of("normal")
		if same := change.Classify(base.parse(), base.parse()); len(same.Fields) != 0 || same.Class != change.ClassEditorial {
			t.Fatalf("a record differs from itself: %+v", same)
		}
		picked := rapid.SliceOfNDistinct(rapid.IntRange(0, len(edits)-1), 1, 3, rapid.ID[int]).Draw(t, "edits")
		next, fields, material, single := base, []string{}, false, change.ClassMaterial
		for _, i := range picked {
			e := edits[i]
			next, fields, single = next.with(e.field, e.value), append(fields, e.field), e.class
			material = material || e.class == change.ClassMaterial
		}
		slices.Sort(fields)
		got := change.Classify(base.parse(), next.parse())
		if d := cmp.Diff(fields, got.Fields); d != "" {
			t.Fatal(d)
		}
		if len(picked) == 1 && got.Class != single {
			t.Fatalf("%v alone is %s, want %s", fields, got.Class, single)
		}
		if material && got.Class != change.ClassMaterial {
			t.Fatalf("%v is %s with a material field in it", fields, got.Class)
		}
	})
}

// Every key of a record stands in the table above, so that a new one cannot
// slip into a light class unseen.
func TestNoFieldIsForgotten(t *testing.T) {
	known := []string{"id"}
	for _, e := range edits {
		known = append(known, e.field)
	}
	for _, name := range change.Keys() {
		if !slices.Contains(known, name) {
			t.Errorf("%s has no edit in the table", name)
		}
	}
}
