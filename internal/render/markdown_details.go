package render

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// hashForm is a digest as Mergeseal writes it: words of ours, shown as they are.
var hashForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// details is the score, folded, or false when there is no room for it.
func (p *page) details(v *verdict.Verdict, c *verdict.Judged, o Options) bool {
	if c.Risk == nil {
		return true
	}
	k := newClock(v, c, o)
	table := scoreTable(c.Risk)
	about := "Judged as " + md(k.aboutChange(*c)) + " · " + mdCode(record(*c))
	if c.NextEdge != nil && len(v.Changes) > 1 {
		about += " · next edge " + md(k.at(c.NextEdge.At)+", "+c.NextEdge.Why)
	}
	title := "Score, line by line"
	if len(v.Changes) > 1 && idForm.MatchString(c.ID) {
		title += ", " + c.ID
	}
	if p.room() < len(table)+len(about)+200 {
		return false
	}
	// Between the tags only our own words: inside raw HTML Markdown's escapes mean nothing.
	p.line("<details><summary>%s: %s</summary>\n", title, level(c.Risk))
	p.line("%s\n\n%s\n</details>\n", about, table)
	return true
}

// idForm is an id that means nothing in HTML.
var idForm = regexp.MustCompile(`^[A-Z]{1,10}-[0-9]{4}-[0-9]{1,6}$`)

func scoreTable(s *risk.Score) string {
	var b strings.Builder
	b.WriteString("| points | factor | why | at | what would lower it |\n| ---: | --- | --- | --- | --- |\n")
	for _, f := range s.Factors {
		fmt.Fprintf(&b, "| %d | %s | %s | %s | %s |\n", f.Points, md(spaced(f.Name)), md(f.Why), mdCode(lineOf(f.At)), md(f.Lower))
	}
	fmt.Fprintf(&b, "| **%d** | | impact %d + likelihood %d | | |\n", s.Total, s.Impact, s.Likelihood)
	for _, f := range s.Floors {
		fmt.Fprintf(&b, "| | %s | at least %s: %s | %s | |\n", md(spaced(f.Name)), spaced(f.Level.String()), md(f.Why), mdCode(lineOf(f.At)))
	}
	return b.String()
}

// inputs are the digests of everything that was read, folded, so that two
// people can see whether they speak of the same judgement.
func (p *page) inputs(v *verdict.Verdict) {
	var b strings.Builder
	for _, in := range []struct{ name, digest string }{
		{"verdict", v.Digest}, {"configuration", v.Inputs.Config}, {"policies", v.Inputs.Policy}, {"calendar", v.Inputs.Calendar},
		{"services", v.Inputs.Services}, {"groups", v.Inputs.Groups}, {"models", v.Inputs.Models}, {"evidence", v.Inputs.Evidence},
	} {
		if hashForm.MatchString(in.digest) {
			fmt.Fprintf(&b, "| %s | <code>%s</code> |\n", in.name, in.digest)
		}
	}
	if b.Len() == 0 || p.room() < b.Len()+200 {
		return
	}
	p.line("<details><summary>Inputs and digests</summary>\n\n| what was read | digest |\n| --- | --- |\n%s\n</details>\n", b.String())
}
