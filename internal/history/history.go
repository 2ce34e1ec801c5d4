// Package history judges again what was merged into a branch, the oldest merge
// first, in one pass. It promises that each merge is judged on its own base, at
// its own time and on what is known of it, that two laws are held against the
// same facts, and that what cannot be known is told and never guessed.
package history

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/backtest"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// Repo is what a pass reads.
type Repo interface {
	judge.Repo
	// FirstParents visits a commit and those before it, the newest first.
	FirstParents(id string, visit func(tree.Commit) (more bool, err error)) error
}

// Sealed is what a seal says of a merge.
type Sealed struct {
	Base, BaseRef, Head string
	At                  time.Time
	Evidence            *evidence.Document // nil where nobody could be asked
	Outcome             string             // of the sealed verdict
	Covers              []string           // earlier commits that landed with it, the newest first
}

// Options say what to judge, and by what.
type Options struct {
	Target    judge.Target // with its repository, its rules and its version; the base is filled in
	Repo      Repo
	Trail     func(folders []string) (judge.Trail, error)
	Tip       string // newest commit
	BaseRef   string // the branch
	From, To  time.Time
	Candidate *judge.Candidate // nil judges by the law in force alone
	Name      string           // of the candidate, for the report
	// Seal reads the seal of a commit, nil where it has none. A *diag.Problem is
	// why a seal counts for nothing; nil takes every merge for unsealed.
	Seal func(ctx context.Context, commit string) (*Sealed, error)
	// Progress is told after each merge.
	Progress func(done, total int)
}

// merge is one step of the walk.
type merge struct {
	commit, base string
	at           time.Time
}

// Backtest holds the candidate against the law that was in force, for every
// merge from From to To, half-open, by the time of the merge.
func Backtest(ctx context.Context, o Options) (*backtest.Report, error) {
	tip, err := o.Repo.Tree(o.Tip)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", o.Tip, err)
	}
	ends, err := judge.Ends(tip)
	if err != nil {
		return nil, err
	}
	p := &pass{Options: o, report: backtest.NewReport(o.Name, ends), memory: judge.NewMemory(o.Trail, o.Target.Compile)}
	if err := p.list(ctx); err != nil {
		return nil, err
	}
	for i, m := range p.merges {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := p.judge(ctx, m); err != nil {
			return nil, fmt.Errorf("judge %s again: %w", m.commit, err)
		}
		if o.Progress != nil {
			o.Progress(i+1, len(p.merges))
		}
	}
	p.report.Finish()
	return p.report, nil
}

// pass is one walk.
type pass struct {
	Options
	report *backtest.Report
	memory *judge.Memory
	merges []merge
	seals  map[string]*Sealed // of the merges that have one
}

// list finds the merges of the range, the oldest first. Commits that a seal
// covers landed with the sealed one and are not judged by themselves.
func (p *pass) list(ctx context.Context) error {
	p.seals = map[string]*Sealed{}
	var covered []string
	var last *merge
	err := p.Repo.FirstParents(p.Tip, func(c tree.Commit) (bool, error) {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		last = nil
		if len(c.Parents) == 0 {
			return true, nil
		}
		if len(covered) > 0 && covered[0] == c.ID {
			covered = covered[1:]
			return true, nil
		}
		at := c.CommitterTime.UTC()
		if at.Before(p.From) || !p.To.IsZero() && !at.Before(p.To) {
			return true, nil
		}
		m := merge{commit: c.ID, base: c.Parents[0], at: at}
		s, err := p.sealOf(ctx, c.ID)
		if err != nil {
			return false, err
		}
		if s != nil {
			p.seals[c.ID], covered, m.base = s, s.Covers, s.Base
		}
		p.merges = append(p.merges, m)
		last = &p.merges[len(p.merges)-1]
		return true, nil
	})
	switch {
	case errors.Is(err, tree.ErrShallow):
		if last != nil {
			p.merges = p.merges[:len(p.merges)-1]
			p.report.Not = append(p.report.Not, backtest.Missing{Commit: last.commit, Why: err.Error()})
		}
	case err != nil:
		return fmt.Errorf("list merges: %w", err)
	}
	slices.Reverse(p.merges)
	return nil
}

// sealOf is the seal of a commit where it can be used.
func (p *pass) sealOf(ctx context.Context, commit string) (*Sealed, error) {
	if p.Seal == nil {
		return nil, nil //nolint:nilnil // no seal
	}
	s, err := p.Seal(ctx, commit)
	var refused *diag.Problem
	switch {
	case errors.As(err, &refused):
		p.refuse(commit, refused.Code+" "+refused.Message)
		return nil, nil //nolint:nilnil // none that counts
	case err != nil || s == nil:
		return nil, err
	}
	if _, err := p.Repo.Resolve(s.Head); errors.Is(err, tree.ErrNotFound) {
		p.refuse(commit, "the head that was judged is not in this clone: "+s.Head)
		return nil, nil //nolint:nilnil // none that can be used
	} else if err != nil {
		return nil, err
	}
	return s, nil
}

func (p *pass) refuse(commit, why string) {
	p.report.Refused = append(p.report.Refused, backtest.Missing{Commit: commit, Why: why})
}

func (p *pass) judge(ctx context.Context, m merge) error {
	t := p.Target
	t.Repo, t.Base, t.BaseRef, t.Head, t.Now = p.Repo, m.base, p.BaseRef, m.commit, m.at
	s := p.seals[m.commit]
	if s != nil {
		t.Head, t.Now, t.Evidence = s.Head, s.At, s.Evidence
		if s.BaseRef != "" {
			t.BaseRef = s.BaseRef
		}
		if s.Head != m.commit {
			t.Merged = m.commit
		}
	}
	delete(p.seals, m.commit)
	got, err := p.memory.Again(ctx, t, p.Candidate)
	if err != nil {
		return err
	}
	if got.Why != "" {
		ids := got.IDs
		if len(ids) == 0 {
			ids = []string{""}
		}
		for _, id := range ids {
			p.report.Not = append(p.report.Not, backtest.Missing{ID: id, Commit: m.commit, Why: got.Why})
		}
		return nil
	}
	for i := range got.Pairs {
		pair := &got.Pairs[i]
		pair.Commit, pair.At = m.commit, m.at
		if p.Candidate == nil {
			pair.After = pair.Before
		}
		p.report.Add(pair, got.Zone)
		if s != nil && got.Outcome.String() != s.Outcome {
			p.report.OtherThanSeal = append(p.report.OtherThanSeal, pair.ID)
		}
	}
	return nil
}
