package yamldoc

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// Text is a scalar node to write.
func Text(s string) *Node { return &Node{Kind: Scalar, Text: s} }

// Bare is a scalar node that is written as it stands: a number, true or false.
func Bare(s string) *Node { return &Node{Kind: Scalar, Text: s, Plain: true} }

// List is a sequence of texts to write.
func List(items ...string) *Node {
	n := &Node{Kind: Sequence}
	for _, s := range items {
		n.Items = append(n.Items, Text(s))
	}
	return n
}

// Set gives a mapping's key a value, in place or at the end.
func (n *Node) Set(name string, v *Node) {
	for i := range n.Keys {
		if n.Keys[i].Name == name {
			n.Keys[i].Value = v
			return
		}
	}
	n.Keys = append(n.Keys, Key{Name: name, Value: v})
}

// ParseValue reads one value as it would stand after a key: text, a number, a
// list in brackets, a mapping in braces.
func ParseValue(text string) (*Node, diag.List) {
	if strings.ContainsAny(text, "\n\r") {
		return Text(text), nil
	}
	doc, found := Parse("value", []byte("v: "+text+"\n"), Standard())
	if doc == nil {
		return nil, found
	}
	return doc.Root.Get("v"), found
}

// Write is a mapping as a block document that Parse reads back to the same tree.
func Write(n *Node) []byte {
	var b strings.Builder
	writeKeys(&b, n, "")
	return []byte(b.String())
}

func writeKeys(b *strings.Builder, n *Node, indent string) {
	for _, k := range n.Keys {
		b.WriteString(indent + scalarText(Text(k.Name)) + ":")
		writeBelow(b, k.Value, indent+"  ")
	}
}

// writeBelow writes a value after its key's colon.
func writeBelow(b *strings.Builder, v *Node, indent string) {
	switch {
	case v.Kind == Scalar:
		b.WriteString(" " + scalarText(v) + "\n")
	case flowing(v):
		b.WriteString(" " + flow(v) + "\n")
	case v.Kind == Mapping:
		b.WriteByte('\n')
		writeKeys(b, v, indent)
	default:
		b.WriteByte('\n')
		for _, item := range v.Items {
			writeItem(b, item, indent)
		}
	}
}

func writeItem(b *strings.Builder, item *Node, indent string) {
	switch {
	case item.Kind == Scalar:
		b.WriteString(indent + "- " + scalarText(item) + "\n")
	case item.Kind == Mapping && len(item.Keys) > 0:
		var inner strings.Builder
		writeKeys(&inner, item, indent+"  ")
		b.WriteString(indent + "- " + strings.TrimPrefix(inner.String(), indent+"  "))
	default:
		b.WriteString(indent + "- " + flow(item) + "\n")
	}
}

// flowing: empty collections, and lists of a few short words, go on one line.
func flowing(v *Node) bool {
	if len(v.Items) == 0 && len(v.Keys) == 0 {
		return true
	}
	if v.Kind != Sequence {
		return false
	}
	width := 0
	for _, item := range v.Items {
		width += len(item.Text) + 2
		if item.Kind != Scalar || strings.ContainsRune(item.Text, ' ') {
			return false
		}
	}
	return width < 60
}

// Flow is a value on one line, as it stands inside brackets or after a key.
func Flow(n *Node) string { return flow(n) }

func flow(v *Node) string {
	switch v.Kind {
	case Sequence:
		parts := make([]string, len(v.Items))
		for i, item := range v.Items {
			parts[i] = flow(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Mapping:
		parts := make([]string, len(v.Keys))
		for i, k := range v.Keys {
			parts[i] = scalarText(Text(k.Name)) + ": " + flow(k.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case Scalar, Invalid:
	}
	return scalarText(v)
}

var (
	plainText = regexp.MustCompile(`^[A-Za-z0-9_/][A-Za-z0-9_ ./+@()%;'-]*(:[0-9]|: |:)?[A-Za-z0-9_./+@()%;' :-]*$`)
	ambiguous = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|true|false|null|~|[-+.]?[0-9][0-9_.,:eEx+-]*|0[xo][0-9a-f]+)$`)
	instant   = regexp.MustCompile(`^\d{4}-\d\d-\d\d(T[0-9:.]+(Z|[+-]\d\d:\d\d))?$`)
)

// scalarText quotes where another reader could take the text for something else.
func scalarText(n *Node) string {
	switch {
	case n.Plain, instant.MatchString(n.Text):
		return n.Text
	case plainText.MatchString(n.Text) && !ambiguous.MatchString(n.Text) &&
		!strings.Contains(n.Text, ": ") && !strings.HasSuffix(n.Text, ":") && strings.TrimSpace(n.Text) == n.Text:
		return n.Text
	}
	return strconv.Quote(n.Text)
}
