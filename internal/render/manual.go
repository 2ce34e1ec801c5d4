package render

import (
	"io"
	"regexp"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

var (
	mdBold = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	mdLink = regexp.MustCompile(`\[([^\]]+)\]\(([^)\s]+)\)`)
	mdItem = regexp.MustCompile(`^(\s*)([-*+]|\d{1,3}[.)])\s+`)
)

// Page writes a page of the catalogue on a terminal: headings, lists, wrapped
// paragraphs, fenced code as it stands. It knows the Markdown that those pages
// are written in and shows anything else as plain text.
func Page(w io.Writer, markdown string, o Options) error {
	s := newScreen(o)
	var para []string
	indent, bullet := 0, ""
	flush := func() {
		if len(para) > 0 {
			s.text(bullet, indent, prose(strings.Join(para, " ")))
		}
		para, indent, bullet = nil, 0, ""
	}
	fence := ""
	for _, line := range strings.Split(strings.TrimSpace(markdown), "\n") {
		line = strings.TrimRight(line, " \r")
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case fence != "":
			if strings.HasPrefix(trimmed, fence) && strings.Trim(trimmed, fence[:1]) == "" {
				fence = ""
				continue
			}
			s.raw("    " + pageCode(line))
		case strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~"):
			flush()
			fence = trimmed[:prefixRun(trimmed)]
		case line == "":
			flush()
			s.blank()
		case strings.HasPrefix(line, "#"):
			flush()
			s.heading(line)
		case strings.HasPrefix(line, "|"):
			flush()
			s.raw(terminal(line))
		case mdItem.MatchString(line):
			flush()
			m := mdItem.FindStringSubmatch(line)
			bullet = terminal(m[1] + m[2] + " ")
			indent = displaywidth.String(bullet)
			para = []string{line[len(m[0]):]}
		default:
			para = append(para, trimmed)
		}
	}
	flush()
	return write(w, s.buf.Bytes(), nil)
}

// prefixRun is how many times the first byte of a line stands at its beginning.
func prefixRun(line string) int {
	return len(line) - len(strings.TrimLeft(line, line[:1]))
}

// pageCode keeps the spaces of code.
func pageCode(line string) string { return terminal(strings.ReplaceAll(line, "\t", "    ")) }

// heading underlines the title of a page and sets other headings apart by their
// place alone.
func (s *screen) heading(line string) {
	text := strings.TrimLeft(line, "#")
	top := len(line)-len(text) == 1
	text = terminal(prose(strings.TrimSpace(text)))
	s.text("", 0, text)
	rule := "─"
	if top {
		rule = "═"
	}
	s.raw(strings.Repeat(rule, min(displaywidth.String(text), s.width)))
}

// prose takes the marks out of a sentence that a terminal cannot show.
func prose(text string) string {
	text = mdBold.ReplaceAllString(text, "$1")
	return mdLink.ReplaceAllString(text, "$1 ($2)")
}
