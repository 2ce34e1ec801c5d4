// Package verdict holds the frozen evidence that policies see, and the verdict
// that comes of it: the document, its canonical bytes and its digest.
//
// It is pure. The same Input and the same answers give the same bytes on any
// machine, in any zone and in any order of files.
package verdict

import (
	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
)

// InputVersion is the version of the contract with policies.
const InputVersion = 1

// Input is everything a policy can know, as data.mergeseal.rules sees it in
// input. One is made for each record, and one for the pull request as a whole
// (scope "pull_request"), in which the fields about one change are absent.
type Input struct {
	Version       int          `json:"version"`
	Scope         string       `json:"scope"` // change or pull_request
	Now           Now          `json:"now"`
	Change        *Change      `json:"change,omitempty"`
	Amendment     *Amendment   `json:"amendment,omitempty"`
	Schedule      *Schedule    `json:"schedule,omitempty"`
	Risk          *Risk        `json:"risk,omitempty"`
	Services      []Service    `json:"services"` // used scope: declared and derived
	Diff          Diff         `json:"diff"`
	Freezes       []FreezeHit  `json:"freezes"`
	Maintenance   Maintenance  `json:"maintenance"`
	Collisions    []Collision  `json:"collisions"`
	Plans         Plans        `json:"plans"`
	Rollback      *Rollback    `json:"rollback,omitempty"`
	Tests         Tests        `json:"tests"`
	Questionnaire []Answer     `json:"questionnaire"`
	Model         *Model       `json:"model,omitempty"`
	History       History      `json:"history"`
	Emergencies   Emergencies  `json:"emergencies"`
	Groups        []string     `json:"groups"` // names of the groups that are defined
	PullRequest   *PullRequest `json:"pull_request,omitempty"`
	Reviews       []Review     `json:"reviews"`
	Law           LawFacts     `json:"law"`
	Settings      Settings     `json:"settings"`
}

// Now is the one reading of the clock.
type Now struct {
	EpochNS  int64  `json:"epoch_ns"`
	RFC3339  string `json:"rfc3339"`
	Timezone string `json:"timezone"`
	Weekday  string `json:"weekday"` // Monday … Sunday, in the configured zone
	Hour     int    `json:"hour"`
	Date     string `json:"date"` // YYYY-MM-DD
}

// Change is the record, its model's values filled in. Type is the type it is
// judged as; DeclaredType is what its author wrote.
type Change struct {
	change.Record
	DeclaredType string         `json:"declared_type"`
	Path         string         `json:"path"`
	Extensions   map[string]any `json:"extensions"` // the record's x-* keys
}

// Amendment says how the record differs from the one on the base branch.
type Amendment struct {
	Class  string   `json:"class"`  // new, material, editorial, closure, withdrawal, removal
	Fields []string `json:"fields"` // top-level keys that differ, sorted
	// Reason says what made a removal: deleted, renamed or id_changed.
	Reason string `json:"reason,omitempty"`
}

// Schedule is the planned window in numbers.
type Schedule struct {
	StartNS       int64 `json:"start_ns"`
	EndNS         int64 `json:"end_ns"`
	Minutes       int64 `json:"minutes"`
	NoticeSeconds int64 `json:"notice_seconds"` // start − now
}

// Risk is the score and every line of it.
type Risk struct {
	Score      int         `json:"score"` // impact + likelihood, 0…100
	Level      field.Level `json:"level"`
	Impact     int         `json:"impact"`     // 0…50
	Likelihood int         `json:"likelihood"` // 0…50
	Factors    []Factor    `json:"factors"`    // their points sum to the score
	Floors     []Floor     `json:"floors"`
}

// Factor is one line of the score.
type Factor struct {
	Name   string `json:"name"`
	Axis   string `json:"axis"` // impact or likelihood
	Points int    `json:"points"`
	Why    string `json:"why"`
	At     string `json:"at"`    // file:line:col
	Lower  string `json:"lower"` // what would lower it, "" when nothing would
}

// Floor is a named lowest level.
type Floor struct {
	Name  string      `json:"name"`
	Level field.Level `json:"level"`
	Why   string      `json:"why"`
	At    string      `json:"at"`
}

// Service is one service in scope.
type Service struct {
	Name       string   `json:"name"`
	Tier       int      `json:"tier"` // 0 when unknown
	TierKnown  bool     `json:"tier_known"`
	Known      bool     `json:"known"` // defined in the catalogue
	Owner      string   `json:"owner"` // a group, "" when none
	Data       string   `json:"data"`
	DependsOn  []string `json:"depends_on"`
	Dependents []string `json:"dependents"` // all that depend on it, direct or not
	Declared   bool     `json:"declared"`   // named by the record
	Derived    bool     `json:"derived"`    // touched by the diff
}

// Diff is what changes besides records.
type Diff struct {
	Given           bool           `json:"given"` // false when there is no base to compare with
	Files           int            `json:"files"`
	Added           int            `json:"added"`
	Deleted         int            `json:"deleted"`
	Paths           []string       `json:"paths"`
	Kinds           map[string]int `json:"kinds"` // migration, infrastructure, configuration, code, test, document → files
	ServicesDerived []string       `json:"services_derived"`
	LawTouched      []string       `json:"law_touched"`
	Uncovered       []Uncovered    `json:"uncovered"`
}

// Uncovered is a covered path that changes without a record for it.
type Uncovered struct {
	Path     string   `json:"path"`
	Services []string `json:"services"` // that a record would have to name
	Why      string   `json:"why"`
}

// FreezeHit is a freeze that applies to the change's services and
// environments and lies near its window.
type FreezeHit struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Kind      string `json:"kind"` // freeze
	From      string `json:"from"`
	To        string `json:"to"`
	Hit       bool   `json:"hit"`     // the windows overlap
	Minutes   int64  `json:"minutes"` // of overlap, rounded up
	Exempt    bool   `json:"exempt"`
	Exception string `json:"exception"` // none, asked, granted
	Overrun   bool   `json:"overrun"`   // work begun before may finish
	Owners    string `json:"owners"`
	At        string `json:"at"`
}

// Maintenance says whether the change lies in the windows its services name.
type Maintenance struct {
	Required []string `json:"required"` // ids of windows that are asked for
	Inside   bool     `json:"inside"`   // true when none is required
	Next     string   `json:"next"`     // start of the next one it would fit, RFC 3339, "" when unknown
}

// Collision is another change in the way.
type Collision struct {
	With     string   `json:"with"`
	Title    string   `json:"title"`
	State    string   `json:"state"`    // booked or tentative
	Kind     string   `json:"kind"`     // service, dependency, implementer, files, capacity
	Via      []string `json:"via"`      // the path of services from ours to theirs
	Minutes  int64    `json:"minutes"`  // of overlap
	Accepted bool     `json:"accepted"` // in force: named, not expired before the overlap ends
	From     string   `json:"from"`
	To       string   `json:"to"`
	Owner    string   `json:"owner"`     // of the other change, a login
	OwnersOf []string `json:"owners_of"` // services whose owner groups could accept
}

// Plans names plan texts that say nothing.
type Plans struct {
	Empty []EmptyText `json:"empty"`
}

// EmptyText is a text without content, such as "TBD".
type EmptyText struct {
	Path string `json:"path"` // JSON pointer into the record
	Text string `json:"text"`
}

// Rollback is the rollback plan in facts.
type Rollback struct {
	Method        string   `json:"method"`
	Complete      bool     `json:"complete"`
	Missing       []string `json:"missing"`        // trigger, steps, minutes, verify, method
	Minutes       int      `json:"minutes"`        // 0 when unstated
	FitsWindow    bool     `json:"fits_window"`    // minutes ≤ planned minutes
	Rehearsed     bool     `json:"rehearsed"`      // dated at most 90 days before the planned start, and not after it
	RehearsedDays int      `json:"rehearsed_days"` // days between the rehearsal and the planned start, -1 without one
	Irreversible  bool     `json:"irreversible"`
}

// Tests is the test plan in facts.
type Tests struct {
	Before   bool `json:"before"`
	After    bool `json:"after"`
	Attached int  `json:"attached"` // results that could be read
	Passed   int  `json:"passed"`   // of those
	Failed   int  `json:"failed"`   // of those
}

// Answer is one question and what the record says to it.
type Answer struct {
	ID        string `json:"id"`
	Ask       string `json:"ask"`
	Mandatory bool   `json:"mandatory"`
	Answered  bool   `json:"answered"`
	Answer    string `json:"answer"`
}

// Model is the standard-change model that the record names.
type Model struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	Inside  bool   `json:"inside"`
	Left    []Left `json:"left"` // what puts it outside
	At      string `json:"at"`
}

// Left is one way in which a record left its model.
type Left struct {
	Path    string `json:"path"` // JSON pointer into the record
	Message string `json:"message"`
}

// History is what became of changes to the same services in the last 90 days.
type History struct {
	Changes    int `json:"changes"`
	Successful int `json:"successful"`
	Issues     int `json:"issues"`
	Failed     int `json:"failed"` // failed or backed out
	// RatePermille is the weighted failure rate in thousandths.
	RatePermille int `json:"rate_permille"`
}

// Emergencies is the debt of the change's team.
type Emergencies struct {
	Overdue []string `json:"overdue"` // ids of emergencies whose review is overdue
}

// PullRequest is what the forge or the range says. Number is 0 without a forge.
type PullRequest struct {
	Number int      `json:"number"`
	Author string   `json:"author"`
	Base   string   `json:"base"`
	Head   string   `json:"head"`
	Draft  bool     `json:"draft"`
	Labels []string `json:"labels"`
}

// Review is one person's decisive review.
type Review struct {
	By     string   `json:"by"`
	State  string   `json:"state"`
	Commit string   `json:"commit"`
	Groups []string `json:"groups"`
}

// LawFacts is what the law says about itself.
type LawFacts struct {
	Owners string   `json:"owners"` // the group, "" when none
	Packs  []string `json:"packs"`
}

// Settings are policy.settings with their defaults filled in.
type Settings struct {
	NoticeHours        int                    `json:"notice_hours"`
	RetroHours         int                    `json:"retro_hours"`
	ReviewDays         int                    `json:"review_days"`
	OverdueEmergencies int                    `json:"overdue_emergencies"`
	Routing            map[string][]law.Route `json:"routing"`
	Extensions         map[string]any         `json:"extensions"` // the settings' x-* keys
}

// Answers is what the policies said about one input.
type Answers struct {
	Deny, Warn []Element
	Require    []approval.Requirement
	// UsesClock: a rule that spoke reads the time, so the verdict is short-lived.
	UsesClock bool
}

// Element is one element of a deny or warn set.
type Element struct {
	Code     string   `json:"code"`
	Message  string   `json:"message"`
	Path     string   `json:"path,omitempty"` // JSON pointer into the record
	Hint     string   `json:"hint,omitempty"`
	Controls []string `json:"-"` // from METADATA
	Package  string   `json:"-"`
}
