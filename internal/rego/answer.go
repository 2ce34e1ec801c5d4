package rego

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// read checks what the policies said, element by element. One wrong element
// spoils the whole answer, but all of them are reported.
func (q *question) read(bound any) (verdict.Answers, diag.List) {
	out := verdict.Answers{UsesClock: q.usesClock}
	answers, ok := bound.(ast.Object)
	if !ok {
		return out, diag.List{undecided("MS503", nil, "the policies' answer is no object")}
	}
	var found diag.List
	for _, s := range q.rules {
		for _, name := range s.has {
			set, err := member(answers, s.Package, name)
			if err != nil {
				found = append(found, undecided("MS503", s, "%s", err))
				continue
			}
			for _, t := range set.Slice() {
				if f := s.take(&out, name, t); f != nil {
					found = append(found, *f)
				}
			}
		}
	}
	sortAnswers(&out)
	found.Sort()
	return out, found
}

func member(answers ast.Object, pkg, name string) (ast.Set, error) {
	var value ast.Value
	if inner := answers.Get(ast.StringTerm(pkg)); inner != nil {
		if o, ok := inner.Value.(ast.Object); ok {
			if t := o.Get(ast.StringTerm(name)); t != nil {
				value = t.Value
			}
		}
	}
	set, ok := value.(ast.Set)
	if !ok {
		return nil, fmt.Errorf("%s of package %s is not a set", name, pkg)
	}
	return set, nil
}

// take adds one element to the answers, or says what is wrong with it.
func (s *ruleset) take(out *verdict.Answers, set string, t *ast.Term) *diag.Finding {
	o, err := newElement(t)
	if err != nil {
		return s.misshapen(set, t, err)
	}
	var code string
	if set == "require" {
		r, err := o.requirement()
		if err != nil {
			return s.misshapen(set, t, err)
		}
		code, out.Require = r.Code, append(out.Require, r)
	} else {
		e, err := o.finding()
		if err != nil {
			return s.misshapen(set, t, err)
		}
		code, e.Package, e.Controls = e.Code, s.Package, s.controls[e.Code]
		if set == "deny" {
			out.Deny = append(out.Deny, e)
		} else {
			out.Warn = append(out.Warn, e)
		}
	}
	switch {
	case !s.Builtin && reserved(code):
		f := undecided("MS502", s, "package %s answers with the code %s, and codes that begin with MS belong to mergeseal", s.Package, diag.Quote(code))
		return &f
	case s.Builtin && !slices.Contains(s.Codes, code):
		f := undecided("MS503", s, "package %s answers with the code %s, which it does not announce", s.Package, diag.Quote(code))
		return &f
	}
	return nil
}

func (s *ruleset) misshapen(set string, t *ast.Term, err error) *diag.Finding {
	f := undecided("MS503", s, "%s of package %s holds %s: %s", set, s.Package, diag.Quote(t.String()), err)
	if set == "require" {
		f = f.WithHint("write {code, reason, count} and one of group, any_of, owners_of, codeowners, peer")
	} else {
		f = f.WithHint("write {code, message} and, where there is a place, path")
	}
	return &f
}

func sortAnswers(a *verdict.Answers) {
	byPlace := func(x, y verdict.Element) int {
		return cmp.Or(strings.Compare(x.Code, y.Code), strings.Compare(x.Path, y.Path),
			strings.Compare(x.Message, y.Message), strings.Compare(x.Package, y.Package), strings.Compare(x.Hint, y.Hint))
	}
	slices.SortFunc(a.Deny, byPlace)
	slices.SortFunc(a.Warn, byPlace)
	slices.SortFunc(a.Require, func(x, y approval.Requirement) int {
		return cmp.Or(cmp.Compare(x.Stage, y.Stage), strings.Compare(x.Code, y.Code), strings.Compare(x.Who(), y.Who()),
			strings.Compare(x.Count.String(), y.Count.String()), strings.Compare(x.Reason, y.Reason))
	})
}
