// Package yamldoc turns bytes somebody else wrote into a small tree with
// positions, and that tree into typed values. It is the only importer of
// yaml.v3, and far stricter: one document, no anchors, aliases, merge keys or
// tags, no key twice, nothing invisible, everything bounded before it costs.
//
// It never resolves a value on its own: text stays text until a type asks for
// it, so that `no` is never a boolean and 0752 never 490.
package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
)

// Limits bound a document before anything expensive happens to it.
type Limits struct {
	Bytes  int // of the file
	Depth  int // of nesting
	Nodes  int // keys, values and items in all
	Keys   int // of one mapping
	Scalar int // bytes of one value
}

// Standard are the limits of every file people write for us.
func Standard() Limits {
	return Limits{Bytes: 256 << 10, Depth: 32, Nodes: 10_000, Keys: 1000, Scalar: 16 << 10}
}

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

// Doc is one parsed file.
type Doc struct {
	File  string
	Root  *Node
	Index source.Index
}

// Parse reads one document. Whatever is wrong with its form is found in one
// go; a document with any such finding is not returned.
func Parse(file string, data []byte, lim Limits) (*Doc, diag.List) {
	if len(data) > lim.Bytes {
		return nil, diag.List{diag.New("MS009", source.InFile(file), "the file has %d bytes, more than the %d allowed", len(data), lim.Bytes)}
	}
	if bad := characters(file, data); len(bad) > 0 {
		return nil, bad
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var root yaml.Node
	if err := decodeNode(dec, &root); errors.Is(err, io.EOF) {
		return nil, diag.List{diag.New("MS004", source.InFile(file), "the file is empty")}
	} else if err != nil {
		return nil, diag.List{syntax(file, err)}
	}
	var next yaml.Node
	if err := decodeNode(dec, &next); err == nil {
		return nil, diag.List{diag.New("MS004", at(file, &next, 1), "a second document begins here").
			WithHint("one file holds one document: put this into a file of its own")}
	} else if !errors.Is(err, io.EOF) {
		f := syntax(file, err)
		f.Code, f.Message = "MS004", "there is content after the end of the document: "+f.Message
		return nil, diag.List{f}
	}
	b := builder{file: file, lim: lim, lines: splitLines(data), doc: &Doc{File: file, Index: source.NewIndex(file)}}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		n := &root
		if len(root.Content) == 1 {
			n = root.Content[0]
		}
		b.check(n)
		b.add(diag.New("MS004", at(file, n, 1), "the document is not a mapping of keys to values"))
		return nil, b.found
	}
	b.doc.Root = b.build(root.Content[0], "", source.Range{}, 1)
	if len(b.found) > 0 {
		return nil, b.found
	}
	return b.doc, nil
}

// decodeNode shields from yaml.v3's panics on input it did not expect
// (CVE-2022-28948 was one).
func decodeNode(dec *yaml.Decoder, n *yaml.Node) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("yaml: line 1: the reader gave up: %v", p)
		}
	}()
	return dec.Decode(n)
}

var syntaxLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)

func syntax(file string, err error) diag.Finding {
	where, what := source.InFile(file), err.Error()
	if m := syntaxLine.FindStringSubmatch(what); m != nil {
		what = m[2]
		if line, err := strconv.Atoi(m[1]); err == nil {
			where.Start = source.Pos{Line: line, Col: 1}
			where.End = where.Start
		}
	}
	return diag.New("MS001", where, "not valid YAML: %s", what)
}

// maxOfAKind bounds how many findings of one kind one file can cause.
const maxOfAKind = 20

// characters refuses bytes that a reader cannot see or that change what they see.
func characters(file string, data []byte) (found diag.List) {
	line, col := 1, 1
	for i := 0; i < len(data) && len(found) < maxOfAKind; {
		r, size := utf8.DecodeRune(data[i:])
		where := source.Range{File: file, Start: source.Pos{Line: line, Col: col}, End: source.Pos{Line: line, Col: col + 1}}
		switch {
		case r == utf8.RuneError && size == 1:
			found = append(found, diag.New("MS008", where, "the byte 0x%02X is not UTF-8", data[i]).WithHint("save the file as UTF-8"))
		case r == '\r' && i+1 < len(data) && data[i+1] == '\n':
		case forbidden(r):
			found = append(found, diag.New("MS008", where, "%s is not allowed", describe(r)).WithHint("delete the character; type it anew if it was meant"))
		}
		i += size
		if col++; r == '\n' {
			line, col = line+1, 1
		}
	}
	return found
}

// forbidden holds for control and format characters (Cc, Cf), separators of
// lines that editors do not show as such, and private or unassigned marks.
func forbidden(r rune) bool {
	switch r {
	case '\n', '\t':
		return false
	case '\u2028', '\u2029', '\uFFFE', '\uFFFF', '\u115F', '\u1160', '\u3164', '\uFFA0':
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs)
}

func describe(r rune) string {
	name := "the character"
	switch {
	case r == 0xFEFF:
		name = "a byte order mark,"
	case unicode.Is(unicode.Bidi_Control, r):
		name = "a bidirectional control character,"
	case r >= 0x200B && r <= 0x200D || r == 0x2060:
		name = "a zero-width character,"
	case unicode.Is(unicode.Cc, r):
		name = "a control character,"
	}
	return fmt.Sprintf("%s U+%04X", name, r)
}

func splitLines(data []byte) []string {
	return strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
}

func at(file string, n *yaml.Node, width int) source.Range {
	p := source.Pos{Line: max(n.Line, 1), Col: max(n.Column, 1)}
	return source.Range{File: file, Start: p, End: source.Pos{Line: p.Line, Col: p.Col + max(width, 1)}}
}

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

// runes is one line, kept while nodes of the same line ask for it: a line can
// be a quarter of a megabyte and hold thousands of nodes.
func (b *builder) runes(line int) []rune {
	if b.runesOf != line {
		b.runesOf, b.cached = line, []rune(b.lines[line-1])
	}
	return b.cached
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
		b.add(diag.New("MS002", at(b.file, n, len(n.Value)+1), "an alias").WithHint("write the value out where it is used"))
		return false
	case n.Anchor != "":
		b.add(diag.New("MS002", at(b.file, n, len(n.Anchor)+1), "an anchor").WithHint("write the value out where it is used"))
		return false
	case n.Style&yaml.TaggedStyle != 0:
		b.add(diag.New("MS003", at(b.file, n, len(n.Tag)), "an explicit tag").WithHint("leave the tag out: the field decides what its value is"))
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

// build copies yaml.v3's tree into ours; nil where something forbids it.
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
		where := b.span(k)
		if k.Kind == yaml.ScalarNode && k.Tag == "!!merge" {
			b.add(diag.New("MS002", where, "a merge key").WithHint("write the keys out"))
			continue
		}
		if !b.check(k) {
			continue
		}
		if k.Kind != yaml.ScalarNode || k.Value == "" {
			b.add(diag.New("MS007", where, "a key must be a word"))
			continue
		}
		fold := field.Fold(k.Value)
		if prev, twice := first[fold]; twice {
			b.add(diag.New("MS005", where, "the key %s is given twice; first in line %d", diag.Quote(k.Value), prev.Start.Line).
				WithHint("keep one of the two"))
			continue
		}
		first[fold] = where
		if val := b.build(v, source.Join(out.Pointer, k.Value), where, depth+1); val != nil {
			out.Keys = append(out.Keys, Key{Name: k.Value, At: where, Value: val})
		}
	}
}

// span is the stretch a node takes up on its first line.
func (b *builder) span(n *yaml.Node) source.Range {
	r := at(b.file, n, 1)
	if r.Start.Line > len(b.lines) {
		return r
	}
	line := b.runes(r.Start.Line)
	if r.Start.Col > len(line) {
		return r
	}
	rest := line[r.Start.Col-1:]
	width := len(rest)
	switch {
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		width = quoted(rest)
	case n.Kind == yaml.ScalarNode && n.Style == 0 && len([]rune(n.Value)) <= len(rest):
		width = len([]rune(n.Value))
	case n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 || n.Kind == yaml.SequenceNode && n.Style&yaml.FlowStyle == 0:
		width = len([]rune(strings.TrimRight(string(rest), " \t")))
	}
	r.End.Col = r.Start.Col + max(width, 1)
	return r
}

func quoted(rest []rune) int {
	q := rest[0]
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && q == '"':
			i++
		case rest[i] == q && q == '\'' && i+1 < len(rest) && rest[i+1] == q:
			i++
		case rest[i] == q:
			return i + 1
		}
	}
	return len(rest)
}
