package rego

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/util"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Explain asks as Evaluate does, and tells each package's answer by itself, the
// silent ones among them, sorted by package. Findings are those of Evaluate;
// with an error among them there are no answers. Safe for concurrent use.
func (p *Policies) Explain(ctx context.Context, in *verdict.Input) ([]verdict.RuleAnswer, diag.List) {
	q, bound, found := p.ask(ctx, in)
	if q == nil || found.Errors() {
		return nil, found
	}
	return p.tell(q, bound)
}

// ExplainDocument is Explain for an input that somebody wrote as JSON. Its scope
// is a change's unless it says so itself. What it leaves out is undefined.
func (p *Policies) ExplainDocument(ctx context.Context, raw []byte) ([]verdict.RuleAnswer, diag.List) {
	value, err := ast.ValueFromReader(bytes.NewReader(raw))
	if err != nil {
		return nil, diag.List{undecided("MS504", nil, "the input is no JSON: %s", oneLine(err.Error()))}
	}
	doc, ok := value.(ast.Object)
	if !ok {
		return nil, diag.List{undecided("MS504", nil, "the input is no JSON object")}
	}
	scope := ScopeChange
	if t := doc.Get(ast.StringTerm("scope")); t != nil {
		word, ok := t.Value.(ast.String)
		if scope = string(word); !ok || scope != ScopeChange && scope != ScopePullRequest {
			return nil, diag.List{undecided("MS504", nil, "the input's scope is neither %s nor %s", ScopeChange, ScopePullRequest)}
		}
	}
	q, bound, found := p.put(ctx, scope, doc)
	if q == nil || found.Errors() {
		return nil, found
	}
	return p.tell(q, bound)
}

// tell sorts what was answered by package.
func (p *Policies) tell(q *question, bound any) (out []verdict.RuleAnswer, found diag.List) {
	if _, found = q.read(bound); found.Errors() {
		return nil, found
	}
	for _, s := range q.rules {
		one := *q
		one.rules = []*ruleset{s}
		said, more := one.read(bound)
		found = append(found, more...)
		out = append(out, verdict.RuleAnswer{
			Package: s.Package, Title: s.Title, File: s.File, Builtin: s.Builtin,
			Codes: slices.Clone(s.Codes), Controls: slices.Clone(s.Controls), Evidence: slices.Clone(s.Evidence),
			Deny: said.Deny, Warn: said.Warn, Require: said.Require, Reads: reads(p.compiled, s),
		})
	}
	return out, found
}

// reads are the paths of input that the rules of a package refer to, and those
// of whatever rule they use, to a fixed point.
func reads(c *ast.Compiler, s *ruleset) []string {
	var next []*ast.Rule
	for _, m := range modulesOf(c) {
		if m.Package.Path.Equal(s.path) {
			next = append(next, m.Rules...)
		}
	}
	seen := map[util.T]bool{}
	paths := map[string]bool{}
	for len(next) > 0 {
		r := next[0]
		if next = next[1:]; seen[r] {
			continue
		}
		seen[r] = true
		ast.WalkRefs(r, func(ref ast.Ref) bool {
			if isInput(ref[0]) {
				paths[inputPath(ref)] = true
			}
			return false
		})
		for d := range c.Graph.Dependencies(r) {
			if rule, ok := d.(*ast.Rule); ok {
				next = append(next, rule)
			}
		}
	}
	return slices.Sorted(maps.Keys(paths))
}

// inputPath is the part of a reference to input that is written out, dotted; *
// where nothing of it is.
func inputPath(ref ast.Ref) string {
	var parts []string
	for _, t := range ref[1:] {
		key, ok := t.Value.(ast.String)
		if !ok {
			break
		}
		parts = append(parts, string(key))
	}
	if len(parts) == 0 {
		return "*"
	}
	return strings.Join(parts, ".")
}
