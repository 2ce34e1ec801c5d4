package render

import (
	"bytes"
	"maps"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// secretCode is the code of findings whose source lines must not be shown.
const secretCode = "MS117"

// tabWidth is how many columns a tab of an excerpt takes, wherever it stands.
const tabWidth = 4

// excerpts hands out source lines, but none that holds a secret. It also
// remembers which codes have had their page named.
type excerpts struct {
	sources map[string][]byte
	secret  map[source.Range]bool // by file and line
	named   map[string]bool
}

func newExcerpts(list diag.List, sources map[string][]byte) excerpts {
	e := excerpts{sources: maps.Clone(sources), secret: map[source.Range]bool{}, named: map[string]bool{}}
	for _, f := range list {
		if f.Code != secretCode {
			continue
		}
		if f.At.Start.Line == 0 {
			delete(e.sources, f.At.File)
			continue
		}
		for line := f.At.Start.Line; line <= max(f.At.End.Line, f.At.Start.Line); line++ {
			e.secret[lineKey(f.At.File, line)] = true
		}
	}
	return e
}

func lineKey(file string, line int) source.Range {
	return source.Range{File: file, Start: source.Pos{Line: line}}
}

// line is a line of a file without its end. There is none for what must not be shown.
func (e excerpts) line(file string, n int) (string, bool) {
	data, ok := e.sources[file]
	if !ok || n < 1 || e.secret[lineKey(file, n)] {
		return "", false
	}
	if n == 1 {
		data = bytes.TrimPrefix(data, []byte("\ufeff"))
	}
	for ; n > 1; n-- {
		_, rest, more := bytes.Cut(data, []byte("\n"))
		if !more {
			return "", false
		}
		data = rest
	}
	b, _, _ := bytes.Cut(data, []byte("\n"))
	line := strings.TrimSuffix(string(b), "\r")
	if change.Redact(line) != line {
		return "", false // a secret, or the beginning of one, whatever was found
	}
	return line, true
}

// diagnostic is one finding: what, where with the line and a caret, remarks, and
// where to read more.
func (s *screen) diagnostic(f diag.Finding, e excerpts) {
	head := f.Severity.String() + "[" + terminal(f.Code) + "]"
	color := red
	switch f.Severity {
	case diag.Warning:
		color = yellow
	case diag.Note:
		color = cyan
	case diag.Error:
	}
	s.text(s.paint(color, head)+": ", displaywidth.String(head)+2, f.Message)

	gutter := 2
	line, shown := e.line(f.At.File, f.At.Start.Line)
	if shown {
		gutter = max(gutter, len(strconv.Itoa(f.At.Start.Line)))
	}
	edge := strings.Repeat(" ", gutter)
	if at := f.At.String(); at != "" {
		s.text(edge+"┌─ ", gutter+3, at)
	}
	if shown {
		s.raw(edge + "│")
		s.excerpt(f, line, gutter, color)
		s.raw(edge + "│")
	} else if f.Label != "" {
		s.text(edge+"= ", gutter+2, f.Label)
	}

	asides := f.Asides
	if f.Hint != "" {
		asides = append(asides[:len(asides):len(asides)], diag.Aside{Label: "hint", Text: f.Hint})
	}
	if diag.Known(f.Code) && !e.named[f.Code] {
		e.named[f.Code] = true
		asides = append(asides[:len(asides):len(asides)], diag.Aside{Label: "more", Text: "mergeseal explain " + f.Code})
	}
	labels := make([]string, len(asides))
	for i, a := range asides {
		labels[i] = terminal(a.Label)
	}
	col := min(max(widest(labels), 6), 16) + 2
	for i, a := range asides {
		if displaywidth.String(labels[i]) > col-2 {
			s.text(edge+"= ", gutter+2, a.Label)
			labels[i] = ""
		}
		s.text(edge+"= "+pad(labels[i], col), gutter+2+col, a.Text)
	}
}

// excerpt is the line and what the caret says below it.
func (s *screen) excerpt(f diag.Finding, line string, gutter int, color string) {
	cells := cellsOf(line)
	from := min(max(f.At.Start.Col-1, 0), len(cells))
	to := from + 1
	switch end := f.At.End; {
	case end.Line > f.At.Start.Line:
		to = len(cells)
	case end.Line == f.At.Start.Line:
		to = min(end.Col-1, len(cells))
	}
	to = max(to, from+1)

	shown, before, under := cut(cells, from, to, s.width-gutter-2)
	number := strconv.Itoa(f.At.Start.Line)
	s.raw(strings.Repeat(" ", gutter-len(number)) + number + "│ " + shown)

	prefix := strings.Repeat(" ", gutter) + "│ " + strings.Repeat(" ", before)
	carets := s.paint(color, strings.Repeat("^", under))
	label := terminal(f.Label)
	room := s.width - gutter - 2 - before - under - 1
	switch {
	case label == "":
		s.raw(prefix + carets)
	case displaywidth.String(label) <= room:
		s.raw(prefix + carets + " " + label)
	default:
		s.raw(prefix + carets)
		// Below a caret far to the right there is no room to write in.
		back := min(before, max(s.width/2-gutter-2, 0))
		below := strings.Repeat(" ", gutter) + "│ " + strings.Repeat(" ", back)
		for _, line := range wrap(label, s.width-gutter-2-back) {
			s.raw(below + line)
		}
	}
}

// cell is one code point of a source line as it is shown.
type cell struct {
	text  string
	width int
}

func cellsOf(line string) []cell {
	cells := make([]cell, 0, len(line))
	for len(line) > 0 {
		r, size := utf8.DecodeRuneInString(line)
		text := terminal(line[:size])
		if r == '\t' {
			text = strings.Repeat(" ", tabWidth)
		}
		cells = append(cells, cell{text, displaywidth.String(text)})
		line = line[size:]
	}
	return cells
}

// cut shows as much of a line around [from, to) as fits a width, with … where
// something is left out, and says where its caret begins and how long it is.
func cut(cells []cell, from, to, width int) (shown string, before, under int) {
	first, last := 0, len(cells)
	if span(cells) > width {
		room := width - 2 // for an ellipsis on either side
		// A short caret stands in the middle, a long one near the left edge.
		lead := max(min(room-span(cells[from:min(to, len(cells))]), room/2), 12)
		for first = from; first > 0 && lead >= cells[first-1].width; first-- {
			lead -= cells[first-1].width
		}
		for last = first; last < len(cells) && room >= cells[last].width; last++ {
			room -= cells[last].width
		}
		for ; last == len(cells) && first > 0 && room >= cells[first-1].width; first-- {
			room -= cells[first-1].width
		}
	}
	var b strings.Builder
	if first > 0 {
		b.WriteString("…")
		before = 1
	}
	for i := first; i < last; i++ {
		b.WriteString(cells[i].text)
		switch {
		case i < from:
			before += cells[i].width
		case i < to:
			under += cells[i].width
		}
	}
	if last < len(cells) {
		b.WriteString("…")
	}
	return strings.ReplaceAll(b.String(), "##[", "# #["), before, max(under, 1)
}

func span(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += c.width
	}
	return n
}
