package rego

import (
	"errors"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// module is one parsed file that judges or helps to.
type module struct {
	Module
	ast *ast.Module
	pkg string // without data.
	key string // unique among all modules, the built-in ones included
}

func parseAll(mods []Module, caps *ast.Capabilities) ([]*module, diag.List) {
	var out []*module
	var found diag.List
	seen := map[string]bool{}
	for _, m := range mods {
		if isTest(m.Path) {
			continue
		}
		p := &module{Module: m, key: m.Path}
		if m.Builtin {
			p.key = "builtin:" + m.Path
		}
		if seen[p.key] {
			found = append(found, diag.New("MS502", source.InFile(m.Path), "the file is loaded twice"))
			continue
		}
		seen[p.key] = true
		if !utf8.Valid(m.Source) {
			found = append(found, diag.New("MS501", source.InFile(m.Path), "the file is not UTF-8"))
			continue
		}
		parsed, err := ast.ParseModuleWithOpts(m.Path, string(m.Source), parserOptions(ast.RegoV1, caps))
		switch {
		case err != nil:
			found = append(found, parseFindings(m, err)...)
			continue
		case parsed == nil || parsed.Package == nil:
			found = append(found, diag.New("MS501", source.InFile(m.Path), "the file holds no package"))
			continue
		}
		p.ast, p.pkg = parsed, packageName(parsed.Package.Path)
		out = append(out, p)
	}
	return out, found
}

func parserOptions(v ast.RegoVersion, caps *ast.Capabilities) ast.ParserOptions {
	return ast.ParserOptions{ProcessAnnotation: true, RegoVersion: v, Capabilities: caps}
}

// parseFindings says why a file does not parse. One that OPA before 1.0 would
// have read gets told so: that is the commonest reason, and the messages
// about missing keywords do not say it.
func parseFindings(m Module, err error) diag.List {
	found := compileFinding(err)
	if _, oldErr := ast.ParseModuleWithOpts(m.Path, string(m.Source), parserOptions(ast.RegoV0, nil)); oldErr == nil {
		found = found[:1]
		found[0] = found[0].WithHint("this is Rego as it was before OPA 1.0; write `deny contains {…} if { … }`, or run `opa fmt --write --v0-v1`")
	}
	for i := range found {
		if found[i].At.File == "" {
			found[i].At = source.InFile(m.Path)
		}
	}
	return found
}

// packageName is a package's path without data., as people write it.
func packageName(ref ast.Ref) string {
	return strings.TrimPrefix(ref.String(), "data.")
}

func (m *module) dir() string {
	if m.Builtin {
		return "builtin:" + path.Dir(m.Path)
	}
	return path.Dir(m.Path)
}

// at is where a node of the syntax tree stands.
func at(l *ast.Location) source.Range {
	if l == nil {
		return source.Range{}
	}
	r := source.Range{File: l.File, Start: source.Pos{Line: l.Row, Col: l.Col}}
	line, _, _ := strings.Cut(string(l.Text), "\n")
	r.End = source.Pos{Line: l.Row, Col: l.Col + max(utf8.RuneCountInString(line), 1)}
	return r
}

// compileFinding turns what OPA's parser and compiler say into findings.
func compileFinding(err error) diag.List {
	var many ast.Errors
	var one *ast.Error
	switch {
	case errors.As(err, &many):
	case errors.As(err, &one):
		many = ast.Errors{one}
	default:
		return diag.List{diag.New("MS501", source.Range{}, "%s", oneLine(err.Error()))}
	}
	var found diag.List
	for _, e := range many {
		found = append(found, translate(e))
	}
	return found
}

func translate(e *ast.Error) diag.Finding {
	place := at(e.Location)
	if d, ok := e.Details.(*ast.RefErrInvalidDetail); ok && d.Pos > 0 && d.Pos < len(d.Ref) {
		var names []string
		for _, v := range d.OneOf {
			if s, ok := v.(ast.String); ok {
				names = append(names, string(s))
			}
		}
		if key, ok := d.Ref[d.Pos].Value.(ast.String); ok && len(names) > 0 {
			return missing(place, d.Ref[:d.Pos].String(), string(key), names)
		}
	}
	if name, ok := strings.CutPrefix(e.Message, "undefined function "); ok {
		if hint, ok := refused()[name]; ok {
			return diag.New("MS501", place, "the built-in %s is not allowed", name).WithHint("%s", hint)
		}
		return diag.New("MS501", place, "there is no function %s", name).WithHint("%s", functionHint(name))
	}
	text := oneLine(e.Message)
	if e.Details != nil {
		if lines := e.Details.Lines(); len(lines) > 0 && e.Code == ast.TypeErr {
			text += ": " + oneLine(strings.Join(lines, " "))
		}
	}
	return diag.New("MS501", place, "%s", text)
}

// missing is the finding for a key that the named thing does not have.
func missing(place source.Range, of, key string, names []string) diag.Finding {
	f := diag.New("MS501", place, "%s has no %s", of, diag.Quote(key)).WithHint("%s", diag.DidYouMean(key, names))
	if s := diag.Suggest(key, names); s != "" {
		f.Message = diag.New("", place, "%s has no %s; there is %q", of, diag.Quote(key), s).Message
	}
	return f
}

func functionHint(name string) string {
	if s := diag.Suggest(name, allowed()); s != "" {
		return "did you mean " + s + "?"
	}
	return "functions of your own live in packages below mergeseal.lib"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
