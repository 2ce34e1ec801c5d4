// Package remedy finds what would make a change pass: the cheapest sets of
// declared moves, each of them applied and judged, of which no part can be left
// out. It judges nothing itself: whoever asks brings the engine.
//
// It promises that a set which is shown reached the goal, that no proper subset
// of it did, and that the number of judgements has a bound.
package remedy

import (
	"github.com/mergeseal/mergeseal/internal/splice"
)

// Kind is a kind of move. The zero value is none, and dearer than any.
type Kind uint8

// The kinds. There is none that empties a field, takes back an admission of
// risk, or leaves out what the diff touches.
const (
	KindNone          Kind = iota
	NameServices           // that the diff touches and services does not name
	NameEnvironments       // that coverage asks for
	NameOwner              // the author of the pull request, where there is no owner
	AttachTests            // results that the diff brings and the record does not name
	NextSlot               // the next free slot
	LongerWindow           // in which the rollback fits
	Rehearse               // the rollback
	AcceptCollision        // and ask those on the other side
	AskException           // from a freeze
	SplitService           // that the diff does not touch, into a change of its own
	SplitEnvironment       // that no covered path asks for, likewise
	TakeEmergencyPath      // where an incident is linked
)

// costs is the table that says which move comes first: what a machine knows
// already, then a date, then work, then favours, then another plan.
var costs = [...]int{
	KindNone: 1000, NameServices: 1, NameEnvironments: 1, NameOwner: 1, AttachTests: 1, NextSlot: 4, LongerWindow: 4, Rehearse: 6,
	AcceptCollision: 6, AskException: 8, SplitService: 10, SplitEnvironment: 10, TakeEmergencyPath: 30,
}

// approvalCost is one person's approval.
const approvalCost = 3

// Cost is what a move of the kind counts; less comes first.
func (k Kind) Cost() int {
	if int(k) >= len(costs) {
		return costs[KindNone]
	}
	return costs[k]
}

// String is the kind's name, "" for none.
func (k Kind) String() string {
	names := [...]string{
		"", "name_services", "name_environments", "name_owner", "attach_tests", "next_slot", "longer_window", "rehearse",
		"accept_collision", "ask_exception", "split_service", "split_environment", "take_emergency_path",
	}
	if int(k) >= len(names) {
		return ""
	}
	return names[k]
}

// Ask is something that only the author can say, because it is about what
// people did or why. Without an answer a move is shown and never applied.
type Ask struct {
	Key  string `json:"key"`
	What string `json:"what"`
}

// Move is one thing the author could do.
type Move struct {
	Kind  Kind
	Words string // what it does
	Must  string // what the author must really do for it to be true, "" for nothing
	Asks  []Ask
	// Place is what the move decides about: two moves of one place never stand
	// in one set. "" excludes none.
	Place string
	// Edits are the move as edits of the record, given the answers to its asks by
	// key; stand-ins take the place of those that are not there.
	Edits func(said map[string]string) []splice.Edit
}

// Approval is one more person's approval.
type Approval struct {
	Who  string `json:"who"`  // a group, peer, owners of a service; never a member
	Code string `json:"code"` // of the rule that asks for it
	By   string `json:"-"`    // whom the engine assumed; maybe of a private group, and never shown
}

// Answer is what an engine says of a set of moves.
type Answer struct {
	// Reaches: nothing is against it, and what is missing, if anything, is
	// approvals alone.
	Reaches bool
	// Approvals are those that are missing, a person each.
	Approvals []Approval
	// Assumed: with those approvals it was judged again, and passes. Otherwise
	// nobody knows who could give them, and it waits.
	Assumed bool
	// Against is what is against it.
	Against []Finding
}

// Finding is one thing that is against a record. Two are the same when all of
// it is.
type Finding struct {
	Code, Text string
}

// Engine applies moves, by their index, and judges.
type Engine interface {
	// Judge finds out what a set of moves needs besides.
	Judge(set []int) (Answer, error)
	// Passes judges a set of moves with these approvals and no others.
	Passes(set []int, approvals []Approval) (bool, error)
}

// Set is moves and approvals that reach the goal together.
type Set struct {
	Moves     []int // by index, rising
	Approvals []Approval
	Assumed   bool // it passes with the approvals; otherwise it waits for them
	Cost      int
}

// Result is what a search found.
type Result struct {
	Sets []Set // the cheapest first, at most Shown
	// Blocks are the codes of what no move cures, sorted. With any, the search
	// ends once each move was judged alone.
	Blocks []string
	// Judged is how many sets were judged.
	Judged int
	// Whole: every set of at most MaxMoves moves was judged or needed no judging.
	Whole bool
}
