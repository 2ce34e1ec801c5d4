package render

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Workflow commands, as GitHub's runner reads them from a job's output:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

// commandData is the escaper of a command's text. Newlines stay newlines, as %0A.
func commandData(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '%':
			b.WriteString("%25")
		case r == '\r':
			b.WriteString("%0D")
		case r == '\n':
			b.WriteString("%0A")
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
	return strings.ReplaceAll(b.String(), "##[", "# #[")
}

// commandProperty is the escaper of a property's value.
func commandProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(commandData(s))
}

func verdictCommands(r Report) []byte {
	var b bytes.Buffer
	for _, f := range r.Findings {
		command(&b, f)
	}
	v := r.Verdict
	_, whole := perChange(v, r.Findings)
	lines := []string{summary(v, r.Findings, whole)}
	for _, c := range v.Changes {
		line := c.Outcome.String() + " " + strings.TrimSpace(nameOf(c)+" "+c.Title)
		if c.Risk != nil {
			line += ", risk " + level(c.Risk)
		}
		lines = append(append(lines, line), lacking(c.Requirements)...)
	}
	lines = append(lines, lacking(v.Requirements)...)
	if r.Next != "" {
		lines = append(lines, "next: "+r.Next)
	}
	last(&b, v.Outcome, lines)
	return b.Bytes()
}

func lacking(list []approval.Status) []string {
	var lines []string
	for _, s := range list {
		if s.Missing > 0 {
			lines = append(lines, "needs "+whom(s)+", "+missing(s))
		}
	}
	return lines
}

func findingsCommands(list diag.List) []byte {
	var b bytes.Buffer
	for _, f := range list {
		command(&b, f)
	}
	last(&b, outcomeOf(list), []string{counted(list)})
	return b.Bytes()
}

func command(b *bytes.Buffer, f diag.Finding) {
	name := "error"
	switch f.Severity {
	case diag.Warning:
		name = "warning"
	case diag.Note:
		name = "notice"
	case diag.Error:
	}
	title := f.Code
	if f.Change != "" {
		title += " " + f.Change
	}
	var props []string
	add := func(key, value string) { props = append(props, key+"="+commandProperty(value)) }
	if f.At.File != "" {
		add("file", f.At.File)
	}
	if f.At.Start.Line > 0 {
		add("line", strconv.Itoa(f.At.Start.Line))
		add("col", strconv.Itoa(f.At.Start.Col))
	}
	// The end column counts its own character, ours does not.
	if f.At.End.Line == f.At.Start.Line && f.At.End.Col > f.At.Start.Col {
		add("endColumn", strconv.Itoa(f.At.End.Col-1))
	}
	add("title", title)
	text := f.Message
	if f.Hint != "" {
		text += "\n" + f.Hint
	}
	fmt.Fprintf(b, "::%s %s::%s\n", name, strings.Join(props, ","), commandData(text))
}

// last says the outcome, so that a run without findings says something too.
// Only a pass is a notice.
func last(b *bytes.Buffer, o verdict.Outcome, lines []string) {
	name := "error"
	switch o {
	case verdict.OutcomePass:
		name = "notice"
	case verdict.OutcomePending:
		name = "warning"
	case verdict.OutcomeFail, verdict.OutcomeError:
	}
	title := "mergeseal: " + strings.ToUpper(o.String())
	fmt.Fprintf(b, "::%s title=%s::%s\n", name, commandProperty(title), commandData(strings.Join(lines, "\n")))
}
