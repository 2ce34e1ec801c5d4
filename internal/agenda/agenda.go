// Package agenda says which changes need people, and why: what a board talks
// about, in which order and for how long, and afterwards what was decided.
//
// It knows no repository and no clock: the caller hands in records and what the
// judge says of them. A change that nothing sends to people is counted, never
// listed.
package agenda

import "github.com/mergeseal/mergeseal/internal/field"

// Agenda is what one meeting talks about. Texts are as their authors wrote
// them: whoever shows them escapes them. Lists are never nil.
type Agenda struct {
	Meeting    string        `json:"meeting"` // the board's group, such as cab
	Date       field.Instant `json:"date"`    // when it meets, in the reader's zone
	Since      field.Instant `json:"since"`   // emergencies and failures from here on
	Until      field.Instant `json:"until"`   // changes that start before this
	Zone       string        `json:"zone"`    // the reader's, an IANA name
	Repository string        `json:"repository,omitempty"`
	Items      []Item        `json:"items"`       // by risk, then by start, then by id
	Minutes    int           `json:"minutes"`     // the items' budgets together
	Routine    int           `json:"routine"`     // changes that need nobody's word: pre-approved and low ones
	RoutineIDs []string      `json:"routine_ids"` // sorted
	Actions    []Action      `json:"actions"`     // still to be done from earlier reviews
	Unread     []string      `json:"unread"`      // records and heads that could not be read in full: what they need may be missing
}

// Kind is a reason for which a change needs people. The zero value is none.
type Kind uint8

// The reasons, in the order in which they are told.
const (
	KindNone    Kind = iota
	Routed           // a rule asks for the board's approval
	Collides         // it is in another change's way
	Exception        // it asks to work in a freeze
	Emergencies      // an emergency since the last meeting
	Overdue          // its review is overdue
	Failed           // it failed or was backed out, and what was learnt is to be told
)

// Kinds lists the reasons' names.
func Kinds() []string {
	return []string{"routed", "collision", "exception", "emergency", "overdue_review", "failed"}
}

// String is the reason's name, "" for none.
func (k Kind) String() string { return field.EnumName(k, Kinds()) }

// MarshalText is String.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Item is one change and everything that is needed to talk about it.
type Item struct {
	ID           string        `json:"id"`
	Title        string        `json:"title"` // what
	Type         string        `json:"type"`
	Level        string        `json:"level"` // of risk, "" when it is not known
	Score        int           `json:"score"`
	Start        field.Instant `json:"start,omitzero"` // of the planned window, in the offset it was written with
	End          field.Instant `json:"end,omitzero"`
	Reasons      []string      `json:"reasons"` // why it is here, in words, one each
	Kinds        []Kind        `json:"kinds"`   // the same as names, in the same order
	Missing      []string      `json:"missing"` // approvals and corrections without which it cannot be merged
	State        string        `json:"state"`   // booked, tentative or registration
	Owner        string        `json:"owner"`
	Why          string        `json:"why"`        // the record's reason
	Impact       string        `json:"impact"`     // in one line
	Services     []string      `json:"services"`   // that it changes
	Dependents   []string      `json:"dependents"` // that depend on those, sorted
	Environments []string      `json:"environments"`
	Rollback     string        `json:"rollback"` // in one line
	Score3       []Line        `json:"largest"`  // the three largest lines of the score
	Result       string        `json:"result"`   // of the outcome, "" while it is open
	Lessons      string        `json:"lessons"`  // of the review
	Link         string        `json:"link"`     // https address of the pull request, or the record's path
	PullRequest  int           `json:"pull_request,omitempty"`
	Path         string        `json:"path"`
	Minutes      int           `json:"minutes"` // to talk about it
}

// Line is one line of a score.
type Line struct {
	Name   string `json:"name"`
	Points int    `json:"points"`
	Why    string `json:"why"`
}

// Action is something that a review asked for and that is not known to be done.
type Action struct {
	ID    string `json:"id"` // the change
	Title string `json:"title"`
	Ref   string `json:"ref"`
	Owner string `json:"owner"`
}

// Minutes is what was decided between two instants, from merges and reviews.
type Minutes struct {
	Meeting    string        `json:"meeting"`
	Since      field.Instant `json:"since"`
	Until      field.Instant `json:"until"` // the moment of writing
	Zone       string        `json:"zone"`
	Repository string        `json:"repository,omitempty"`
	Decisions  []Decision    `json:"decisions"` // by time, then by id
	Open       []Item        `json:"open"`      // on the agenda and not decided
	Actions    []Action      `json:"actions"`
	Unread     []string      `json:"unread"`
}

// Decision is one merge that changed a record.
type Decision struct {
	ID      string        `json:"id"`
	Title   string        `json:"title"`
	What    string        `json:"what"` // approved, amended, withdrawn, closed or removed
	At      field.Instant `json:"at"`   // committer's time of the commit, a claim of whoever made it
	Commit  string        `json:"commit"`
	By      string        `json:"by"` // committer's name as git has it
	Subject string        `json:"subject"`
	Reviews []Review      `json:"reviews"`
	// Conditions are what somebody asked for when they approved.
	Conditions []string `json:"conditions"`
}

// Review is what one person said, as the forge has it.
type Review struct {
	By     string        `json:"by"`
	State  string        `json:"state"`
	At     field.Instant `json:"at"`
	Commit string        `json:"commit"`
}
