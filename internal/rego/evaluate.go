package rego

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// question is the one prepared query of a scope. It names every set of every
// package, so that each answer knows where it came from and a set that is
// undefined leaves the whole query without an answer.
type question struct {
	query     opa.PreparedEvalQuery
	rules     []*ruleset
	usesClock bool
}

const answersVar = "answers"

// ask prepares the query for the packages of a scope; nil when there are none.
func ask(c *ast.Compiler, caps *ast.Capabilities, scope string, all []*ruleset) (*question, error) {
	q := &question{}
	var packages [][2]*ast.Term
	for _, s := range all {
		if s.Scope != scope {
			continue
		}
		q.rules = append(q.rules, s)
		q.usesClock = q.usesClock || s.ReadsClock && !(s.Builtin && s.Package == noticeRule)
		var answers [][2]*ast.Term
		for _, name := range s.has {
			set := s.path.Append(ast.StringTerm(name))
			answers = append(answers, [2]*ast.Term{ast.StringTerm(name), ast.NewTerm(set)})
		}
		packages = append(packages, [2]*ast.Term{ast.StringTerm(s.Package), ast.ObjectTerm(answers...)})
	}
	if len(q.rules) == 0 {
		return nil, nil
	}
	body := ast.NewBody(ast.Equality.Expr(ast.VarTerm(answersVar), ast.ObjectTerm(packages...)))
	var err error
	q.query, err = opa.New(
		opa.Compiler(c),
		opa.ParsedQuery(body),
		opa.Capabilities(caps),
		opa.StrictBuiltinErrors(true),
		// The terms themselves: as JSON a set and a list look the same.
		opa.GenerateJSON(func(t *ast.Term, _ *opa.EvalContext) (any, error) { return t.Value, nil }),
	).PrepareForEval(context.Background())
	if err != nil {
		return nil, fmt.Errorf("prepare query of scope %s: %w", scope, err)
	}
	return q, nil
}

// Evaluate asks the policies of the input's scope. The answers are sorted.
// Findings are about the policies and leave the verdict undecided; answers
// beside them are incomplete. Safe for concurrent use.
func (p *Policies) Evaluate(ctx context.Context, in *verdict.Input) (verdict.Answers, diag.List) {
	q, answers, found := p.ask(ctx, in)
	if q == nil || found.Errors() {
		return verdict.Answers{}, found
	}
	return q.read(answers)
}

// ask puts the question of the input's scope. It gives none when no policy is
// of that scope.
func (p *Policies) ask(ctx context.Context, in *verdict.Input) (*question, any, diag.List) {
	input, err := p.encode(reflect.ValueOf(in).Elem())
	if err != nil {
		return nil, nil, diag.List{undecided("MS504", nil, "%s", err)}
	}
	return p.put(ctx, in.Scope, input.Value)
}

// put is ask for an input that is a value already.
func (p *Policies) put(ctx context.Context, scope string, input ast.Value) (*question, any, diag.List) {
	if scope != ScopeChange && scope != ScopePullRequest {
		return nil, nil, diag.List{undecided("MS504", nil, "the input's scope %s is unknown", diag.Quote(scope))}
	}
	q := p.asked[scope]
	if q == nil {
		return nil, nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	results, err := q.query.Eval(ctx, opa.EvalParsedInput(input))
	if err != nil {
		return nil, nil, diag.List{p.failed(ctx, err)}
	}
	if len(results) != 1 {
		return nil, nil, diag.List{undecided("MS503", nil, "a policy left deny, warn or require undefined")}
	}
	return q, results[0].Bindings[answersVar], nil
}

// failed says why an evaluation ended without an answer.
func (p *Policies) failed(ctx context.Context, err error) diag.Finding {
	var e *topdown.Error
	if !errors.As(err, &e) {
		e = &topdown.Error{Message: err.Error()}
	}
	var f diag.Finding
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		f = undecided("MS504", nil, "the policies did not answer within %s", p.timeout).
			WithHint("look for rules that build long lists, or give them more time with --policy-timeout")
	case ctx.Err() != nil:
		f = undecided("MS504", nil, "the evaluation was canceled")
	default:
		f = undecided("MS504", nil, "the policy failed: %s", oneLine(e.Message))
	}
	f.At = at(e.Location)
	return f
}

func undecided(code string, s *ruleset, format string, args ...any) diag.Finding {
	f := diag.New(code, source.Range{}, format, args...)
	if s != nil {
		f.At = s.place
	}
	f.Undecided = true
	return f
}
