package rego

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// TestOptions are how tests of policies are run. The zero value runs all.
type TestOptions struct {
	Run     *regexp.Regexp // of package.name; nil runs every test
	Timeout time.Duration  // of one test; 0 means DefaultTimeout
	Bench   bool           // measure instead of only running
}

// TestReport is what the tests of policies came to.
type TestReport struct {
	Tests       []TestResult   `json:"tests"`       // by name
	Files       []FileCoverage `json:"files"`       // of the policies that were tested, by path
	Coverage    float64        `json:"coverage"`    // percent of their lines, 100 where there is none
	Unformatted []string       `json:"unformatted"` // paths
}

// TestResult is one test.
type TestResult struct {
	Name    string `json:"name"` // package.name
	At      string `json:"at"`
	Passed  bool   `json:"passed"`
	Skipped bool   `json:"skipped,omitempty"`
	Why     string `json:"why,omitempty"` // it did not pass
	// Of a benchmark, an operation.
	Nanoseconds int64 `json:"ns_per_op,omitempty"`
	Allocations int64 `json:"allocs_per_op,omitempty"`
}

// FileCoverage is what tests reach of one file.
type FileCoverage struct {
	Path      string   `json:"path"`
	Covered   int      `json:"covered"` // lines
	Total     int      `json:"total"`
	Uncovered []string `json:"uncovered"` // line, or first-last
}

// Pass reports whether every test that was not left out passed, and there was one.
func (r *TestReport) Pass() bool {
	ran := 0
	for _, t := range r.Tests {
		if !t.Skipped {
			ran++
		}
		if !t.Passed && !t.Skipped {
			return false
		}
	}
	return ran > 0
}

// Test compiles policies as they are compiled for judging, and runs the tests
// beside them. Of the policies that come with the binary, none is tested unless
// its test file is among the modules. Where a finding is an error nothing ran.
func Test(ctx context.Context, mods []Module, o TestOptions) (*TestReport, diag.List, error) {
	caps := Capabilities()
	if _, found := Compile(mods, Options{}); found.Errors() {
		return nil, found, nil
	}
	tested, found := parseTests(mods, caps)
	if found.Errors() {
		return nil, sorted(found), nil
	}
	set, err := inputSchema()
	if err != nil {
		return nil, nil, err
	}
	modules := map[string]*ast.Module{}
	for _, m := range tested {
		modules[m.key] = m.ast
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	coverage := cover.New()
	runner := tester.NewRunner().
		SetCompiler(ast.NewCompiler().WithCapabilities(caps).WithStrict(true).WithDefaultRegoVersion(ast.RegoV1).WithSchemas(set).SetErrorLimit(errorLimit)).
		SetDefaultRegoVersion(ast.RegoV1).
		RaiseBuiltinErrors(true).
		SetTimeout(o.Timeout).
		SetModules(modules)
	if o.Run != nil {
		runner = runner.Filter(o.Run.String())
	}
	run := runner.RunTests
	if o.Bench {
		run = func(ctx context.Context, txn storage.Transaction) (chan *tester.Result, error) {
			return runner.RunBenchmarks(ctx, txn, tester.BenchmarkOptions{ReportAllocations: true})
		}
	} else {
		runner = runner.SetCoverageQueryTracer(coverage)
	}
	results, err := run(ctx, nil)
	if err != nil {
		return nil, sorted(compileFinding(err)), nil
	}
	out := &TestReport{Tests: []TestResult{}, Files: []FileCoverage{}, Coverage: 100, Unformatted: []string{}}
	for r := range results {
		out.Tests = append(out.Tests, resultOf(r, o.Timeout))
	}
	slices.SortFunc(out.Tests, func(a, b TestResult) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.At, b.At)) })
	if !o.Bench {
		out.cover(coverage.Report(modules), tested)
	}
	return out, nil, out.unformatted(tested)
}

// parseTests parses everything, the tests as well.
func parseTests(mods []Module, caps *ast.Capabilities) ([]*module, diag.List) {
	var out []*module
	var found diag.List
	for _, m := range mods {
		p := &module{Module: m, key: m.Path}
		if m.Builtin {
			p.key = "builtin:" + m.Path
		}
		parsed, err := ast.ParseModuleWithOpts(p.key, string(m.Source), parserOptions(ast.RegoV1, caps))
		switch {
		case err != nil:
			found = append(found, parseFindings(m, err)...)
		case parsed == nil:
			found = append(found, diag.New("MS501", source.InFile(m.Path), "the file holds no package"))
		default:
			p.ast = parsed
			out = append(out, p)
		}
	}
	return out, found
}

func resultOf(r *tester.Result, limit time.Duration) TestResult {
	t := TestResult{Name: strings.TrimPrefix(r.Package, "data.") + "." + r.Name, Passed: r.Pass(), Skipped: r.Skip}
	if r.Location != nil {
		t.At = fmt.Sprintf("%s:%d", r.Location.File, r.Location.Row)
	}
	switch {
	case r.Error != nil:
		t.Why = oneLine(r.Error.Error())
		if strings.Contains(t.Why, "timed out") || strings.Contains(t.Why, "cancel") {
			t.Why = fmt.Sprintf("it did not end within %s", limit)
		}
	case r.Fail && r.FailedAt != nil && r.FailedAt.Location != nil:
		t.Why = fmt.Sprintf("line %d does not hold: %s", r.FailedAt.Location.Row, oneLine(string(r.FailedAt.Location.Text)))
	case r.Fail:
		t.Why = "it does not hold"
	}
	if b := r.BenchmarkResult; b != nil && b.N > 0 {
		t.Nanoseconds, t.Allocations = b.NsPerOp(), b.AllocsPerOp()
	}
	return t
}

// cover adds what the tests reached of the policies that are somebody's own, or
// of all where only the built-in ones are tested.
func (r *TestReport) cover(report cover.Report, tested []*module) {
	own := slices.ContainsFunc(tested, func(m *module) bool { return !m.Builtin })
	covered, total := 0, 0
	for _, m := range tested {
		if isTest(m.Path) || own && m.Builtin {
			continue
		}
		f := FileCoverage{Path: m.Path, Uncovered: []string{}}
		if at := report.Files[m.key]; at != nil {
			f.Covered, f.Total = at.CoveredLines, at.CoveredLines+at.NotCoveredLines
			for _, rng := range at.NotCovered {
				f.Uncovered = append(f.Uncovered, lines(rng.Start.Row, rng.End.Row))
			}
		}
		f.Uncovered = slices.Compact(f.Uncovered)
		covered, total = covered+f.Covered, total+f.Total
		r.Files = append(r.Files, f)
	}
	slices.SortFunc(r.Files, func(a, b FileCoverage) int { return cmp.Compare(a.Path, b.Path) })
	if total > 0 {
		r.Coverage = 100 * float64(covered) / float64(total)
	}
}

func lines(first, last int) string {
	if last <= first {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d-%d", first, last)
}

// unformatted lists the files that are not as `opa fmt` writes them.
func (r *TestReport) unformatted(tested []*module) error {
	for _, m := range tested {
		if m.Builtin {
			continue
		}
		b, err := format.SourceWithOpts(m.Path, m.Source, format.Opts{RegoVersion: ast.RegoV1})
		if err != nil {
			return fmt.Errorf("format %s: %w", m.Path, err)
		}
		if !bytes.Equal(b, m.Source) {
			r.Unformatted = append(r.Unformatted, m.Path)
		}
	}
	slices.Sort(r.Unformatted)
	return nil
}
