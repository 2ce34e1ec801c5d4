// Package evidence is what a forge says about people: who reviewed a pull
// request, who wrote its commits, who belongs to which team. It reads and
// writes that as one document, evidence.json, and says nothing about what
// follows from it.
//
// A document is whole or it is not there: Read returns none that it could
// only half understand. What a document leaves out is unknown, never empty.
package evidence

import "github.com/mergeseal/mergeseal/internal/field"

// Version is the one version of the document that is read and written.
const Version = 1

// Document is evidence.json. Read and Settled put its lists in order, so that
// two documents that say the same are equal.
type Document struct {
	Version          int             `json:"version"`
	Repository       string          `json:"repository,omitempty"` // owner/name
	PullRequest      PullRequest     `json:"pull_request"`
	Reviews          []Review        `json:"reviews"`                      // every one, by id
	Teams            map[string]Team `json:"teams,omitempty"`              // by org/team; one that is absent is unknown
	OpenPullRequests []Open          `json:"open_pull_requests,omitempty"` // the others, by number
}

// PullRequest is what is to be merged, and everybody who had a hand in it.
type PullRequest struct {
	Number  int64         `json:"number,omitempty"`
	Author  field.Login   `json:"author"`
	BaseRef string        `json:"base_ref,omitempty"` // refs/heads/…
	Base    string        `json:"base,omitempty"`     // commit, full SHA
	Head    string        `json:"head"`               // commit, full SHA
	Draft   bool          `json:"draft,omitempty"`
	Labels  []string      `json:"labels,omitempty"`
	Commits []Commit      `json:"commits"`             // by SHA
	Pushers []field.Login `json:"pushed_by,omitempty"` // in order of time, the last pusher last; nil is unknown
	// BaseChangedAt is when it last got another base branch: what was approved
	// before was approved for another one. Zero is never.
	BaseChangedAt field.Instant `json:"base_changed_at,omitzero"`
}

// Commit is one commit of the pull request. An Author or Committer of nil is
// null in the document: the forge knows no account for that e-mail address.
type Commit struct {
	SHA       string        `json:"sha"`
	Author    *field.Login  `json:"author"`
	Committer *field.Login  `json:"committer"`
	CoAuthors []field.Login `json:"co_authors,omitempty"` // accounts named by co-author and sign-off trailers
}

// Review is one review, as it stands now.
type Review struct {
	ID          int64         `json:"id"`
	By          field.Login   `json:"by"`
	Type        string        `json:"type"` // of the account: User, Bot, Organization, …
	Permission  Permission    `json:"permission"`
	State       State         `json:"state"`
	Commit      string        `json:"commit"`       // it was given for, full SHA
	SubmittedAt field.Instant `json:"submitted_at"` // by the forge's clock
}

// Team is a team whose members the forge disclosed, all of them.
type Team struct {
	Members []field.Login `json:"members"`
}

// Open is another pull request that is open, and the records it touches.
type Open struct {
	Number  int64    `json:"number"`
	Head    string   `json:"head"`
	Records []string `json:"records,omitempty"` // paths
}

// State is what a review says. The zero value is none and decides nothing.
type State uint8

// The states.
const (
	NoState State = iota
	Approved
	ChangesRequested
	Commented
	Dismissed
)

// States lists the names of the states.
func States() []string { return []string{"approved", "changes_requested", "commented", "dismissed"} }

// ParseScalar reads a state's name.
func (s *State) ParseScalar(text string) error { return field.ParseEnum(s, text, States()) }

// String is the state's name, "" for none.
func (s State) String() string { return field.EnumName(s, States()) }

// MarshalText is String.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Permission is what an account may do in the repository. The zero value is
// nothing at all.
type Permission uint8

// The permissions, rising.
const (
	NoPermission Permission = iota
	CanRead
	CanTriage
	CanWrite
	CanMaintain
	CanAdmin
)

// Permissions lists the names of the permissions, rising.
func Permissions() []string { return []string{"read", "triage", "write", "maintain", "admin"} }

// ParseScalar reads a permission's name.
func (p *Permission) ParseScalar(text string) error { return field.ParseEnum(p, text, Permissions()) }

// String is the permission's name, "" for none.
func (p Permission) String() string { return field.EnumName(p, Permissions()) }

// MarshalText is String.
func (p Permission) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
