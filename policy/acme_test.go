package policy_test

import (
	"context"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/mergeseal/mergeseal/internal/example"
)

// People copy these rules, so they are formatted, tested and wholly covered.
// The rule of broken-policy cannot be.
func TestTheRulesOfAcmePassTheirTestsAndAreWhollyCovered(t *testing.T) {
	e, err := example.Load("acme")
	if err != nil {
		t.Fatal(err)
	}
	modules := map[string]*ast.Module{}
	for _, p := range e.Base.Paths() {
		if !strings.HasSuffix(p, ".rego") {
			continue
		}
		if modules[p], err = ast.ParseModule(p, string(e.Base[p])); err != nil {
			t.Fatal(err)
		}
		if out, err := format.Source(p, e.Base[p]); err != nil || string(out) != string(e.Base[p]) {
			t.Errorf("%s is not formatted: %v", p, err)
		}
	}
	if len(modules) != 6 {
		t.Fatalf("%d modules, want three rules and their tests", len(modules))
	}
	coverage := cover.New()
	results, err := tester.NewRunner().SetModules(modules).SetCoverageQueryTracer(coverage).RunTests(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for r := range results {
		if ran++; !r.Pass() {
			t.Errorf("%s: %v", r.Name, r.Error)
		}
	}
	if ran < 10 {
		t.Errorf("only %d tests ran", ran)
	}
	for name, file := range coverage.Report(modules).Files {
		if len(file.NotCovered) > 0 {
			t.Errorf("%s: not covered: %v", name, file.NotCovered)
		}
	}
}
