package change

import "github.com/mergeseal/mergeseal/internal/field"

// Hold keeps the change from the gate until it is taken away.
type Hold struct {
	Reason string     `json:"reason"`
	Since  field.Date `json:"since,omitzero"`
}

// Canceled ends the change without doing it.
type Canceled struct {
	Reason string `json:"reason"`
}

// Result is how a change ended. The zero value is not yet.
type Result uint8

// The results.
const (
	ResultOpen Result = iota
	Successful
	SuccessfulWithIssues
	BackedOut
	Failed
	ResultCanceled
)

// Results lists the results' names.
func Results() []string {
	return []string{"successful", "successful_with_issues", "backed_out", "failed", "canceled"}
}

// ParseScalar reads a result's name.
func (r *Result) ParseScalar(text string) error { return field.ParseEnum(r, text, Results()) }

// String is the result's name, "" for not yet.
func (r Result) String() string { return field.EnumName(r, Results()) }

// MarshalText is String.
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Outcome is how the change ended and what it caused.
type Outcome struct {
	Result       Result     `json:"result"`
	Notes        string     `json:"notes,omitempty"`
	Incidents    []Incident `json:"incidents,omitempty"`
	RollbackUsed bool       `json:"rollback_used,omitempty"`
}

// Severities lists the severities of incidents, the gravest first.
func Severities() []string { return []string{"p1", "p2", "p3", "p4"} }

// Severity is an incident's severity, 1 the gravest. The zero value is none.
type Severity uint8

// ParseScalar reads p1 to p4.
func (s *Severity) ParseScalar(text string) error { return field.ParseEnum(s, text, Severities()) }

// String is p1 to p4.
func (s Severity) String() string { return field.EnumName(s, Severities()) }

// MarshalText is String.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Incident is one that the change caused.
type Incident struct {
	Ref      string   `json:"ref"`
	Severity Severity `json:"severity"`
}

// Review is the post-implementation review.
type Review struct {
	Held          field.Date    `json:"held"`
	By            []field.Login `json:"by"`
	ObjectivesMet *bool         `json:"objectives_met,omitempty"`
	Lessons       string        `json:"lessons,omitempty"`
	Actions       []Action      `json:"actions,omitempty"`
}

// Action is something a review asks for.
type Action struct {
	Title string      `json:"title"`
	Ref   string      `json:"ref,omitempty"`
	Owner field.Login `json:"owner"`
}
