package change_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
)

// record is a file field by field, in the order it is written.
type record [][2]string

func (r record) bytes() []byte {
	var b strings.Builder
	for _, f := range r {
		b.WriteString(f[0] + ": " + f[1] + "\n")
	}
	return []byte(b.String())
}

func (r record) parse() *change.File { return change.Parse("changes/CHG-1-x.yaml", "", r.bytes()) }

// with returns the record with fields set or added.
func (r record) with(pairs ...string) record {
	out := slices.Clone(r)
	for i := 0; i+1 < len(pairs); i += 2 {
		at := slices.IndexFunc(out, func(f [2]string) bool { return f[0] == pairs[i] })
		if at < 0 {
			out = append(out, [2]string{pairs[i], pairs[i+1]})
			continue
		}
		out[at][1] = pairs[i+1]
	}
	return out
}

func (r record) without(name string) record {
	return slices.DeleteFunc(slices.Clone(r), func(f [2]string) bool { return f[0] == name })
}

func of(kind string) record {
	all := record{
		{"id", "CHG-1"}, {"title", "Upgrade the payments database"}, {"type", kind}, {"owner", "alice"},
		{"services", "[payments-db]"}, {"environments", "[production]"},
	}
	plans := record{
		{"reason", "PostgreSQL 13 has left support"},
		{"impact", "{users: some, outage: degraded, minutes: 10}"},
		{"schedule", "{start: 2026-12-01T22:00:00+01:00, end: 2026-12-02T00:00:00+01:00}"},
		{"implementation_plan", "[Promote the replica, {do: Switch the pool, by: bob, minutes: 5}]"},
		{"test_plan", "{before: [Run the suite in staging], after: [Checkout smoke test]}"},
		{"rollback_plan", "{method: failover, trigger: Error rate above 1 %, steps: [Fail over to the old primary], minutes: 10, verify: Smoke test passes, rehearsed: {date: 2026-11-20, evidence: https://ci.example.com/runs/881}}"},
	}
	switch kind {
	case "standard":
		return append(all, [2]string{"model", "certificate-renewal@3"})
	case "registration":
		return append(all, plans[2])
	case "emergency":
		return append(append(all, plans...), [2]string{"links", "[{kind: fixes_incident, ref: INC-311}]"}, [2]string{"emergency", "{incident: INC-311, why: The site is down}"})
	}
	return append(all, plans...)
}

// R5: each required field removed in turn is exactly one finding that names it.
func TestR5EachRequiredFieldRemovedIsOneFindingThatNamesIt(t *testing.T) {
	for _, kind := range change.Types() {
		full := of(kind)
		if found := full.parse().Found; len(found) != 0 {
			t.Fatalf("the complete %s record: %v", kind, found)
		}
		required := change.RequiredFields(full.parse().Record.Type)
		if len(required) != len(full) {
			t.Fatalf("%s: %d fields are required, the complete record has %d", kind, len(required), len(full))
		}
		for _, name := range required {
			t.Run(kind+" without "+name, func(t *testing.T) {
				found := full.without(name).parse().Found
				if len(found) != 1 || found[0].Code != "MS101" || !strings.HasPrefix(found[0].Message, name+" is missing") || found[0].Hint == "" {
					t.Fatalf("%v", found)
				}
				if name != "type" && !strings.Contains(found[0].Message, kind) {
					t.Errorf("the message %q does not name the type", found[0].Message)
				}
			})
			t.Run(kind+" with nothing at "+name, func(t *testing.T) {
				if found := full.with(name, "").parse().Found; len(found) != 1 || found[0].Code != "MS007" {
					t.Errorf("an empty value is not exactly one finding: %v", found)
				}
			})
		}
	}
}

func TestWhatIsWrongIsOneFindingAtItsField(t *testing.T) {
	n, e := of("normal"), of("emergency")
	closed := n.with("actual", "{start: 2026-12-01T22:00:00+01:00, end: 2026-12-01T23:00:00+01:00}", "outcome", "{result: successful}")
	digest := "sha256:" + strings.Repeat("0a", 32)
	for _, c := range []struct {
		name string
		r    record
		want string // code and beginning of the message, "" for nothing
	}{
		{"an id in small letters", n.with("id", "chg-1"), "MS102 id"},
		{"an id without a number", n.with("id", "CHG"), "MS102 id"},
		{"an id with a dot", n.with("id", "CHG-1.2"), "MS102 id"},
		{"an id of 65 characters", n.with("id", "CHG-"+strings.Repeat("1", 61)), "MS102 id has 65"},
		{"an id that is not the file's", n.with("id", "CHG-2"), "MS102 id"},
		{"an id that only begins like the file's", n.with("id", "CHG-1-"), "MS102 id"},
		{"T78 an id in another case than the file's", n.with("id", "Chg-1"), "MS102 id"},
		{"T75 an id in Cyrillic", n.with("id", "СHG-1"), "MS102 id"},
		{"a title of 7 characters", n.with("title", "Upgrade"), "MS105 title has 7"},
		{"a title of 8 characters", n.with("title", "Upgrades"), ""},
		{"a title of 8 ideographs", n.with("title", "データベースの移行"), ""},
		{"a title of 160 characters", n.with("title", strings.Repeat("é", 160)), ""},
		{"a title of 161 characters", n.with("title", strings.Repeat("é", 161)), "MS105 title has 161"},
		{"a title of spaces", n.with("title", `"          "`), "MS105 title has 0"},
		{"a title of two lines", n.with("title", `"Upgrade it\nnow"`), "MS105 title has more"},
		{"a title that is a list", n.with("title", "[Upgrade it]"), "MS007 title"},
		{"a reason of 9 characters", n.with("reason", "Necessary"), "MS105 reason"},
		{"a reason of 10 characters", n.with("reason", "Necessary!"), ""},
		{"an unknown type", n.with("type", "urgent"), "MS104 type"},
		{"no service", n.with("services", "[]"), "MS101 services has no entry"},
		{"no environment", n.with("environments", "[]"), "MS101 environments has no entry"},
		{"no step", n.with("implementation_plan", "[]"), "MS101 implementation_plan has no entry"},
		{"a service twice", n.with("services", "[a, b, a]"), "MS120 services[2]"},
		{"a service twice in another case", n.with("services", "[a, A]"), "MS120 services[1]"},
		{"an environment twice", n.with("environments", "[a, a]"), "MS120 environments[1]"},
		{"a service without a name", n.with("services", `[a, ""]`), "MS105 services[1]"},
		{"an empty service", n.with("services", "[~]"), "MS007 services[0]"},
		{"an owner that is no login", n.with("owner", "team/db"), "MS109 owner"},
		{"a login in Kelvin", n.with("implementers", `["\u212aelly"]`), "MS109 implementers[0]"},
		{"end equals start", n.with("schedule", "{start: 2026-12-01T22:00:00+01:00, end: 2026-12-01T21:00:00Z}"), "MS106 schedule"},
		{"end before start", n.with("schedule", "{start: 2026-12-01T22:00:00+01:00, end: 2026-12-01T21:00:00+01:00}"), "MS106 schedule"},
		{"T50 a year mistyped", n.with("schedule", "{start: 2026-12-30T22:00:00Z, end: 2026-01-02T21:00:00Z}"), "MS106 schedule"},
		{"one second", n.with("schedule", "{start: 2026-12-01T22:00:00+01:00, end: 2026-12-01T21:00:01Z}"), ""},
		{"a schedule without end", n.with("schedule", "{start: 2026-12-01T22:00:00+01:00}"), "MS101 schedule.end"},
		{"a start without offset", n.with("schedule", "{start: 2026-12-01T22:00:00, end: 2026-12-02T00:00:00+01:00}"), "MS011 schedule.start"},
		{"actual end before start", closed.with("actual", "{start: 2026-12-01T22:00:00+01:00, end: 2026-12-01T20:00:00+01:00}"), "MS106 actual"},
		{"an incident by id", n.with("links", "[{kind: fixes_incident, ref: INC-12}]"), ""},
		{"an incident by URL", n.with("links", "[{kind: caused_incident, ref: https://example.com/i/12}]"), ""},
		{"an incident in prose", n.with("links", "[{kind: fixes_incident, ref: see the channel}]"), "MS112 links[0].ref"},
		{"a problem by http", n.with("links", "[{kind: fixes_problem, ref: http://example.com/p/1}]"), "MS112 links[0].ref"},
		{"a dependency on a change", n.with("links", "[{kind: depends_on, ref: CHG-7}, {kind: supersedes, ref: CHG-8}]"), ""},
		{"a dependency on a URL", n.with("links", "[{kind: depends_on, ref: https://example.com/CHG-7}]"), "MS112 links[0].ref"},
		{"a runbook in the repository", n.with("links", "[{kind: runbook, ref: docs/failover.md}, {kind: release, ref: v1.2.0}, {kind: related, ref: PAY-12}]"), ""},
		{"a runbook in prose", n.with("links", "[{kind: runbook, ref: see the channel}]"), "MS112 links[0].ref"},
		{"T64 a runbook in a script", n.with("links", `[{kind: runbook, ref: "javascript:alert(1)"}]`), "MS112 links[0].ref"},
		{"T64 data in a link", n.with("links", `[{kind: related, ref: "data:text/html,x"}]`), "MS112 links[0].ref"},
		{"T76 a runbook outside", n.with("links", "[{kind: runbook, ref: ../../etc/passwd}]"), "MS112 links[0].ref"},
		{"a login in a link", n.with("links", `[{kind: runbook, ref: "https://bob@example.com/"}]`), "MS112 links[0].ref"},
		{"a line break in a link", n.with("links", `[{kind: runbook, ref: "https://example.com/\nx"}]`), "MS112 links[0].ref"},
		{"white space in a link", n.with("links", `[{kind: runbook, ref: "https://example.com/a b"}]`), "MS112 links[0].ref"},
		{"a link without a host", n.with("links", `[{kind: runbook, ref: "https:///x"}]`), "MS112 links[0].ref"},
		{"an unknown kind of link", n.with("links", "[{kind: fixes, ref: INC-1}]"), "MS104 links[0].kind"},
		{"T64 evidence in a script", n.with("rollback_plan", `{method: revert, rehearsed: {date: 2026-11-20, evidence: "javascript:alert(1)"}}`), "MS112 rollback_plan.rehearsed.evidence"},
		{"evidence in words", n.with("rollback_plan", `{method: revert, rehearsed: {date: 2026-11-20, evidence: "Note: done by bob in staging"}}`), ""},
		{"an emergency with links of another kind", e.with("links", "[{kind: runbook, ref: docs/x.md}]"), "MS101 links has no entry of kind fixes_incident"},
		{"an emergency with a link of an unknown kind", e.with("links", "[{kind: fixes, ref: INC-1}]"), "MS104 links[0].kind"},
		{"an emergency's incident in prose", e.with("emergency", "{incident: the big one, why: The site is down}"), "MS112 emergency.incident"},
		{"a standard change without the version", of("standard").with("model", "certificate-renewal"), "MS111 model"},
		{"a standard change of version 0", of("standard").with("model", "certificate-renewal@0"), "MS111 model"},
		{"a standard change with plans", of("standard").with("reason", "It runs out in May"), ""},
		{"a normal change with a model", n.with("model", "certificate-renewal@3"), "MS110 model"},
		{"a normal change with an emergency", n.with("emergency", "{incident: INC-1, why: x}"), "MS110 emergency"},
		{"a registration that asks for an exception", of("registration").with("freeze_exception", "{window: w, reason: because, expires: 2026-12-01T22:00:00+01:00}"), "MS110 freeze_exception"},
		{"a registration with a source", of("registration").with("source", "{commits: a..b}"), "MS110 source"},
		{"no rollback and no word about it", n.with("rollback_plan", "{method: none}"), "MS115 rollback_plan.method"},
		{"no rollback and a blank about it", n.with("rollback_plan", `{method: none, justification: " "}`), "MS115 rollback_plan.method"},
		{"no rollback, justified", n.with("rollback_plan", "{method: none, justification: The vendor deletes the old format}"), ""},
		{"suppressing a warning", n.with("suppress", "[{code: MS206, reason: Told by the platform team}]"), ""},
		{"suppressing one's own code", n.with("suppress", "[{code: ACME001, reason: Agreed in the board}]"), ""},
		{"suppressing an error", n.with("suppress", "[{code: MS301, reason: we are in a hurry}]"), "MS116 suppress[0].code"},
		{"suppressing what does not exist", n.with("suppress", "[{code: MS999, reason: x}]"), "MS116 suppress[0].code"},
		{"suppressing in small letters", n.with("suppress", "[{code: ms206, reason: x}]"), "MS116 suppress[0].code"},
		{"suppressing without a reason", n.with("suppress", `[{code: MS206, reason: ""}]`), "MS116 suppress[0].reason"},
		{"suppressing nothing", n.with("suppress", `[{code: "", reason: x}]`), "MS116 suppress[0].code"},
		{"closed", closed, ""},
		{"an outcome without times", n.with("outcome", "{result: failed}"), "MS118 outcome"},
		{"times without an outcome", closed.without("outcome"), "MS118 actual"},
		{"times with an outcome nobody can read", closed.with("outcome", "{result: good}"), "MS104 outcome.result"},
		{"successful and canceled", closed.with("canceled", "{reason: Not needed any more}"), "MS118 canceled"},
		{"canceled, with times", closed.with("outcome", "{result: canceled}"), "MS118 actual"},
		{"canceled", n.with("canceled", "{reason: Not needed any more}", "outcome", "{result: canceled}"), ""},
		{"successful and rolled back", closed.with("outcome", "{result: successful, rollback_used: true}"), "MS118 outcome.rollback_used"},
		{"with issues and partly rolled back", closed.with("outcome", "{result: successful_with_issues, rollback_used: true}"), ""},
		{"an incident it caused, in prose", closed.with("outcome", "{result: failed, incidents: [{ref: the outage, severity: p1}]}"), "MS112 outcome.incidents[0].ref"},
		{"a review by nobody", closed.with("review", "{held: 2026-12-05, by: [], objectives_met: true}"), "MS118 review.by"},
		{"a review before the change", closed.with("review", "{held: 2025-12-05, by: [bob]}"), "MS118 review.held"},
		{"a review without an outcome", n.with("review", "{held: 2026-12-05, by: [bob]}"), "MS118 review"},
		{"a review", closed.with("review", "{held: 2026-12-01, by: [bob], actions: [{title: Alert sooner, owner: carol, ref: PAY-9}]}"), ""},
		{"a hold without a reason", n.with("hold", "{since: 2026-11-30}"), "MS101 hold.reason"},
		{"a hold with a blank reason", n.with("hold", `{reason: " "}`), "MS105 hold.reason"},
		{"a cancellation with a blank reason", n.with("canceled", `{reason: ""}`), "MS105 canceled.reason"},
		{"an exception for a blank window", n.with("freeze_exception", `{window: "", reason: The law demands it, expires: 2026-12-02T22:00:00Z}`), "MS105 freeze_exception.window"},
		{"a collision with nobody", n.with("collisions_accepted", `[{with: "", reason: Agreed, expires: 2026-12-02T22:00:00Z}]`), "MS105 collisions_accepted[0].with"},
		{"minutes below zero", n.with("impact", "{users: all, outage: down, minutes: -1}"), "MS104 impact.minutes"},
		{"a rollback of negative minutes", n.with("rollback_plan", "{method: revert, minutes: -5}"), "MS104 rollback_plan.minutes"},
		{"a step of negative minutes", n.with("implementation_plan", "[{do: Switch it, minutes: -5}]"), "MS104 implementation_plan[0].minutes"},
		{"a result", n.with("test_plan", "{results: [{kind: junit, path: evidence/x.xml, digest: '"+digest+"'}]}"), ""},
		{"a result nowhere", n.with("test_plan", "{results: [{kind: junit}]}"), "MS114 test_plan.results[0]"},
		{"a result in two places", n.with("test_plan", "{results: [{kind: junit, path: x.xml, url: https://example.com/x}]}"), "MS114 test_plan.results[0]"},
		{"a result over http", n.with("test_plan", "{results: [{kind: sarif, url: http://example.com/x}]}"), "MS112 test_plan.results[0].url"},
		{"a digest of another kind", n.with("test_plan", "{results: [{kind: junit, path: x.xml, digest: md5:abc}]}"), "MS104 test_plan.results[0].digest"},
		{"an artifact with an upper-case digest", n.with("source", "{artifacts: [{name: api, digest: '"+strings.ToUpper(digest)+"'}]}"), "MS104 source.artifacts[0].digest"},
		{"a source", n.with("source", "{repository: https://github.com/acme/api, commits: v1.2.0..v1.3.0, artifacts: [{name: api, digest: '"+digest+"'}], paths: ['deploy/**', 'x/*.y?ml']}"), ""},
		{"T08 commits that look like a flag", n.with("source", "{commits: --upload-pack=x..b}"), "MS104 source.commits"},
		{"commits with three dots", n.with("source", "{commits: a...b}"), "MS104 source.commits"},
		{"commits in two ranges", n.with("source", "{commits: a..b..c}"), "MS104 source.commits"},
		{"one commit", n.with("source", "{commits: a}"), "MS104 source.commits"},
		{"an answer that is a number", n.with("questionnaire", "{q1: 5, q2: yes}"), ""},
		{"an answer that is a list", n.with("questionnaire", "{q1: [a]}"), "MS007 questionnaire.q1"},
		{"an extension", n.with("x-acme", "{a: [1, true, text]}"), ""},
		{"a misspelt key", n.without("rollback_plan").with("rollback_plan", "{method: revert}", "rollbak", "{}"), "MS006 unknown key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := c.r.parse().Found
			found = slices.DeleteFunc(found, func(f diag.Finding) bool { return f.Code == "MS013" })
			if c.want == "" {
				if len(found) != 0 {
					t.Errorf("%v", found)
				}
				return
			}
			if len(found) != 1 || !strings.HasPrefix(found[0].Code+" "+found[0].Message, c.want) {
				t.Fatalf("%v, want %s", found, c.want)
			}
			if found[0].At.Start.Line == 0 {
				t.Error("it has no line")
			}
		})
	}
}

func TestT76PathsThatLeaveTheRepositoryAreRefused(t *testing.T) {
	for _, p := range []string{
		"changes/../policy/x", "../x", "..", ".", "/etc/passwd", `a\b`, "C:/x", "c:x", ".git/config", "a/.GIT/config", ".git /x", "git~1/x", "a//b", "a/", " a", "a /b", "a.", "",
		`a\tb`, "a/./b", "...", strings.Repeat("a/", 600) + "b", "a:b",
	} {
		quoted := `"` + strings.ReplaceAll(p, `\b`, `\\b`) + `"`
		for field, r := range map[string]record{
			"source.paths[0]":           of("normal").with("source", "{paths: ["+quoted+"]}"),
			"test_plan.results[0].path": of("normal").with("test_plan", "{results: [{kind: junit, path: "+quoted+"}]}"),
		} {
			if found := r.parse().Found; len(found) != 1 || found[0].Code != "MS012" || !strings.HasPrefix(found[0].Message, field) {
				t.Errorf("%s %q: %v", field, p, found)
			}
		}
	}
	for _, p := range []string{"a", "a/b.xml", ".github/x", "a/..b", "a b/c", "gitx", "é/日本"} {
		if found := of("normal").with("test_plan", `{results: [{kind: junit, path: "`+p+`"}]}`).parse().Found; len(found) != 0 {
			t.Errorf("%q: %v", p, found)
		}
	}
}
