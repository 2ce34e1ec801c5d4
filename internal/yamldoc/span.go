package yamldoc

import (
	"gopkg.in/yaml.v3"

	"github.com/mergeseal/mergeseal/internal/source"
)

func at(file string, n *yaml.Node, width int) source.Range {
	p := source.Pos{Line: max(n.Line, 1), Col: max(n.Column, 1)}
	return source.Range{File: file, Start: p, End: source.Pos{Line: p.Line, Col: p.Col + max(width, 1)}}
}

// runes is one line, kept while nodes of the same line ask for it: a line can
// be a quarter of a megabyte and hold thousands of nodes.
func (b *builder) runes(line int) []rune {
	if b.runesOf != line {
		b.runesOf, b.cached = line, []rune(b.lines[line-1])
	}
	return b.cached
}

// rest is the node's line from the node on, nil when it lies outside the text.
func (b *builder) rest(n *yaml.Node) []rune {
	if n.Line < 1 || n.Line > len(b.lines) {
		return nil
	}
	line := b.runes(n.Line)
	if n.Column < 1 || n.Column > len(line) {
		return nil
	}
	return line[n.Column-1:]
}

// first is the character a node begins with, 0 for none.
func (b *builder) first(n *yaml.Node) rune {
	if rest := b.rest(n); rest != nil {
		return rest[0]
	}
	return 0
}

// span is the stretch a node takes up on its first line.
func (b *builder) span(n *yaml.Node) source.Range {
	r, rest := at(b.file, n, 1), b.rest(n)
	if rest == nil {
		return r
	}
	width := trimmed(rest)
	switch {
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		width = quoted(rest)
	case n.Kind == yaml.ScalarNode && n.Style == 0:
		width = min(width, len([]rune(n.Value)))
	case n.Style&yaml.FlowStyle != 0:
		width = bracketed(rest)
	}
	r.End.Col = r.Start.Col + max(width, 1)
	return r
}

// trimmed is the width without white space at the end.
func trimmed(rest []rune) int {
	width := len(rest)
	for width > 0 && (rest[width-1] == ' ' || rest[width-1] == '\t') {
		width--
	}
	return width
}

// quoted is the width of a quoted scalar on this line.
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

// bracketed is the width of [...] or {...} on this line. A list nests at most
// Depth levels, so that no character is looked at more often than that. The
// pair in [a: b] is a mapping without brackets.
func bracketed(rest []rune) int {
	if rest[0] != '[' && rest[0] != '{' {
		return 1
	}
	depth, before := 0, ' '
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case (c == '"' || c == '\'') && (before == ' ' || before == ',' || before == '[' || before == '{' || before == ':'):
			i += quoted(rest[i:]) - 1
		}
		before = rest[min(i, len(rest)-1)]
	}
	return trimmed(rest)
}
