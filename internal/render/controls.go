package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/mergeseal/mergeseal/internal/control"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Controls is how the controls of the packs in force stand for one change.
type Controls struct {
	ID       string             `json:"id"`
	Title    string             `json:"title"`
	Path     string             `json:"path"`
	Standing []control.Standing `json:"packs"`
}

// WriteControls writes them as text, Markdown or JSON; no other format has a
// place for them. It writes nothing when it fails.
func WriteControls(w io.Writer, f Format, c Controls, o Options) error {
	switch f {
	case JSON:
		out, err := verdict.Print(c)
		return write(w, out, err)
	case Markdown:
		return write(w, controlsMarkdown(c), nil)
	case Text:
		return write(w, controlsText(c, o), nil)
	case FormatNone, SARIF, JUnit, GitHub:
	}
	return fmt.Errorf("render controls: there is no such format")
}

func controlsText(c Controls, o Options) []byte {
	s := newScreen(o)
	s.text("", 0, c.ID+"  "+c.Title)
	s.text("", 0, c.Path)
	for _, p := range c.Standing {
		s.blank()
		s.text("", 0, p.Pack+" · "+p.Title)
		s.text("  ", 2, tally(p))
		for _, l := range p.Lines {
			s.text("  "+pad(l.Status.String(), 10), 12, l.ID+" "+l.Title)
			for _, r := range l.Rules {
				if r.Status == control.Unasked {
					continue
				}
				s.text(strings.Repeat(" ", 12)+pad(r.Status.String(), 10), 22, short(r.Codes, "and")+" "+r.Title)
				for _, m := range r.Missing {
					s.text(strings.Repeat(" ", 22), 22, m)
				}
				for _, e := range r.Proof {
					s.text(strings.Repeat(" ", 22), 22, proof(e))
				}
			}
		}
	}
	return s.buf.Bytes()
}

func proof(p control.Proof) string {
	out := p.What
	if p.At != "" {
		out += " at " + p.At
	}
	if p.Says != "" {
		out += ": " + p.Says
	}
	return out
}

// tally counts the controls of a pack by how they stand.
func tally(p control.Standing) string {
	n := map[control.Status]int{}
	for _, l := range p.Lines {
		n[l.Status]++
	}
	var out []string
	for _, s := range []control.Status{control.Missing, control.Off, control.Unknown, control.Met, control.Unasked} {
		if n[s] > 0 {
			out = append(out, fmt.Sprintf("%d %s", n[s], s))
		}
	}
	return strings.Join(out, ", ")
}

func controlsMarkdown(c Controls) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "## Controls of %s\n\n%s, %s\n", md(c.ID), md(c.Title), mdCode(c.Path))
	for _, p := range c.Standing {
		fmt.Fprintf(&b, "\n### %s\n\n%s: %s.\n\n| control | stands | by |\n| --- | --- | --- |\n", md(p.Pack), md(p.Title), tally(p))
		for _, l := range p.Lines {
			var by []string
			for _, r := range l.Rules {
				for _, m := range r.Missing {
					by = append(by, "✗ "+md(m))
				}
				if r.Status == control.Met {
					by = append(by, "✓ "+md(strings.Join(r.Codes, ", ")+" "+r.Title))
				}
			}
			fmt.Fprintf(&b, "| %s %s | %s | %s |\n", md(l.ID), md(l.Title), l.Status, strings.Join(by, "<br>"))
		}
	}
	return []byte(b.String())
}
