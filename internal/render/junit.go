package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// The part of JUnit's report that readers agree on:
// https://github.com/testmoapp/junitxml
type (
	junitReport struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Timestamp string      `xml:"timestamp,attr,omitempty"`
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string       `xml:"classname,attr"`
		Name    string       `xml:"name,attr"`
		Failure *junitDetail `xml:"failure"`
		Error   *junitDetail `xml:"error"`
		Out     string       `xml:"system-out,omitempty"`
	}
	junitDetail struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// xmlText is the escaper of JUnit: what XML cannot hold, or nobody can see, is
// spelt out. The markup itself is the encoder's to escape.
func xmlText(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			fmt.Fprintf(&b, "<0x%02X>", s[i])
		case hidden(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func verdictJUnit(r Report) ([]byte, error) {
	v := r.Verdict
	mine, whole := perChange(v, r.Findings)
	stamp := v.DecidedAt.UTC().Format(time.RFC3339)
	var suites []junitSuite
	for i, c := range v.Changes {
		words := c.Outcome.String()
		if n := missingApprovals(c.Requirements); n > 0 {
			words += ": " + number(n, "approval", "approvals") + " missing"
		}
		suites = append(suites, junitSuiteOf(strings.TrimSpace(nameOf(c)+" "+c.Title), c.Path, stamp, c.Outcome, words, mine[i]))
	}
	suites = append(suites, junitSuiteOf("pull request", "mergeseal", stamp, v.Outcome, v.Outcome.String()+": "+gist(v, r.Findings), whole))
	return junit(suites)
}

func findingsJUnit(list diag.List) ([]byte, error) {
	o := outcomeOf(list)
	return junit([]junitSuite{junitSuiteOf("lint", "mergeseal", "", o, o.String()+": "+counted(list), list)})
}

// junitSuiteOf is a suite with one case for the verdict, which is green only
// for a pass, and one for each code that was found, which is red for errors.
func junitSuiteOf(name, class, stamp string, o verdict.Outcome, words string, list diag.List) junitSuite {
	suite := junitSuite{Name: xmlText(name), Timestamp: stamp}
	head := junitCase{Class: xmlText(class), Name: "verdict"}
	detail := &junitDetail{Type: o.String(), Message: xmlText(words)}
	switch o {
	case verdict.OutcomePass:
		head.Out = xmlText(words)
	case verdict.OutcomePending, verdict.OutcomeFail:
		head.Failure = detail
	case verdict.OutcomeError:
		head.Error = detail
	}
	suite.Cases = append(suite.Cases, head)
	at := map[string]int{}
	for _, f := range list {
		i, ok := at[f.Code]
		if !ok {
			i = len(suite.Cases)
			at[f.Code] = i
			title := f.Code
			if c := diag.Lookup(f.Code); c.Title != "" {
				title += " " + c.Title
			}
			suite.Cases = append(suite.Cases, junitCase{Class: xmlText(class), Name: xmlText(title)})
		}
		suite.Cases[i].add(f)
	}
	for _, c := range suite.Cases {
		suite.Tests++
		if c.Failure != nil {
			suite.Failures++
		}
		if c.Error != nil {
			suite.Errors++
		}
	}
	return suite
}

// add puts a finding into the case of its code.
func (c *junitCase) add(f diag.Finding) {
	text := f.Severity.String() + ": " + f.Message
	if at := f.At.String(); at != "" {
		text = at + ": " + text
	}
	if f.Hint != "" {
		text += "\n" + f.Hint
	}
	text = xmlText(text)
	into := &c.Failure
	switch {
	case f.Severity != diag.Error:
		c.Out = strings.TrimPrefix(c.Out+"\n"+text, "\n")
		return
	case f.Undecided:
		into = &c.Error
	}
	if *into == nil {
		*into = &junitDetail{Type: xmlText(f.Code), Message: xmlText(f.Message)}
	}
	(*into).Text = strings.TrimPrefix((*into).Text+"\n"+text, "\n")
}

func junit(suites []junitSuite) ([]byte, error) {
	report := junitReport{Name: "mergeseal", Suites: suites}
	for _, s := range suites {
		report.Tests += s.Tests
		report.Failures += s.Failures
		report.Errors += s.Errors
	}
	out, err := xml.MarshalIndent(report, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode JUnit: %w", err)
	}
	// A runner finds its old commands anywhere in a line; XML reads them back.
	out = bytes.ReplaceAll(out, []byte("##["), []byte("##&#91;"))
	return append([]byte(xml.Header), append(out, '\n')...), nil
}
