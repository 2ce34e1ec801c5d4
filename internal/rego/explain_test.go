package rego

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExplainTellsEachPackageByItself: every package has its own answer, and a
// silent one is there as well.
func TestExplainTellsEachPackageByItself(t *testing.T) {
	lib := own("policy/lib.rego", "package mergeseal.lib.when\n\nnormal if input.change.type == \"normal\"\n\nlate if input.schedule.notice_seconds < 0\n")
	loud := own("policy/loud.rego", `# METADATA
# title: Loud
# custom: {code: ACME001, controls: [SOC2-CC8.1]}
package mergeseal.rules.loud
import data.mergeseal.lib.when
deny contains {"code": "ACME001", "message": "no"} if {
	when.normal
	some f in input.freezes
	f.hit
	input.settings[f.id]
}
deny contains {"code": "ACME001", "message": "no"} if when.normal
`)
	calm := own("policy/calm.rego", "# METADATA\n# title: Calm\n# custom: {code: ACME002}\npackage mergeseal.rules.calm\nwarn contains {\"code\": \"ACME002\", \"message\": \"no\"} if input.scope == \"nothing\"\n")
	asks := own("policy/asks.rego", "# METADATA\n# title: Asks\n# custom: {code: ACME003}\npackage mergeseal.rules.asks\nrequire contains {\"code\": \"ACME003\", \"peer\": true, \"count\": 1, \"reason\": \"so\"} if input.version == 1\n")
	p := mustCompile(t, lib, loud, calm, asks)
	got, found := p.Explain(context.Background(), input())
	if len(found) > 0 {
		t.Fatal(found)
	}
	type answer struct {
		Package, Title      string
		Deny, Warn, Require int
		Reads               []string
	}
	var have []answer
	for _, a := range got {
		have = append(have, answer{a.Package, a.Title, len(a.Deny), len(a.Warn), len(a.Require), a.Reads})
	}
	want := []answer{
		{"mergeseal.rules.asks", "Asks", 0, 0, 1, []string{"version"}},
		{"mergeseal.rules.calm", "Calm", 0, 0, 0, []string{"scope"}},
		{"mergeseal.rules.loud", "Loud", 1, 0, 0, []string{"change.type", "freezes", "settings"}},
	}
	if d := cmp.Diff(want, have); d != "" {
		t.Error(d)
	}
}

// TestExplainFailsAsEvaluateDoes: what spoils an answer spoils its explanation.
func TestExplainFailsAsEvaluateDoes(t *testing.T) {
	p := mustCompile(t, acme(`deny contains {"code": "ACME001"} if input.version == 1`))
	if got, found := p.Explain(context.Background(), input()); got != nil || !found.Errors() || found[0].Code != "MS503" {
		t.Errorf("%v %v", got, found)
	}
	in := input()
	in.Scope = "elsewhere"
	if got, found := p.Explain(context.Background(), in); got != nil || !found.Errors() {
		t.Errorf("%v %v", got, found)
	}
}

// TestExplainAndEvaluateSayTheSame, for the rules that come with the binary.
func TestExplainAndEvaluateSayTheSame(t *testing.T) {
	p := mustCompile(t, builtin(t)...)
	for _, scope := range []string{ScopeChange, ScopePullRequest} {
		in := input()
		in.Scope = scope
		whole, _ := p.Evaluate(context.Background(), in)
		parts, _ := p.Explain(context.Background(), in)
		deny, warn, require := 0, 0, 0
		for _, a := range parts {
			deny, warn, require = deny+len(a.Deny), warn+len(a.Warn), require+len(a.Require)
			if len(a.Reads) == 0 || slices.Contains(a.Reads, "*") {
				t.Errorf("%s reads %v", a.Package, a.Reads)
			}
		}
		if deny != len(whole.Deny) || warn != len(whole.Warn) || require != len(whole.Require) || len(parts) == 0 {
			t.Errorf("%s: %d %d %d of %d packages, want %d %d %d", scope, deny, warn, require, len(parts), len(whole.Deny), len(whole.Warn), len(whole.Require))
		}
	}
}
