package render

import (
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// The hand-made verdicts that the golden files show, by name.
func samples() map[string]Report {
	return map[string]Report{
		"pending": pending(), "freeze": freeze(), "broken-law": brokenLaw(),
		"several": several(), "passed": passed(), "nothing": nothing(), "hostile": hostile(),
	}
}

var decided = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

const (
	baseSHA = "3f2a9c1d00112233445566778899aabbccddeeff"
	digest  = "sha256:9be1c0aa51d2f3e4b5a697887766554433221100ffeeddccbbaa998877665544"
)

func doc(o verdict.Outcome, changes ...verdict.Judged) *verdict.Verdict {
	return &verdict.Verdict{
		Schema: verdict.Schema, Outcome: o, DecidedAt: decided, ValidUntil: decided.Add(24 * time.Hour),
		Subject: verdict.Subject{BaseRef: "refs/heads/main", Base: baseSHA, Head: "worktree"},
		Changes: changes, Law: verdict.LawReport{Source: "base"},
		Inputs: verdict.Inputs{Config: digest, Tool: "1.0.0+3f2a9c1"}, Digest: digest,
	}
}

// documented gives the verdict the findings of the report, as the judge does.
func documented(r Report) Report {
	for _, f := range sorted(r.Findings) {
		r.Verdict.Findings = append(r.Verdict.Findings, verdict.Finding{Code: f.Code, Severity: f.Severity, Message: f.Message,
			At: f.At.String(), Hint: f.Hint, Change: f.Change, Controls: f.Controls})
	}
	return r
}

const paymentsFile = "changes/2026/CHG-2026-0142.yaml"

func payments() verdict.Judged {
	return verdict.Judged{
		ID: "CHG-2026-0142", Title: "Upgrade the payments database to PostgreSQL 17", Type: "normal", Path: paymentsFile,
		Class: "new", Environments: []string{"production"},
		Services: []verdict.Service{
			{Name: "payments-db", Tier: 0, TierKnown: true, Known: true, Declared: true},
			{Name: "storage", Tier: 1, TierKnown: true, Known: true, Derived: true}},
		Start: "2026-12-01T22:00:00+01:00", End: "2026-12-02T00:00:00+01:00", Outcome: verdict.OutcomePending,
		Risk: &risk.Score{Total: 39, Level: field.Moderate, Impact: 30, Likelihood: 9, Factors: []risk.Factor{
			{Name: "service tier", Axis: "impact", Points: 20, Why: "payments-db is tier 0", At: "services.yaml:12:5"},
			{Name: "blast radius", Axis: "impact", Points: 0, Why: "payments-db alone, nothing depends on it", At: "services.yaml:12:5"},
			{Name: "users and outage", Axis: "impact", Points: 6, Why: "some users, degraded for 10 minutes", At: paymentsFile + ":9:3", Lower: "a window in which nobody works"},
			{Name: "sensitive data", Axis: "impact", Points: 4, Why: "payments-db holds personal data", At: "services.yaml:14:5"},
			{Name: "rollback", Axis: "likelihood", Points: 0, Why: "failover, complete, rehearsed 2026-11-20", At: paymentsFile + ":31:3"},
			{Name: "tests", Axis: "likelihood", Points: 5, Why: "before and after are written, no results attached yet", At: paymentsFile + ":24:3", Lower: "attach results"},
			{Name: "the diff itself", Axis: "likelihood", Points: 4, Why: "38 lines in 2 files", At: ""},
		}},
		Freezes: []schedule.FreezeHit{{ID: "year-end-2026", Title: "Year-end freeze", Kind: "freeze",
			From: "2026-12-18T18:00:00+01:00", To: "2027-01-04T08:00:00+01:00", Exception: "none", Owners: "change-managers", At: "calendar/freezes.yaml:3:5"}},
		Maintenance: schedule.Maintenance{Required: []string{"db-nights"}, Inside: true},
		Requirements: []approval.Status{
			{Requirement: approval.Requirement{Peer: true, Count: approval.Count{N: 1}, Code: "MS311", Reason: "every normal change is seen by a second person"}, Have: []string{"carol"}},
			{Requirement: approval.Requirement{OwnersOf: []string{"payments-db", "storage"}, Count: approval.Count{N: 1}, Code: "MS311", Reason: "its owners agree"}, Have: []string{"erin"}},
			{Requirement: approval.Requirement{Group: "payments", Count: approval.Count{N: 1}, Code: "MS311", Reason: "moderate risk asks for the owners of payments-db"},
				Missing: 1, Could: []string{"erin", "frank"},
				NotCounted: []approval.NotCounted{{By: "alice", Why: "author"}, {By: "bob", Why: "approved an older commit"}}},
		},
		NextEdge: &verdict.Edge{At: time.Date(2026, 12, 1, 23, 0, 0, 0, time.UTC), Why: "the window ends"},
	}
}

func pending() Report {
	return documented(Report{
		Verdict: doc(verdict.OutcomePending, payments()),
		Findings: diag.List{diag.New("MS206", source.Range{File: paymentsFile, Start: source.Pos{Line: 3, Col: 1}, End: source.Pos{Line: 3, Col: 7}},
			"some users notice the change and no communication plan says who is told").
			WithHint("write communication_plan with audience and channel").
			With("suppress", "suppress: [{code: MS206, reason: …}]")},
		Sources: map[string][]byte{paymentsFile: []byte("id: CHG-2026-0142\ntitle: Upgrade\nimpact:\n  users: some\n")},
		Next:    "ask for a review by payments, or see what else would do: mergeseal explain CHG-2026-0142",
	})
}

// passed has nothing against it.
func passed() Report {
	c := payments()
	c.Outcome = verdict.OutcomePass
	c.Requirements[2].Missing, c.Requirements[2].Have = 0, []string{"frank"}
	r := Report{Verdict: doc(verdict.OutcomePass, c)}
	r.Verdict.Subject.Head = "5d6e7f80aabbccddeeff00112233445566778899"
	return r
}

const edgeFile = "changes/2026/CHG-2026-0143.yaml"

func certificates() verdict.Judged {
	return verdict.Judged{
		ID: "CHG-2026-0143", Title: "Rotate the edge certificates", Type: "normal", DeclaredType: "standard", Path: edgeFile,
		Class: "material", Environments: []string{"production"},
		Services: []verdict.Service{{Name: "edge", Tier: 2, TierKnown: true, Known: true, Declared: true}},
		Start:    "2026-12-18T18:00:00+01:00", End: "2026-12-18T19:30:00+01:00", Outcome: verdict.OutcomeFail,
		Risk: &risk.Score{Total: 22, Level: field.Moderate, Impact: 12, Likelihood: 10, Factors: []risk.Factor{
			{Name: "service tier", Axis: "impact", Points: 12, Why: "edge is tier 2", At: "services.yaml:40:5"},
			{Name: "tests", Axis: "likelihood", Points: 10, Why: "none", At: edgeFile + ":1:1", Lower: "write test_plan"},
		}, Floors: []risk.Floor{{Name: "unresolved_collision", Level: field.Moderate, Why: "it collides with CHG-2026-0150", At: edgeFile + ":11:3"}}},
		Freezes: []schedule.FreezeHit{{ID: "year-end-2026", Title: "Year-end freeze", Kind: "freeze", From: "2026-12-18T18:00:00+01:00",
			To: "2027-01-04T08:00:00+01:00", Hit: true, Minutes: 90, Exception: "none", Why: "the exception gives no reason", Owners: "change-managers", At: "calendar/freezes.yaml:3:5"}},
		Maintenance: schedule.Maintenance{Required: []string{"edge-mornings"}, Next: "2027-01-05T06:00:00+01:00"},
		Collisions: []schedule.Collision{{With: "CHG-2026-0150", Title: "Move storage to the new racks", State: "booked", Kind: "dependency",
			Via: []string{"edge", "gateway", "storage"}, Minutes: 60, From: "2026-12-18T18:30:00+01:00", To: "2026-12-18T20:00:00+01:00", Owner: "dave"}},
	}
}

const edgeSource = `id: CHG-2026-0143
title: Rotate the edge certificates
type: standard
model: rotate-certificates@3
owner: alice
services: [edge]
environments: [production]
description: The certificates of the edge expire on 9 January, and the new ones come from another authority, so that both chains have to be served for a while; クライアント証明書も更新する
impact: {users: some, outage: none}
schedule:
  start: 2026-12-18T18:00:00+01:00
  end: 2026-12-18T19:30:00+01:00
`

func freeze() Report {
	return documented(Report{
		Verdict: doc(verdict.OutcomeFail, certificates()),
		Findings: diag.List{
			{Code: "MS301", Change: "CHG-2026-0143", Message: "starts inside the year-end freeze",
				At:    source.Range{File: edgeFile, Start: source.Pos{Line: 11, Col: 10}, End: source.Pos{Line: 11, Col: 35}},
				Label: "frozen from this second to Mon 4 Jan 2027 08:00",
				Asides: []diag.Aside{{Label: "window", Text: "calendar/freezes.yaml:3, owners change-managers, emergencies exempt"},
					{Label: "free", Text: "Mon 4 Jan 2027 08:00–09:30 is the next slot that passes"},
					{Label: "or", Text: "ask for an exception: add freeze_exception, approved by change-managers"}}},
			{Code: "MS209", Severity: diag.Warning, Change: "CHG-2026-0143", Message: "left its model rotate-certificates@3 and is judged as a normal change",
				At: source.Range{File: edgeFile, Start: source.Pos{Line: 4, Col: 8}, End: source.Pos{Line: 4, Col: 29}}, Label: "the model locks impact.users to none", Controls: []string{"ISO27001-A.8.32"}},
			{Code: "MS208", Severity: diag.Warning, Change: "CHG-2026-0143", Message: "touches more than it says",
				At:    source.Range{File: edgeFile, Start: source.Pos{Line: 8, Col: 161}, End: source.Pos{Line: 8, Col: 175}},
				Label: "client certificates belong to the service identity, which is not listed", Hint: "add identity to services"},
		},
		Sources: map[string][]byte{edgeFile: []byte(edgeSource)},
		Next:    "move schedule.start to 2027-01-04T08:00:00+01:00",
	})
}

func brokenLaw() Report {
	v := doc(verdict.OutcomeError)
	return documented(Report{Verdict: v, Findings: diag.List{
		{Code: "MS501", Undecided: true, Message: "the policy does not compile: input.rsik is undefined",
			At:    source.Range{File: "policy/acme.rego", Start: source.Pos{Line: 12, Col: 2}, End: source.Pos{Line: 12, Col: 12}},
			Label: "input has risk", Hint: `did you mean "risk"?`},
		{Code: "MS402", Undecided: true, Message: "the configuration names groups.yaml, which does not exist",
			At: source.Range{File: "mergeseal.yaml", Start: source.Pos{Line: 1204, Col: 9}, End: source.Pos{Line: 1204, Col: 20}}},
		{Code: "ACME-0001", Severity: diag.Note, Message: "a code of one's own"},
	}, Sources: map[string][]byte{
		"policy/acme.rego": []byte(strings.Repeat("\n", 11) + "\tinput.rsik.level == \"high\"\n"),
		"mergeseal.yaml":   []byte(strings.Repeat("#\n", 1203) + "groups: groups.yaml"),
	}, Next: "correct policy/acme.rego on main"})
}

func several() Report {
	docs := verdict.Judged{ID: "CHG-2026-0151", Title: "Update the runbook", Type: "standard", Path: "changes/2026/CHG-2026-0151.yaml", Class: "editorial",
		State: "on_hold", Environments: []string{"staging", "production"}, Outcome: verdict.OutcomePass,
		Services: []verdict.Service{{Name: "wiki", Known: true, Declared: true}, {Name: "wkii"}},
		Risk:     &risk.Score{Total: 2, Level: field.Low, Likelihood: 2, Factors: []risk.Factor{{Name: "history", Axis: "likelihood", Points: 2, Why: "too few changes to know", At: "changes"}}}}
	unread := verdict.Judged{Path: "changes/2026/CHG-2026-0152.yaml", Class: "new", Outcome: verdict.OutcomeFail}
	v := doc(verdict.OutcomeFail, certificates(), payments(), docs, unread)
	v.Requirements = []approval.Status{{Requirement: approval.Requirement{Group: "policy-owners", Count: approval.Count{N: 2}, Code: "MS222", Reason: "policy/acme.rego is law"},
		Have: []string{"carol"}, Missing: 1}}
	v.Replay = true
	v.Law.Touched = []string{"mergeseal.yaml", "policy/acme.rego"}
	v.Law.Shadow = &verdict.Shadow{Outcome: verdict.OutcomePass, Flips: []string{"CHG-2026-0143"}, Policies: "compiled",
		Findings: []verdict.Finding{{Code: "MS506", Severity: diag.Warning, Message: "the code ACME-0002 is not announced", At: "policy/acme.rego:9:3"}}}
	v.Law.Disabled = []verdict.Disabled{{Code: "MS204", Reason: "nobody can rehearse before the new data centre is up"}}
	v.Law.Observed = []verdict.ObservedHit{{Code: "MS231", Message: "the change is outside its maintenance window", Change: "CHG-2026-0143"}}
	return documented(Report{Verdict: v, Findings: diag.List{
		diag.New("MS007", source.Range{File: unread.Path, Start: source.Pos{Line: 2, Col: 8}, End: source.Pos{Line: 4, Col: 1}}, "title is a list, a text is wanted").WithLabel("begins here"),
		diag.New("MS221", source.InFile("terraform/edge.tf"), "covered paths change without a change record").WithHint("mergeseal new --service edge"),
		diag.New("MS606", source.InFile("changes/2024/CHG-2024-0001.yaml"), "a bad record that this change does not touch"),
		{Code: "MS302", Change: "CHG-2026-0143", Message: "collides with CHG-2026-0150", At: source.Range{File: edgeFile, Start: source.Pos{Line: 11, Col: 10}}},
	}, Sources: map[string][]byte{unread.Path: []byte("id: CHG-2026-0152\ntitle: [one,\n  two]\n"), edgeFile: []byte(edgeSource)},
		Next: "fix CHG-2026-0152.yaml, then mergeseal check"})
}

func nothing() Report {
	return documented(Report{Verdict: doc(verdict.OutcomePass), Findings: diag.List{
		diag.New("MS604", source.Range{}, "no record differs between main and the working tree").WithHint("mergeseal new")}})
}

const payload = "x\n::add-mask::a ##[add-mask]b \x1b]52;c;eA==\a \u009b31m \u202egnp.exe \u200b @org/all &#64;org/all &commat;org " +
	"![x](https://t.example/p.png) <img src=x onerror=alert(1)> </details> closes #12 | ``` ~~~ [a](javascript:alert(1)) \xff 0123456789abcdef"

func hostile() Report {
	c := payments()
	c.ID, c.Title, c.Path = "::stop-commands::x", payload, "changes/\n::warning::"+payload
	c.Environments, c.State, c.Class, c.Start = []string{payload}, payload, "new", "::debug::"+payload
	c.Services = []verdict.Service{{Name: payload, Known: true}}
	c.Risk.Factors[0] = risk.Factor{Name: payload, Axis: "impact", Points: 39, Why: "::" + payload, At: payload, Lower: payload}
	c.Risk.Floors = []risk.Floor{{Name: payload, Why: payload, At: payload, Level: field.High}}
	c.Freezes = []schedule.FreezeHit{{ID: payload, Title: payload, From: payload, To: payload, Hit: true, Owners: payload}}
	c.Maintenance = schedule.Maintenance{Required: []string{payload}, Next: payload}
	c.Collisions = []schedule.Collision{{With: "::group::" + payload, Title: payload, State: payload, Kind: payload, Via: []string{payload}, From: payload, To: payload}}
	c.Requirements = []approval.Status{{Requirement: approval.Requirement{Group: payload, Reason: payload, Count: approval.Count{N: 1}}, Missing: 1,
		Have: []string{payload}, Could: []string{payload}, NotCounted: []approval.NotCounted{{By: payload, Why: payload}}}}
	c.NextEdge.Why = payload
	v := doc(verdict.OutcomeFail, c, payments())
	v.Subject.BaseRef, v.Digest = payload, payload
	v.Law = verdict.LawReport{Source: "base", Touched: []string{payload}, Disabled: []verdict.Disabled{{Code: payload, Reason: payload}},
		Observed: []verdict.ObservedHit{{Code: payload, Message: payload, Change: payload}},
		Shadow:   &verdict.Shadow{Flips: []string{payload}, Policies: payload, Findings: []verdict.Finding{{Code: payload, Message: payload, At: payload}}}}
	v.Requirements = c.Requirements
	at := source.Range{File: payload, Start: source.Pos{Line: 2, Col: 3}, End: source.Pos{Line: 2, Col: 9}}
	return documented(Report{Verdict: v, Next: payload, Sources: map[string][]byte{payload: []byte("#\n" + strings.ReplaceAll(payload, "\n", " ") + "\n")}, Findings: diag.List{
		{Code: "MS008", Change: c.ID, Message: payload, At: at, Label: payload, Hint: payload, Asides: []diag.Aside{{Label: payload, Text: payload}}, Controls: []string{payload}},
		{Code: "::" + payload, Change: payload, Message: "::error::" + payload, At: at, Hint: payload},
	}})
}
