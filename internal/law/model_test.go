package law

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

const crateRecord = `id: CHG-1
title: Swap the crate at the till
type: standard
model: crate-swap@3
owner: mo
services: [till]
environments: [production]
`

// record decodes without the checks of a whole record file.
func record(t *testing.T, text string) (change.Record, source.Index) {
	t.Helper()
	doc, found := yamldoc.Parse("r.yaml", []byte(text), yamldoc.Standard())
	if doc == nil {
		t.Fatal(lines(found))
	}
	var rec change.Record
	if found := yamldoc.Decode(doc, &rec); len(found) > 0 {
		t.Fatal(lines(found))
	}
	return rec, doc.Index
}

func crate(t *testing.T) (*Law, *Model) {
	t.Helper()
	l, _ := load(t, archive(t, "testdata/ok/everything.txtar"))
	m, ok := l.Find("crate-swap@3")
	if !ok {
		t.Fatal("the model is not there")
	}
	return l, m
}

func TestR4WhatPutsARecordOutsideItsModel(t *testing.T) {
	for name, c := range map[string]struct {
		record  string
		covered []string
		change  func(*Model)
		want    []string // path and part of the message
	}{
		"it stays inside": {record: crateRecord, covered: []string{"crates/a"}},
		"a locked field that says the same in other words of YAML is inside": {
			record: crateRecord + "impact: {users: none, outage: none, minutes: 0}\nimplementation_plan:\n  - do: |\n      swap the crate\n",
		},
		"a locked field differs":                  {record: crateRecord + "impact: {users: all, outage: none, minutes: 0}\n", want: []string{"/impact locked"}},
		"a locked field says less":                {record: crateRecord + "impact: {users: none}\n", want: []string{"/impact locked"}},
		"a field is not allowed":                  {record: crateRecord + "reason: I would like to\n", want: []string{"/reason not among"}},
		"an extension is not allowed":             {record: crateRecord + "x-crate: 1\nx-barrel: 1\n", want: []string{"/x-barrel not among"}},
		"a service outside":                       {record: strings.Replace(crateRecord, "[till]", "[till, ledger]", 1), want: []string{"/services/1 does not apply"}},
		"an environment outside":                  {record: strings.Replace(crateRecord, "production", "staging", 1), want: []string{"/environments/0 does not apply"}},
		"a covered path outside":                  {record: crateRecord, covered: []string{"crates/a", "deploy/prod/x"}, want: []string{"/model deploy/prod/x"}},
		"the model is retired":                    {record: crateRecord, change: func(m *Model) { m.Status = Retired }, want: []string{"/model retired"}},
		"the model is only proposed":              {record: crateRecord, change: func(m *Model) { m.Status = Proposed }, want: []string{"/model proposed"}},
		"the model says nothing of its own state": {record: crateRecord, change: func(m *Model) { m.Status = ModelNone }, want: []string{"/model not approved"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, m := crate(t)
			if c.change != nil {
				c.change(m)
			}
			rec, index := record(t, c.record)
			left := m.Leaves(&rec, index.Has, c.covered)
			if len(left) != len(c.want) {
				t.Fatalf("left by %v, want %v", left, c.want)
			}
			for i, l := range left {
				path, message, _ := strings.Cut(c.want[i], " ")
				if l.Path != path || !strings.Contains(l.Message, message) {
					t.Errorf("left by %v, want %s", l, c.want[i])
				}
			}
		})
	}
}

func TestOmittedLockedFieldsComeFromTheModel(t *testing.T) {
	_, m := crate(t)
	rec, _ := record(t, crateRecord)
	full := m.Apply(&rec)
	if full.RollbackPlan == nil || full.RollbackPlan.Method != change.Revert || len(full.ImplementationPlan) != 1 || full.Title != rec.Title {
		t.Errorf("applied: %+v", full)
	}
	if rec.RollbackPlan != nil {
		t.Error("the record itself changed")
	}
	rec.Impact = &change.Impact{Users: change.UsersAll}
	if got := m.Apply(&rec); got.Impact.Users != change.UsersAll {
		t.Error("a value that was given is replaced")
	}
	if diff := cmp.Diff([]string{"impact", "implementation_plan", "rollback_plan"}, m.LockedFields); diff != "" {
		t.Error(diff)
	}
}

func TestEveryFieldOfARecordCanBeLocked(t *testing.T) {
	text := crateRecord + "reason: because it must be\nlabels: {a: b}\nquestionnaire: {q: a}\n"
	rec, index := record(t, text)
	m := &Model{Name: "m", Version: 1, Status: Approved, Locked: rec, Applies: Applies{Paths: []string{"**"}}}
	for _, k := range recordKeys() {
		if index.Has("/" + k) {
			m.LockedFields = append(m.LockedFields, k)
		}
	}
	if left := m.Leaves(&rec, index.Has, nil); len(left) > 0 {
		t.Errorf("a record differs from itself: %v", left)
	}
	if got := m.Apply(&change.Record{}); got.Reason != rec.Reason || got.Labels["a"] != "b" || got.Questionnaire["q"] != "a" {
		t.Errorf("applied: %+v", got)
	}
}

func TestTheRiskLimitIsLowUnlessTheModelSaysMore(t *testing.T) {
	for _, c := range []struct {
		limit, level field.Level
		out          bool
	}{
		{field.Moderate, field.Moderate, false},
		{field.Moderate, field.High, true},
		{field.LevelNone, field.Low, false},
		{field.LevelNone, field.Moderate, true},
		{field.VeryHigh, field.LevelNone, true},
	} {
		m := &Model{MaxRisk: c.limit}
		if left, out := m.OverRisk(c.level); out != c.out || out == (left.Message == "") {
			t.Errorf("limit %q, level %q: %v %v", c.limit, c.level, out, left)
		}
	}
}

func TestModelsAreFoundByNameAndVersion(t *testing.T) {
	l, _ := crate(t)
	for _, ref := range []string{"", "crate-swap", "crate-swap@2", "crate-swap@03", "Crate-swap@3"} {
		if _, ok := l.Find(ref); ok {
			t.Errorf("%q is found", ref)
		}
	}
	if diff := cmp.Diff([]string{"crate-swap@3"}, l.ModelRefs()); diff != "" {
		t.Error(diff)
	}
}
