package control

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Status is how a rule or a control stands for one change. The zero value is
// the most cautious one.
type Status uint8

// How it stands, the worst first.
const (
	Unknown Status = iota // it could not be judged
	Missing               // something that it asks for is not there
	Off                   // the law switched a rule of it off, or only watches it
	Unasked               // nothing of it concerns this change
	Met                   // what it asks for is there
)

// String is the status's word.
func (s Status) String() string {
	return [...]string{"unknown", "missing", "off", "not asked", "met"}[min(s, Met)]
}

// MarshalText is String.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Asked is a rule that was asked, and what the law does to its codes.
type Asked struct {
	verdict.RuleAnswer
	Disabled, Observed []string
}

// Proof is something of the change that speaks for a rule.
type Proof struct {
	What string `json:"what"`         // a pointer into the record, or a word
	At   string `json:"at,omitempty"` // where it stands
	Says string `json:"says,omitempty"`
}

// Rule is how one rule stands.
type Rule struct {
	Package string   `json:"package"`
	Title   string   `json:"title"`
	Codes   []string `json:"codes"`
	Status  Status   `json:"status"`
	Proof   []Proof  `json:"proof"`
	Missing []string `json:"missing"` // in words, with the code
}

// Line is how one control stands, by its rules.
type Line struct {
	Control
	Status Status `json:"status"`
	Rules  []Rule `json:"rules"`
}

// Standing is how the controls of one pack stand for a change.
type Standing struct {
	Pack   string `json:"pack"`
	Title  string `json:"title"`
	Source string `json:"source"`
	Lines  []Line `json:"controls"`
}

// Facts is what is known of the change beside the rules' answers.
type Facts struct {
	// Requirements are those of the record and of the pull request, weighed.
	Requirements []approval.Status
	// Words say what was looked at besides the record, such as the diff and the
	// calendar, by the word that METADATA uses. What is not there was not.
	Words map[string]string
	// Point finds what stands at a pointer into the record, in short.
	Point func(pointer string) (Proof, bool)
}

// Report says how the controls of packs stand. Without rules nothing is known.
// A control that no rule serves is unknown too: nothing here could speak for it.
func Report(packs []Pack, rules []Asked, f Facts) []Standing {
	stand := make([]Rule, len(rules))
	for i, r := range rules {
		stand[i] = f.rule(r)
	}
	out := make([]Standing, len(packs))
	for i, p := range packs {
		out[i] = Standing{Pack: p.Name, Title: p.Title, Source: p.Source, Lines: []Line{}}
		for _, c := range p.Controls {
			l := Line{Control: c, Status: Unknown, Rules: []Rule{}}
			for j, r := range rules {
				if slices.Contains(r.Controls, c.ID) {
					l.Rules = append(l.Rules, stand[j])
				}
			}
			l.Status = together(l.Rules)
			out[i].Lines = append(out[i].Lines, l)
		}
	}
	return out
}

// together is the worst of the rules; what is not asked weighs nothing beside
// what is met.
func together(rules []Rule) Status {
	if len(rules) == 0 {
		return Unknown
	}
	out := Unasked
	for _, r := range rules {
		switch {
		case r.Status < out:
			out = r.Status
		case r.Status == Met && out == Unasked:
			out = Met
		}
	}
	return out
}

func (f Facts) rule(r Asked) Rule {
	out := Rule{Package: r.Package, Title: r.Title, Codes: r.Codes, Status: Unasked, Proof: []Proof{}, Missing: []string{}}
	off := func(code string) bool { return slices.Contains(r.Disabled, code) || slices.Contains(r.Observed, code) }
	for _, e := range slices.Concat(r.Deny, r.Warn) {
		if !off(e.Code) && diag.Lookup(e.Code).Severity != diag.Note {
			out.Missing = append(out.Missing, e.Code+" "+e.Message)
		}
	}
	for _, q := range r.Require {
		if off(q.Code) {
			continue
		}
		switch have, missing := f.weighed(q); {
		case missing != "":
			out.Missing = append(out.Missing, q.Code+" "+missing)
		case have != "":
			out.Proof = append(out.Proof, Proof{What: "approvals", Says: have})
		}
	}
	for _, what := range r.Evidence {
		if says, ok := f.Words[what]; ok {
			out.Proof = append(out.Proof, Proof{What: what, Says: says})
		} else if p, ok := f.Point(what); ok && strings.HasPrefix(what, "/") {
			out.Proof = append(out.Proof, p)
		}
	}
	switch {
	case len(out.Missing) > 0:
		out.Status = Missing
	case slices.ContainsFunc(r.Codes, off):
		out.Status = Off
		for _, code := range r.Codes {
			if slices.Contains(r.Disabled, code) {
				out.Missing = append(out.Missing, code+" is disabled by the law")
			} else if slices.Contains(r.Observed, code) {
				out.Missing = append(out.Missing, code+" is only observed")
			}
		}
	case len(out.Proof) > 0:
		out.Status = Met
	}
	return out
}

// weighed is who met a requirement, or what it lacks. One that nobody weighed
// is not met, but for code owners: where nothing touched has any, they fall away.
func (f Facts) weighed(q approval.Requirement) (have, missing string) {
	at := slices.IndexFunc(f.Requirements, func(s approval.Status) bool {
		return s.Code == q.Code && s.Who() == q.Who() && s.Count.String() == q.Count.String() && max(s.Stage, 1) == max(q.Stage, 1)
	})
	switch {
	case at < 0 && q.Codeowners:
		return "", ""
	case at < 0:
		return "", "was not weighed: " + q.Reason
	}
	s := f.Requirements[at]
	if s.Missing > 0 {
		who := "of " + s.Who()
		if s.Peer {
			who = "peer"
		}
		return "", fmt.Sprintf("waits for %d %s: %s", s.Missing, who, s.Reason)
	}
	who := slices.Clone(s.Have)
	if s.Unnamed > 0 {
		who = append(who, fmt.Sprintf("%d of a private group", s.Unnamed))
	}
	return fmt.Sprintf("%s (%s)", strings.Join(who, ", "), s.Who()), ""
}
