package policy_test

import (
	"bytes"
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/rego"
	"github.com/mergeseal/mergeseal/policy"
)

func sources(t *testing.T) map[string][]byte {
	t.Helper()
	names, err := fs.Glob(policy.FS, "*.rego")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 40 {
		t.Fatalf("only %d files of policies: is the folder empty?", len(names))
	}
	out := map[string][]byte{}
	for _, name := range names {
		b, err := fs.ReadFile(policy.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = b
	}
	return out
}

func compiled(t *testing.T) *rego.Policies {
	t.Helper()
	// One module that does not come with the binary brings the schema in.
	mods := []rego.Module{{Path: "policy/own.rego", Source: []byte("package mergeseal.lib.own\n\nx := 1\n")}}
	for name, b := range sources(t) {
		mods = append(mods, rego.Module{Path: "policy/" + name, Source: b, Builtin: true})
	}
	p, found := rego.Compile(mods, rego.Options{})
	for _, f := range found {
		t.Errorf("%s: %s %s (%s)", f.At, f.Code, f.Message, f.Hint)
	}
	if p == nil {
		t.FailNow()
	}
	return p
}

func TestBuiltInRulesPassTheirTestsAndAreWhollyCovered(t *testing.T) {
	modules := map[string]*ast.Module{}
	for name, b := range sources(t) {
		m, err := ast.ParseModuleWithOpts(name, string(b), ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatal(err)
		}
		modules[name] = m
	}
	coverage := cover.New()
	results, err := tester.NewRunner().
		SetCompiler(ast.NewCompiler().WithCapabilities(rego.Capabilities()).WithStrict(true)).
		SetCoverageQueryTracer(coverage).
		RaiseBuiltinErrors(true).
		SetTimeout(time.Minute).
		SetModules(modules).
		RunTests(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for r := range results {
		ran++
		if !r.Pass() {
			t.Errorf("%s", r)
		}
	}
	if ran < 80 {
		t.Errorf("only %d Rego tests ran", ran)
	}
	report := coverage.Report(modules)
	for name, file := range report.Files {
		for _, r := range file.NotCovered {
			if !strings.HasSuffix(name, "_test.rego") {
				t.Errorf("%s:%d: no test reaches this line", name, r.Start.Row)
			}
		}
	}
}

func TestBuiltInRulesCompileUnderTheContractAndDoNotReadTheClock(t *testing.T) {
	for _, r := range compiled(t).Rules() {
		if r.ReadsClock != (r.Package == "mergeseal.rules.notice") {
			t.Errorf("%s: reads the clock: %t", r.Package, r.ReadsClock)
		}
		if r.Title == "" || r.Description == "" || !r.Builtin {
			t.Errorf("%s: METADATA has no title or description", r.Package)
		}
	}
}

func TestEveryRuleCodeOfTheCatalogueHasARuleAndTheOtherWayRound(t *testing.T) {
	var got, want []string
	for _, r := range compiled(t).Rules() {
		got = append(got, r.Codes...)
		worst := diag.Note
		for _, code := range r.Codes {
			worst = min(worst, diag.Lookup(code).Severity)
		}
		if worst != r.Severity {
			t.Errorf("%s: METADATA says %s, the catalogue %s", r.Package, r.Severity, worst)
		}
	}
	for _, c := range diag.Catalogue() {
		if strings.HasPrefix(c.Code, "MS2") || strings.HasPrefix(c.Code, "MS3") {
			want = append(want, c.Code)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("rules announce\n%v, the catalogue has\n%v", got, want)
	}
}

func TestPoliciesAreFormattedShortAndTested(t *testing.T) {
	files := sources(t)
	for name, b := range files {
		formatted, err := format.Source(name, b)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(formatted, b) {
			t.Errorf("%s is not formatted: run opa fmt", name)
		}
		base, isTest := strings.CutSuffix(name, "_test.rego")
		if isTest {
			continue
		}
		if n := bytes.Count(b, []byte("\n")); n > 60 {
			t.Errorf("%s has %d lines, 60 are allowed", name, n)
		}
		base = strings.TrimSuffix(base, ".rego")
		if _, ok := files[base+"_test.rego"]; !ok && !strings.HasPrefix(base, "lib_") {
			t.Errorf("%s has no test beside it", name)
		}
		pkg := "package mergeseal.rules." + base + "\n"
		if lib, ok := strings.CutPrefix(base, "lib_"); ok {
			pkg = "package mergeseal.lib." + lib + "\n"
		}
		if !bytes.Contains(b, []byte(pkg)) {
			t.Errorf("%s is not %s", name, pkg)
		}
	}
}
