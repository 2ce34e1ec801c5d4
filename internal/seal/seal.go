// Package seal turns a verdict into evidence that outlives the forge: an
// in-toto statement about a commit and the content that was judged, in a DSSE
// envelope, signed with a key of the organisation's own.
//
// It promises that what was signed is what is verified, byte for byte, before
// anything is parsed; that a seal is parsed once and strictly; and that every
// refusal names its reason. It reads and writes no repository.
//
// Formats: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
// and https://github.com/secure-systems-lab/dsse/blob/master/envelope.md
package seal

import (
	"time"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

const (
	// Ref is where seals lie: notes of the commits they are about.
	Ref = "refs/notes/mergeseal"
	// PredicateType is the verdict document with what a seal adds to it.
	PredicateType = verdict.Schema
	// PayloadType is in-toto's, for every statement.
	PayloadType = "application/vnd.in-toto+json"
	// MaxSize bounds an envelope in bytes. A verdict of a thousand records has
	// about four million.
	MaxSize = 32 << 20
)

// Mode says how the facts of a seal were had. The zero value is the worst.
type Mode uint8

// The modes.
const (
	Bypassed      Mode = iota // merged against its verdict, or without one
	Reconstructed             // nobody could be asked who approved
	Reviewed                  // judged with what the forge says of people
)

// Modes lists the names of the modes after the zero value.
func Modes() []string { return []string{"reconstructed", "reviewed"} }

// String is the mode's name.
func (m Mode) String() string {
	if m == Bypassed {
		return "bypassed"
	}
	return field.EnumName(m, Modes())
}

// MarshalText is String.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Blob is the content of one path: git's object id, or "" for a path that the
// commit took away.
type Blob struct{ Path, ID string }

// Facts are what a seal says.
type Facts struct {
	Commit string // the merge commit, full id
	// Covers are the commits before it, along first parents, that landed by the
	// same pull request, the newest first: those of a rebase.
	Covers     []string
	Repository string // owner/name, "" when nobody said
	Blobs      []Blob // the records and every governed path that changed, in any order
	Verdict    *verdict.Verdict
	Evidence   *evidence.Document // nil when nobody could be asked
	Mode       Mode
	MergedBy   field.Login // "" when it is not known
	SealedAt   time.Time   // whole seconds are kept
	Previous   string      // Digest of the envelope before, "" for the first
}

// Seal is one that was read. Nothing in it is true before Verify says so.
type Seal struct {
	Commit     string
	Covers     []string
	Blobs      []Blob // sorted by path
	Repository string
	Mode       Mode
	SealedAt   time.Time
	Previous   string
	MergedBy   string
	Verdict    Judgement
	Evidence   *evidence.Document // nil when the seal holds none
	Digest     string             // of the envelope's bytes
	Key        *Key               // that signed it, nil for a seal that nobody signed
}

// Judgement is what readers of a seal need of its verdict.
type Judgement struct {
	Schema     string          `json:"schema"`
	Outcome    string          `json:"outcome"`
	DecidedAt  time.Time       `json:"decided_at"`
	ValidUntil time.Time       `json:"valid_until"`
	Subject    verdict.Subject `json:"subject"`
	Changes    []Change        `json:"changes"`
	Inputs     verdict.Inputs  `json:"inputs"`
	Digest     string          `json:"digest"`
}

// Change is one change of a sealed verdict.
type Change struct {
	ID           string   `json:"id"`
	Title        string   `json:"title"`
	Type         string   `json:"type"`
	Path         string   `json:"path"`
	Blob         string   `json:"blob"`
	Class        string   `json:"class"`
	State        string   `json:"state"`
	Services     []Named  `json:"services"`
	Environments []string `json:"environments"`
	Start        string   `json:"start"`
	End          string   `json:"end"`
	Outcome      string   `json:"outcome"`
	Freezes      []Freeze `json:"freezes"`
}

// Freeze is one that stood beside the plan, and what became of an exception.
type Freeze struct {
	ID        string `json:"id"`
	Exception string `json:"exception"`
}

// Named is a service by its name.
type Named struct {
	Name string `json:"name"`
}
