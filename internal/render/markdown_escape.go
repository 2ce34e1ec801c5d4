package render

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// zwsp breaks up what a forge would turn into a mention or a reference.
const zwsp = "\u200b"

// What a forge links in plain text, in the form of its own filters:
// https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
var (
	mdMention   = regexp.MustCompile(`(?i)@|&(?:#0*64|#x0*40|commat);?`)
	mdReference = regexp.MustCompile(`(?i)#\d|\bGH-\d`)
	mdKeyword   = regexp.MustCompile(`(?i)(clos|fix|resolv)(es|ed|e|)(:?\s+\S*(?:#|://|GH-))`)
	mdURL       = regexp.MustCompile(`(?i)://|\bwww\.|\bmailto:|\bxmpp:`)
	mdCommit    = regexp.MustCompile(`(?i)[0-9a-f]{7,}`)
)

// markdown is the escaper of Markdown: inline text that renders as itself, on
// one line, without mention, link, image, reference or markup, in a table cell
// as well as in a sentence. It is not for the insides of raw HTML.
func markdown(s string) string {
	var b strings.Builder
	for _, r := range defused(s) {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '"':
			b.WriteString("&quot;")
		case '$': // begins a formula on some forges
			b.WriteString("&#36;")
		case '\\', '`', '*', '_', '[', ']', '!', '|', '~', '#', '^':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// code is text as a code span that also stands in a table cell.
func code(s string) string {
	s = strings.ReplaceAll(defused(s), "|", "¦") // a pipe ends a cell even inside a code span
	if strings.TrimSpace(s) == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

func longestRun(s string, of rune) int {
	most, run := 0, 0
	for _, r := range s {
		if r != of {
			run = 0
			continue
		}
		run++
		most = max(most, run)
	}
	return most
}

// defused makes hidden characters visible and breaks up mentions, references
// and addresses. Mails made of a comment are read again as plain text, so this
// is done in code spans too.
func defused(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\t' || r == '\u00a0':
			b.WriteByte(' ')
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			fmt.Fprintf(&b, "<0x%02X>", s[i])
		case hidden(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	s = strings.ReplaceAll(b.String(), "##[", "##"+zwsp+"[") // a command of old, when a page is printed in a job
	s = mdKeyword.ReplaceAllString(s, "${1}"+zwsp+"${2}${3}")
	s = mdMention.ReplaceAllString(s, "${0}"+zwsp)
	s = mdReference.ReplaceAllStringFunc(s, func(m string) string { return m[:len(m)-1] + zwsp + m[len(m)-1:] })
	s = mdURL.ReplaceAllStringFunc(s, func(m string) string {
		if m == "://" {
			return ":" + zwsp + "//"
		}
		return m[:len(m)-1] + zwsp + m[len(m)-1:]
	})
	return mdCommit.ReplaceAllStringFunc(s, func(m string) string {
		var parts []string
		for ; len(m) > 6; m = m[6:] {
			parts = append(parts, m[:6])
		}
		return strings.Join(append(parts, m), zwsp)
	})
}

// clipped shortens text for a comment, and says so.
func clipped(s string, most int) string {
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
