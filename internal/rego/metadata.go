package rego

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// ruleset is a package below mergeseal.rules: what it announces, and which of
// the three sets it has.
type ruleset struct {
	Rule
	path     ast.Ref
	place    source.Range
	has      []string            // of sets()
	controls map[string][]string // code → controls
	unnamed  []*ast.Rule         // other sets it adds to
	groups   []verdict.Mention   // that a user's own rules require, as far as they are written out
}

// rulesets gathers the packages that judge, sorted by name.
func rulesets(mods []*module) ([]*ruleset, diag.List) {
	var found diag.List
	byName := map[string]*ruleset{}
	for _, m := range mods {
		if !m.judges() {
			continue
		}
		s := byName[m.pkg]
		if s == nil {
			s = &ruleset{path: m.ast.Package.Path, place: at(m.ast.Package.Location), controls: map[string][]string{}}
			s.Package, s.File, s.Builtin = m.pkg, m.Path, m.Builtin
			byName[m.pkg] = s
		}
		found = append(found, s.announce(m)...)
		for _, r := range m.ast.Rules {
			switch name := r.Head.Name.String(); {
			case slices.Contains(sets(), name):
				if !slices.Contains(s.has, name) {
					s.has = append(s.has, name)
				}
			case r.Head.RuleKind() == ast.MultiValue && len(r.Head.Ref()) == 1:
				s.unnamed = append(s.unnamed, r)
			}
		}
	}
	out := make([]*ruleset, 0, len(byName))
	for _, s := range byName {
		if s.Scope == "" {
			s.Scope = ScopeChange
		}
		slices.Sort(s.has)
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *ruleset) int { return strings.Compare(a.Package, b.Package) })
	for _, m := range mods {
		if s := byName[m.pkg]; s != nil {
			found = append(found, s.checkCodes(m)...)
		}
	}
	return out, found
}

// announce takes in what a module's METADATA blocks say.
func (s *ruleset) announce(m *module) diag.List {
	var found diag.List
	for _, a := range m.ast.Annotations {
		place := at(a.Location)
		bad := func(format string, args ...any) {
			found = append(found, diag.New("MS502", place, "METADATA: "+format, args...))
		}
		if a.Scope == "package" {
			s.Title, s.Description, s.File = a.Title, a.Description, m.Path
		}
		codes, err := texts(a.Custom, "code", "codes")
		if err != nil {
			bad("%s", err)
		}
		controls, err := texts(a.Custom, "controls")
		if err != nil {
			bad("%s", err)
		}
		for key, list := range map[string]*[]string{"packs": &s.Packs, "evidence": &s.Evidence} {
			more, err := texts(a.Custom, key)
			if err != nil {
				bad("%s", err)
			}
			*list = union(*list, more)
		}
		for _, code := range codes {
			if !m.Builtin && reserved(code) {
				found = append(found, diag.New("MS502", place, "the code %s begins with MS, as only the codes of mergeseal do", diag.Quote(code)).
					WithHint("begin your codes with the name of your organisation, such as ACME001"))
			}
			s.Codes = append(s.Codes, code)
			s.controls[code] = union(s.controls[code], controls)
		}
		s.Codes, s.Controls = union(s.Codes, nil), union(s.Controls, controls)
		switch severity := a.Custom["severity"]; severity {
		case nil, diag.Error.String():
		case diag.Warning.String():
			s.Severity = diag.Warning
		case diag.Note.String():
			s.Severity = diag.Note
		default:
			bad("severity is error, warning or note")
		}
		switch scope := a.Custom["scope"]; {
		case scope == nil:
		case scope != ScopeChange && scope != ScopePullRequest:
			bad("scope is %s or %s", ScopeChange, ScopePullRequest)
		case s.Scope != "" && s.Scope != scope:
			bad("package %s has two scopes; a package has one", s.Package)
		case scope == ScopePullRequest:
			s.Scope = ScopePullRequest
		default:
			s.Scope = ScopeChange
		}
	}
	return found
}

// texts reads a text or a list of texts from METADATA's custom map.
func texts(custom map[string]any, keys ...string) ([]string, error) {
	var out []string
	for _, key := range keys {
		list, ok := custom[key].([]any)
		if custom[key] != nil && !ok {
			list = []any{custom[key]}
		}
		for _, v := range list {
			s, ok := v.(string)
			if !ok || strings.TrimSpace(s) == "" {
				return nil, fmt.Errorf("%s is a text or a list of texts", key)
			}
			out = append(out, s)
		}
	}
	return out, nil
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// reserved reports whether a code belongs to mergeseal's own catalogue.
func reserved(code string) bool { return strings.HasPrefix(strings.ToUpper(code), "MS") }

// checkCodes looks at the codes that can be read off the source of a module:
// those in object literals of deny, warn and require.
func (s *ruleset) checkCodes(m *module) diag.List {
	var found diag.List
	for _, r := range m.ast.Rules {
		if !slices.Contains(sets(), r.Head.Name.String()) {
			continue
		}
		ast.WalkTerms(r, func(t *ast.Term) bool {
			object, ok := t.Value.(ast.Object)
			if !ok {
				return false
			}
			value := object.Get(ast.InternedTerm("code"))
			if value == nil {
				return false
			}
			if !m.Builtin && r.Head.Name.String() == "require" {
				s.groups = append(s.groups, groupsIn(object)...)
			}
			code, ok := value.Value.(ast.String)
			switch {
			case !ok:
			case !m.Builtin && reserved(string(code)):
				found = append(found, diag.New("MS502", at(value.Location), "the code %s begins with MS, as only the codes of mergeseal do", diag.Quote(string(code))).
					WithHint("begin your codes with the name of your organisation, such as ACME001"))
			case !slices.Contains(s.Codes, string(code)):
				found = append(found, diag.New("MS506", at(value.Location), "no METADATA announces the code %s", diag.Quote(string(code))).
					WithHint("write `# custom: {code: %s}` below `# METADATA`", string(code)))
			}
			return false
		})
	}
	return found
}

// groupsIn are the names of groups that an element of require writes out.
func groupsIn(o ast.Object) []verdict.Mention {
	var out []verdict.Mention
	name := func(t *ast.Term) {
		if s, ok := t.Value.(ast.String); ok {
			out = append(out, verdict.Mention{Name: string(s), At: at(t.Location)})
		}
	}
	if t := o.Get(ast.InternedTerm("group")); t != nil {
		name(t)
	}
	if t := o.Get(ast.InternedTerm("any_of")); t != nil {
		if list, ok := t.Value.(*ast.Array); ok {
			list.Foreach(name)
		}
	}
	return out
}
