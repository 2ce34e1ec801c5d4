package law

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/mergeseal/mergeseal/internal/source"
)

// Limits of one .ics file.
const (
	maxICS      = 1 << 20 // bytes
	maxICSDepth = 8
	maxICSFound = 50 // findings, after which the rest is not read
)

// icsLine is one content line of RFC 5545, 3.1, unfolded. Names are in upper
// case; parameters keep their first value alone.
type icsLine struct {
	name   string
	params map[string]string
	value  string
	at     source.Range
}

// icsPart is a component: a calendar, an event, a zone.
type icsPart struct {
	name  string
	at    source.Range
	lines []icsLine
	parts []*icsPart
}

// line is the first one of a name, or nil.
func (p *icsPart) line(name string) *icsLine {
	for i := range p.lines {
		if p.lines[i].name == name {
			return &p.lines[i]
		}
	}
	return nil
}

// text is the first one's value as text, "" for none.
func (p *icsPart) text(name string) string {
	if l := p.line(name); l != nil {
		return icsText(l.value)
	}
	return ""
}

// readICS turns bytes into components. It is not golang-ical, because findings
// need lines, a file that is cut short must not look whole, and that module
// brings an HTTP client along.
func (c *checker) readICS(file string, data []byte) []*icsPart {
	whole := source.InFile(file)
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case len(data) > maxICS:
		c.add("MS009", whole, "split the file", "the file has more than %d bytes", maxICS)
		return nil
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		c.add("MS418", whole, "save it as UTF-8", "the file is not text")
		return nil
	}
	root := &icsPart{at: whole}
	open := []*icsPart{root}
	for _, raw := range unfold(file, string(data)) {
		l, ok := parseICSLine(raw)
		top := open[len(open)-1]
		switch {
		case !ok:
			c.add("MS418", raw.at, "a line begins with a name and a colon, and one that goes on begins with a space", "the line cannot be read")
			return nil
		case l.name == "BEGIN" && len(open) > maxICSDepth:
			c.add("MS418", raw.at, "", "the components are nested too deep")
			return nil
		case l.name == "BEGIN":
			next := &icsPart{name: strings.ToUpper(l.value), at: l.at}
			top.parts = append(top.parts, next)
			open = append(open, next)
		case l.name == "END" && (len(open) == 1 || top.name != strings.ToUpper(l.value)):
			c.add("MS418", raw.at, "", "the line ends what was not begun")
			return nil
		case l.name == "END":
			open = open[:len(open)-1]
		default:
			top.lines = append(top.lines, l)
		}
	}
	if len(open) > 1 {
		c.add("MS418", open[len(open)-1].at, "fetch the file again: it is cut short", "%s has no end", open[len(open)-1].name)
		return nil
	}
	var calendars []*icsPart
	for _, p := range root.parts {
		if p.name == "VCALENDAR" {
			calendars = append(calendars, p)
		}
	}
	if len(calendars) != len(root.parts) || len(root.lines) > 0 || len(calendars) == 0 {
		c.add("MS418", whole, "it begins with BEGIN:VCALENDAR and ends with END:VCALENDAR", "the file is not a calendar")
		return nil
	}
	return calendars
}

// unfold joins lines that go on, and remembers where they began. Ends of lines
// are LF or CRLF.
func unfold(file, text string) []icsLine {
	var out []icsLine
	n := 0
	var joined strings.Builder
	flush := func() {
		if len(out) > 0 {
			out[len(out)-1].value = joined.String()
		}
		joined.Reset()
	}
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if len(out) > 0 && line != "" && (line[0] == ' ' || line[0] == '\t') {
			joined.WriteString(line[1:])
			continue
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		flush()
		out = append(out, icsLine{at: source.Range{File: file, Start: source.Pos{Line: n, Col: 1}, End: source.Pos{Line: n, Col: utf8.RuneCountInString(line) + 1}}})
		joined.WriteString(line)
	}
	flush()
	return out
}

// parseICSLine splits name, parameters and value; quotes keep ; : and , from
// ending a parameter.
func parseICSLine(l icsLine) (icsLine, bool) {
	text := l.value
	end := strings.IndexAny(text, ";:")
	if end < 1 {
		return l, false
	}
	l.name = strings.ToUpper(text[:end])
	for text[end] == ';' {
		text = text[end+1:]
		eq := strings.IndexAny(text, "=;:")
		if eq < 1 || text[eq] != '=' {
			return l, false
		}
		key := strings.ToUpper(text[:eq])
		text = text[eq+1:]
		quoted := false
		end = strings.IndexFunc(text, func(r rune) bool {
			if r == '"' {
				quoted = !quoted
			}
			return !quoted && (r == ';' || r == ':')
		})
		if end < 0 {
			return l, false
		}
		if l.params == nil {
			l.params = map[string]string{}
		}
		if _, twice := l.params[key]; !twice {
			l.params[key] = strings.Trim(text[:end], `"`)
		}
	}
	l.value = text[end+1:]
	return l, strings.Trim(l.name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

var icsEscapes = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, " ", `\N`, " ")

// icsText takes the escapes of a TEXT value away; a title is one line.
func icsText(value string) string { return strings.TrimSpace(icsEscapes.Replace(value)) }

// icsList splits a value at commas that are not escaped.
func icsList(value string) []string {
	var out []string
	start := 0
	for i := 0; i <= len(value); i++ {
		if i < len(value) && value[i] == '\\' {
			i++
			continue
		}
		if i >= len(value) || value[i] == ',' {
			if item := icsText(value[start:min(i, len(value))]); item != "" {
				out = append(out, item)
			}
			start = i + 1
		}
	}
	return out
}
