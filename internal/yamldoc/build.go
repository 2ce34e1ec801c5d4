package yamldoc

import (
	"gopkg.in/yaml.v3"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
)

// builder copies yaml.v3's tree into ours, or says why it may not.
type builder struct {
	file  string
	lim   Limits
	lines []string
	doc   *Doc
	nodes int
	found diag.List

	runesOf int // the line that cached holds
	cached  []rune
}

func (b *builder) add(f diag.Finding) {
	same := 0
	for _, o := range b.found {
		if o.Code == f.Code {
			same++
		}
	}
	if same < maxOfAKind {
		b.found = append(b.found, f)
	}
}

// check refuses what no file of ours may contain, whatever its shape.
func (b *builder) check(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode:
		b.add(diag.New("MS002", at(b.file, n, len([]rune(n.Value))+1), "an alias").WithHint("write the value out where it is used"))
		return false
	case n.Anchor != "":
		b.add(diag.New("MS002", at(b.file, n, len([]rune(n.Anchor))+1), "an anchor").WithHint("write the value out where it is used"))
		return false
	case n.Style&yaml.TaggedStyle != 0 || b.first(n) == '!': // yaml.v3 forgets the tag "!"
		b.add(diag.New("MS003", at(b.file, n, 1), "an explicit tag").WithHint("leave the tag out: the field decides what its value is"))
		return false
	case n.Kind == yaml.ScalarNode && len(n.Value) > b.lim.Scalar:
		b.add(diag.New("MS009", at(b.file, n, 1), "the text has %d bytes, more than the %d allowed", len(n.Value), b.lim.Scalar))
		return false
	}
	for _, r := range n.Value {
		if forbidden(r) {
			b.add(diag.New("MS008", b.span(n), "%s is not allowed, escaped or not", describe(r)).WithHint("delete the escape"))
			return false
		}
	}
	return true
}

// build returns nil where something forbids the node.
func (b *builder) build(n *yaml.Node, pointer string, key source.Range, depth int) *Node {
	if b.nodes++; b.nodes > b.lim.Nodes {
		if b.nodes == b.lim.Nodes+1 {
			b.add(diag.New("MS009", at(b.file, n, 1), "the file has more than %d keys, values and items", b.lim.Nodes))
		}
		return nil
	}
	if depth > b.lim.Depth {
		b.add(diag.New("MS009", at(b.file, n, 1), "nested more than %d levels deep", b.lim.Depth))
		return nil
	}
	if !b.check(n) {
		return nil
	}
	out := &Node{Pointer: pointer, At: b.span(n)}
	b.doc.Index.Add(pointer, source.Span{Key: key, Value: out.At})
	switch n.Kind {
	case yaml.ScalarNode:
		out.Kind, out.Text, out.Plain = Scalar, n.Value, n.Style == 0
	case yaml.SequenceNode:
		out.Kind = Sequence
		for i, c := range n.Content {
			if item := b.build(c, source.Item(pointer, i), source.Range{}, depth+1); item != nil {
				out.Items = append(out.Items, item)
			}
		}
	case yaml.MappingNode:
		out.Kind = Mapping
		b.keys(n, out, depth)
	case yaml.DocumentNode, yaml.AliasNode:
		return nil
	}
	return out
}

func (b *builder) keys(n *yaml.Node, out *Node, depth int) {
	if len(n.Content)/2 > b.lim.Keys {
		b.add(diag.New("MS009", at(b.file, n, 1), "%d keys in one mapping, more than the %d allowed", len(n.Content)/2, b.lim.Keys))
		return
	}
	first := map[string]source.Range{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		b.nodes++
		if !b.key(k, out.Pointer) {
			continue
		}
		where := b.span(k)
		fold := field.Fold(k.Value)
		if prev, twice := first[fold]; twice {
			b.add(diag.New("MS005", where, "the key %s is given twice; first in line %d", diag.Quote(k.Value), prev.Start.Line).
				WithHint("keep one of the two; capital letters make no difference"))
			continue
		}
		first[fold] = where
		if val := b.build(v, source.Join(out.Pointer, k.Value), where, depth+1); val != nil {
			out.Keys = append(out.Keys, Key{Name: k.Value, At: where, Value: val})
		}
	}
}

// key refuses keys that are no words, or too long ones.
func (b *builder) key(k *yaml.Node, pointer string) bool {
	switch {
	case k.Kind == yaml.ScalarNode && k.Tag == "!!merge":
		b.add(diag.New("MS002", b.span(k), "a merge key").WithHint("write the keys out"))
	case !b.check(k):
	case k.Kind != yaml.ScalarNode || k.Value == "":
		b.add(diag.New("MS007", b.span(k), "a key must be a word"))
	case len(pointer)+len(k.Value) >= maxPointer:
		b.add(diag.New("MS009", at(b.file, k, 1), "the keys down to here have more than the %d bytes allowed", maxPointer))
	default:
		return true
	}
	return false
}
