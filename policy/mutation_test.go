package policy_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/mergeseal/mergeseal/internal/rego"
)

// T101: whoever takes a rule away, or one of its ways to say no, sees the tests
// beside it fail. Each deny, warn and require is taken away by itself.
func TestT101ARuleThatIsTakenAwayIsMissedByItsTests(t *testing.T) {
	files := sources(t)
	tried := 0
	for name, text := range files {
		if strings.HasSuffix(name, "_test.rego") || strings.HasPrefix(name, "lib_") {
			continue
		}
		for _, r := range answering(t, name, text) {
			tried++
			without := silenced(text, r)
			report, found, err := rego.Test(context.Background(), beside(files, name, without), rego.TestOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if found.Errors() {
				t.Fatalf("%s:%d: %v", name, r.Location.Row, found[0])
			}
			if report.Pass() {
				t.Errorf("%s:%d: without it all tests pass", name, r.Location.Row)
			}
		}
	}
	if tried < 30 {
		t.Errorf("only %d rules were taken away", tried)
	}
}

// answering are the rules of a file that add to a set.
func answering(t *testing.T, name string, text []byte) []*ast.Rule {
	t.Helper()
	m, err := ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{RegoVersion: ast.RegoV1})
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(m.Rules, func(r *ast.Rule) bool {
		return !slices.Contains([]string{"deny", "warn", "require"}, r.Head.Name.String())
	})
}

// silenced is a file in which one rule never holds, and all else is as it was.
func silenced(text []byte, r *ast.Rule) []byte {
	const then = " if "
	at, body := r.Location.Offset, string(r.Location.Text)
	open := strings.Index(body, "}"+then) + 1
	if open == 0 {
		open = strings.Index(body, then)
	}
	open += len(then)
	rest := body[open:]
	if strings.HasPrefix(rest, "{") {
		rest = "{\n\tfalse" + rest[1:]
	} else {
		rest = "{\n\tfalse\n\t" + rest + "\n}"
	}
	return []byte(string(text[:at]) + body[:open] + rest + string(text[at+len(body):]))
}

// beside are a file with other text, its own test, and every helper.
func beside(files map[string][]byte, name string, text []byte) []rego.Module {
	var mods []rego.Module
	own := strings.TrimSuffix(name, ".rego") + "_test.rego"
	for file, b := range files {
		if strings.HasSuffix(file, "_test.rego") && file != own && file != "example_test.rego" {
			continue
		}
		if file == name {
			b = text
		}
		mods = append(mods, rego.Module{Path: file, Source: b, Builtin: true})
	}
	return mods
}
