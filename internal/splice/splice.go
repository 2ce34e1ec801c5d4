// Package splice changes single values of a YAML file that somebody else wrote,
// and leaves every other byte as it was: comments, order, quotes, indentation,
// line ends, brackets. What it wrote is read again and compared: where anything
// but the intended value would differ, nothing is changed.
package splice

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// Op is what an edit does. The zero value is invalid.
type Op uint8

// The edits.
const (
	OpNone Op = iota
	// Set gives a place a value. Mappings on the way are made; a mapping or list
	// that is there already is brought to the value by the fewest edits, so that
	// what is equal in both stays as it was written.
	Set
	// Remove takes a key or an item out.
	Remove
	// Append adds an item to a list, which is made if there is none.
	Append
)

// String is the op's name.
func (o Op) String() string {
	switch o {
	case Set:
		return "set"
	case Remove:
		return "remove"
	case Append:
		return "append to"
	case OpNone:
	}
	return "no edit of"
}

// Edit is one change of a document. Pointer is a JSON pointer (RFC 6901).
// Value is made with yamldoc's Text, Bare, List and ParseValue; Remove has none.
type Edit struct {
	Op      Op
	Pointer string
	Value   *yamldoc.Node
}

// What cannot be done, for errors.Is.
var (
	ErrPlace  = errors.New("there is no such place")
	ErrForm   = errors.New("it is written in a form that cannot be edited: edit it by hand")
	ErrUnread = errors.New("not readable")
)

// Apply makes the edits one after the other and returns the new text. The
// source must be a document that yamldoc reads. With an error nothing is
// returned: half of the edits are none.
func Apply(src []byte, edits []Edit) ([]byte, error) {
	for _, e := range edits {
		out, err := apply(src, e)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", e.Op, yamldoc.FieldName(e.Pointer), err)
		}
		src = out
	}
	return src, nil
}

func apply(src []byte, e Edit) ([]byte, error) {
	if e.Op == OpNone || (e.Value == nil) != (e.Op == Remove) {
		return nil, errors.New("an edit wants an operation, and a value unless it removes")
	}
	tokens, err := split(e.Pointer)
	if err != nil {
		return nil, err
	}
	before, err := read(src)
	if err != nil {
		return nil, err
	}
	want := clone(before)
	if err := model(want, e.Op, tokens, e.Value); err != nil {
		return nil, err
	}
	for _, step := range steps(before, e, tokens) {
		if src, err = one(src, step); err != nil {
			return nil, err
		}
	}
	after, err := read(src)
	if err != nil {
		return nil, fmt.Errorf("afterwards %w", err)
	}
	if !same(want, after) {
		return nil, ErrForm
	}
	return src, nil
}

// one makes a step that is one place in the text.
func one(src []byte, e Edit) ([]byte, error) {
	t, root, err := locate(src)
	if err != nil {
		return nil, err
	}
	tokens, err := split(e.Pointer)
	if err != nil {
		return nil, err
	}
	at, rest := root.find(tokens)
	switch {
	case e.Op == Remove && len(rest) == 0 && at.parent != nil:
		t.remove(at)
	case e.Op == Append && len(rest) == 0 && at.node.Kind == yamldoc.Sequence:
		t.push(at, e.Value)
	case e.Op == Append && len(rest) == 0 && at.node.IsNull():
		t.overwrite(at, &yamldoc.Node{Kind: yamldoc.Sequence, Items: []*yamldoc.Node{e.Value}})
	case e.Op == Set && len(rest) == 0 && at.parent != nil:
		t.overwrite(at, e.Value)
	case e.Op == Remove, len(rest) == 0:
		return nil, ErrPlace
	default:
		v := e.Value
		if e.Op == Append {
			v = &yamldoc.Node{Kind: yamldoc.Sequence, Items: []*yamldoc.Node{v}}
		}
		for i := len(rest) - 1; i > 0; i-- {
			v = &yamldoc.Node{Kind: yamldoc.Mapping, Keys: []yamldoc.Key{{Name: rest[i], Value: v}}}
		}
		entry := yamldoc.Key{Name: rest[0], Value: v}
		switch {
		case at.node.Kind == yamldoc.Mapping:
			t.insert(at, entry)
		case at.node.IsNull() && at.parent != nil:
			t.overwrite(at, &yamldoc.Node{Kind: yamldoc.Mapping, Keys: []yamldoc.Key{entry}})
		default:
			return nil, ErrPlace
		}
	}
	return t.result()
}

// read is a document's tree.
func read(src []byte) (*yamldoc.Node, error) {
	doc, found := yamldoc.Parse("", src, yamldoc.Standard())
	if doc == nil {
		return nil, fmt.Errorf("%w: line %d: %s", ErrUnread, found[0].At.Start.Line, found[0].Message)
	}
	return doc.Root, nil
}

// split is a pointer's tokens.
func split(pointer string) ([]string, error) {
	if pointer == "" {
		return nil, nil
	}
	if pointer[0] != '/' {
		return nil, fmt.Errorf("%w: a pointer begins with /", ErrPlace)
	}
	tokens := strings.Split(pointer[1:], "/")
	for i, t := range tokens {
		tokens[i] = strings.ReplaceAll(strings.ReplaceAll(t, "~1", "/"), "~0", "~")
	}
	return tokens, nil
}
