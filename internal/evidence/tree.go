package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// Limits of a document. GitHub's lists end long before: a hundred pages of a
// hundred entries each.
const (
	MaxBytes   = 16 << 20
	maxDepth   = 16
	maxNodes   = 500_000
	maxOfAKind = 20 // findings of one code
)

// shape is the JSON type of a node. The zero value is invalid.
type shape uint8

const (
	_ shape = iota
	object
	array
	text
	number
	boolean
	null
)

// String names the shape with its article.
func (s shape) String() string {
	if int(s) >= 1 && int(s) <= 6 {
		return [...]string{"an object", "a list", "a text", "a number", "true or false", "null"}[s-1]
	}
	return "nothing"
}

// node is one value, with the bytes it stands at.
type node struct {
	shape    shape
	text     string // of a text, a number, true or false
	items    []node
	keys     []key
	from, to int
}

type key struct {
	name     string
	from, to int
	value    node
}

// file is the bytes that are read, and what is wrong with them.
type file struct {
	name  string
	data  []byte
	found diag.List
	kinds map[string]int
	nodes int
}

// add records a finding at a stretch of bytes, unless there are plenty of its
// code. All of them keep the judge from judging.
func (f *file) add(code, hint string, from, to int, format string, args ...any) {
	if f.kinds[code]++; f.kinds[code] > maxOfAKind {
		return
	}
	one := diag.New(code, source.Range{File: f.name, Start: f.place(from), End: f.place(to)}, format, args...).WithHint("%s", hint)
	one.Undecided = true
	f.found = append(f.found, one)
}

// place is the line and column, in code points, of a byte.
func (f *file) place(offset int) source.Pos {
	before := f.data[:min(max(offset, 0), len(f.data))]
	line := bytes.LastIndexByte(before, '\n') + 1
	return source.Pos{Line: bytes.Count(before, []byte{'\n'}) + 1, Col: utf8.RuneCount(before[line:]) + 1}
}

// tree reads one JSON value and nothing after it. Without ok there are findings.
func (f *file) tree() (root node, ok bool) {
	if len(f.data) > MaxBytes {
		f.add("MS009", "", 0, 0, "the evidence has %d bytes, more than the %d allowed", len(f.data), MaxBytes)
		return node{}, false
	}
	if at := invalidUTF8(f.data); at >= 0 {
		f.add("MS008", "save the file as UTF-8", at, at+1, "the byte 0x%02X is not UTF-8", f.data[at])
		return node{}, false
	}
	var whole json.RawMessage
	if err := json.Unmarshal(f.data, &whole); err != nil {
		at := len(f.data)
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at = int(syntax.Offset) - 1
		}
		f.add("MS611", "it must be one JSON document as `mergeseal schema evidence` describes it", at, at+1, "the evidence is not valid JSON: %v", err)
		return node{}, false
	}
	dec := json.NewDecoder(bytes.NewReader(f.data))
	dec.UseNumber()
	root, err := f.node(dec, 1)
	if err != nil && len(f.found) == 0 {
		f.add("MS611", "", 0, 0, "the evidence is not valid JSON: %v", err)
	}
	return root, err == nil && len(f.found) == 0
}

func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; ; {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
}

// errStop ends reading after a finding.
var errStop = errors.New("read evidence: it breaks a limit")

func (f *file) node(dec *json.Decoder, depth int) (node, error) {
	from := f.next(dec)
	tok, err := dec.Token()
	if err != nil {
		return node{}, err
	}
	n := node{from: from, to: int(dec.InputOffset())}
	if f.nodes++; f.nodes > maxNodes || depth > maxDepth {
		f.add("MS009", "", n.from, n.to, "the evidence has more than %d values or is nested deeper than %d", maxNodes, maxDepth)
		return node{}, errStop
	}
	switch t := tok.(type) {
	case json.Delim:
		if t == '{' {
			n.shape = object
			err = f.members(dec, &n, depth)
		} else {
			n.shape = array
			for dec.More() && err == nil {
				var item node
				item, err = f.node(dec, depth+1)
				n.items = append(n.items, item)
			}
		}
		if err != nil {
			return node{}, err
		}
		if _, err := dec.Token(); err != nil {
			return node{}, err
		}
		n.to = int(dec.InputOffset())
	case string:
		n.shape, n.text = text, t
	case json.Number:
		n.shape, n.text = number, t.String()
	case bool:
		n.shape, n.text = boolean, fmt.Sprint(t)
	case nil:
		n.shape = null
	}
	return n, nil
}

func (f *file) members(dec *json.Decoder, n *node, depth int) error {
	seen := map[string]bool{}
	for dec.More() {
		from := f.next(dec)
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		name, ok := tok.(string)
		if !ok {
			return io.ErrUnexpectedEOF
		}
		k := key{name: name, from: from, to: int(dec.InputOffset())}
		if k.value, err = f.node(dec, depth+1); err != nil {
			return err
		}
		if seen[name] {
			f.add("MS005", "keep one of the two", k.from, k.to, "the key %s is given twice", diag.Quote(name))
			continue
		}
		seen[name] = true
		n.keys = append(n.keys, k)
	}
	return nil
}

// next is where the next token begins.
func (f *file) next(dec *json.Decoder) int {
	at := int(dec.InputOffset())
	for at < len(f.data) && slices.Contains([]byte(" \t\r\n,:"), f.data[at]) {
		at++
	}
	return at
}
