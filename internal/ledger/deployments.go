package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/seal"
)

// DeploymentsRef is where deployments are written down, as notes of the commits
// that were deployed: one envelope a line.
const DeploymentsRef = "refs/notes/mergeseal-deployments"

// deploymentType is the payload type of an entry.
const deploymentType = "application/vnd.mergeseal.deployment+json"

// Deployment is one decision of the gate, written down.
type Deployment struct {
	Version     int       `json:"version"` // 1
	Repository  string    `json:"repository,omitempty"`
	Environment string    `json:"environment"`
	Commit      string    `json:"commit"`
	Changes     []string  `json:"changes"`
	Services    []string  `json:"services"`
	Actor       string    `json:"actor,omitempty"`
	At          time.Time `json:"at"`
	Decision    string    `json:"decision"` // allowed, denied, not_yet or broken_glass
	BreakGlass  *Glass    `json:"break_glass,omitempty"`
	Signed      bool      `json:"-"` // by a trusted key, in its time
}

// Glass is why somebody went past the gate: a debt until it is reviewed.
type Glass struct {
	By       string `json:"by"`
	Reason   string `json:"reason"`
	Incident string `json:"incident"`
	Denied   string `json:"denied"` // what the gate said, its first reason
}

// BrokenGlass is the decision of a deployment that went past the gate.
const BrokenGlass = "broken_glass"

// Deployed reports whether the deployment went on.
func (d Deployment) Deployed() bool { return d.Decision == "allowed" || d.Decision == BrokenGlass }

// Record appends a deployment to the log and pushes it, with as many tries as
// an append of seals has. An entry is never lost to another job: theirs and
// ours are both kept.
func (w *Writer) Record(ctx context.Context, d Deployment) error {
	d.Version = 1
	d.Changes, d.Services = append([]string{}, d.Changes...), append([]string{}, d.Services...)
	payload, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write deployment: %w", err)
	}
	line, err := seal.Wrap(ctx, deploymentType, payload, w.Key)
	if err != nil {
		return fmt.Errorf("write deployment: %w", err)
	}
	for range maxTries {
		if err = w.tryRecord(ctx, d.Commit, line); !errors.Is(err, gitrepo.ErrMoved) {
			return err
		}
	}
	return fmt.Errorf("write deployment: %w", ErrBusy)
}

func (w *Writer) tryRecord(ctx context.Context, commit string, line []byte) error {
	local, err := w.Repo.Notes(DeploymentsRef)
	if err != nil {
		return err
	}
	n, there := local, local.Tip()
	if w.Remote != nil {
		if there, err = w.Repo.Pull(ctx, *w.Remote, DeploymentsRef); err != nil {
			return fmt.Errorf("fetch deployments: %w", err)
		}
		if n, err = w.onto(local, there); err != nil {
			return err
		}
	}
	before, _, err := n.Read(commit, seal.MaxSize)
	if err != nil {
		return err
	}
	if n, err = n.With(commit, append(before, line...), w.By, "deployment of "+commit); err != nil {
		return err
	}
	if w.Remote != nil {
		if err := w.Repo.Push(ctx, *w.Remote, DeploymentsRef, there, n.Tip()); err != nil {
			return err
		}
	}
	return w.Repo.MoveRef(DeploymentsRef, local.Tip(), n.Tip())
}

// Deployments reads the log, in the order in which it was written, the newest
// first. Entries that no trusted key signed are left out unless the trust
// allows unsigned ones; bad counts those that were left out or cannot be read.
func Deployments(ctx context.Context, repo *gitrepo.Repo, trust seal.Trust, visit func(Deployment) (more bool)) (bad int, err error) {
	n, err := repo.Notes(DeploymentsRef)
	if err != nil {
		return 0, err
	}
	done := errors.New("done")
	err = n.History(func(c gitrepo.NoteChange) error {
		at, err := repo.NotesAt(DeploymentsRef, c.Commit)
		if err != nil {
			return err
		}
		for _, s := range c.Set {
			d, err := newest(ctx, at, s.Object, trust)
			if err != nil {
				return err
			}
			if d == nil {
				bad++
				continue
			}
			if !visit(*d) {
				return done
			}
		}
		return nil
	})
	if errors.Is(err, done) {
		err = nil
	}
	return bad, err
}

// newest is the last line of a commit's note, nil where it cannot be believed.
func newest(ctx context.Context, n *gitrepo.Notes, commit string, trust seal.Trust) (*Deployment, error) {
	text, _, err := n.Read(commit, seal.MaxSize)
	if err != nil {
		return nil, err
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	payload, key, err := seal.Unwrap(ctx, deploymentType, lines[len(lines)-1], trust)
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // it cannot be believed, which is counted
	}
	var d Deployment
	if err := json.Unmarshal(payload, &d); err != nil || d.Version != 1 || d.Commit != commit || seal.InTime(key, d.At) != nil {
		return nil, nil //nolint:nilerr,nilnil // it cannot be believed, which is counted
	}
	d.Signed = key != nil
	return &d, nil
}

// State is what the log says of an environment.
type State struct {
	Last  string               // the commit that was deployed last, "" when the log does not say
	Begun map[string]time.Time // when each change was deployed first, by folded id
	Bad   int                  // entries that cannot be believed
}

// StateOf reads what an environment has, and when each change went there first.
// With services, only deployments of all services or of one of them count.
func StateOf(ctx context.Context, repo *gitrepo.Repo, trust seal.Trust, repository, environment string, services []string) (State, error) {
	s := State{Begun: map[string]time.Time{}}
	bad, err := Deployments(ctx, repo, trust, func(d Deployment) bool {
		if field.Fold(d.Environment) != field.Fold(environment) || !d.Deployed() || repository != "" && field.Fold(d.Repository) != field.Fold(repository) {
			return true
		}
		for _, id := range d.Changes {
			s.Begun[field.Fold(id)] = d.At // the newest come first: the oldest stays
		}
		if s.Last == "" && concerns(d.Services, services) {
			s.Last = d.Commit
		}
		return true
	})
	s.Bad = bad
	return s, err
}

// concerns reports whether a deployment brought all of the services: one that
// brought fewer says nothing about the others.
func concerns(deployed, asked []string) bool {
	if len(deployed) == 0 {
		return true
	}
	if len(asked) == 0 {
		return false
	}
	for _, a := range asked {
		found := false
		for _, d := range deployed {
			found = found || field.Fold(a) == field.Fold(d)
		}
		if !found {
			return false
		}
	}
	return true
}
