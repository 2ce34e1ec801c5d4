package schedule

import "github.com/mergeseal/mergeseal/internal/field"

// Forward is the forward schedule: what is planned between two instants, which
// windows are open then, and what collides. Every text in it that came out of a
// repository is as its author wrote it: whoever shows it escapes it.
//
// Lists are never nil, so that they are [] in JSON.
type Forward struct {
	From field.Instant `json:"from"` // in the reader's zone
	To   field.Instant `json:"to"`   // not inside any more
	Zone string        `json:"zone"` // the reader's, an IANA name
	Now  field.Instant `json:"now"`  // the one reading of the clock
	// Repository is owner/name, "" when nobody said.
	Repository string `json:"repository,omitempty"`
	// Filters say in words what was left out, such as "service storage"; none
	// means that everything between From and To is here.
	Filters    []string `json:"filters"`
	Entries    []Entry  `json:"entries"`    // by start, then by id
	Windows    []Window `json:"windows"`    // by start, then by id
	Collisions []Clash  `json:"collisions"` // every pair once, by both ids
	// Services are those in the catalogue that an entry or a window's scope
	// names, and those that entries name beside it, sorted: the rows of a timeline.
	Services []string `json:"services"`
	// Unread are records, or heads of pull requests, that could not be
	// read in full: what they plan may be missing here, or incomplete.
	Unread []string `json:"unread"`
}

// States of an entry: how firm its place in the calendar is.
const (
	Booked     = "booked"       // on the base branch: approved
	Tentative  = "tentative"    // in an open pull request, or on a head that is not merged
	Registered = "registration" // a vendor's change: recorded, not approved by anybody here
)

// Statuses of an entry: where it is in its life, from git, the clock and the
// record.
const (
	Draft      = "draft"       // not merged
	Scheduled  = "scheduled"   // merged, and its window is to come
	InProgress = "in_progress" // merged, and its window is open
	Ended      = "ended"       // merged, its window is over, and nothing says how it went
	OnHold     = "on_hold"
	Closed     = "closed"
	Canceled   = "canceled"
)

// Entry is one change in the forward schedule.
type Entry struct {
	ID           string        `json:"id"`
	Title        string        `json:"title"`
	Path         string        `json:"path"` // of the record, from the root
	Type         string        `json:"type"`
	Level        string        `json:"level"`  // of risk: low, moderate, high or very_high; "" when it is not known
	Score        int           `json:"score"`  // 0…100; means nothing without a level
	Status       string        `json:"status"` // one of the statuses above
	State        string        `json:"state"`  // booked, tentative or registration
	Services     []string      `json:"services"`
	Environments []string      `json:"environments"`
	Start        field.Instant `json:"start"` // half-open, in the offset it was written with
	End          field.Instant `json:"end"`
	Owner        string        `json:"owner"`
	Implementers []string      `json:"implementers"`
	Rollback     string        `json:"rollback"` // in one line, "" when there is no plan
	Reason       string        `json:"reason"`   // why the change is made, one line
	Links        []EntryLink   `json:"links"`    // https alone
	Collisions   []string      `json:"collisions"`
	// Frozen are the windows that deny the planned time, by id: freezes it runs
	// into, and maintenance windows it is not inside of.
	Frozen      []string `json:"frozen"`
	PullRequest int      `json:"pull_request,omitempty"` // 0 without one
	// Proposed is what open changes would do to this entry of the base branch. An
	// id is among the entries once: what is merged counts until then.
	Proposed []Proposal `json:"proposed"`
	Revision Revision   `json:"revision,omitzero"` // of the record in git
}

// Proposal is what an open change would do to an entry that is merged.
type Proposal struct {
	What        string        `json:"what"` // moved, amended, withdrawn or removed
	Start       field.Instant `json:"start,omitzero"`
	End         field.Instant `json:"end,omitzero"`
	PullRequest int           `json:"pull_request,omitempty"`
	Head        string        `json:"head"` // revision that brings it
}

// EntryLink is where more can be read.
type EntryLink struct {
	Kind string `json:"kind"` // as in the record: runbook, release, related …
	URL  string `json:"url"`  // begins with https://
}

// Revision is what git knows of a record's history. The zero value is a record
// that is not in git.
type Revision struct {
	// Sequence is how many commits of the base's first-parent line changed the
	// record; 0 while it is not merged. It never falls when an open change merges.
	Sequence int           `json:"sequence"`
	Created  field.Instant `json:"created,omitzero"`  // committer's time of the commit that brought it, UTC
	Modified field.Instant `json:"modified,omitzero"` // of the last one that changed it, UTC; zero when it is not committed
	Commit   string        `json:"commit,omitempty"`  // that last one
}

// Window is a freeze or a maintenance window once: a recurring one is here as
// often as it is open between From and To.
type Window struct {
	ID     string        `json:"id"`
	Title  string        `json:"title"` // never "": the id where there is no title
	Kind   string        `json:"kind"`  // freeze or maintenance
	Start  field.Instant `json:"start"` // half-open; it may lie outside of From and To
	End    field.Instant `json:"end"`
	Scope  []string      `json:"scope"`  // in words, such as "production", "tier 0 or 1"; none is everything
	Exempt []string      `json:"exempt"` // types of change that it does not stop
	Owners string        `json:"owners"` // the group that may grant an exception, "" when none
	// Services are those of the catalogue that its scope covers, sorted. All
	// says that it covers every one, known or not.
	Services []string `json:"services"`
	All      bool     `json:"all"`
	// Why says for whom the window is, in one sentence.
	Why       string `json:"why"`
	Recurring bool   `json:"recurring"`
	At        string `json:"at"` // file:line:col of its definition
}

// Clash is two entries that are in each other's way.
type Clash struct {
	A        string        `json:"a"` // the smaller id
	B        string        `json:"b"`
	Kind     string        `json:"kind"` // service, dependency, capacity, files or implementer
	Via      []string      `json:"via"`  // the services they share, or the path from A's to B's
	From     field.Instant `json:"from"` // of the time in common
	To       field.Instant `json:"to"`
	Minutes  int64         `json:"minutes"`  // rounded up
	Accepted bool          `json:"accepted"` // one of the two accepts it
	Blocks   bool          `json:"blocks"`   // false: a reason to talk, not to move
}
