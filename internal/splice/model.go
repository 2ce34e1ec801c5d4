package splice

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

func clone(n *yamldoc.Node) *yamldoc.Node {
	out := &yamldoc.Node{Kind: n.Kind, Text: n.Text, Plain: n.Plain}
	for _, item := range n.Items {
		out.Items = append(out.Items, clone(item))
	}
	for _, k := range n.Keys {
		out.Keys = append(out.Keys, yamldoc.Key{Name: k.Name, Value: clone(k.Value)})
	}
	return out
}

// index reads a list's index, -1 for what is none.
func index(n *yamldoc.Node, token string) int {
	if i, err := strconv.Atoi(token); err == nil && i >= 0 && i < len(n.Items) && strconv.Itoa(i) == token {
		return i
	}
	return -1
}

// child is what a token leads to, nil for nothing.
func child(n *yamldoc.Node, token string) *yamldoc.Node {
	if i := index(n, token); n.Kind == yamldoc.Sequence && i >= 0 {
		return n.Items[i]
	}
	return n.Get(token)
}

// model makes the edit in a tree: what the new text must say.
func model(n *yamldoc.Node, op Op, tokens []string, v *yamldoc.Node) error {
	if len(tokens) == 0 {
		switch {
		case op == Set && (n.Pointer != "" || v.Kind == yamldoc.Mapping):
			*n = *clone(v)
		case op == Append && (n.Kind == yamldoc.Sequence || n.IsNull()):
			*n = yamldoc.Node{Kind: yamldoc.Sequence, Items: append(n.Items, clone(v))}
		default:
			return ErrPlace
		}
		return nil
	}
	next := child(n, tokens[0])
	switch {
	case op == Remove && len(tokens) == 1 && next != nil:
		n.Items = slices.DeleteFunc(n.Items, func(o *yamldoc.Node) bool { return o == next })
		n.Keys = slices.DeleteFunc(n.Keys, func(k yamldoc.Key) bool { return k.Value == next })
		return nil
	case next == nil && op != Remove && (n.Kind == yamldoc.Mapping || n.IsNull()):
		*n = yamldoc.Node{Kind: yamldoc.Mapping, Keys: n.Keys}
		next = &yamldoc.Node{Kind: yamldoc.Scalar, Plain: true}
		n.Keys = append(n.Keys, yamldoc.Key{Name: tokens[0], Value: next})
	case next == nil:
		return ErrPlace
	}
	next.Pointer = "/" // anything but the root's
	return model(next, op, tokens[1:], v)
}

var whole = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)

// means is what a scalar is to a reader that has no type for it.
func means(n *yamldoc.Node) string {
	switch {
	case n.IsNull():
		return "nothing"
	case n.Plain && (whole.MatchString(n.Text) || n.Text == "true" || n.Text == "false"):
		return "bare " + n.Text
	}
	return "text " + n.Text
}

// same compares what two trees say. The order of keys says nothing.
func same(a, b *yamldoc.Node) bool {
	if a.Kind != b.Kind || len(a.Items) != len(b.Items) || len(a.Keys) != len(b.Keys) {
		return false
	}
	for i := range a.Items {
		if !same(a.Items[i], b.Items[i]) {
			return false
		}
	}
	for _, k := range a.Keys {
		if o := b.Get(k.Name); o == nil || !same(k.Value, o) {
			return false
		}
	}
	return a.Kind != yamldoc.Scalar || means(a) == means(b)
}

// steps takes a Set of a mapping or list apart, so that what is equal is left
// alone.
func steps(root *yamldoc.Node, e Edit, tokens []string) []Edit {
	if e.Op != Set {
		return []Edit{e}
	}
	at := root
	for _, t := range tokens {
		if at = child(at, t); at == nil {
			return []Edit{e}
		}
	}
	return bring(nil, at, e.Value, e.Pointer)
}

func bring(out []Edit, old, v *yamldoc.Node, pointer string) []Edit {
	switch {
	case same(old, v):
		return out
	case old.Kind == yamldoc.Mapping && v.Kind == yamldoc.Mapping && len(old.Keys) > 0 && len(v.Keys) > 0:
		for _, k := range v.Keys {
			below := source.Join(pointer, k.Name)
			if o := old.Get(k.Name); o != nil {
				out = bring(out, o, k.Value, below)
			} else {
				out = append(out, Edit{Set, below, k.Value})
			}
		}
		for _, k := range old.Keys {
			if v.Get(k.Name) == nil {
				out = append(out, Edit{Remove, source.Join(pointer, k.Name), nil})
			}
		}
		return out
	case old.Kind == yamldoc.Sequence && v.Kind == yamldoc.Sequence && len(old.Items) > 0 && len(v.Items) > 0:
		return bringItems(out, old.Items, v.Items, pointer)
	}
	return append(out, Edit{Set, pointer, v})
}

// bringItems leaves the common beginning and, where items go, the common end.
func bringItems(out []Edit, old, v []*yamldoc.Node, pointer string) []Edit {
	head := 0
	for head < min(len(old), len(v)) && same(old[head], v[head]) {
		head++
	}
	tail := 0
	for len(v) < len(old) && tail < len(v)-head && same(old[len(old)-1-tail], v[len(v)-1-tail]) {
		tail++
	}
	for i := head; i < min(len(old), len(v))-tail; i++ {
		out = bring(out, old[i], v[i], source.Item(pointer, i))
	}
	for i := len(old) - tail - 1; i >= len(v)-tail; i-- {
		out = append(out, Edit{Remove, source.Item(pointer, i), nil})
	}
	for i := len(old); i < len(v); i++ {
		out = append(out, Edit{Append, pointer, v[i]})
	}
	return out
}
