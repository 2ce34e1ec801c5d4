// Package source says where in which file something stands.
//
// Lines and columns count from 1; a column counts Unicode code points, as
// yaml.v3 and SARIF's unicodeCodePoints do. The zero Range means "nowhere".
package source

import (
	"strconv"
	"strings"
)

// Pos is a place in a file. Zero means unknown.
type Pos struct {
	Line, Col int
}

// Range is a stretch of one file; End is exclusive.
type Range struct {
	File       string
	Start, End Pos
}

// IsZero reports whether the range says nothing at all.
func (r Range) IsZero() bool { return r == Range{} }

// String is file:line:col, file alone without a position, or "".
func (r Range) String() string {
	if r.Start.Line == 0 {
		return r.File
	}
	return r.File + ":" + strconv.Itoa(r.Start.Line) + ":" + strconv.Itoa(r.Start.Col)
}

// Compare orders ranges by file, line and column.
func (r Range) Compare(o Range) int {
	if c := strings.Compare(r.File, o.File); c != 0 {
		return c
	}
	if c := r.Start.Line - o.Start.Line; c != 0 {
		return c
	}
	return r.Start.Col - o.Start.Col
}

// InFile is the whole of a file, without a position inside it.
func InFile(file string) Range { return Range{File: file} }

// Span is where a node of a document stands: its key, if it has one, and its value.
type Span struct {
	Key, Value Range
}

// Index maps JSON pointers (RFC 6901) of one document to places. The root is "".
type Index struct {
	File  string
	spans map[string]Span
}

// NewIndex returns an empty index of a file.
func NewIndex(file string) Index { return Index{File: file, spans: map[string]Span{}} }

// Add records where a pointer's node stands.
func (x Index) Add(pointer string, s Span) { x.spans[pointer] = s }

// Has reports whether the document has a node at the pointer.
func (x Index) Has(pointer string) bool { _, ok := x.spans[pointer]; return ok }

// Value is where the value of a pointer stands; where there is none, the key
// of its nearest ancestor that exists: for a key of the document itself, where
// the document begins. An empty index knows the file alone.
func (x Index) Value(pointer string) Range {
	if s, ok := x.spans[pointer]; ok {
		return s.Value
	}
	return x.ancestor(pointer)
}

// Key is like Value, but prefers the key.
func (x Index) Key(pointer string) Range {
	s, ok := x.spans[pointer]
	switch {
	case !ok:
		return x.ancestor(pointer)
	case s.Key.IsZero():
		return s.Value
	}
	return s.Key
}

func (x Index) ancestor(pointer string) Range {
	for pointer != "" {
		pointer = pointer[:max(strings.LastIndexByte(pointer, '/'), 0)]
		if s, ok := x.spans[pointer]; ok {
			if s.Key.IsZero() {
				return s.Value
			}
			return s.Key
		}
	}
	return InFile(x.File)
}

// Join appends one reference token to a pointer, escaped.
func Join(pointer, token string) string {
	if strings.ContainsAny(token, "~/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1")
	}
	return pointer + "/" + token
}

// Item appends a list index to a pointer.
func Item(pointer string, i int) string { return pointer + "/" + strconv.Itoa(i) }
