package splice

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// cut replaces a stretch of bytes.
type cut struct {
	from, to int
	text     string
}

// cut notes a replacement. Line ends of the text become those of the file.
func (t *text) cut(from, to int, insert string) {
	if t.nl != "\n" {
		insert = strings.ReplaceAll(insert, "\n", t.nl)
	}
	t.cuts = append(t.cuts, cut{from, to, insert})
}

// result is the text with all that was noted.
func (t *text) result() ([]byte, error) {
	if t.bad {
		return nil, ErrForm
	}
	slices.SortStableFunc(t.cuts, func(a, b cut) int { return a.from - b.from })
	var out []byte
	last := 0
	for _, c := range t.cuts {
		if c.from < last || c.to < c.from || c.to > len(t.src) {
			return nil, ErrForm
		}
		out = append(append(out, t.src[last:c.from]...), c.text...)
		last = c.to
	}
	return append(out, t.src[last:]...), nil
}

// below is a value as it stands after a key's colon: on the same line, or in
// lines of its own with this indentation. No line end follows.
func below(v *yamldoc.Node, indent int) string {
	whole := string(yamldoc.Write(&yamldoc.Node{Kind: yamldoc.Mapping, Keys: []yamldoc.Key{{Name: "k", Value: v}}}))
	first, rest, more := strings.Cut(strings.TrimSuffix(whole, "\n"), "\n")
	out := strings.TrimPrefix(first, "k:")
	if more {
		out += "\n" + margin(strings.ReplaceAll("\n"+rest, "\n  ", "\n")[1:], indent)
	}
	return out
}

func margin(lines string, indent int) string {
	pad := strings.Repeat(" ", indent)
	return pad + strings.ReplaceAll(lines, "\n", "\n"+pad)
}

// hanging is an item as it stands after its dash.
func hanging(v *yamldoc.Node, column int) string {
	if v.Kind != yamldoc.Mapping || len(v.Keys) == 0 {
		return yamldoc.Flow(v)
	}
	return strings.TrimLeft(margin(strings.TrimSuffix(string(yamldoc.Write(v)), "\n"), column+2), " ")
}

func name(key string) string { return yamldoc.Flow(yamldoc.Text(key)) }

// scalarLike is a text in the quotes that the old one has.
func (t *text) scalarLike(s *span, v *yamldoc.Node) string {
	if v.Kind != yamldoc.Scalar || s.node.Kind != yamldoc.Scalar || means(v) != "text "+v.Text {
		return yamldoc.Flow(v)
	}
	switch c := t.at(s.start); {
	case c == '"' && !s.node.Plain:
		return strconv.Quote(v.Text)
	case c == '\'' && !s.node.Plain && !strings.ContainsAny(v.Text, "\n\t"):
		return "'" + strings.ReplaceAll(v.Text, "'", "''") + "'"
	}
	return yamldoc.Flow(v)
}

// overwrite gives a node that is there another value.
func (t *text) overwrite(s *span, v *yamldoc.Node) {
	collection := v.Kind != yamldoc.Scalar && len(v.Items)+len(v.Keys) > 0
	lead := ""
	if !s.colon && s.parent.node.Kind == yamldoc.Mapping {
		lead = ":"
	}
	switch {
	case s.inside || s.brackets && v.Kind != yamldoc.Scalar || !collection:
		from := s.start
		if s.start == s.after && s.colon || lead != "" || t.blockBelow(s) || t.at(s.start-1) == '-' {
			from, lead = s.after, lead+" "
		}
		t.cut(from, s.end, lead+t.scalarLike(s, v))
	case s.parent.node.Kind == yamldoc.Sequence:
		t.cut(s.after, s.end, " "+hanging(v, s.parent.column))
	default:
		t.cut(s.after, s.end, below(v, s.parent.column+2))
	}
}

// blockBelow reports whether the node is a block that begins below its key,
// with nothing but white space between.
func (t *text) blockBelow(s *span) bool {
	return s.node.Kind != yamldoc.Scalar && !s.brackets && len(bytes.TrimSpace(t.src[s.after:s.start])) == 0
}

// insert adds a key to a mapping.
func (t *text) insert(s *span, k yamldoc.Key) {
	switch {
	case s.pair:
		t.bad = true
	case s.brackets:
		t.enter(s, name(k.Name)+": "+yamldoc.Flow(k.Value))
	default:
		entry := name(k.Name) + ":" + below(k.Value, s.column+2)
		last := s.kids[len(s.kids)-1]
		if t.cutShort(last) {
			at := t.above(last.lead)
			t.cut(at, at, strings.Repeat(" ", s.column)+entry+"\n")
			return
		}
		t.line(last.end, s.column, entry)
	}
}

// cutShort reports whether the text ends in a block scalar without a line end:
// one more line would give it another value.
func (t *text) cutShort(s *span) bool {
	for len(s.kids) > 0 {
		s = s.kids[len(s.kids)-1]
	}
	c := t.at(s.start)
	return s.end == len(t.src) && s.node.Kind == yamldoc.Scalar && !s.node.Plain && (c == '|' || c == '>')
}

// above is the beginning of a line, or of the comments that stand above it.
func (t *text) above(i int) int {
	at := t.lineStart(i)
	for at > 0 {
		prev := t.lineStart(at - 1)
		if !strings.HasPrefix(strings.TrimLeft(string(t.src[prev:at]), " \t"), "#") {
			break
		}
		at = prev
	}
	return at
}

// push adds an item to a list.
func (t *text) push(s *span, v *yamldoc.Node) {
	if s.brackets {
		t.enter(s, yamldoc.Flow(v))
		return
	}
	last := s.kids[len(s.kids)-1]
	if t.cutShort(last) {
		t.bad = true
		return
	}
	entry := hanging(v, s.column)
	if last.brackets { // as its neighbour is written
		entry = yamldoc.Flow(v)
	}
	t.line(last.end, s.column, "- "+entry)
}

// line adds lines after the one in which a value ends, and after the comments
// below it that are indented as it is. Comments without indentation may be
// about anything.
func (t *text) line(end, column int, entry string) {
	at := t.lineEnd(end)
	for p := t.nextLine(at); p < len(t.src); p = t.nextLine(t.lineEnd(p)) {
		line := string(t.src[p:t.lineEnd(p)])
		body := strings.TrimLeft(line, " \t")
		if body != "" && (body[0] != '#' || len(line)-len(body) < max(column, 1)) {
			break
		}
		if body != "" {
			at = t.lineEnd(p)
		}
	}
	t.cut(at, at, "\n"+strings.Repeat(" ", column)+entry)
}

// enter adds an entry inside of brackets, on a line of its own where the last
// one has such a line.
func (t *text) enter(s *span, entry string) {
	if len(s.kids) == 0 {
		t.cut(s.start+1, s.start+1, entry)
		return
	}
	last := s.kids[len(s.kids)-1]
	own := t.lineStart(last.lead)
	pad := string(t.src[own:last.lead])
	comma := t.trivia(last.end)
	if strings.TrimLeft(pad, " \t") != "" || t.lineEnd(comma) >= s.end-1 && t.at(comma) == ',' || t.lineEnd(last.end) >= s.end-1 {
		t.cut(last.end, last.end, ", "+entry)
		return
	}
	if t.at(comma) == ',' {
		t.cut(t.lineEnd(comma), t.lineEnd(comma), "\n"+pad+entry+",")
		return
	}
	t.cut(last.end, last.end, ",")
	t.cut(t.lineEnd(last.end), t.lineEnd(last.end), "\n"+pad+entry)
}

// remove takes an entry out of its mapping or list.
func (t *text) remove(c *span) {
	s := c.parent
	i := slices.Index(s.kids, c)
	last := i == len(s.kids)-1
	switch {
	case len(s.kids) == 1 && s.brackets:
		t.cut(s.start+1, s.end-1, "")
	case len(s.kids) == 1:
		if s.parent == nil || s.pair {
			t.bad = true
			return
		}
		t.overwrite(s, &yamldoc.Node{Kind: s.node.Kind})
	case s.brackets:
		t.leave(s, i)
	case len(bytes.TrimLeft(t.src[t.lineStart(c.lead):c.lead], " ")) > 0 && !last:
		t.cut(c.lead, s.kids[i+1].lead, "")
	case t.nextLine(t.lineEnd(c.end)) == len(t.src) && t.at(len(t.src)-1) != '\n':
		from := t.lineStart(c.lead) - 1
		if t.at(from-1) == '\r' {
			from--
		}
		t.cut(from, t.lineEnd(c.end), "")
	default:
		t.cut(t.lineStart(c.lead), t.nextLine(t.lineEnd(c.end)), "")
	}
}

// leave removes one of several entries from inside of brackets.
func (t *text) leave(s *span, i int) {
	c := s.kids[i]
	if i < len(s.kids)-1 {
		t.cut(c.lead, s.kids[i+1].lead, "")
		return
	}
	prev := s.kids[i-1]
	own := t.lineStart(c.lead)
	if len(bytes.TrimLeft(t.src[own:c.lead], " \t")) > 0 || t.lineEnd(c.end) >= s.end-1 {
		t.cut(prev.end, c.end, "")
		return
	}
	if t.at(t.trivia(c.end)) != ',' {
		comma := t.trivia(prev.end)
		t.cut(comma, comma+1, "")
	}
	t.cut(own, t.nextLine(t.lineEnd(c.end)), "")
}
