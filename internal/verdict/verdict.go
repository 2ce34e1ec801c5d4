package verdict

import (
	"time"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

// Schema identifies the document's format.
const Schema = "https://github.com/mergeseal/mergeseal/verdict/v1"

// Outcome is the answer. The zero value is an error: undecided.
type Outcome uint8

// The outcomes, the worst first.
const (
	OutcomeError   Outcome = iota // could not decide
	OutcomeFail                   // a finding of severity error
	OutcomePending                // approvals or time are missing
	OutcomePass                   // judged, nothing against it; or nothing to judge
)

// String is the outcome's word.
func (o Outcome) String() string {
	switch o {
	case OutcomeFail:
		return "fail"
	case OutcomePending:
		return "pending"
	case OutcomePass:
		return "pass"
	case OutcomeError:
	}
	return "error"
}

// MarshalText is String.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// ExitCode is the process's exit code for the outcome, the same with every flag.
func (o Outcome) ExitCode() int {
	switch o {
	case OutcomePass:
		return 0
	case OutcomeFail:
		return 1
	case OutcomePending:
		return 3
	case OutcomeError:
	}
	return 4
}

// Verdict is the document.
type Verdict struct {
	Schema       string               `json:"schema"`
	Outcome      Outcome              `json:"outcome"`
	DecidedAt    time.Time            `json:"decided_at"`
	ValidUntil   time.Time            `json:"valid_until"`
	Replay       bool                 `json:"replay,omitempty"` // the clock was given by --now
	Subject      Subject              `json:"subject"`
	Changes      []Judged             `json:"changes"`
	Requirements []approval.Status    `json:"requirements"`         // of the pull request as a whole
	Objections   []approval.Objection `json:"objections,omitempty"` // to the pull request as a whole
	Law          LawReport            `json:"law"`
	Findings     []Finding            `json:"findings"`
	Inputs       Inputs               `json:"inputs"`
	Digest       string               `json:"digest"`
}

// Subject is what was judged. Empty fields are left out: without a forge
// there is no pull request, without git no commits.
type Subject struct {
	Repository  string `json:"repository,omitempty"`
	PullRequest int    `json:"pull_request,omitempty"`
	BaseRef     string `json:"base_ref,omitempty"`
	Base        string `json:"base,omitempty"`       // tip of the base: the law
	MergeBase   string `json:"merge_base,omitempty"` // where the diff begins
	Head        string `json:"head,omitempty"`       // commit, or "worktree"
}

// Judged is one change and everything said of it.
type Judged struct {
	ID           string               `json:"id"`
	Title        string               `json:"title"`
	Type         string               `json:"type"`                    // it is judged as
	DeclaredType string               `json:"declared_type,omitempty"` // when it differs
	Path         string               `json:"path"`
	Blob         string               `json:"blob"`
	Class        string               `json:"class"`
	State        string               `json:"state,omitempty"` // draft, on_hold, canceled, closed
	Services     []Service            `json:"services"`
	Environments []string             `json:"environments"`
	Start        string               `json:"start,omitempty"` // RFC 3339 as written
	End          string               `json:"end,omitempty"`
	Outcome      Outcome              `json:"outcome"`
	Risk         *risk.Score          `json:"risk,omitempty"`
	Freezes      []schedule.FreezeHit `json:"freezes"`
	Maintenance  schedule.Maintenance `json:"maintenance"`
	Collisions   []schedule.Collision `json:"collisions"`
	Requirements []approval.Status    `json:"requirements"`
	Objections   []approval.Objection `json:"objections,omitempty"` // people who ask for changes
	NextEdge     *Edge                `json:"next_edge,omitempty"`
}

// Edge is an instant at which time alone changes the answer.
type Edge struct {
	At  time.Time `json:"at"`
	Why string    `json:"why"`
}

// LawReport is what the change does to the law, and what the law switched off.
type LawReport struct {
	Source   string        `json:"source"` // base, worktree, defaults or none
	Touched  []string      `json:"touched"`
	Shadow   *Shadow       `json:"shadow,omitempty"`
	Disabled []Disabled    `json:"disabled"`
	Observed []ObservedHit `json:"observed"`
}

// Shadow is what the head's own law would say; it is never in force.
type Shadow struct {
	Outcome  Outcome   `json:"outcome"`
	InForce  bool      `json:"in_force"` // always false
	Flips    []string  `json:"flips"`    // ids of changes whose outcome would differ
	Policies string    `json:"policies"` // what became of the head's policies: same, removed, run, ended, compiled or broken
	Findings []Finding `json:"findings"` // about the head's law itself
}

// Disabled is a rule that the configuration switched off.
type Disabled struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// ObservedHit is what a rule in observation would have said.
type ObservedHit struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Change  string `json:"change,omitempty"`
}

// Finding is a diag.Finding as JSON.
type Finding struct {
	Code     string        `json:"code"`
	Severity diag.Severity `json:"severity"`
	Message  string        `json:"message"`
	At       string        `json:"at"`
	Hint     string        `json:"hint,omitempty"`
	Change   string        `json:"change,omitempty"`
	Controls []string      `json:"controls"`
}

// Inputs are digests of everything the judgement read.
type Inputs struct {
	Config   string `json:"config"`
	Policy   string `json:"policy"`
	Calendar string `json:"calendar"`
	Services string `json:"services"`
	Groups   string `json:"groups"`
	Models   string `json:"models"`
	Evidence string `json:"evidence"`
	Tool     string `json:"tool"`
}

// Level is the gravest risk level among the document's changes.
func (v *Verdict) Level() field.Level {
	worst := field.LevelNone
	for _, c := range v.Changes {
		if c.Risk != nil {
			worst = max(worst, c.Risk.Level)
		}
	}
	return worst
}
