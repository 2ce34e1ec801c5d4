package rego

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/schema"
	"github.com/mergeseal/mergeseal/internal/source"
)

// errorLimit bounds how many mistakes the compiler reports at once.
const errorLimit = 50

// compile type-checks all modules against the schema of the input. METADATA's
// own schemas are not looked at: they could take the input's schema away. The
// built-in rules alone are compiled without it: a test has held them against
// it, and a cold start has better things to do.
func compile(mods []*module, caps *ast.Capabilities) (*ast.Compiler, diag.List) {
	c := ast.NewCompiler().
		WithCapabilities(caps).
		WithStrict(true).
		WithEnablePrintStatements(false).
		WithDefaultRegoVersion(ast.RegoV1).
		SetErrorLimit(errorLimit)
	if slices.ContainsFunc(mods, func(m *module) bool { return !m.Builtin }) {
		set, err := inputSchema()
		if err != nil {
			return nil, diag.List{diag.New("MS501", source.Range{}, "%s", err)}
		}
		c = c.WithSchemas(set)
	}
	sources := make(map[string]*ast.Module, len(mods))
	for _, m := range mods {
		sources[m.key] = m.ast
	}
	c.Compile(sources)
	if c.Failed() {
		return nil, compileFinding(c.Errors)
	}
	return c, nil
}

// inputSchema is what the compiler knows of input, so that a misspelt
// reference to it is an error and never just undefined.
func inputSchema() (*ast.SchemaSet, error) {
	b, err := schema.For("input")
	if err != nil {
		return nil, err
	}
	var raw any
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("read schema of the input: %w", err)
	}
	set := ast.NewSchemaSet()
	set.Put(ast.SchemaRootRef, raw)
	return set, nil
}

// checkReferences finds what the compiler takes for data that may come later,
// and what nobody reads: there is no data but the packages themselves, so
// both are mistakes that would make a rule silent.
func checkReferences(c *ast.Compiler, rules []*ruleset) diag.List {
	var found diag.List
	var used []ast.Ref
	for _, m := range modulesOf(c) {
		own := m.Package.Path
		ast.WalkRefs(m, func(ref ast.Ref) bool {
			if !isData(ref) || ref.Equal(own) {
				return false
			}
			used = append(used, ref)
			if len(ref) > 1 && len(c.GetRulesDynamicWithOpts(ref, ast.RulesOptions{IncludeHiddenModules: true})) == 0 {
				found = append(found, undefined(c, ref))
			}
			return false
		})
	}
	for _, s := range rules {
		for _, r := range s.unnamed {
			path := s.path.Append(ast.StringTerm(r.Head.Name.String()))
			if !slices.ContainsFunc(used, func(ref ast.Ref) bool { return covers(ref, path) }) {
				found = append(found, diag.New("MS502", at(r.Head.Location), "nobody reads the set %s", r.Head.Name).
					WithHint("%s", diag.DidYouMean(r.Head.Name.String(), sets())))
			}
		}
	}
	return found
}

func isData(ref ast.Ref) bool {
	return len(ref) > 0 && ref[0].Value.Compare(ast.DefaultRootDocument.Value) == 0
}

// covers reports whether a reference could lead to, into or past a path.
func covers(ref, path ast.Ref) bool {
	for i := range min(len(ref), len(path)) {
		if ast.IsConstant(ref[i].Value) && i > 0 && ref[i].Value.Compare(path[i].Value) != 0 {
			return false
		}
	}
	return true
}

// undefined says which part of a reference to data leads source.Range{}.
func undefined(c *ast.Compiler, ref ast.Ref) diag.Finding {
	ground := ref.GroundPrefix()
	node, parent := c.RuleTree, c.RuleTree
	i := 0
	for ; i < len(ground); i++ {
		parent = node
		if node = node.Child(ground[i].Value); node == nil {
			break
		}
	}
	i = min(i, len(ground)-1)
	var names []string
	for key := range parent.Children {
		if s, ok := key.(ast.String); ok {
			names = append(names, string(s))
		}
	}
	key := ground[i].Value.String()
	if s, ok := ground[i].Value.(ast.String); ok {
		key = string(s)
	}
	return missing(at(ref[0].Location), ground[:i].String(), key, names)
}

// modulesOf lists the compiled modules in the order of their keys.
func modulesOf(c *ast.Compiler) []*ast.Module {
	keys := make([]string, 0, len(c.Modules))
	for k := range c.Modules {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	out := make([]*ast.Module, len(keys))
	for i, k := range keys {
		out[i] = c.Modules[k]
	}
	return out
}
