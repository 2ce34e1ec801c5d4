// Package render turns verdicts and findings into what people and machines
// read: text for a terminal, Markdown for a pull request, JSON, SARIF, JUnit
// and workflow commands.
//
// It decides nothing and reads nothing but its arguments. Whatever came out of
// a repository is treated as hostile: each sink has one escaper of its own,
// applied where the text enters the sink, and none is shared. The same
// arguments give the same bytes.
package render

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/backtest"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Format is a form of output. The zero value is none, and an error to use.
type Format uint8

// The formats.
const (
	FormatNone Format = iota
	Text              // for a terminal
	JSON              // the document
	Markdown          // for a comment or a summary
	SARIF             // 2.1.0, for code scanning
	JUnit             // for test reports
	GitHub            // workflow commands
)

// Formats lists the formats' names, the default first.
func Formats() []string { return []string{"text", "json", "markdown", "sarif", "junit", "github"} }

// String is the format's name, "" for none.
func (f Format) String() string {
	if f == FormatNone || int(f) > len(Formats()) {
		return ""
	}
	return Formats()[f-1]
}

// ParseFormat finds a format by its name.
func ParseFormat(name string) (Format, error) {
	i := slices.Index(Formats(), name)
	if i < 0 {
		return FormatNone, fmt.Errorf("parse format %q: use one of %s", name, strings.Join(Formats(), ", "))
	}
	return Format(i + 1), nil
}

// Report is a verdict and what is needed to show it.
type Report struct {
	Verdict  *verdict.Verdict
	Findings diag.List            // the verdict's findings with their ranges; none shows the verdict's own, without ends and labels
	Sources  map[string][]byte    // the files that findings point into; one that is missing has no excerpt
	Next     string               // what to type next, "" for nothing
	Laws     *backtest.Comparison // what the head's own law would make of the open changes; nil where it touches no law
}

// Options are how to show it. The zero value is plain text of 80 columns.
type Options struct {
	Color bool           // outcome, severity and caret in colour; text only
	Width int            // columns, 0 for 80, never less than 40; text only
	Zone  *time.Location // to show instants in; nil for the record's own offset, UTC where there is none
	Tool  string         // version for SARIF; "" takes the verdict's
}

const (
	defaultWidth = 80
	leastWidth   = 40
)

func (o Options) columns() int {
	if o.Width == 0 {
		return defaultWidth
	}
	return max(o.Width, leastWidth)
}

// Verdict writes a whole judgement. It writes nothing when it fails.
func Verdict(w io.Writer, f Format, r Report, o Options) error {
	if r.Verdict == nil {
		return errors.New("render verdict: there is none")
	}
	r.Findings = sorted(r.Findings)
	if len(r.Findings) == 0 {
		r.Findings = placed(r.Verdict.Findings)
	}
	if o.Tool == "" {
		o.Tool = r.Verdict.Inputs.Tool
	}
	var out []byte
	var err error
	switch f {
	case Text:
		out = verdictText(r, o)
	case JSON:
		out, err = r.Verdict.JSON()
	case Markdown:
		out = verdictMarkdown(r, o)
	case SARIF:
		out, err = sarif(r.Findings, o)
	case JUnit:
		out, err = verdictJUnit(r)
	case GitHub:
		out = verdictCommands(r)
	case FormatNone:
		err = errors.New("no format is chosen")
	default:
		err = fmt.Errorf("no format has the number %d", f)
	}
	return write(w, out, err)
}

// Findings writes findings without a verdict, as lint has them; sources are the
// files they point into. It writes nothing when it fails.
func Findings(w io.Writer, f Format, list diag.List, sources map[string][]byte, o Options) error {
	list = sorted(list)
	var out []byte
	var err error
	switch f {
	case Text:
		out = findingsText(list, sources, o)
	case JSON:
		out, err = findingsJSON(list)
	case Markdown:
		out = findingsMarkdown(list)
	case SARIF:
		out, err = sarif(list, o)
	case JUnit:
		out, err = findingsJUnit(list)
	case GitHub:
		out = findingsCommands(list)
	case FormatNone:
		err = errors.New("no format is chosen")
	default:
		err = fmt.Errorf("no format has the number %d", f)
	}
	return write(w, out, err)
}

func write(w io.Writer, out []byte, err error) error {
	if err == nil {
		_, err = w.Write(out)
	}
	if err != nil {
		return fmt.Errorf("render output: %w", err)
	}
	return nil
}

func findingsJSON(list diag.List) ([]byte, error) {
	doc := struct {
		Findings []verdict.Finding `json:"findings"`
	}{Findings: make([]verdict.Finding, 0, len(list))}
	for _, f := range list {
		controls := f.Controls
		if controls == nil {
			controls = []string{}
		}
		doc.Findings = append(doc.Findings, verdict.Finding{Code: f.Code, Severity: f.Severity, Message: f.Message,
			At: f.At.String(), Hint: f.Hint, Change: f.Change, Controls: controls})
	}
	return verdict.Print(doc)
}

func sorted(list diag.List) diag.List {
	list = slices.Clone(list)
	list.Sort()
	return list
}

// placed makes findings of a document's, so that none is lost when the caller
// has no ranges for them.
func placed(list []verdict.Finding) diag.List {
	out := make(diag.List, 0, len(list))
	for _, f := range list {
		out = append(out, diag.Finding{Code: f.Code, Severity: f.Severity, Message: f.Message, Hint: f.Hint,
			Change: f.Change, Controls: f.Controls, At: rangeOf(f.At)})
	}
	return out
}

// rangeOf reads what source.Range writes: file:line:col, or a file alone.
func rangeOf(at string) source.Range {
	m := regexp.MustCompile(`^(.+):([0-9]{1,9}):([0-9]{1,9})$`).FindStringSubmatch(at)
	if m == nil {
		return source.InFile(at)
	}
	line, err1 := strconv.Atoi(m[2])
	col, err2 := strconv.Atoi(m[3])
	if err1 != nil || err2 != nil {
		return source.InFile(at)
	}
	return source.Range{File: m[1], Start: source.Pos{Line: line, Col: col}}
}

// outcomeOf is what findings alone amount to.
func outcomeOf(list diag.List) verdict.Outcome {
	switch {
	case slices.ContainsFunc(list, func(f diag.Finding) bool { return f.Undecided }):
		return verdict.OutcomeError
	case list.Errors():
		return verdict.OutcomeFail
	case slices.ContainsFunc(list, func(f diag.Finding) bool { return f.Code == "MS831" }):
		return verdict.OutcomePending // a setting that is not known is not fine
	}
	return verdict.OutcomePass
}

// perChange splits findings: those about each of the verdict's changes, by
// index, and those about the pull request as a whole. A finding without an id,
// as in a record that cannot be read, belongs to the change of its file.
func perChange(v *verdict.Verdict, list diag.List) (mine []diag.List, rest diag.List) {
	mine = make([]diag.List, len(v.Changes))
	for _, f := range list {
		i := slices.IndexFunc(v.Changes, func(c verdict.Judged) bool {
			return f.Change != "" && c.ID == f.Change || f.Change == "" && f.At.File != "" && c.Path == f.At.File
		})
		if i < 0 {
			rest = append(rest, f)
		} else {
			mine[i] = append(mine[i], f)
		}
	}
	return mine, rest
}
