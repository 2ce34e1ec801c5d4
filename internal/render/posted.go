package render

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// What is posted where a pull request is discussed. None of it depends on the
// moment at which it is made: the same judgement gives the same bytes, so that
// posting it again can be seen to be needless.

const (
	// mostTitle is how long a check's title may get, in code points. GitHub
	// gives no limit; its lists cut off at about this.
	mostTitle = 100
	// mostStatus is how long the description of a commit status may get:
	// https://docs.github.com/en/rest/commits/statuses#create-a-commit-status
	mostStatus = 140
)

// Check is a verdict as a check on a commit.
type Check struct {
	Title       string       // plain text, one short line
	Summary     string       // Markdown: the outcome, what is missing and from whom, and why; at most 65,535 bytes
	Text        string       // Markdown: the score line by line, and what was read; at most 65,535 bytes
	Annotations []Annotation // the findings at their lines, the worst first
	Omitted     int          // findings with a file that are beyond the limit; Text counts them
}

var errNoVerdict = errors.New("render verdict: there is none")

// Comment is the comment on a pull request, in at most 60,000 bytes: the
// outcome first, then what is missing and from whom, then why. It neither
// mentions nor links anybody or anything. The error is for a report without a
// verdict.
func Comment(r Report, o Options) (string, error) {
	if r.Verdict == nil {
		return "", errNoVerdict
	}
	return string(verdictMarkdown(settled(r), o)), nil
}

// CheckOf is a verdict as a check. The error is for a report without a verdict.
func CheckOf(r Report, o Options) (Check, error) {
	if r.Verdict == nil {
		return Check{}, errNoVerdict
	}
	r = settled(r)
	var c Check
	c.Title = clippedWords(plainLine(badgeWord(r.Verdict.Outcome)+": "+headline(r)), mostTitle)
	c.Annotations, c.Omitted = annotations(r)

	summary := &page{limit: mostMarkdown - endReserve}
	if len(r.Verdict.Changes) == 0 {
		summary.line("%s.\n", md(gist(r.Verdict, r.Findings)))
	}
	summary.lead(r, o)
	summary.end(r, o)
	c.Summary = summary.buf.String()

	text := &page{limit: mostMarkdown}
	if c.Omitted > 0 {
		text.line("%s not shown at its line in the files.\n", number(c.Omitted, "more finding is", "more findings are"))
	}
	text.folds(r, o)
	c.Text = text.buf.String()
	return c, nil
}

// StatusLine is a verdict in the description of a commit status: plain text of
// at most 140 code points, cut between words. "" is a report without a verdict.
func StatusLine(r Report) string {
	if r.Verdict == nil {
		return ""
	}
	r = settled(r)
	text := headline(r)
	if v := r.Verdict; len(v.Changes) == 1 {
		text += " · " + nameOf(v.Changes[0])
		if v.Changes[0].Risk != nil {
			text += " · risk " + level(v.Changes[0].Risk)
		}
	} else if len(v.Changes) > 1 {
		text += " · " + number(len(v.Changes), "change", "changes")
	}
	return clippedWords(plainLine(text), mostStatus)
}

// settled is the report with its findings in order, the verdict's own where it
// has none.
func settled(r Report) Report {
	r.Findings = sorted(r.Findings)
	if len(r.Findings) == 0 {
		r.Findings = placed(r.Verdict.Findings)
	}
	return r
}

// headline is the verdict in a line: the first finding that is in the way, or
// who is missing.
func headline(r Report) string {
	v := r.Verdict
	switch v.Outcome {
	case verdict.OutcomeFail, verdict.OutcomeError:
		if len(r.Findings) > 0 && r.Findings[0].Severity == 0 {
			text := gist(v, r.Findings) + ": " + r.Findings[0].Code + " " + r.Findings[0].Message
			return text
		}
	case verdict.OutcomePending:
		var open []approval.Status
		for _, list := range append([][]approval.Status{v.Requirements}, requirements(v)...) {
			for _, s := range list {
				if s.Missing > 0 {
					open = append(open, s)
				}
			}
		}
		if len(open) > 0 {
			text := "waits for " + lacks(open[0])
			if len(open) > 1 {
				text += " and " + number(len(open)-1, "more approval", "more approvals")
			} else if len(open[0].Could) > 0 {
				text += ", from " + short(open[0].Could, "or")
			}
			return text
		}
	case verdict.OutcomePass:
	}
	return gist(v, r.Findings)
}

func requirements(v *verdict.Verdict) [][]approval.Status {
	out := make([][]approval.Status, len(v.Changes))
	for i, c := range v.Changes {
		out[i] = c.Requirements
	}
	return out
}

// badgeWord is an outcome as a word that begins a line.
func badgeWord(o verdict.Outcome) string {
	word := o.String()
	return strings.ToUpper(word[:1]) + word[1:]
}

// plainLine is the escaper of plain text that a forge shows in one line: no
// hidden character, no mention, no secret.
func plainLine(s string) string { return strings.ReplaceAll(plainText(s), "\n", " ") }

// plainText is plainLine for text of several lines.
func plainText(s string) string { return unlinked(visible(change.Redact(s))) }

// visible shows hidden characters by their numbers.
func visible(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\n':
			b.WriteByte('\n')
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
	return b.String()
}

// unlinked breaks up commands, mentions and references.
func unlinked(s string) string {
	s = strings.ReplaceAll(s, "##[", "# #[")
	s = mdKeyword.ReplaceAllString(s, "${1}"+zwsp+"${2}${3}")
	s = mdMention.ReplaceAllString(s, "${0}"+zwsp)
	return mdReference.ReplaceAllStringFunc(s, func(m string) string { return m[:len(m)-1] + zwsp + m[len(m)-1:] })
}

// plainClipped is plainText in at most so many code points.
func plainClipped(s string, most int) string {
	return clipped(unlinked(bounded(s, most)), most)
}

// clippedWords shortens text to a number of code points, between words where it
// has any, and says so.
func clippedWords(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	cut := string(runes[:most-1])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:·") + "…"
}
