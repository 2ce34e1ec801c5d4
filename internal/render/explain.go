package render

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Explained is a verdict and why one record of it fares as it does.
type Explained struct {
	Report Report
	Path   string // of the record
	Rules  []Rule
	Edges  []verdict.Edge // at which time alone changes what is said, the next first
	// Remedies is nil where the record was not judged.
	Remedies *Remedies
	Applied  string // what to type before the number of a remedy
}

// Rule is a package of rules, its answer and what it read.
type Rule struct {
	Package  string                 `json:"package"`
	Title    string                 `json:"title"`
	Scope    string                 `json:"scope"`
	File     string                 `json:"file"`
	Builtin  bool                   `json:"builtin"`
	Answer   []string               `json:"answer"` // deny, warn, require, or silent
	Codes    []string               `json:"codes"`
	Deny     []verdict.Element      `json:"deny"`
	Warn     []verdict.Element      `json:"warn"`
	Require  []approval.Requirement `json:"require"`
	Facts    []Fact                 `json:"facts"`
	Disabled []string               `json:"disabled"`
	Observed []string               `json:"observed"`
}

// Fact is what a rule read, in short; "" is absent.
type Fact struct {
	Path  string `json:"path"`
	Value string `json:"value"`
}

// Remedies is what would make a record pass.
type Remedies struct {
	Outcome verdict.Outcome `json:"outcome"` // of the record and the pull request now
	Sets    []Remedy        `json:"sets"`
	Blocks  []string        `json:"blocks"` // codes that no move cures
	Judged  int             `json:"judged"` // sets of moves
	Whole   bool            `json:"whole"`  // the search was not cut short
}

// Remedy is one set of moves that was applied and judged.
type Remedy struct {
	Outcome   verdict.Outcome `json:"outcome"`
	Moves     []Move          `json:"moves"`
	Approvals []Approvals     `json:"approvals"`
	Diff      string          `json:"diff"`
}

// Move is one part of a remedy.
type Move struct {
	Kind  string `json:"kind"`
	Words string `json:"words"`
	Must  string `json:"must,omitempty"` // what must really be done
	Asks  []Ask  `json:"asks"`
}

// Ask is something that only the author can say.
type Ask struct {
	Key  string `json:"key"`
	What string `json:"what"`
}

// Approvals are people of one kind who are missing.
type Approvals struct {
	Who    string `json:"who"`
	Code   string `json:"code"`
	People int    `json:"people"`
}

// Explain writes an explanation. Formats that know no more than findings get
// the verdict's. It writes nothing when it fails.
func Explain(w io.Writer, f Format, x Explained, o Options) error {
	switch f {
	case Text:
		x.Report.Findings = sorted(x.Report.Findings)
		return write(w, explainText(x, o), nil)
	case JSON:
		out, err := verdict.Print(struct {
			Path     string           `json:"path"`
			Verdict  *verdict.Verdict `json:"verdict"`
			Rules    []Rule           `json:"rules"`
			Edges    []verdict.Edge   `json:"edges"`
			Remedies *Remedies        `json:"remedies"`
		}{x.Path, x.Report.Verdict, x.Rules, x.Edges, x.Remedies})
		return write(w, out, err)
	case FormatNone, Markdown, SARIF, JUnit, GitHub:
	}
	return Verdict(w, f, x.Report, o)
}

func explainText(x Explained, o Options) []byte {
	s := newScreen(o)
	v := x.Report.Verdict
	mine, whole := perChange(v, x.Report.Findings)
	e := newExcerpts(x.Report.Findings, x.Report.Sources)
	at := slices.IndexFunc(v.Changes, func(c verdict.Judged) bool { return c.Path == x.Path })
	if at < 0 {
		s.outcome(v.Outcome, x.Path, "it was not judged")
	} else {
		c := &v.Changes[at]
		s.change(v, c, o)
		s.lower(c)
		s.edges(newClock(v, c, o), x.Edges)
		s.diagnostics(mine[at], e)
		s.blank()
	}
	s.pullRequest(v, whole, e)
	s.rules(x.Rules)
	s.remedies(x)
	s.footer(x.Report, o)
	return s.buf.Bytes()
}

// lower says of each line of the score what would lower it.
func (s *screen) lower(c *verdict.Judged) {
	if c.Risk == nil {
		return
	}
	s.blank()
	label := "lower"
	for _, f := range c.Risk.Factors {
		if f.Lower != "" && f.Points > 0 {
			s.field(label, fmt.Sprintf("%s, %d: %s", spaced(f.Name), f.Points, f.Lower))
			label = ""
		}
	}
}

// mostEdges is how many instants are listed.
const mostEdges = 8

func (s *screen) edges(k clock, list []verdict.Edge) {
	if len(list) == 0 {
		return
	}
	s.blank()
	label := "edges"
	for i, e := range list {
		if i == mostEdges {
			s.field("", fmt.Sprintf("and %d later", len(list)-i))
			return
		}
		s.field(label, k.at(e.At)+", "+e.Why)
		label = ""
	}
}

// rules are those that spoke, and then the silent ones.
func (s *screen) rules(list []Rule) {
	if len(list) == 0 {
		return
	}
	spoke := 0
	for _, r := range list {
		if len(r.Deny)+len(r.Warn)+len(r.Require) > 0 {
			spoke++
		}
	}
	s.raw(fmt.Sprintf("Rules: %d of %d have something to say", spoke, len(list)))
	for _, silent := range []bool{false, true} {
		for _, r := range list {
			if (len(r.Deny)+len(r.Warn)+len(r.Require) == 0) == silent {
				s.rule(r)
			}
		}
	}
	s.blank()
}

func (s *screen) rule(r Rule) {
	name := strings.TrimPrefix(r.Package, "mergeseal.rules.")
	s.text("  "+pad(strings.Join(r.Answer, "+"), margin-3)+" ", margin, name+" · "+r.Title)
	indent := strings.Repeat(" ", margin)
	say := func(text string) { s.text(indent, margin, text) }
	for _, l := range [][]verdict.Element{r.Deny, r.Warn} {
		for _, e := range l {
			say(e.Code + " " + e.Message)
		}
	}
	for _, q := range r.Require {
		say(q.Code + " " + whom(approval.Status{Requirement: q}) + ", " + q.Reason)
	}
	for _, code := range r.Disabled {
		say(code + " is disabled by the law")
	}
	for _, code := range r.Observed {
		say(code + " is observed, not in force")
	}
	var facts []string
	for _, f := range r.Facts {
		value := f.Value
		switch {
		case value == "":
			value = "absent"
		case len([]rune(value)) > 60:
			value = string([]rune(value)[:59]) + "…"
		}
		facts = append(facts, f.Path+" = "+value)
	}
	if len(facts) > 0 {
		say("read " + strings.Join(facts, " · "))
	}
}

// remedies are what would make it pass, each with the edits that make it so.
func (s *screen) remedies(x Explained) {
	r := x.Remedies
	switch {
	case r == nil:
		return
	case r.Outcome == verdict.OutcomePass:
		s.raw("It passes as it is.")
	case r.Outcome == verdict.OutcomeError:
		s.raw("It could not be judged, so nothing was tried. In the way: " + blocks(r.Blocks))
	case len(r.Sets) == 0 && len(r.Blocks) > 0:
		s.text("", 0, fmt.Sprintf("Nothing within reach makes it pass: of %s none cures %s. Only its author, or who objects, can.", number(r.Judged, "set of moves", "sets of moves"), blocks(r.Blocks)))
	case len(r.Sets) == 0:
		s.text("", 0, fmt.Sprintf("Nothing within reach makes it pass: of %s none is enough.", number(r.Judged, "set of moves", "sets of moves")))
	case len(r.Sets) == 1 && len(r.Sets[0].Moves) == 0:
		s.text("", 0, "Nothing is against it. It "+strings.TrimPrefix(r.Sets[0].then(), "then ")+".")
	default:
		s.text("", 0, "What would make it pass, any one of these. Each was applied and judged, and no part of it can be left out.")
		for i, one := range r.Sets {
			s.remedy(x, i, one)
		}
	}
	if !r.Whole {
		s.text("", 0, "The search was cut short: there may be others.")
	}
	s.blank()
}

func (s *screen) remedy(x Explained, i int, r Remedy) {
	const indent = 5
	lead := pad("  "+strconv.Itoa(i+1), indent)
	say := func(text string) {
		s.text(lead, indent, text)
		lead = strings.Repeat(" ", indent)
	}
	for _, m := range r.Moves {
		say(m.Words)
		if m.Must != "" {
			s.text(strings.Repeat(" ", indent+2), indent+2, "you must: "+m.Must)
		}
	}
	say(r.then())
	if r.Diff == "" {
		return
	}
	var flags strings.Builder
	for _, m := range r.Moves {
		for _, a := range m.Asks {
			fmt.Fprintf(&flags, " --with %s=…", a.Key)
		}
	}
	say(fmt.Sprintf("%s --apply %d%s", x.Applied, i+1, flags.String()))
	for line := range strings.Lines(r.Diff) {
		if strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "+++ ") {
			continue
		}
		line = strings.TrimRight(line, "\r\n")
		s.raw(strings.Repeat(" ", indent+2) + terminal(line))
	}
}

// then is what comes once the moves are made.
func (r Remedy) then() string {
	switch who := waiting(r.Approvals); {
	case r.Outcome == verdict.OutcomePass && who == "":
		return "passes at once"
	case r.Outcome == verdict.OutcomePass:
		return "passes with the approval of " + who
	case who == "":
		return "then waits"
	default:
		return "then waits for " + who
	}
}

// waiting is a list of approvals in words.
func waiting(list []Approvals) string {
	var out []string
	for _, a := range list {
		text := number(a.People, "peer", "peers")
		if a.Who != "peer" {
			text = strconv.Itoa(a.People) + " of " + a.Who
			if strings.HasPrefix(a.Who, "owners of ") {
				text = number(a.People, "owner", "owners") + strings.TrimPrefix(a.Who, "owners")
			}
		}
		out = append(out, text)
	}
	return short(out, "and")
}

// blocks is a list of codes with their titles.
func blocks(codes []string) string {
	var out []string
	for _, c := range codes {
		if t := diag.Lookup(c).Title; t != "" {
			c += " (" + strings.ToLower(t[:1]) + t[1:] + ")"
		}
		out = append(out, c)
	}
	return short(out, "and")
}
