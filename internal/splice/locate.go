package splice

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// span is a node and the bytes it takes up.
type span struct {
	node       *yamldoc.Node
	parent     *span
	kids       []*span
	start, end int
	lead       int  // where its entry begins: its key or dash; start where it has neither
	after      int  // after its colon or dash; start where it has neither
	colon      bool // false for a key of braces that stands alone
	column     int  // of its own keys or dashes, in a block
	brackets   bool // it is written in them
	inside     bool // it is inside of brackets
	pair       bool // [a: b], a mapping without brackets
}

// find follows tokens as far as they lead.
func (s *span) find(tokens []string) (*span, []string) {
	for i, t := range tokens {
		c := child(s.node, t)
		if c == nil {
			return s, tokens[i:]
		}
		for _, k := range s.kids {
			if k.node == c {
				s = k
				break
			}
		}
	}
	return s, nil
}

// text is a document's bytes, and what is to become of them.
type text struct {
	src   []byte
	lines []int // where each begins
	nl    string
	cuts  []cut
	bad   bool // the form is beyond us
}

func locate(src []byte) (*text, *span, error) {
	root, err := read(src)
	if err != nil {
		return nil, nil, err
	}
	t := &text{src: src, lines: []int{0}, nl: "\n"}
	for i, c := range src {
		if c == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	if i := bytes.IndexByte(src, '\n'); i > 0 && src[i-1] == '\r' {
		t.nl = "\r\n"
	}
	s := &span{node: root, start: t.offset(root.At.Start)}
	s.lead, s.after = s.start, s.start
	if t.fill(s, -1); t.bad {
		return nil, nil, ErrForm
	}
	return t, s, nil
}

// offset is where a position is in the bytes.
func (t *text) offset(p source.Pos) int {
	if p.Line < 1 || p.Line > len(t.lines) {
		t.bad = true
		return 0
	}
	i := t.lines[p.Line-1]
	for range p.Col - 1 {
		if i >= len(t.src) {
			t.bad = true
			return 0
		}
		_, size := utf8.DecodeRune(t.src[i:])
		i += size
	}
	return i
}

func (t *text) at(i int) byte {
	if i < 0 || i >= len(t.src) {
		return 0
	}
	return t.src[i]
}

// fill works out where a node ends, and its parts. Margin is the column of the
// keys or dashes around it.
func (t *text) fill(s *span, margin int) {
	n := s.node
	if t.bad {
		return
	}
	s.brackets = n.Kind == yamldoc.Mapping && t.at(s.start) == '{' || n.Kind == yamldoc.Sequence && t.at(s.start) == '['
	s.column = s.start - t.lineStart(s.start)
	switch {
	case n.Kind == yamldoc.Scalar && n.Plain && n.Text == "":
		s.start, s.end = s.after, s.after
	case n.Kind == yamldoc.Scalar:
		s.end = t.scalar(s.start, n.Text, n.Plain, margin)
	case n.Kind == yamldoc.Mapping:
		s.pair = s.inside && !s.brackets
		t.keys(s)
	case n.Kind == yamldoc.Sequence:
		t.items(s)
	default:
		t.bad = true
	}
}

func (t *text) keys(s *span) {
	for _, k := range s.node.Keys {
		c := &span{node: k.Value, parent: s, inside: s.inside || s.brackets, lead: t.offset(k.At.Start), colon: true}
		end := t.scalar(c.lead, k.Name, t.at(c.lead) != '"' && t.at(c.lead) != '\'', -1)
		if p := t.trivia(end); t.at(p) == ':' {
			c.after = p + 1
		} else {
			c.after, c.colon = end, false
			t.bad = t.bad || !s.brackets
		}
		t.add(s, c)
	}
	t.close(s, '}')
}

func (t *text) items(s *span) {
	p := s.start
	for _, item := range s.node.Items {
		c := &span{node: item, parent: s, inside: s.inside || s.brackets, lead: t.offset(item.At.Start)}
		c.after = c.lead
		if !s.brackets {
			c.lead = t.trivia(p)
			c.after = c.lead + 1
			t.bad = t.bad || t.at(c.lead) != '-'
		}
		t.add(s, c)
		p = c.end
	}
	t.close(s, ']')
}

func (t *text) add(s, c *span) {
	c.start = t.offset(c.node.At.Start)
	s.kids = append(s.kids, c)
	t.fill(c, s.column)
	t.bad = t.bad || c.start < c.after || c.end < c.start || c.lead < s.start
	s.end = c.end
}

// close finds the bracket after the last entry.
func (t *text) close(s *span, bracket byte) {
	if !s.brackets {
		t.bad = t.bad || len(s.kids) == 0
		return
	}
	p := s.start + 1
	if len(s.kids) > 0 {
		p = s.end
	}
	if p = t.trivia(p); t.at(p) == ',' {
		p = t.trivia(p + 1)
	}
	t.bad = t.bad || t.at(p) != bracket
	s.end = p + 1
}

// trivia skips white space, line ends and comments.
func (t *text) trivia(i int) int {
	for ; i < len(t.src); i++ {
		switch c := t.src[i]; {
		case c == ' ', c == '\t', c == '\r', c == '\n':
		case c == '#':
			i = t.lineEnd(i) - 1
		default:
			return i
		}
	}
	return i
}

// lineStart is where the line of an offset begins.
func (t *text) lineStart(i int) int { return bytes.LastIndexByte(t.src[:min(i, len(t.src))], '\n') + 1 }

// lineEnd is where the line of an offset ends, its break excluded.
func (t *text) lineEnd(i int) int {
	n := bytes.IndexByte(t.src[i:], '\n')
	if n < 0 {
		return len(t.src)
	}
	if n > 0 && t.src[i+n-1] == '\r' {
		n--
	}
	return i + n
}

// scalar is where the scalar at an offset ends.
func (t *text) scalar(i int, value string, plain bool, margin int) int {
	switch c := t.at(i); {
	case plain:
		return t.plain(i, value)
	case c == '"' || c == '\'':
		return t.quoted(i)
	case c == '|' || c == '>':
		return t.block(i, margin)
	}
	t.bad = true
	return i
}

// plain ends with the last character that is no white space: all others of its
// text stand in the source as they are, whatever was folded between them.
func (t *text) plain(i int, value string) int {
	for _, r := range value {
		if unicode.IsSpace(r) && r < utf8.RuneSelf {
			continue
		}
		for t.at(i) == ' ' || t.at(i) == '\t' || t.at(i) == '\n' || t.at(i) == '\r' {
			i++
		}
		got, size := utf8.DecodeRune(t.src[min(i, len(t.src)):])
		if got != r {
			t.bad = true
			return i
		}
		i += size
	}
	return i
}

func (t *text) quoted(i int) int {
	q := t.src[i]
	for i++; i < len(t.src); i++ {
		switch c := t.src[i]; {
		case c == '\\' && q == '"':
			i++
		case c == q && q == '\'' && t.at(i+1) == q:
			i++
		case c == q:
			return i + 1
		}
	}
	t.bad = true
	return i
}

// block is the end of a block scalar: of its last line that is not empty, or
// with the indicator + of its last.
func (t *text) block(i, margin int) int {
	head := string(t.src[i:t.lineEnd(i)])
	indicators, _, _ := strings.Cut(head, " ")
	depth, keep := 0, strings.Contains(indicators, "+")
	for _, c := range indicators {
		if c >= '1' && c <= '9' {
			depth = max(margin, 0) + int(c-'0')
		}
	}
	end := t.lineEnd(i)
	for p := t.nextLine(end); p < len(t.src); p = t.nextLine(t.lineEnd(p)) {
		line := string(t.src[p:t.lineEnd(p)])
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if indent == len(line) && (depth == 0 || indent < depth) {
			if keep {
				end = t.lineEnd(p)
			}
			continue
		}
		if depth == 0 && indent > margin {
			depth = indent
		}
		if depth == 0 || indent < depth {
			break
		}
		end = t.lineEnd(p)
	}
	return end
}

// nextLine is where the line after the one that ends here begins.
func (t *text) nextLine(end int) int {
	for end < len(t.src) && t.src[end] != '\n' {
		end++
	}
	return min(end+1, len(t.src))
}
