package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/mergeseal/mergeseal/internal/backtest"
)

// PolicyDiff writes for a terminal which open changes another law would judge
// otherwise.
func PolicyDiff(w io.Writer, c *backtest.Comparison, o Options) error {
	s := newScreen(o)
	s.text("", 0, fmt.Sprintf("law of %s against that in force, %s: %s judged", shortCommit(c.Head), shortCommit(c.Base), number(c.Judged, "open change", "open changes")))
	s.figure("outcomes that flip", fmt.Sprint(len(c.Flips)), flipWords(c.Flips))
	s.figure("other approvals asked for", fmt.Sprint(len(c.Asks)), "with the same outcome")
	if len(c.Flips) > 0 {
		s.blank()
		s.flips(c.Flips)
	}
	if len(c.Asks) > 0 {
		s.blank()
		for _, a := range c.Asks {
			s.text("  "+terminal(a.ID)+"  ", 4+len(a.ID), asksWords(a))
		}
	}
	if len(c.Unread) > 0 {
		s.blank()
		s.text(s.paint(yellow, "not judged")+"  ", 12, strings.Join(c.Unread, ", "))
	}
	return write(w, append([]byte(strings.TrimRight(s.buf.String(), "\n")), '\n'), nil)
}

func asksWords(a backtest.Asked) string {
	var out []string
	if len(a.Added) > 0 {
		out = append(out, "now "+strings.Join(a.Added, ", "))
	}
	if len(a.Removed) > 0 {
		out = append(out, "no longer "+strings.Join(a.Removed, ", "))
	}
	return strings.Join(out, "; ")
}

// mostFlips is how many rows a comment shows of a table.
const mostFlips = 50

// PolicyDiffMarkdown writes the same for the comment on a pull request that
// changes the law.
func PolicyDiffMarkdown(w io.Writer, c *backtest.Comparison) error {
	return write(w, []byte(policyDiffMarkdown(c)), nil)
}

func policyDiffMarkdown(c *backtest.Comparison) string {
	var b strings.Builder
	if len(c.Flips) == 0 {
		fmt.Fprintf(&b, "### No open change flips\n\n")
	} else {
		fmt.Fprintf(&b, "### %s with this law\n\n", number(len(c.Flips), "open change flips", "open changes flip"))
	}
	fmt.Fprintf(&b, "%s judged by the law in force (%s) and by this one (%s).\n", number(c.Judged, "open change", "open changes"),
		code(shortCommit(c.Base)), code(shortCommit(c.Head)))
	if len(c.Flips) > 0 {
		b.WriteString("\n| change | in force | with this law | because of |\n| --- | --- | --- | --- |\n")
		for _, f := range c.Flips[:min(len(c.Flips), mostFlips)] {
			var codes []string
			for _, x := range f.Codes {
				codes = append(codes, code(x))
			}
			fmt.Fprintf(&b, "| %s %s | %s | **%s** | %s |\n", markdown(f.ID), inBrackets(f.Path), f.Before, f.After, strings.Join(codes, " "))
		}
		b.WriteString(rest(len(c.Flips)))
	}
	if len(c.Asks) > 0 {
		b.WriteString("\n| change | approvals, with the same outcome |\n| --- | --- |\n")
		for _, a := range c.Asks[:min(len(c.Asks), mostFlips)] {
			fmt.Fprintf(&b, "| %s | %s |\n", markdown(a.ID), markdown(asksWords(a)))
		}
		b.WriteString(rest(len(c.Asks)))
	}
	if len(c.Unread) > 0 {
		fmt.Fprintf(&b, "\n**Not judged:** %s\n", markdown(strings.Join(c.Unread, ", ")))
	}
	return b.String()
}

// rest says how many rows a table leaves out.
func rest(n int) string {
	if n <= mostFlips {
		return ""
	}
	return fmt.Sprintf("\n%d more; `mergeseal policy diff` lists them.\n", n-mostFlips)
}

// inBrackets is a path behind an id.
func inBrackets(path string) string { return "(" + code(path) + ")" }

// laws adds what the head's law would make of the open changes, where there is
// room for all of it, and else how many there are.
func (p *page) laws(c *backtest.Comparison) {
	if c == nil {
		return
	}
	text := policyDiffMarkdown(c)
	if len(text) > min(p.room(), mostList) {
		p.line("### %s with this law\n\n`mergeseal policy diff` lists them.\n", number(len(c.Flips), "open change flips", "open changes flip"))
		return
	}
	p.line("%s", text)
}
