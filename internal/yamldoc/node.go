package yamldoc

import "github.com/mergeseal/mergeseal/internal/source"

// Kind is the shape of a node. The zero value is invalid.
type Kind uint8

// The shapes.
const (
	Invalid Kind = iota
	Scalar
	Sequence
	Mapping
)

// Node is one value of a document.
type Node struct {
	Kind    Kind
	Text    string // of a scalar
	Plain   bool   // a scalar written without quotes, not as a block
	Items   []*Node
	Keys    []Key // in the order of the file
	Pointer string
	At      source.Range
}

// Key is one entry of a mapping.
type Key struct {
	Name  string
	At    source.Range
	Value *Node
}

// Get returns the value of a key, or nil.
func (n *Node) Get(name string) *Node {
	for _, k := range n.Keys {
		if k.Name == name {
			return k.Value
		}
	}
	return nil
}

// IsNull reports whether the value was left empty or is null.
func (n *Node) IsNull() bool {
	return n.Kind == Scalar && n.Plain && (n.Text == "" || n.Text == "~" || n.Text == "null" || n.Text == "Null" || n.Text == "NULL")
}
