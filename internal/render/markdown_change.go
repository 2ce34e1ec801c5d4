package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// mostUnfolded is how many warnings and notes of a change stand open.
const mostUnfolded = 4

// name is the change in bold, and what can be said of it in a line.
func (p *page) name(v *verdict.Verdict, c *verdict.Judged, o Options) {
	head := "**" + md(nameOf(*c)) + "**"
	if c.Title != "" {
		head = "**" + md(nameOf(*c)) + " · " + md(c.Title) + "**"
	}
	if len(v.Changes) > 1 {
		p.line("%s %s\n", badge(c.Outcome), head)
		return // the table says the rest
	}
	var about []string
	if c.Risk != nil {
		about = append(about, "risk **"+level(c.Risk)+"**")
	}
	for _, s := range []string{kindOf(*c), strings.Join(c.Environments, ", "), newClock(v, c, o).window(*c)} {
		if s != "" {
			about = append(about, md(s))
		}
	}
	if len(about) > 0 {
		head += "<br>" + strings.Join(about, " · ")
	}
	p.line("%s\n", head)
}

// wanted says what is missing and from whom, of all the pull request.
func (p *page) wanted(v *verdict.Verdict) {
	var items []string
	add := func(name string, list []approval.Status, objections []approval.Objection) {
		if name != "" {
			name = " · " + mdCode(name)
		}
		for _, o := range objections {
			items = append(items, "- 🛑 **"+md(o.By)+" asks for changes**, on "+md(abbreviated(o.Commit))+name)
		}
		for _, s := range missingFirst(list) {
			if s.Missing > 0 {
				items = append(items, "- ⏳ **Missing: "+md(lacks(s))+"**"+md(fromWhom(s))+name)
			}
		}
	}
	add("", v.Requirements, v.Objections)
	for _, c := range v.Changes {
		name := ""
		if len(v.Changes) > 1 {
			name = nameOf(c)
		}
		add(name, c.Requirements, c.Objections)
	}
	p.items("missing approvals", items)
}

// lacks is a requirement as what is missing of it: 1 of payments, 1 more of payments.
func lacks(s approval.Status) string {
	switch {
	case s.Count.All || s.Count.Percent > 0:
		return whom(s) + ", " + strconv.Itoa(s.Missing) + " missing"
	case s.Missing == max(s.Count.N, 1):
		return whom(s)
	}
	s.Count = approval.Count{N: s.Missing}
	return strings.Replace(whom(s), " ", " more ", 1)
}

// fromWhom says who can give what is missing and why it is asked for.
func fromWhom(s approval.Status) string {
	var out string
	if len(s.Could) > 0 {
		out = ", from " + short(s.Could, "or")
	}
	if s.Waits > 0 {
		out += ", counted once stage " + strconv.Itoa(s.Waits) + " is complete"
	}
	if s.Reason != "" {
		out += ": " + s.Reason
	}
	return out
}

// change shows one change, or reports false when there is no room for it.
func (p *page) change(v *verdict.Verdict, c *verdict.Judged, findings diag.List, o Options) bool {
	k := newClock(v, c, o)
	if p.room() < 4_000 {
		return false
	}
	_, others := bySeverity(findings) // errors stand at the top of the page
	if len(v.Changes) > 1 {
		if !judged(*c) && len(others)+len(c.Requirements) == 0 {
			return true // the table and the errors have said it all
		}
		p.name(v, c, o)
	}
	var bad, good []string
	if judged(*c) {
		for _, m := range k.windows(*c) {
			bad, good = fact(m, "", bad, good)
		}
		for _, m := range k.collisions(*c) {
			bad, good = fact(m, "meets ", bad, good)
		}
	}
	p.items("facts", bad)
	p.needs(c.Requirements, "needs")
	if len(others) > mostUnfolded {
		// Between the tags only our own words: inside raw HTML Markdown's escapes mean nothing.
		p.line("<details><summary>%s</summary>\n", counted(others))
		p.findings(others, c.ID)
		p.line("</details>\n")
	} else {
		p.findings(others, c.ID)
	}
	p.reasons(c.Risk)
	if len(good) > 0 {
		p.line("%s.\n", strings.Join(good, "; "))
	}
	return true
}

// fact sorts a remark to those that are in the way, as items, or to the others.
// An item begins with a word of ours, so that no text begins a list or a
// heading of its own.
func fact(m remark, verb string, bad, good []string) (inTheWay, others []string) {
	if m.bad {
		return append(bad, "- ❌ **in the way:** "+verb+md(m.text)), good
	}
	text := md(verb + m.text)
	if len(good) == 0 {
		text = "✓ " + text
	}
	return bad, append(good, text)
}

// reasons is the score in a sentence, the heaviest line first.
func (p *page) reasons(s *risk.Score) {
	if s == nil {
		return
	}
	const most = 6
	var lines []risk.Factor
	for _, f := range s.Factors {
		if f.Points != 0 {
			lines = append(lines, f)
		}
	}
	slices.SortStableFunc(lines, func(a, b risk.Factor) int { return b.Points - a.Points })
	parts := make([]string, 0, most+1)
	for i, f := range lines {
		if i == most {
			parts = append(parts, strconv.Itoa(len(lines)-most)+" more")
			break
		}
		parts = append(parts, md(spaced(f.Name))+fmt.Sprintf(" %+d", f.Points))
	}
	text := fmt.Sprintf("Risk **%d** = impact %d + likelihood %d", s.Total, s.Impact, s.Likelihood)
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	for _, f := range s.Floors {
		text += "; at least " + spaced(f.Level.String()) + ", as " + md(f.Why)
	}
	p.line("%s.\n", text)
}

// bySeverity splits findings: errors, and the others.
func bySeverity(list diag.List) (errors, others diag.List) {
	for _, f := range list {
		if f.Severity == diag.Error {
			errors = append(errors, f)
		} else {
			others = append(others, f)
		}
	}
	return errors, others
}

func severityMark(s diag.Severity) string {
	switch s {
	case diag.Warning:
		return "⚠️"
	case diag.Note:
		return "ℹ️"
	case diag.Error:
	}
	return "❌"
}

func (p *page) findings(list diag.List, change string) {
	p.list("", "findings", len(list), func(i int) string {
		f := list[i]
		item := fmt.Sprintf("- %s **%s %s** %s", severityMark(f.Severity), f.Severity, md(f.Code), md(f.Message))
		if at := f.At.String(); at != "" {
			item += " · " + mdCode(at)
		}
		if f.Change != "" && f.Change != change {
			item += " · " + mdCode(f.Change)
		}
		if f.Label != "" {
			item += "<br>" + md(f.Label)
		}
		for _, a := range f.Asides {
			item += "<br>" + md(a.Label) + ": " + md(a.Text)
		}
		if f.Hint != "" {
			item += "<br>→ " + md(f.Hint)
		}
		return item
	})
}

// needs is the table of approvals, those which are not met first.
func (p *page) needs(list []approval.Status, title string) {
	list = missingFirst(list)
	p.list("| "+title+" | have | missing |\n| --- | --- | --- |\n", "requirements", len(list), func(i int) string {
		s := list[i]
		if s.Missing <= 0 {
			return fmt.Sprintf("| ✓ %s | %s | |", md(whom(s)), md(have(s, ", ")))
		}
		lack := "**" + strconv.Itoa(s.Missing) + "**"
		if n := notCounted(s); n != "" {
			lack += ", " + md(n)
		}
		return fmt.Sprintf("| ✗ %s | %s | %s |", md(whom(s)), md(have(s, ", ")), lack)
	})
}

// missingFirst orders requirements so that those which are not met come first.
func missingFirst(list []approval.Status) []approval.Status {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b approval.Status) int { return min(b.Missing, 1) - min(a.Missing, 1) })
	return out
}

func (p *page) law(v *verdict.Verdict) {
	var items []string
	if len(v.Law.Touched) > 0 {
		items = append(items, "- touches the law: "+md(short(v.Law.Touched, "and")))
	}
	if v.Law.Shadow != nil {
		items = append(items, "- shadow, "+md(shadow(v.Law.Shadow)))
		for _, f := range v.Law.Shadow.Findings {
			items = append(items, fmt.Sprintf("  - %s %s %s · %s", f.Severity, md(f.Code), md(f.Message), mdCode(f.At)))
		}
	}
	for _, d := range v.Law.Disabled {
		items = append(items, fmt.Sprintf("- %s is disabled by the law: %s", md(d.Code), md(d.Reason)))
	}
	for _, h := range v.Law.Observed {
		items = append(items, fmt.Sprintf("- %s is observed, not in force: %s %s", md(h.Code), md(h.Message), mdCode(h.Change)))
	}
	p.items("remarks on the law", items)
}
