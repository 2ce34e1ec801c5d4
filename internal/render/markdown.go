package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

const (
	// mostMarkdown is how long a page may get, in bytes. GitHub refuses bodies
	// over 65,536 characters; the rest is room for a marker and a summary.
	mostMarkdown = 60_000
	// endReserve is kept for the lines that must stand at the end.
	endReserve = 6_000
	// mostList is how much of a page one list may take, so that a long one
	// leaves room for what comes after it.
	mostList = 12_000
	// mostText is how much of one foreign text is shown.
	mostText = 300
	// mostPlace is how much of a path or an id is shown.
	mostPlace = 120
	// mostEnd is how much of one text is shown at the end.
	mostEnd = 100
)

// A shortened digest and a shortened commit that need no escaping.
var (
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{12}…$`)
	commitForm = regexp.MustCompile(`^[0-9a-f]{7}$`)
)

// page collects Markdown within a budget.
type page struct {
	buf   strings.Builder
	limit int
}

func (p *page) room() int { return p.limit - p.buf.Len() }

func (p *page) line(format string, args ...any) { fmt.Fprintf(&p.buf, format+"\n", args...) }

// list writes a head and as many of n items as fit; what does not fit is
// counted, and never made.
func (p *page) list(head, what string, n int, item func(i int) string) {
	const note = 200 // for the line that counts
	room := min(p.room(), mostList) - len(head) - note
	for i := range n {
		text := item(i)
		room -= len(text) + 1
		switch {
		case room < 0 && i == 0:
			p.line("%d %s not shown\n", n, what)
			return
		case room < 0:
			p.line("\n%d more %s not shown\n", n-i, what)
			return
		case i == 0:
			p.buf.WriteString(head)
		}
		p.line("%s", text)
	}
	if n > 0 {
		p.line("")
	}
}

// items is list for what is short and made already.
func (p *page) items(what string, items []string) {
	p.list("", what, len(items), func(i int) string { return items[i] })
}

// md and mdCode are foreign text of bounded length.
func md(s string) string     { return markdown(clipped(s, mostText)) }
func mdCode(s string) string { return code(clipped(s, mostPlace)) }

func badge(o verdict.Outcome) string {
	switch o {
	case verdict.OutcomePass:
		return "✅ Pass"
	case verdict.OutcomePending:
		return "⏳ Pending"
	case verdict.OutcomeFail:
		return "❌ Fail"
	case verdict.OutcomeError:
	}
	return "⚠️ Error"
}

func verdictMarkdown(r Report, o Options) []byte {
	v := r.Verdict
	p := &page{limit: mostMarkdown - endReserve}
	mine, whole := perChange(v, r.Findings)
	p.line("### %s: %s\n", badge(v.Outcome), md(gist(v, r.Findings)))
	if len(v.Changes) > 1 {
		p.overview(v, o)
	}
	p.findings(whole, "")
	p.needs(v.Requirements, "the pull request needs")
	p.objections(v.Objections)
	for i := range v.Changes {
		if !p.change(v, &v.Changes[i], mine[i], o) {
			p.line("%s not shown\n", number(len(v.Changes)-i, "more change", "more changes"))
			break
		}
	}
	p.law(v)
	for i := range v.Changes {
		if !p.details(v, &v.Changes[i], o) {
			p.line("%s not shown\n", number(len(v.Changes)-i, "more score", "more scores"))
			break
		}
	}
	p.end(r, o)
	return []byte(p.buf.String())
}

func findingsMarkdown(list diag.List) []byte {
	p := &page{limit: mostMarkdown}
	p.line("### %s: %s\n", badge(outcomeOf(list)), counted(list))
	p.findings(list, "")
	return []byte(p.buf.String())
}

func (p *page) overview(v *verdict.Verdict, o Options) {
	const head = "| outcome | change | title | risk | window |\n| --- | --- | --- | --- | --- |\n"
	p.list(head, "changes", len(v.Changes), func(i int) string {
		c, score := &v.Changes[i], ""
		if c.Risk != nil {
			score = level(c.Risk)
		}
		return fmt.Sprintf("| %s | %s | %s | %s | %s |", badge(c.Outcome), mdCode(nameOf(*c)), md(c.Title), score, md(newClock(v, c, o).window(*c)))
	})
}

// change shows one change, or reports false when there is no room for it.
func (p *page) change(v *verdict.Verdict, c *verdict.Judged, findings diag.List, o Options) bool {
	k := newClock(v, c, o)
	head := "**" + md(nameOf(*c)) + "**"
	if c.Title != "" {
		head = "**" + md(nameOf(*c)) + " · " + md(c.Title) + "**"
	}
	if len(v.Changes) > 1 {
		head = badge(c.Outcome) + " " + head
	}
	if c.Risk != nil {
		head += " · risk **" + level(c.Risk) + "**"
	}
	if when := k.window(*c); when != "" {
		head += " · " + md(when)
	}
	if p.room() < len(head)+2_000 {
		return false
	}
	p.line("%s\n", head)
	p.findings(findings, c.ID)
	p.needs(c.Requirements, "needs")
	p.objections(c.Objections)
	if !judged(*c) {
		return true
	}
	var facts []string
	for _, m := range k.windows(*c) {
		facts = append(facts, "- "+fact(m, ""))
	}
	for _, m := range k.collisions(*c) {
		facts = append(facts, "- "+fact(m, "meets "))
	}
	if c.NextEdge != nil {
		facts = append(facts, "- next edge "+md(k.at(c.NextEdge.At)+", "+c.NextEdge.Why))
	}
	p.items("facts", facts)
	return true
}

// fact is a remark as an item. It begins with a word of ours, so that no text
// begins a list or a heading of its own.
func fact(m remark, verb string) string {
	if m.bad {
		return "**in the way:** " + verb + md(m.text)
	}
	return verb + md(m.text)
}

func (p *page) findings(list diag.List, change string) {
	p.list("", "findings", len(list), func(i int) string {
		f := list[i]
		item := fmt.Sprintf("- **%s %s** %s", f.Severity, md(f.Code), md(f.Message))
		if at := f.At.String(); at != "" {
			item += " · " + mdCode(at)
		}
		if f.Change != "" && f.Change != change {
			item += " · " + mdCode(f.Change)
		}
		for _, a := range f.Asides {
			item += "<br>" + md(a.Label) + ": " + md(a.Text)
		}
		if f.Hint != "" {
			item += "<br>" + md(f.Hint)
		}
		return item
	})
}

func (p *page) needs(list []approval.Status, title string) {
	list = missingFirst(list)
	p.list("| "+title+" | have | missing |\n| --- | --- | --- |\n", "requirements", len(list), func(i int) string {
		s := list[i]
		lack := missing(s)
		if n := notCounted(s); n != "" && s.Missing > 0 {
			lack += "; " + n
		}
		return fmt.Sprintf("| %s | %s | %s |", md(whom(s)), md(have(s, ", ")), md(lack))
	})
}

func (p *page) objections(list []approval.Objection) {
	p.list("", "objections", len(list), func(i int) string { return "- ❌ " + md(objection(list[i])) })
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

// details is the score, folded, or false when there is no room for it.
func (p *page) details(v *verdict.Verdict, c *verdict.Judged, o Options) bool {
	if c.Risk == nil {
		return true
	}
	table := scoreTable(c.Risk)
	about := "Judged as " + md(newClock(v, c, o).aboutChange(*c)) + " · " + mdCode(record(*c))
	if p.room() < len(table)+len(about)+200 {
		return false
	}
	// Between the tags only our own words: inside raw HTML Markdown's escapes mean nothing.
	p.line("<details><summary>Score, line by line: %s</summary>\n", level(c.Risk))
	p.line("%s\n\n%s\n</details>\n", about, table)
	return true
}

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

func (p *page) end(r Report, o Options) {
	v := r.Verdict
	if r.Next != "" {
		p.line("Next: %s\n", markdown(clipped(r.Next, 2*mostEnd)))
	}
	source := markdown(clipped(strings.ReplaceAll(lawSource(v), "@", " at "), mostEnd))
	if base := abbreviated(v.Subject.Base); commitForm.MatchString(base) {
		source = strings.ReplaceAll(source, md(base), base) // a commit of ours may be a link
	}
	words := []string{source}
	if v.Replay {
		words = append(words, "a replay: the clock was set to "+md(newClock(v, nil, o).at(v.DecidedAt)))
	}
	words = append(words, "merging is the approval")
	if d := shortDigest(v.Digest); digestForm.MatchString(d) {
		words = append(words, "<code>"+d+"</code>")
	}
	p.line("<sub>%s</sub>", strings.Join(words, " · "))
}
