// Package verdict holds the frozen evidence that policies see, and the verdict
// that comes of it: the document, its canonical bytes and its digest.
//
// It is pure. The same Input and the same answers give the same bytes on any
// machine, in any zone and in any order of files.
package verdict

import (
	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/source"
)

// InputVersion is the version of the contract with policies.
const InputVersion = 1

// Input is everything a policy can know, as data.mergeseal.rules sees it in
// input. One is made for each record, and one for the pull request as a whole
// (scope "pull_request"), in which the fields about one change are absent.
type Input struct {
	Version       int                   `json:"version"`
	Scope         string                `json:"scope"` // change or pull_request
	Now           Now                   `json:"now"`
	Change        *Change               `json:"change,omitempty"`
	Amendment     *Amendment            `json:"amendment,omitempty"`
	Schedule      *Schedule             `json:"schedule,omitempty"`
	Risk          *risk.Score           `json:"risk,omitempty"`
	Services      []Service             `json:"services"` // used scope: declared and derived
	Diff          Diff                  `json:"diff"`
	Freezes       []schedule.FreezeHit  `json:"freezes"`
	Maintenance   schedule.Maintenance  `json:"maintenance"`
	Collisions    []schedule.Collision  `json:"collisions"`
	Plans         Plans                 `json:"plans"`
	Rollback      *change.RollbackFacts `json:"rollback,omitempty"`
	Tests         change.TestFacts      `json:"tests"`
	Questionnaire []Answer              `json:"questionnaire"`
	Model         *Model                `json:"model,omitempty"`
	History       risk.History          `json:"history"`
	SameDay       SameDay               `json:"same_day"`
	Emergencies   Emergencies           `json:"emergencies"`
	Groups        []string              `json:"groups"` // names of the groups that are defined
	PullRequest   *PullRequest          `json:"pull_request,omitempty"`
	Reviews       []Review              `json:"reviews"`
	Law           LawFacts              `json:"law"`
	Settings      Settings              `json:"settings"`
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
	ModelsTouched   []ModelTouched `json:"models_touched"`
	Uncovered       []Uncovered    `json:"uncovered"`
}

// ModelTouched is a standard-change model that the diff edits, adds or removes.
type ModelTouched struct {
	Name  string `json:"name"`  // name@version
	Owner string `json:"owner"` // by the law in force; of a new model, as it declares; "" when none
}

// Uncovered is a covered path that changes without a record for it.
type Uncovered struct {
	Path     string   `json:"path"`
	Services []string `json:"services"` // that a record would have to name
	Why      string   `json:"why"`
}

// Plans names plan texts that say nothing.
type Plans struct {
	Empty []change.EmptyText `json:"empty"`
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

// SameDay is the running sum of the changes that one owner plans for a service
// on one day, in the configured zone: this one and every other that is not canceled.
type SameDay struct {
	Changes []string `json:"changes"` // their ids, sorted
	Minutes int64    `json:"minutes"` // planned by all of them together
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
	RoutingOwn         []string               `json:"routing_own"` // keys of Routing whose rows are not the default ones
	Extensions         map[string]any         `json:"extensions"`  // the settings' x-* keys
}

// Mention is a name and where it stands.
type Mention struct {
	Name string
	At   source.Range
}

// Answers is what the policies said about one input.
type Answers struct {
	Deny, Warn []Element
	Require    []approval.Requirement
	// UsesClock: a rule that was asked reads the time in a way nobody can
	// foresee, whether it spoke or not, so the verdict is short-lived.
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
