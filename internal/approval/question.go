package approval

import (
	"fmt"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
)

// Question is everything that decides whether requirements are met. It holds
// no clock and no clone: whoever asks has looked already.
type Question struct {
	Requirements []Requirement
	// Groups is who belongs to which group by the law in force. A view that is
	// a Delegator too says who stands in for whom.
	Groups GroupView
	// Evidence is what the forge says; nil means that nothing is known, and
	// that everything is missing.
	Evidence *evidence.Document

	// Exclude is who never approves. Every kind, unless the law says otherwise.
	Exclude      []Kind
	Owner        field.Login   // of the record, "" for none
	Implementers []field.Login // of the record
	// CoAuthors are accounts named by co-author and sign-off trailers that the
	// evidence does not name.
	CoAuthors []field.Login
	// Bots are accounts that count although they are no people. None, unless
	// the law names them.
	Bots []field.Login

	// Added are the people whom this very change adds to a group, by the name
	// of the group; they do not count in it. Left are those who were in it when
	// the branch began and are no more; they serve the reasons alone.
	Added, Left map[string][]field.Login
	// Codeowners are the owners of what is touched, one set for each rule that
	// matched. nil means that nobody looked.
	Codeowners []OwnerSet

	// Binding says what a review of a commit is worth now. nil means that only
	// the head of the evidence itself counts. It never asks a clock: dates in
	// git are whatever their author wrote.
	Binding func(commit string) Binding

	At       time.Time   // for delegations
	Level    field.Level // of risk, for delegations
	Services []string    // of the change, for delegations
}

// OwnerSet is the owners of one rule for paths: one of them must approve.
type OwnerSet struct {
	People  []field.Login
	Teams   []string // org/team, whose people the evidence may know
	Unknown []string // owners nobody could make an account of, such as e-mail addresses
}

// Binding says what a review given for a commit is worth at the head. The zero
// value is nothing.
type Binding uint8

// The bindings.
const (
	Stale     Binding = iota // what it was given for has changed
	Unchanged                // the record and every governed file are the same as then
	AtHead                   // it was given for the head itself
)

// Kind is a kind of people who never approve. The zero value is none.
type Kind uint8

// The kinds, in the order in which a reason is named.
const (
	NoKind       Kind = iota
	Author            // of the pull request
	Committers        // authors and committers of its commits
	CoAuthors         // named by co-author and sign-off trailers
	Pusher            // the last one
	Owner             // of the record
	Implementers      // of the record
)

// Kinds lists the names of the kinds, as approvals.exclude has them.
func Kinds() []string {
	return []string{"author", "committers", "co_authors", "pusher", "owner", "implementers"}
}

// ParseScalar reads a kind's name.
func (k *Kind) ParseScalar(text string) error { return field.ParseEnum(k, text, Kinds()) }

// String is the kind's name, "" for none.
func (k Kind) String() string { return field.EnumName(k, Kinds()) }

// AllKinds is everybody who never approves, unless the law says otherwise.
func AllKinds() []Kind { return []Kind{Author, Committers, CoAuthors, Pusher, Owner, Implementers} }

// ParseKinds reads the list approvals.exclude.
func ParseKinds(names []string) ([]Kind, error) {
	out := make([]Kind, len(names))
	for i, n := range names {
		if err := out[i].ParseScalar(n); err != nil {
			return nil, fmt.Errorf("read kinds of excluded people: %w", err)
		}
	}
	return out, nil
}

// Delegator is a GroupView that knows who stands in for whom.
type Delegator interface {
	// Delegations lists those of a group and of the groups inside it.
	Delegations(group string) []Delegation
}

// Delegation lets To stand in for From, in [Since, Until). Empty lists mean
// everything.
type Delegation struct {
	From, To     field.Login
	Since, Until time.Time
	Services     []string
	Levels       []field.Level
}

// Result is the answer to a Question.
type Result struct {
	Statuses []Status // in the order of the requirements
	// Findings are MS507, a requirement that nobody can meet, and MS614, a team
	// whose members are unknown and would decide. Both keep from judging.
	Findings diag.List
	// Objections are people who ask for changes and whose approval could
	// count, sorted. As long as there is one the change is pending.
	Objections []Objection
	// Ignored are the reviews that count nowhere, by id, each with its reason.
	Ignored []Ignored
	// NextEdge is when the answer could change by time alone: a delegation
	// begins or ends. The zero value is never.
	NextEdge time.Time
}

// Objection is somebody who asks for changes.
type Objection struct {
	By     string `json:"by"`
	Commit string `json:"commit"` // the review was given for
}

// Ignored is one review that counts nowhere, and why.
type Ignored struct {
	ID      int64
	By, Why string
}

// Met reports whether nothing is missing, nobody objects, and all of it is known.
func (r Result) Met() bool {
	for _, s := range r.Statuses {
		if s.Missing > 0 {
			return false
		}
	}
	return len(r.Objections) == 0 && !r.Findings.Errors()
}
