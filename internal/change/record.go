// Package change is the change record: its fields, what makes each one well
// formed, and what differs between two versions of it.
//
// It reads one file at a time and never looks at a repository, a clock or a
// configuration; rules that need those live in the packages above.
package change

import (
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// Type is the path a change takes. The zero value is none.
type Type uint8

// The types, as ITIL names them, and vendors' changes that are only recorded.
const (
	TypeNone Type = iota
	Standard
	Normal
	Emergency
	Registration
)

// Types lists the types' names.
func Types() []string { return []string{"standard", "normal", "emergency", "registration"} }

// ParseScalar reads a type's name.
func (t *Type) ParseScalar(text string) error { return field.ParseEnum(t, text, Types()) }

// String is the type's name, "" for none.
func (t Type) String() string { return field.EnumName(t, Types()) }

// MarshalText is String.
func (t Type) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Record is one change as its author wrote it. Every field is optional to the
// reader; Validate says which ones a type needs. JSON names are the keys of
// the file and of input.change.
type Record struct {
	ID                 string              `json:"id,omitempty"`
	Title              string              `json:"title,omitempty"`
	Description        string              `json:"description,omitempty"`
	Type               Type                `json:"type,omitempty"`
	Model              string              `json:"model,omitempty"` // name@version
	Owner              field.Login         `json:"owner,omitempty"`
	Team               string              `json:"team,omitempty"`
	Implementers       []field.Login       `json:"implementers,omitempty"`
	Services           []string            `json:"services,omitempty"`
	Environments       []string            `json:"environments,omitempty"`
	Reason             string              `json:"reason,omitempty"`
	Impact             *Impact             `json:"impact,omitempty"`
	Data               *Data               `json:"data,omitempty"`
	SecurityImpact     string              `json:"security_impact,omitempty"`
	PrivacyImpact      string              `json:"privacy_impact,omitempty"`
	Schedule           *Period             `json:"schedule,omitempty"`
	ImplementationPlan []Step              `json:"implementation_plan,omitempty"`
	TestPlan           *TestPlan           `json:"test_plan,omitempty"`
	RollbackPlan       *RollbackPlan       `json:"rollback_plan,omitempty"`
	CommunicationPlan  *CommunicationPlan  `json:"communication_plan,omitempty"`
	Questionnaire      map[string]string   `json:"questionnaire,omitempty"`
	Risk               *DeclaredRisk       `json:"risk,omitempty"`
	Links              []Link              `json:"links,omitempty"`
	Source             *Source             `json:"source,omitempty"`
	FreezeException    *FreezeException    `json:"freeze_exception,omitempty"`
	CollisionsAccepted []CollisionAccepted `json:"collisions_accepted,omitempty"`
	Emergency          *EmergencyReason    `json:"emergency,omitempty"`
	Hold               *Hold               `json:"hold,omitempty"`
	Canceled           *Canceled           `json:"canceled,omitempty"`
	Actual             *Period             `json:"actual,omitempty"`
	Outcome            *Outcome            `json:"outcome,omitempty"`
	Review             *Review             `json:"review,omitempty"`
	Suppress           []Suppress          `json:"suppress,omitempty"`
	Labels             map[string]string   `json:"labels,omitempty"`
	Extensions         map[string]any      `json:"-" rest:"x-"` // keys that begin with x-
}

// Period is a half-open stretch of time, [start, end).
type Period struct {
	Start field.Instant `json:"start"`
	End   field.Instant `json:"end"`
}

// Minutes is how long the period is, in whole minutes.
func (p Period) Minutes() int64 { return int64(p.End.Sub(p.Start.Time).Minutes()) }

// Users says who notices the change while it happens. The zero value is unstated.
type Users uint8

// Who notices.
const (
	UsersUnstated Users = iota
	UsersNone
	UsersInternal
	UsersSome
	UsersAll
)

// UsersNames lists the values of impact.users, rising.
func UsersNames() []string { return []string{"none", "internal", "some", "all"} }

// ParseScalar reads a name.
func (u *Users) ParseScalar(text string) error { return field.ParseEnum(u, text, UsersNames()) }

// String is the name, "" for unstated.
func (u Users) String() string { return field.EnumName(u, UsersNames()) }

// MarshalText is String.
func (u Users) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// Outage is how badly the service suffers. The zero value is unstated.
type Outage uint8

// How badly.
const (
	OutageUnstated Outage = iota
	OutageNone
	OutageDegraded
	OutageDown
)

// OutageNames lists the values of impact.outage, rising.
func OutageNames() []string { return []string{"none", "degraded", "down"} }

// ParseScalar reads a name.
func (o *Outage) ParseScalar(text string) error { return field.ParseEnum(o, text, OutageNames()) }

// String is the name, "" for unstated.
func (o Outage) String() string { return field.EnumName(o, OutageNames()) }

// MarshalText is String.
func (o Outage) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Impact is the expected effect while the change happens. Minutes is how long
// users notice it; nil is unstated.
type Impact struct {
	Users   Users  `json:"users,omitempty"`
	Outage  Outage `json:"outage,omitempty"`
	Minutes *int   `json:"minutes,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Data says what happens to stored data; nil fields are unstated.
type Data struct {
	Migration  *bool  `json:"migration,omitempty"`
	Reversible *bool  `json:"reversible,omitempty"`
	Sensitive  *bool  `json:"sensitive,omitempty"`
	Backup     string `json:"backup,omitempty"`
}

// Step is one step of a plan, written as text or as {do, by, minutes}.
type Step struct {
	Do      string      `json:"do"`
	By      field.Login `json:"by,omitempty"`
	Minutes int         `json:"minutes,omitempty"`
}

// DecodeNode reads both forms of a step.
func (s *Step) DecodeNode(n *yamldoc.Node, d *yamldoc.Decoder) {
	if n.Kind == yamldoc.Scalar {
		s.Do = n.Text
		return
	}
	type long Step
	d.Into(n, (*long)(s))
}

// TestPlan is how the change is tested before and after, and with what result.
type TestPlan struct {
	Before  []string     `json:"before,omitempty"`
	After   []string     `json:"after,omitempty"`
	Results []TestResult `json:"results,omitempty"`
}

// ResultKind is the format of a test result. The zero value is none.
type ResultKind uint8

// The formats.
const (
	ResultNone ResultKind = iota
	JUnit
	SARIF
	OtherResult
)

// ResultKinds lists the formats' names.
func ResultKinds() []string { return []string{"junit", "sarif", "other"} }

// ParseScalar reads a format's name.
func (k *ResultKind) ParseScalar(text string) error { return field.ParseEnum(k, text, ResultKinds()) }

// String is the format's name.
func (k ResultKind) String() string { return field.EnumName(k, ResultKinds()) }

// MarshalText is String.
func (k ResultKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// TestResult points to one result: a file of the repository, or a URL that is
// shown and never fetched. Digest is sha256:… of the file.
type TestResult struct {
	Kind   ResultKind `json:"kind"`
	Path   string     `json:"path,omitempty"`
	URL    string     `json:"url,omitempty"`
	Digest string     `json:"digest,omitempty"`
}

// Method is how a change is taken back. The zero value is unstated.
type Method uint8

// The methods.
const (
	MethodUnstated Method = iota
	Revert
	Restore
	Failover
	FeatureFlag
	RollForward
	MethodNone
)

// Methods lists the methods' names.
func Methods() []string {
	return []string{"revert", "restore", "failover", "feature_flag", "roll_forward", "none"}
}

// ParseScalar reads a method's name.
func (m *Method) ParseScalar(text string) error { return field.ParseEnum(m, text, Methods()) }

// String is the method's name, "" for unstated.
func (m Method) String() string { return field.EnumName(m, Methods()) }

// MarshalText is String.
func (m Method) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// RollbackPlan is how to get back, when, how long it takes, and how one knows
// that it worked. Minutes nil is unstated.
type RollbackPlan struct {
	Method        Method     `json:"method,omitempty"`
	Trigger       string     `json:"trigger,omitempty"`
	Steps         []string   `json:"steps,omitempty"`
	Minutes       *int       `json:"minutes,omitempty"`
	Verify        string     `json:"verify,omitempty"`
	Rehearsed     *Rehearsal `json:"rehearsed,omitempty"`
	Justification string     `json:"justification,omitempty"` // of method none
}

// Rehearsal is when the rollback was tried, and where that can be seen.
type Rehearsal struct {
	Date     field.Date `json:"date"`
	Evidence string     `json:"evidence"`
}

// CommunicationPlan is who is told what, and when.
type CommunicationPlan struct {
	Audience []string      `json:"audience,omitempty"`
	Text     string        `json:"text,omitempty"`
	At       field.Instant `json:"at,omitzero"`
}

// DeclaredRisk is the author's own view: it may raise the level, never lower it.
type DeclaredRisk struct {
	Declared field.Level `json:"declared,omitempty"`
	Text     string      `json:"text,omitempty"`
}

// LinkKind is what a link means. The zero value is none.
type LinkKind uint8

// The kinds of link.
const (
	LinkNone LinkKind = iota
	FixesIncident
	CausedIncident
	FixesProblem
	DependsOn
	Supersedes
	Related
	Runbook
	Release
)

// LinkKinds lists the kinds' names.
func LinkKinds() []string {
	return []string{"fixes_incident", "caused_incident", "fixes_problem", "depends_on", "supersedes", "related", "runbook", "release"}
}

// ParseScalar reads a kind's name.
func (k *LinkKind) ParseScalar(text string) error { return field.ParseEnum(k, text, LinkKinds()) }

// String is the kind's name.
func (k LinkKind) String() string { return field.EnumName(k, LinkKinds()) }

// MarshalText is String.
func (k LinkKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Link ties the change to something elsewhere.
type Link struct {
	Kind LinkKind `json:"kind"`
	Ref  string   `json:"ref"`
}

// Source is what exactly is approved; the gate binds to it.
type Source struct {
	Repository string     `json:"repository,omitempty"`
	Commits    string     `json:"commits,omitempty"` // a..b
	Artifacts  []Artifact `json:"artifacts,omitempty"`
	Paths      []string   `json:"paths,omitempty"` // globs
}

// Artifact is a built thing and its digest.
type Artifact struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
}

// FreezeException asks to work inside a freeze.
type FreezeException struct {
	Window  string        `json:"window"`
	Reason  string        `json:"reason"`
	Expires field.Instant `json:"expires"`
}

// CollisionAccepted asks to live with a collision.
type CollisionAccepted struct {
	With    string        `json:"with"`
	Reason  string        `json:"reason"`
	Expires field.Instant `json:"expires"`
}

// EmergencyReason says why the normal path will not do.
type EmergencyReason struct {
	Incident string `json:"incident,omitempty"`
	Why      string `json:"why,omitempty"`
}

// Suppress silences a warning by code, with a reason.
type Suppress struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}
