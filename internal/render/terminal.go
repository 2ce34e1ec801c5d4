package render

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// terminal is the escaper of the terminal: one line in, one line out, without
// anything that a terminal or a workflow runner would obey. Escaping twice
// changes nothing.
//
// A runner finds its old commands, ##[name], anywhere in a line:
// https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
func terminal(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			fmt.Fprintf(&b, "<0x%02X>", s[i])
		case hidden(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "##[", "# #[")
}

// unarmed makes sure that a line is no workflow command. The runner skips white
// space before the two colons, so an indent alone does not help.
func unarmed(line string) string {
	at := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsSpace(r) && !unicode.In(r, unicode.M) })
	if at >= 0 && strings.HasPrefix(line[at:], "::") {
		return line[:at] + ": " + line[at+1:]
	}
	return line
}

// screen collects lines for a terminal. Every text passes its escaper; only
// prefixes and colours, which are ours, do not.
type screen struct {
	buf   bytes.Buffer
	width int
	color bool
}

func newScreen(o Options) *screen { return &screen{width: o.columns(), color: o.Color} }

// The colours, as parameters of SGR.
const (
	red    = "31"
	yellow = "33"
	green  = "32"
	cyan   = "36"
)

func (s *screen) paint(color, words string) string {
	if !s.color || words == "" {
		return words
	}
	return "\x1b[1;" + color + "m" + words + "\x1b[0m"
}

// blank writes an empty line, but never a second one.
func (s *screen) blank() {
	if !bytes.HasSuffix(s.buf.Bytes(), []byte("\n\n")) {
		s.buf.WriteByte('\n')
	}
}

// raw writes one line that is ours or escaped already.
func (s *screen) raw(line string) {
	s.buf.WriteString(strings.TrimRight(unarmed(line), " "))
	s.buf.WriteByte('\n')
}

// text writes foreign text behind a prefix of ours, which occupies indent
// columns; what does not fit goes on below, indented alike.
func (s *screen) text(prefix string, indent int, text string) {
	for i, line := range wrap(terminal(text), s.width-indent) {
		if i > 0 {
			prefix = strings.Repeat(" ", indent)
		}
		s.raw(prefix + line)
	}
}

// nbsp is a space at which no line is broken.
const nbsp = "\u00a0"

// wrap breaks text at plain spaces into lines of a width; a word that is longer
// is broken inside. It gives at least one line.
func wrap(text string, width int) []string {
	width = max(width, 8)
	var lines []string
	line, used := "", 0
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' }) {
		word = strings.ReplaceAll(word, nbsp, " ")
		w := displaywidth.String(word)
		if used > 0 && used+1+w > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		for w > width-used {
			head, tail := split(word, width-used)
			lines = append(lines, line+head)
			line, used = "", 0
			word, w = tail, displaywidth.String(tail)
		}
		line, used = line+word, used+w
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// split cuts a word after as much as fits a width, and after something.
func split(word string, width int) (head, tail string) {
	used := 0
	for i, r := range word {
		w := displaywidth.Rune(r)
		if i > 0 && used+w > width {
			return word[:i], word[i:]
		}
		used += w
	}
	return word, ""
}

// pad fills text with spaces to a width.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-displaywidth.String(text), 0))
}

// widest is the width of the widest text.
func widest(texts []string) int {
	most := 0
	for _, t := range texts {
		most = max(most, displaywidth.String(t))
	}
	return most
}
