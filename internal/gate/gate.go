// Package gate answers one question at deploy time: may this commit go to this
// environment now? It works out which changes the deployment carries, holds
// their seals against the content, and their windows, freezes and collisions
// against the law as it stands on the base branch.
//
// It promises that it reads one clock once, asks no network, never waits, and
// that it says yes only where it can say why.
package gate

import (
	"context"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/ledger"
)

// Answer is what the gate says. The zero value is that it cannot decide.
type Answer uint8

// The answers, the worst first.
const (
	Cannot Answer = iota
	Denied
	NotYet  // nothing is wrong, and the window opens later
	Allowed // and it is known why
)

// String is the answer's word.
func (a Answer) String() string {
	switch a {
	case Denied:
		return "denied"
	case NotYet:
		return "not_yet"
	case Allowed:
		return "allowed"
	case Cannot:
	}
	return "cannot"
}

// MarshalText is String.
func (a Answer) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// ExitCode is the process's exit code: 0 allowed, 1 denied, 3 not yet, 4 cannot
// decide.
func (a Answer) ExitCode() int {
	switch a {
	case Allowed:
		return 0
	case Denied:
		return 1
	case NotYet:
		return 3
	case Cannot:
	}
	return 4
}

// Request is what somebody wants to deploy.
type Request struct {
	Environment string
	Commit      string            // full id
	Since       string            // commit that the environment has now, "" when nobody knows
	SinceFrom   string            // how that is known: flag, log or forge
	Changes     []string          // ids that are deployed besides those the commits carry
	Services    []string          // that are deployed; none is all
	Artifacts   []change.Artifact // that are deployed
	Begun       map[string]time.Time
	Now         time.Time
}

// House is what the gate asks.
type House struct {
	Repo     *gitrepo.Repo
	Law      *law.Law // at the tip of the base branch
	Base     string   // that tip
	Verifier *ledger.Verifier
	// Look judges the records of the base that are wanted, at the request's instant.
	Look func(ctx context.Context, wanted func(*change.File) bool) (*judge.Outlook, error)
}

// Reason is why not, or when.
type Reason struct {
	Code    string    `json:"code"`
	Message string    `json:"message"`
	Hint    string    `json:"hint,omitempty"`
	Change  string    `json:"change,omitempty"`
	Commit  string    `json:"commit,omitempty"`
	Until   time.Time `json:"until,omitzero"` // when this alone would be over
	Who     string    `json:"who,omitempty"`  // a group that can change it
	answer  Answer
}

// Carried is a change that the deployment carries.
type Carried struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Type     string    `json:"type"`
	Commits  []string  `json:"commits"` // the newest first; none for one that was named by hand
	Sealed   bool      `json:"sealed"`  // every one of them
	SealedAt time.Time `json:"sealed_at,omitzero"`
	Start    time.Time `json:"start,omitzero"`
	End      time.Time `json:"end,omitzero"`
}

// Decision is the gate's answer with its reasons, the worst first.
type Decision struct {
	Answer      Answer    `json:"decision"`
	Environment string    `json:"environment"`
	Commit      string    `json:"commit"`
	Base        string    `json:"base"`
	Since       string    `json:"since,omitempty"`
	SinceFrom   string    `json:"since_from,omitempty"`
	Services    []string  `json:"services"`
	At          time.Time `json:"at"`
	Until       time.Time `json:"until,omitzero"` // an answer of yes holds until then
	Commits     int       `json:"commits"`        // looked at
	Covered     int       `json:"covered"`        // covered paths in them
	Changes     []Carried `json:"changes"`
	Reasons     []Reason  `json:"reasons"`
	Notes       []string  `json:"notes"` // what a person should know beside the answer
}

// longest is how long an answer of yes may hold at most.
const longest = 24 * time.Hour
