package render

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
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
	// readAhead is how many times what is shown of a text is looked at before it
	// is shortened: taking secrets out may make it shorter. What lies beyond
	// costs nothing, however much it is.
	readAhead = 2
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

// md and mdCode are foreign text of bounded length. Nothing that looks like a
// secret is copied, wherever it came from.
func md(s string) string     { return markdown(bounded(s, mostText)) }
func mdCode(s string) string { return code(bounded(s, mostPlace)) }

// bounded counts hidden characters as they are shown: a text of them would
// otherwise push what else is to be said off the page.
func bounded(s string, most int) string {
	return clipped(visible(clipped(change.Redact(clipped(s, readAhead*most)), most)), most)
}

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

// verdictMarkdown is the page of a verdict: what a reader must know first and
// unfolded, what it was made of below folds.
func verdictMarkdown(r Report, o Options) []byte {
	p := &page{limit: mostMarkdown - endReserve}
	p.line("### %s: %s\n", badge(r.Verdict.Outcome), md(gist(r.Verdict, r.Findings)))
	p.lead(r, o)
	p.laws(r.Laws)
	p.folds(r, o)
	p.end(r, o)
	return []byte(p.buf.String())
}

// lead is everything that a reader must see without unfolding.
func (p *page) lead(r Report, o Options) {
	v := r.Verdict
	mine, whole := perChange(v, r.Findings)
	switch len(v.Changes) {
	case 0:
	case 1:
		p.name(v, &v.Changes[0], o)
	default:
		p.overview(v, o)
	}
	only := ""
	if len(v.Changes) == 1 {
		only = v.Changes[0].ID
	}
	errors, _ := bySeverity(r.Findings)
	p.findings(errors, only)
	p.wanted(v)
	_, whole = bySeverity(whole)
	p.findings(whole, "")
	p.needs(v.Requirements, "the pull request needs")
	for i := range v.Changes {
		if !p.change(v, &v.Changes[i], mine[i], o) {
			p.line("%s not shown\n", number(len(v.Changes)-i, "more change", "more changes"))
			break
		}
	}
	p.law(v)
}

// folds are the scores line by line and what was read, below folds.
func (p *page) folds(r Report, o Options) {
	v := r.Verdict
	for i := range v.Changes {
		if !p.details(v, &v.Changes[i], o) {
			p.line("%s not shown\n", number(len(v.Changes)-i, "more score", "more scores"))
			break
		}
	}
	p.inputs(v)
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

// end is the line that says when the answer changes by itself, which law gave
// it, and what it can be compared with. It holds nothing of the moment at which
// it was written, so that the same judgement is the same page.
func (p *page) end(r Report, o Options) {
	v := r.Verdict
	if r.Next != "" {
		p.line("Next: %s\n", markdown(clipped(change.Redact(r.Next), 2*mostEnd)))
	}
	var words []string
	if c := nextEdge(v); c != nil {
		words = append(words, "next edge "+md(clipped(newClock(v, c, o).at(c.NextEdge.At)+", "+c.NextEdge.Why, mostEnd)))
	}
	if head := abbreviated(v.Subject.Head); commitForm.MatchString(head) {
		words = append(words, "head "+head)
	}
	source := markdown(clipped(strings.ReplaceAll(lawSource(v), "@", " at "), mostEnd))
	if base := abbreviated(v.Subject.Base); commitForm.MatchString(base) {
		source = strings.ReplaceAll(source, md(base), base) // a commit of ours may be a link
	}
	words = append(words, source)
	if v.Replay {
		words = append(words, "a replay: the clock was set to "+md(newClock(v, nil, o).at(v.DecidedAt)))
	}
	words = append(words, "merging is the approval")
	if d := shortDigest(v.Digest); digestForm.MatchString(d) {
		words = append(words, "<code>"+d+"</code>")
	}
	p.line("<sub>%s</sub>", strings.Join(words, " · "))
}

// nextEdge is the change whose answer is the first to change by time alone.
func nextEdge(v *verdict.Verdict) *verdict.Judged {
	var first *verdict.Judged
	for i := range v.Changes {
		c := &v.Changes[i]
		if c.NextEdge != nil && (first == nil || c.NextEdge.At.Before(first.NextEdge.At)) {
			first = c
		}
	}
	return first
}
