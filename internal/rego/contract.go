package rego

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/mergeseal/mergeseal/internal/diag"
)

const (
	rulesRoot = "mergeseal.rules"
	libRoot   = "mergeseal.lib"
)

// sets are the names of the sets that rules answer with.
func sets() []string { return []string{"deny", "require", "warn"} }

// checkContract finds what would make a policy say less than its author
// thinks. It looks at the sources alone, before anything is compiled.
func checkContract(mods []*module) diag.List {
	var found diag.List
	for _, m := range mods {
		found = append(found, checkPackage(m)...)
		for _, r := range m.ast.Rules {
			found = append(found, checkRule(m, r)...)
		}
	}
	found = append(found, checkHomes(mods)...)
	return append(found, checkSilent(mods)...)
}

func (m *module) judges() bool { return strings.HasPrefix(m.pkg, rulesRoot+".") }

func checkPackage(m *module) diag.List {
	place := at(m.ast.Package.Location)
	switch {
	case m.judges() || strings.HasPrefix(m.pkg, libRoot+"."):
		return nil
	case m.pkg == rulesRoot || m.pkg == "mergeseal":
		return diag.List{diag.New("MS502", place, "package %s holds every rule and cannot be one itself", m.pkg).
			WithHint("name it %s.<something of yours>", rulesRoot)}
	case m.pkg == libRoot:
		return diag.List{diag.New("MS502", place, "package %s holds every helper and cannot be one itself", m.pkg).
			WithHint("name it %s.<something of yours>", libRoot)}
	}
	return diag.List{diag.New("MS502", place, "package %s is neither below %s nor below %s, so nobody would ask it", m.pkg, rulesRoot, libRoot).
		WithHint("rules: package %s.<name>; helpers: package %s.<name>", rulesRoot, libRoot)}
}

func checkRule(m *module, r *ast.Rule) diag.List {
	place, name := at(r.Head.Location), r.Head.Name.String()
	ref := r.Head.Ref()
	if len(ref) > 0 {
		name = ref[0].Value.String()
	}
	set := slices.Contains(sets(), name)
	switch {
	case set && m.judges() && (len(ref) > 1 || r.Head.Key == nil || r.Head.Value != nil || len(r.Head.Args) > 0 || r.Default || r.Else != nil):
		return diag.List{diag.New("MS502", place, "%s must be a set that rules add to", name).
			WithHint("write `%s contains {…} if { … }`", name)}
	case len(ref) > 1:
		return diag.List{diag.New("MS502", place, "the rule's name %s has more than one part, so it could write into another package", r.Head.Ref()).
			WithHint("give the rule a plain name; for a map use a comprehension, `%s := {k: v | … }`", name)}
	case r.Default && name == "allow":
		return diag.List{diag.New("MS502", place, "`default allow` is how a policy comes to let everything through").
			WithHint("leave it out and say what is wrong: `deny contains {…} if { … }`")}
	}
	return nil
}

// checkHomes sees to it that a package is defined in one folder only, and
// that nobody adds to a package that comes with the binary.
func checkHomes(mods []*module) diag.List {
	var found diag.List
	first := map[string]*module{}
	for _, m := range mods { // the built-in ones first, whatever the order was
		if m.Builtin && first[m.pkg] == nil {
			first[m.pkg] = m
		}
	}
	for _, m := range mods {
		home := first[m.pkg]
		switch {
		case home == nil:
			first[m.pkg] = m
		case home.Builtin && !m.Builtin:
			found = append(found, diag.New("MS502", at(m.ast.Package.Location), "package %s comes with mergeseal", m.pkg).
				WithHint("use another name; to switch a built-in rule off, name its code in policy.disable"))
		case home.dir() != m.dir():
			found = append(found, diag.New("MS502", at(m.ast.Package.Location), "package %s is defined in %s as well", m.pkg, home.Path).
				WithHint("keep a package in one folder, or give this one another name"))
		}
	}
	return found
}

// checkSilent finds rule packages that could never answer anything.
func checkSilent(mods []*module) diag.List {
	speaks := map[string]bool{}
	for _, m := range mods {
		for _, r := range m.ast.Rules {
			if slices.Contains(sets(), r.Head.Name.String()) {
				speaks[m.pkg] = true
			}
		}
	}
	var found diag.List
	for _, m := range mods {
		if !m.judges() || speaks[m.pkg] {
			continue
		}
		speaks[m.pkg] = true // once a package
		f := diag.New("MS502", at(m.ast.Package.Location), "package %s has no deny, warn or require, so it never says anything", m.pkg)
		hint := "helpers live below " + libRoot
		for _, r := range m.ast.Rules {
			if s := diag.Suggest(r.Head.Name.String(), sets()); s != "" {
				hint = "did you mean " + s + "?"
			}
		}
		found = append(found, f.WithHint("%s", hint))
	}
	return found
}
