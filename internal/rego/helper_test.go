package rego

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/verdict"
	"github.com/mergeseal/mergeseal/policy"
)

// acme wraps the body of a user's rule in a package with METADATA.
func acme(body string) Module {
	return own("policy/acme.rego", "# METADATA\n# title: Acme\n# custom: {code: ACME001, controls: [SOC2-CC8.1]}\npackage mergeseal.rules.acme\n\n"+body+"\n")
}

func own(path, src string) Module { return Module{Path: path, Source: []byte(src)} }

// speak is a rule that always has something to say.
const speak = `deny contains {"code": "ACME001", "message": "no"} if input.version == 1`

func mustCompile(t testing.TB, mods ...Module) *Policies {
	t.Helper()
	p, found := Compile(mods, Options{})
	if p == nil || found.Errors() {
		t.Fatalf("does not compile: %v", found)
	}
	return p
}

func input() *verdict.Input {
	return &verdict.Input{
		Version: verdict.InputVersion, Scope: ScopeChange,
		Change: &verdict.Change{Record: change.Record{ID: "CHG-1", Type: change.Normal}, DeclaredType: "normal"},
	}
}

// answers evaluates one user's rule.
func answers(t *testing.T, body string) (verdict.Answers, diag.List) {
	t.Helper()
	return mustCompile(t, acme(body)).Evaluate(context.Background(), input())
}

// refusedAs checks that policies are refused with a code, that the message or
// the hint holds each of the words, and that the finding has a place.
func refusedAs(t *testing.T, code string, mods []Module, words ...string) {
	t.Helper()
	p, found := Compile(mods, Options{})
	if p != nil {
		t.Fatalf("it compiles; findings: %v", found)
	}
	for _, f := range found {
		text := f.Message + " | " + f.Hint
		ok := f.Code == code && f.Undecided && f.Severity == diag.Error && (f.At.Start.Line > 0 || code == "MS505")
		for _, w := range words {
			ok = ok && strings.Contains(text, w)
		}
		if ok {
			return
		}
	}
	t.Errorf("no %s with %q among %v", code, words, found)
}

// builtin are the rules that come with the binary.
func builtin(t testing.TB) []Module {
	t.Helper()
	names, err := fs.Glob(policy.FS, "*.rego")
	if err != nil || len(names) == 0 {
		t.Fatalf("no built-in rules: %v", err)
	}
	var mods []Module
	for _, n := range names {
		b, err := fs.ReadFile(policy.FS, n)
		if err != nil {
			t.Fatal(err)
		}
		mods = append(mods, Module{Path: "policy/" + n, Source: b, Builtin: true})
	}
	return mods
}
