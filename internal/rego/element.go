package rego

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// element is one object out of a set. Its methods take keys out of it; what
// is left at the end should not have been there.
type element map[string]ast.Value

// maxStage bounds how many stages an approval can have.
const maxStage = 100

// isCode: letters, digits, _, . and -, so that it can be named anywhere.
func isCode(s string) bool {
	return len(s) <= 64 && !strings.HasPrefix(s, "-") && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune("_.-", r)
	})
}

// isPointer: a JSON pointer as RFC 6901 has it.
func isPointer(s string) bool {
	rest := strings.NewReplacer("~0", "", "~1", "").Replace(s)
	return s == "" || strings.HasPrefix(s, "/") && !strings.Contains(rest, "~")
}

func newElement(t *ast.Term) (element, error) {
	o, ok := t.Value.(ast.Object)
	if !ok {
		return nil, errors.New("it is no object")
	}
	e := element{}
	err := o.Iter(func(k, v *ast.Term) error {
		key, ok := k.Value.(ast.String)
		if !ok {
			return errors.New("a key is no text")
		}
		e[string(key)] = v.Value
		return nil
	})
	return e, err
}

// text takes a text out of the element, "" when it is not there.
func (e element) text(key string) (string, error) {
	v, given := e[key]
	if !given {
		return "", nil
	}
	delete(e, key)
	s, ok := v.(ast.String)
	if !ok || strings.TrimSpace(string(s)) == "" {
		return "", fmt.Errorf("%s must be a text with content", key)
	}
	return string(s), nil
}

func (e element) required(key string) (string, error) {
	if _, given := e[key]; !given {
		return "", fmt.Errorf("%s is missing", key)
	}
	return e.text(key)
}

func (e element) code() (string, error) {
	code, err := e.required("code")
	if err == nil && !isCode(code) {
		err = errors.New("code must be letters, digits, _, . and -")
	}
	return code, err
}

func (e element) rest() error {
	if len(e) == 0 {
		return nil
	}
	keys := make([]string, 0, len(e))
	for k := range e {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return fmt.Errorf("%s is not a key of it", strings.Join(keys, ", "))
}

// finding reads an element of deny or warn.
func (e element) finding() (verdict.Element, error) {
	var out verdict.Element
	var errs [4]error
	out.Code, errs[0] = e.code()
	out.Message, errs[1] = e.required("message")
	if v, given := e["path"]; given && v.Compare(ast.String("")) == 0 {
		delete(e, "path") // the whole record
	}
	out.Path, errs[2] = e.text("path")
	if errs[2] == nil && !isPointer(out.Path) {
		errs[2] = errors.New("path must be a JSON pointer such as /schedule/start")
	}
	out.Hint, errs[3] = e.text("hint")
	for _, err := range errs {
		if err != nil {
			return out, err
		}
	}
	return out, e.rest()
}

// requirement reads an element of require.
func (e element) requirement() (approval.Requirement, error) {
	var out approval.Requirement
	var errs [9]error
	out.Code, errs[0] = e.code()
	out.Reason, errs[1] = e.required("reason")
	out.Group, errs[2] = e.text("group")
	out.AnyOf, errs[3] = e.names("any_of")
	out.OwnersOf, errs[4] = e.names("owners_of")
	out.Codeowners, errs[5] = e.yes("codeowners")
	out.Peer, errs[6] = e.yes("peer")
	out.Count, errs[7] = e.count()
	out.Or, errs[8] = e.names("or")
	for _, err := range errs {
		if err != nil {
			return out, err
		}
	}
	who := 0
	for _, given := range []bool{out.Group != "", len(out.AnyOf) > 0, len(out.OwnersOf) > 0, out.Codeowners, out.Peer} {
		if given {
			who++
		}
	}
	if who != 1 {
		return out, fmt.Errorf("it names %d of group, any_of, owners_of, codeowners and peer, not one", who)
	}
	if v, given := e["stage"]; given {
		delete(e, "stage")
		n, ok := v.(ast.Number)
		stage, whole := n.Int()
		if !ok || !whole || stage < 1 || stage > maxStage {
			return out, fmt.Errorf("stage must be a whole number from 1 to %d", maxStage)
		}
		out.Stage = stage
	}
	return out, e.rest()
}

// names takes a list or set of names out of the element.
func (e element) names(key string) ([]string, error) {
	v, given := e[key]
	if !given {
		return nil, nil
	}
	delete(e, key)
	wrong := fmt.Errorf("%s must be a list of names, at least one", key)
	var items []*ast.Term
	switch v := v.(type) {
	case *ast.Array:
		v.Foreach(func(t *ast.Term) { items = append(items, t) })
	case ast.Set:
		items = v.Slice()
	}
	var out []string
	for _, t := range items {
		s, ok := t.Value.(ast.String)
		if !ok || strings.TrimSpace(string(s)) == "" {
			return nil, wrong
		}
		out = append(out, string(s))
	}
	if len(out) == 0 {
		return nil, wrong
	}
	return union(out, nil), nil
}

func (e element) yes(key string) (bool, error) {
	v, given := e[key]
	if !given {
		return false, nil
	}
	delete(e, key)
	if b, ok := v.(ast.Boolean); !ok || !bool(b) {
		return false, fmt.Errorf("%s must be true or left out", key)
	}
	return true, nil
}

func (e element) count() (approval.Count, error) {
	var out approval.Count
	v, given := e["count"]
	if !given {
		return out, errors.New("count is missing")
	}
	delete(e, "count")
	wrong := errors.New(`count must be a whole number from 1, "all" or a percentage such as "50%"`)
	var written string
	switch v := v.(type) {
	case ast.Number:
		written = string(v)
	case ast.String:
		if written = string(v); written != "all" && !strings.HasSuffix(written, "%") {
			return out, wrong
		}
	}
	if out.ParseScalar(written) != nil {
		return out, wrong
	}
	return out, nil
}
