package schema_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mergeseal/mergeseal/internal/schema"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

func compiled(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	b, err := schema.For(name)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("s.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("s.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func instance(t *testing.T, text string) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const record = `{
  "id": "CHG-2026-7", "title": "Move the shop to the new cluster", "type": "normal", "owner": "alice",
  "services": ["shop"], "environments": ["production"], "reason": "the old one is full",
  "impact": {"users": "some", "outage": "degraded", "minutes": 5},
  "schedule": {"start": "2026-12-01T22:00:00+01:00", "end": "2026-12-02T00:00:00+01:00"},
  "implementation_plan": ["Drain the old one", {"do": "Switch the DNS", "by": "bob", "minutes": 5}],
  "test_plan": {"before": ["suite"], "after": ["smoke"], "results": [{"kind": "junit", "path": "out.xml"}]},
  "rollback_plan": {"method": "revert", "trigger": "errors", "steps": ["switch back"], "minutes": 5, "verify": "smoke",
    "rehearsed": {"date": "2026-11-20", "evidence": "https://ci.example.com/1"}},
  "risk": {"declared": "very_high"}, "outcome": {"result": "failed", "incidents": [{"ref": "INC-1", "severity": "p2"}]},
  "x-team": {"anything": [1, null]}
}`

const evidence = `{
	"version": 1, "repository": "acme/shop",
	"pull_request": {"number": 42, "author": "alice", "head": "b", "draft": false, "labels": [],
		"commits": [{"sha": "b", "author": null, "committer": "alice", "co_authors": ["bob"]}], "pushed_by": ["alice"]},
	"reviews": [{"id": 1, "by": "carol", "type": "User", "permission": "write", "state": "approved", "commit": "b", "submitted_at": "2026-11-20T10:00:00Z"}],
	"teams": {"acme/board": {"members": ["carol"]}},
	"open_pull_requests": [{"number": 43, "head": "c", "records": ["changes/CHG-1.yaml"]}]
}`

const config = `{
  "version": 1, "records": ["changes/**/*.yaml"], "services": "services.yaml",
  "groups": [{"name": "cab", "members": ["carol"], "delegations": [
    {"from": "carol", "to": "frank", "since": "2026-12-01T00:00:00Z", "until": "2026-12-20T00:00:00Z", "reason": "leave", "scope": {"levels": ["low"]}}]}],
  "calendars": ["calendar/*.yaml", {"path": "x.ics", "kind": "freeze", "scope": {"tiers": [0]}},
    {"id": "w", "kind": "maintenance", "start": "2026-12-01T00:00:00Z", "end": "2026-12-02T00:00:00Z"}],
  "models": ["models/a.yaml", "models/b.yaml"],
  "policy": {"disable": [{"code": "MS231", "reason": "no windows here"}], "observe": [{"code": "A1", "reason": "new", "until": "2027-01-15"}],
    "settings": {"notice_hours": 24, "routing": {"high": [{"peer": true}, {"group": "cab", "count": "50%", "stage": 2}]}, "x-limit": 3}},
  "risk": {"points": {"tier": {"unknown": 20}}, "floors": {"declared": "off"}}
}`

func TestDocumentsThatAreRightAreValid(t *testing.T) {
	for name, c := range map[string]struct{ schema, doc string }{
		"a record":              {"record", record},
		"evidence":              {"evidence", evidence},
		"a registration":        {"record", `{"id": "V-1", "title": "A vendor patches mail", "type": "registration", "owner": "bob", "services": ["mail"], "environments": ["production"], "schedule": {"start": "2026-12-01T22:00:00Z", "end": "2026-12-01T23:00:00Z"}}`},
		"a configuration":       {"config", config},
		"services in backstage": {"config", `{"version": 1, "services": {"backstage": "**/catalog-info.yaml", "tier": "spec.tier"}}`},
		"a calendar":            {"calendar", `{"windows": [{"id": "f", "kind": "freeze", "start": "2026-12-01T00:00:00Z", "end": "2026-12-02T00:00:00Z", "scope": {"types": ["normal"]}, "exempt": {"types": ["emergency"]}}]}`},
		"services":              {"services", `{"services": [{"name": "shop", "tier": 0, "depends_on": ["storage"]}]}`},
		"groups":                {"groups", `{"groups": [{"name": "cab", "members": ["carol"], "private": true}]}`},
		"a model":               {"model", `{"name": "certs", "version": 3, "status": "approved", "owner": "ops", "applies": {"paths": ["certs/**"]}, "locked": {"impact": {"users": "none"}}, "max_risk": "moderate"}`},
	} {
		t.Run(name, func(t *testing.T) {
			if err := compiled(t, c.schema).Validate(instance(t, c.doc)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOneMistakeIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ schema, doc, old, new string }{
		"a misspelt key":                     {"record", record, `"rollback_plan"`, `"rollbak_plan"`},
		"a misspelt key inside":              {"record", record, `"trigger"`, `"triger"`},
		"a value outside the enumeration":    {"record", record, `"type": "normal"`, `"type": "regular"`},
		"a time without an offset":           {"record", record, `22:00:00+01:00`, `22:00:00`},
		"a step with an unknown key":         {"record", record, `"do":`, `"done":`},
		"a boolean in quotes":                {"config", config, `"peer": true`, `"peer": "true"`},
		"a count of zero":                    {"config", config, `"50%"`, `0`},
		"a count over 100 %":                 {"config", config, `"50%"`, `"101%"`},
		"a missing version":                  {"config", config, `"version": 1, `, ``},
		"a misspelt key of the law":          {"config", config, `"policy"`, `"polici"`},
		"a misspelt key of inline groups":    {"config", config, `"members"`, `"member"`},
		"a normal change without a reason":   {"record", record, `"reason": "the old one is full",`, ``},
		"an id in small letters":             {"record", record, `CHG-2026-7`, `chg-1`},
		"an unknown state of a review":       {"evidence", evidence, `"approved"`, `"liked"`},
		"evidence without a head":            {"evidence", evidence, `"head": "b",`, ``},
		"an emergency that says nothing why": {"record", record, `"type": "normal"`, `"type": "emergency"`},
	} {
		t.Run(name, func(t *testing.T) {
			doc := strings.Replace(c.doc, c.old, c.new, 1)
			if doc == c.doc {
				t.Fatal("the mistake is not in the document")
			}
			if compiled(t, c.schema).Validate(instance(t, doc)) == nil {
				t.Error("it is valid")
			}
		})
	}
}

func TestEverySchemaIsOneAndIsStable(t *testing.T) {
	want := []string{"calendar", "config", "evidence", "groups", "input", "model", "record", "services", "verdict"}
	if diff := cmp.Diff(want, schema.Names()); diff != "" {
		t.Error(diff)
	}
	for _, name := range schema.Names() {
		compiled(t, name)
		a, _ := schema.For(name)
		b, _ := schema.For(name)
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs from one time to the next", name)
		}
		if !bytes.Contains(a, []byte(`"$schema": "https://json-schema.org/draft/2020-12/schema"`)) || bytes.Contains(a, []byte(`"$ref"`)) {
			t.Errorf("%s: no dialect, or a reference", name)
		}
	}
	if b, err := schema.For("recrod"); err == nil || b != nil || !strings.Contains(err.Error(), "record") {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestAVerdictIsValid(t *testing.T) {
	b, err := json.Marshal(verdict.Verdict{Changes: []verdict.Judged{}})
	if err != nil {
		t.Fatal(err)
	}
	doc := strings.ReplaceAll(string(b), ":null", ":[]")
	if err := compiled(t, "verdict").Validate(instance(t, doc)); err != nil {
		t.Error(err)
	}
}
