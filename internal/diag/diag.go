// Package diag holds what is wrong with somebody's files: findings, each with
// a stable code, a place, and a way out.
//
// A finding is never an error in Go's sense: functions return findings beside
// a value, or an error instead of one. A code is for ever; its wording is not.
package diag

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/source"
)

// Severity is how much a finding weighs. The zero value is an error, so that a
// forgotten severity never lets anything through.
type Severity uint8

// The severities, the gravest first.
const (
	Error   Severity = iota // outcome fail
	Warning                 // shown; may be suppressed by code, with a reason
	Note                    // shown where there is room
)

// String is the word used in every format.
func (s Severity) String() string {
	switch s {
	case Warning:
		return "warning"
	case Note:
		return "note"
	case Error:
	}
	return "error"
}

// MarshalText makes a severity its word in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Aside is one labelled remark below a finding, such as the window it hit.
type Aside struct {
	Label, Text string
}

// Finding is one thing that is wrong, where, and what to do about it.
type Finding struct {
	Code     string
	Severity Severity
	Message  string       // what is wrong, one line
	At       source.Range // where; the zero Range when it has no place
	Label    string       // what the caret says, "" to leave it bare
	Hint     string       // what to do or type next, "" when the message says it
	Asides   []Aside
	Controls []string // ids of controls the rule serves
	Change   string   // id of the record it is about, "" for the pull request or the law
	// Undecided marks a finding that kept the judge from judging: outcome error.
	Undecided bool
}

// New makes a finding of a code with the severity the catalogue gives it.
func New(code string, at source.Range, format string, args ...any) Finding {
	return Finding{Code: code, Severity: Lookup(code).Severity, At: at, Message: fmt.Sprintf(format, args...)}
}

// WithHint returns the finding with a hint.
func (f Finding) WithHint(format string, args ...any) Finding {
	f.Hint = fmt.Sprintf(format, args...)
	return f
}

// WithLabel returns the finding with words at its caret.
func (f Finding) WithLabel(format string, args ...any) Finding {
	f.Label = fmt.Sprintf(format, args...)
	return f
}

// With returns the finding with one more remark below it.
func (f Finding) With(label, format string, args ...any) Finding {
	f.Asides = append(slices.Clip(f.Asides), Aside{label, fmt.Sprintf(format, args...)})
	return f
}

// List is findings in no particular order until Sort.
type List []Finding

// Sort orders findings: what kept us from judging first, then by severity,
// place, code and words, so that the order of work never shows.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Finding) int {
		if a.Undecided != b.Undecided {
			if a.Undecided {
				return -1
			}
			return 1
		}
		return cmp.Or(
			cmp.Compare(a.Severity, b.Severity),
			a.At.Compare(b.At),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Change, b.Change),
			cmp.Compare(a.Message, b.Message),
			cmp.Compare(a.At.End.Line, b.At.End.Line),
			cmp.Compare(a.At.End.Col, b.At.End.Col),
			cmp.Compare(a.Label, b.Label),
			cmp.Compare(a.Hint, b.Hint),
		)
	})
}

// Errors reports whether any finding is an error.
func (l List) Errors() bool {
	return slices.ContainsFunc(l, func(f Finding) bool { return f.Severity == Error })
}

// Undecided returns the list with every error marked as a reason why nothing
// could be judged: for law that cannot be read.
func (l List) Undecided() List {
	out := slices.Clone(l)
	for i := range out {
		if out[i].Severity == Error {
			out[i].Undecided = true
		}
	}
	return out
}

// Problem is a finding without a place yet: what a value's own parser says of
// its text. It is an error so that parsers read like any other Go parser.
type Problem struct {
	Code, Message, Hint string
}

// Error is the message.
func (p *Problem) Error() string { return p.Message }

// Problemf makes a Problem.
func Problemf(code, hint, format string, args ...any) *Problem {
	return &Problem{Code: code, Hint: hint, Message: fmt.Sprintf(format, args...)}
}
