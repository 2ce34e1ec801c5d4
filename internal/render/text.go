package render

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// margin is where the text of a labelled line begins.
const margin = 10

func verdictText(r Report, o Options) []byte {
	s := newScreen(o)
	v := r.Verdict
	mine, whole := perChange(v, r.Findings)
	e := newExcerpts(r.Findings, r.Sources)
	if len(v.Changes) != 1 || v.Changes[0].Outcome != v.Outcome {
		s.outcome(v.Outcome, "", summary(v, r.Findings, whole))
		s.blank()
	}
	for i := range v.Changes {
		s.change(v, &v.Changes[i], o)
		s.diagnostics(mine[i], e)
		s.blank()
	}
	s.pullRequest(v, whole, e)
	s.footer(r, o)
	return s.buf.Bytes()
}

func findingsText(list diag.List, sources map[string][]byte, o Options) []byte {
	s := newScreen(o)
	s.outcome(outcomeOf(list), "", counted(list))
	s.diagnostics(list, newExcerpts(list, sources))
	return s.buf.Bytes()
}

// outcome is the line that says it: the word, a name, and more words.
func (s *screen) outcome(o verdict.Outcome, name, text string) {
	word := strings.ToUpper(o.String())
	prefix, indent := s.paint(colorOf(o), word)+strings.Repeat(" ", margin-len(word)), margin
	name = terminal(name)
	if w := displaywidth.String(name); 0 < w && w <= s.width/3 {
		prefix, indent = prefix+name+"  ", indent+w+2
	} else {
		text = strings.TrimSpace(name + " " + text)
	}
	s.text(prefix, indent, text)
}

// colorOf is the colour of an outcome's word.
func colorOf(o verdict.Outcome) string {
	switch o {
	case verdict.OutcomePass:
		return green
	case verdict.OutcomePending:
		return yellow
	case verdict.OutcomeFail, verdict.OutcomeError:
	}
	return red
}

// field is a labelled line.
func (s *screen) field(label, text string) {
	s.text(pad("  "+label, margin-1)+" ", margin, text)
}

// remarks are labelled lines of which only the first has the label. A mark is
// needed only where something is in the way.
func (s *screen) remarks(label string, list []remark) {
	marked := slices.ContainsFunc(list, func(r remark) bool { return r.bad })
	for _, r := range list {
		prefix, indent := pad("  "+label, margin-1)+" ", margin
		if marked {
			prefix, indent = prefix+mark(r.bad)+" ", indent+2
		}
		s.text(prefix, indent, r.text)
		label = ""
	}
}

func (s *screen) change(v *verdict.Verdict, c *verdict.Judged, o Options) {
	k := newClock(v, c, o)
	s.outcome(c.Outcome, nameOf(*c), c.Title)
	if about := k.aboutChange(*c); about != "" {
		s.field("", about)
	}
	s.field("", record(*c))
	s.blank()
	if judged(*c) {
		s.score(c)
		s.remarks("windows", k.windows(*c))
		s.remarks("meets", k.collisions(*c))
	}
	if judged(*c) || len(c.Requirements) > 0 {
		s.needs(c.Requirements)
		s.objections(c.Objections)
	}
	if c.NextEdge != nil {
		s.blank()
		s.text("  next edge  ", margin+3, k.at(c.NextEdge.At)+", "+c.NextEdge.Why)
	}
}

// score is the risk and every line of it. Where lines are short of room, places
// in the change's own record, whose path stands above, are line numbers alone.
func (s *screen) score(c *verdict.Judged) {
	r := c.Risk
	s.field("risk", fmt.Sprintf("%s · impact %d + likelihood %d", level(r), r.Impact, r.Likelihood))
	digits := 1
	for _, f := range r.Factors {
		digits = max(digits, len(strings.TrimPrefix(strconv.Itoa(f.Points), "-")))
	}
	var long, brief []row
	for _, f := range r.Factors {
		at := lineOf(f.At)
		line := row{points(f.Points, digits), terminal(spaced(f.Name)), terminal(f.Why), terminal(at)}
		long = append(long, line)
		if number, own := strings.CutPrefix(at, c.Path+":"); own {
			line[3] = terminal("line " + number)
		}
		brief = append(brief, line)
	}
	if !s.rows(long, false) {
		s.rows(brief, true)
	}
	for _, f := range r.Floors {
		s.text(pad("  floor", margin-1)+" ", margin, fmt.Sprintf("at least %s, %s: %s · %s", spaced(f.Level.String()), spaced(f.Name), f.Why, lineOf(f.At)))
	}
}

// points is a number with its sign in front of its padding: + 6, +20, - 3.
func points(n, digits int) string {
	if n < 0 {
		return fmt.Sprintf("-%*d", digits, -n)
	}
	return fmt.Sprintf("+%*d", digits, n)
}

// position is the end of a position: a line and a column.
var position = regexp.MustCompile(`(:[0-9]+):[0-9]+$`)

// lineOf is a position without its column.
func lineOf(at string) string { return position.ReplaceAllString(at, "$1") }

// row is one line of the score, escaped: points, name, reason, place.
type row [4]string

// rows lays out the score's lines with their places in a column, and reports
// false, having written nothing, when some line has no room for that. Forced,
// places go to the right edge, below the reason if they must.
func (s *screen) rows(rows []row, force bool) bool {
	const gap = 2
	cols := [4]int{}
	for _, r := range rows {
		for i, text := range r {
			cols[i] = max(cols[i], displaywidth.String(text))
		}
	}
	cols[1] = min(cols[1], 20)
	left := margin + cols[0] + gap + cols[1] + gap
	room := s.width - left
	column := cols[2]+gap+cols[3] <= room
	if !column && !force {
		return false
	}
	for _, r := range rows {
		reason, name := wrap(r[2], room), wrap(r[1], cols[1])
		before := displaywidth.String(reason[len(reason)-1])
		switch {
		case r[3] == "":
		case column:
			reason[0] = pad(reason[0], cols[2]+gap) + r[3]
		case before+gap+displaywidth.String(r[3]) <= room:
			reason[len(reason)-1] += strings.Repeat(" ", room-before-displaywidth.String(r[3])) + r[3]
		default:
			for _, part := range wrap(r[3], room) {
				reason = append(reason, strings.Repeat(" ", max(room-displaywidth.String(part), 0))+part)
			}
		}
		for i := range max(len(reason), len(name)) {
			points := ""
			if i == 0 {
				points = r[0]
			}
			s.raw(strings.Repeat(" ", margin) + pad(points, cols[0]+gap) + pad(nth(name, i), cols[1]+gap) + nth(reason, i))
		}
	}
	return true
}

func nth(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// needs says who must approve, who did, and who is missing.
func (s *screen) needs(list []approval.Status) {
	if len(list) == 0 {
		s.field("needs", "nobody's approval")
		return
	}
	const gap, leastCol = 3, 6
	names := make([]string, len(list))
	col := leastCol
	for i, st := range list {
		names[i] = terminal(whom(st))
		// A long name stands on a line of its own.
		if w := displaywidth.String(names[i]); w <= s.width/3 {
			col = max(col, w)
		}
	}
	indent := margin + 2 + col + gap
	label := "needs"
	for i, st := range list {
		prefix := pad("  "+label, margin-1) + " " + mark(st.Missing > 0) + " "
		label = ""
		if displaywidth.String(names[i]) > col {
			s.text(prefix, margin+2, names[i])
			prefix = strings.Repeat(" ", margin+2)
		} else {
			prefix += names[i]
		}
		lines := needLines(st)
		s.text(pad(prefix, indent), indent, lines[0])
		for _, line := range lines[1:] {
			s.text(strings.Repeat(" ", indent), indent, line)
		}
	}
}

func needLines(st approval.Status) []string {
	var lines []string
	first := have(st, ", ")
	if lack := missing(st); lack != "" {
		if first != "" {
			first += "; "
		}
		first += lack
	}
	if st.Stage > 1 {
		first += fmt.Sprintf(" · stage %d", st.Stage)
	}
	if st.Waits > 0 {
		first += fmt.Sprintf(", counted once stage %d is complete", st.Waits)
	}
	lines = append(lines, first)
	if st.Missing > 0 && st.Reason != "" {
		lines = append(lines, st.Reason)
	}
	if n := notCounted(st); n != "" {
		lines = append(lines, n)
	}
	return lines
}

// objections are people who ask for changes: as long as there is one, the
// change waits.
func (s *screen) objections(list []approval.Objection) {
	for i, o := range list {
		label := ""
		if i == 0 {
			label = "objects"
		}
		s.field(label, "✗ "+objection(o))
	}
}

// pullRequest is what concerns the pull request or the law and no single change.
func (s *screen) pullRequest(v *verdict.Verdict, whole diag.List, e excerpts) {
	from := s.buf.Len()
	if len(v.Changes) > 0 && (len(v.Requirements) > 0 || len(whole) > 0) {
		s.raw("The pull request as a whole")
	}
	if len(v.Requirements) > 0 {
		s.needs(v.Requirements)
	}
	s.objections(v.Objections)
	if len(v.Law.Touched) > 0 {
		s.field("touches", "the law: "+strings.Join(v.Law.Touched, ", "))
	}
	for _, d := range v.Law.Disabled {
		s.field("off", d.Code+" is disabled by the law: "+d.Reason)
	}
	for _, h := range v.Law.Observed {
		text := h.Code + " is observed, not in force: " + h.Message
		if h.Change != "" && len(v.Changes) != 1 {
			text += " (" + h.Change + ")"
		}
		s.field("watched", text)
	}
	if v.Law.Shadow != nil {
		s.field("shadow", shadow(v.Law.Shadow))
		for _, f := range v.Law.Shadow.Findings {
			s.text(strings.Repeat(" ", margin), margin, f.Severity.String()+" "+f.Code+" at "+f.At+": "+f.Message)
		}
	}
	s.diagnostics(whole, e)
	if s.buf.Len() > from {
		s.blank()
	}
}

func (s *screen) footer(r Report, o Options) {
	v := r.Verdict
	text := lawSource(v)
	if v.Digest != "" {
		text += " · " + shortDigest(v.Digest)
	}
	s.text("  ", 2, text)
	if v.Replay {
		s.text("  ", 2, "a replay: the clock was set to "+newClock(v, nil, o).at(v.DecidedAt))
	}
	if r.Next != "" {
		s.text("  next: ", 8, r.Next)
	}
}

// diagnostics shows findings, each after an empty line.
func (s *screen) diagnostics(list diag.List, e excerpts) {
	for _, f := range list {
		s.blank()
		s.diagnostic(f, e)
	}
}
