package example

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Branch is one open change: a commit on top of the base branch, and what its
// judgement must be.
type Branch struct {
	Name    string
	Title   string
	Author  Person
	At      time.Time
	Message string
	Now     time.Time // the clock to judge it at
	Expect  Expect
	Files   Files // the branch's whole tree
}

// Expect is what the judgement of a branch must be. Fields that are nil or zero
// are not held to anything.
type Expect struct {
	Exit         int
	Outcome      verdict.Outcome
	Level        field.Level
	Findings     []string               // codes of all errors and warnings, sorted
	Absent       []string               // codes that must not be found
	Requirements []approval.Requirement // all of them; who and how many alone count
	Collisions   []Collision
	LawTouched   []string
	Shadow       *verdict.Outcome
	Mentions     []string // words that the findings must hold
}

// Collision is one that must be found.
type Collision struct {
	With string   `json:"with"`
	Via  []string `json:"via"`
}

const (
	aboutFile = ".about.yaml"
	deletion  = ".delete"
)

// about is .about.yaml.
type about struct {
	Title   string        `json:"title"`
	Author  Person        `json:"author"`
	At      field.Instant `json:"at"`
	Message string        `json:"message"`
	Now     field.Instant `json:"now"`
	Expect  expect        `json:"expect"`
}

type expect struct {
	Exit         int           `json:"exit"`
	Outcome      string        `json:"outcome"`
	Level        field.Level   `json:"level,omitempty"`
	Findings     []string      `json:"findings,omitempty"`
	Absent       []string      `json:"absent,omitempty"`
	Requirements []requirement `json:"requirements,omitempty"`
	Collisions   []Collision   `json:"collisions,omitempty"`
	LawTouched   []string      `json:"law_touched,omitempty"`
	Shadow       string        `json:"shadow,omitempty"`
	Mentions     []string      `json:"mentions,omitempty"`
}

type requirement struct {
	Group      string         `json:"group,omitempty"`
	AnyOf      []string       `json:"any_of,omitempty"`
	OwnersOf   []string       `json:"owners_of,omitempty"`
	Codeowners bool           `json:"codeowners,omitempty"`
	Peer       bool           `json:"peer,omitempty"`
	Count      approval.Count `json:"count"`
}

func branches(fsys fs.FS, e *Example) ([]Branch, error) {
	entries, err := fs.ReadDir(fsys, "branches")
	if err != nil {
		return nil, fmt.Errorf("read branches: %w", err)
	}
	if len(entries) == 0 {
		return nil, errors.New("read branches: there is none")
	}
	var out []Branch
	for _, en := range entries {
		b, err := branch(fsys, e, en.Name())
		if err != nil {
			return nil, fmt.Errorf("read branch %s: %w", en.Name(), err)
		}
		out = append(out, b)
	}
	return out, nil
}

func branch(fsys fs.FS, e *Example, name string) (Branch, error) {
	dir := path.Join("branches", name)
	var a about
	if err := document(fsys, path.Join(dir, aboutFile), &a); err != nil {
		return Branch{}, err
	}
	b := Branch{Name: name, Title: a.Title, Author: a.Author, At: a.At.Time, Now: a.Now.Time,
		Message: strings.TrimRight(a.Message, "\n") + "\n", Files: maps.Clone(e.Base)}
	if b.At.Before(e.Tip()) || b.Now.Before(b.At) {
		return b, errors.New("its times do not follow: base, branch, judgement")
	}
	var err error
	if b.Expect, err = a.Expect.typed(); err != nil {
		return b, err
	}
	over, err := files(fsys, dir)
	if err != nil {
		return b, err
	}
	delete(over, aboutFile)
	if len(over) == 0 {
		return b, errors.New("it changes nothing")
	}
	return b, b.lay(over)
}

// lay puts files over the base's, or takes them away.
func (b *Branch) lay(over Files) error {
	for _, name := range over.Paths() {
		gone, isDeletion := strings.CutSuffix(name, deletion)
		if !isDeletion {
			b.Files[name] = over[name]
			continue
		}
		if _, ok := b.Files[gone]; !ok {
			return fmt.Errorf("it deletes %s, which base does not have", gone)
		}
		delete(b.Files, gone)
	}
	return nil
}

func (x expect) typed() (Expect, error) {
	out := Expect{Exit: x.Exit, Level: x.Level, Findings: x.Findings, Absent: x.Absent,
		Collisions: x.Collisions, LawTouched: x.LawTouched, Mentions: x.Mentions}
	var err error
	if out.Outcome, err = outcome(x.Outcome); err != nil {
		return out, err
	}
	if out.Outcome.ExitCode() != x.Exit {
		return out, fmt.Errorf("outcome %s does not exit with %d", x.Outcome, x.Exit)
	}
	if x.Shadow != "" {
		s, err := outcome(x.Shadow)
		if err != nil {
			return out, err
		}
		out.Shadow = &s
	}
	if x.Requirements != nil {
		out.Requirements = []approval.Requirement{}
	}
	for _, r := range x.Requirements {
		out.Requirements = append(out.Requirements, approval.Requirement{Group: r.Group, AnyOf: r.AnyOf,
			OwnersOf: r.OwnersOf, Codeowners: r.Codeowners, Peer: r.Peer, Count: r.Count})
	}
	return out, nil
}

func outcome(word string) (verdict.Outcome, error) {
	for _, o := range []verdict.Outcome{verdict.OutcomeError, verdict.OutcomeFail, verdict.OutcomePending, verdict.OutcomePass} {
		if o.String() == word {
			return o, nil
		}
	}
	return verdict.OutcomeError, fmt.Errorf("%q is no outcome", word)
}
