// Package rego compiles policies and asks them about one input.
//
// It decides nothing itself. It promises that policies see nothing but their
// input, and that whatever they leave open, an undefined set, an element of
// another shape, a failing built-in, a deadline, comes back as a finding that
// keeps the judge from judging. Nothing of the kind is ever a pass.
package rego

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Module is the source of one policy file. Path is relative to the root it
// was read from; a file whose name ends in _test.rego never judges.
type Module struct {
	Path    string
	Source  []byte
	Builtin bool // comes with the binary
}

// DefaultTimeout bounds one evaluation where Options says nothing.
const DefaultTimeout = time.Second

// Options is how policies are run. The zero value is the default.
type Options struct {
	Timeout time.Duration // of one evaluation; 0 means DefaultTimeout
}

// Scopes of a rule's package: which inputs it is asked about.
const (
	ScopeChange      = "change"
	ScopePullRequest = "pull_request"
)

// Rule is one package below mergeseal.rules and what its METADATA says.
type Rule struct {
	Package     string // without data.
	Title       string
	Description string
	Codes       []string // announced, sorted
	Severity    diag.Severity
	Scope       string
	Controls    []string // of all its codes, sorted
	Packs       []string // control packs that it asks for more under, sorted
	Evidence    []string // what speaks for it: pointers into the record, or words
	ReadsClock  bool     // reads the time, itself or through a package it uses
	File        string   // where METADATA or, without it, the package stands
	Builtin     bool
}

// Policies is a compiled set of policies, safe for concurrent use.
type Policies struct {
	timeout time.Duration
	digest  string
	rules   []*ruleset
	asked   map[string]*question // by scope
	encode  encoder
	// compiled is kept for Explain, which asks who refers to what.
	compiled *ast.Compiler
}

// Compile checks policies against their contract and compiles them, once for
// all evaluations. Where any finding is an error the result is nil and the
// errors are undecided; warnings may come beside a result.
func Compile(mods []Module, opts Options) (*Policies, diag.List) {
	caps := Capabilities()
	parsed, found := parseAll(mods, caps)
	found = append(found, checkContract(parsed)...)
	sets, more := rulesets(parsed)
	found = append(found, more...)
	if len(sets) == 0 && !found.Errors() {
		found = append(found, diag.New("MS505", source.Range{}, "no policy is loaded, so nothing could ever be denied").
			WithHint("put a package below mergeseal.rules into a folder that policy.dirs names"))
	}
	if found.Errors() {
		return nil, sorted(found)
	}
	compiler, more := compile(parsed, caps)
	found = append(found, more...)
	if found.Errors() {
		return nil, sorted(found)
	}
	found = append(found, checkReferences(compiler, sets)...)
	p := &Policies{
		timeout: opts.Timeout,
		digest:  digest(mods),
		rules:   sets,
		asked:   map[string]*question{},
		encode:  encoderOf(reflect.TypeFor[verdict.Input]()),

		compiled: compiler,
	}
	if p.timeout <= 0 {
		p.timeout = DefaultTimeout
	}
	markClockReaders(compiler, sets)
	for _, scope := range []string{ScopeChange, ScopePullRequest} {
		q, err := ask(compiler, caps, scope, sets)
		if err != nil {
			found = append(found, compileFinding(err)...)
			continue
		}
		p.asked[scope] = q
	}
	if found.Errors() {
		return nil, sorted(found)
	}
	return p, sorted(found)
}

// Rules lists the packages that judge, sorted by name.
func (p *Policies) Rules() []Rule {
	out := make([]Rule, len(p.rules))
	for i, s := range p.rules {
		out[i] = s.Rule
		out[i].Codes, out[i].Controls = slices.Clone(s.Codes), slices.Clone(s.Controls)
	}
	return out
}

// Groups are the groups that users' own rules require by name, in the order of
// packages. Names that are worked out are not seen.
func (p *Policies) Groups() []verdict.Mention {
	var out []verdict.Mention
	for _, s := range p.rules {
		out = append(out, s.groups...)
	}
	return out
}

// Digest identifies the sources, those of the built-in rules among them, in
// whatever order they came: sha256:… over paths and bytes.
func (p *Policies) Digest() string { return p.digest }

func digest(mods []Module) string {
	mods = slices.Clone(mods)
	slices.SortStableFunc(mods, func(a, b Module) int {
		if a.Builtin != b.Builtin {
			if a.Builtin {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Path, b.Path)
	})
	h := sha256.New()
	part := func(b []byte) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(b)))
		h.Write(size[:])
		h.Write(b)
	}
	for _, m := range mods {
		if isTest(m.Path) {
			continue
		}
		origin := []byte("own")
		if m.Builtin {
			origin = []byte("builtin")
		}
		part(origin)
		part([]byte(m.Path))
		part(m.Source)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

func isTest(path string) bool { return strings.HasSuffix(path, "_test.rego") }

func sorted(l diag.List) diag.List {
	l = l.Undecided()
	l.Sort()
	return l
}

func isInput(t *ast.Term) bool { return t.Value.Compare(ast.InputRootDocument.Value) == 0 }
