// Package ledger keeps seals as the notes of the commits they are about, and
// answers for them: what landed is judged and appended, and what is there is
// verified.
//
// It promises that a seal is written once, that two who write at the same time
// lose nothing, that each seal names the one before, and that verifying says
// yes only at its very end.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/seal"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// maxSearch bounds how many commits are looked at for the last sealed one.
const maxSearch = 10_000

// Merge is what landed on the base branch in one piece.
type Merge struct {
	Commit   string             // the newest first-parent commit
	Covers   []string           // earlier first-parent commits of the same pull request, the newest first
	Base     string             // where the branch was before
	BaseRef  string             // its full name, "" when nobody said
	Head     string             // of the pull request; the commit itself when it is not known
	Evidence *evidence.Document // nil when nobody could be asked
	MergedBy field.Login        // "" when it is not known
	At       time.Time          // when it was merged
	Number   int64              // of the pull request, 0 when it is not known
	Message  string             // first line of the commit
}

// Commits lists the first-parent commits to seal: of a range from (exclusive)
// to a commit, the oldest first. With from "" it begins after the newest that
// has a seal already; where none has, it is that commit alone.
func Commits(repo *gitrepo.Repo, notes *gitrepo.Notes, from, to string) ([]tree.Commit, error) {
	var list []tree.Commit
	met := false
	err := repo.FirstParents(to, func(c tree.Commit) (bool, error) {
		if c.ID == from {
			met = true
			return false, nil
		}
		if from == "" {
			_, sealed, err := notes.Blob(c.ID)
			if err != nil || sealed {
				met = true
				return false, err
			}
		}
		list = append(list, c)
		return len(list) < maxSearch && (from != "" || notes.Tip() != ""), nil
	})
	if err != nil && (from != "" || !errors.Is(err, tree.ErrShallow)) {
		return nil, fmt.Errorf("list commits to seal: %w", err)
	}
	if from != "" && !met {
		return nil, fmt.Errorf("list commits to seal: %s is not among the first parents of %s: %w", from, to, tree.ErrNotFound)
	}
	if from == "" && !met {
		list = list[:min(len(list), 1)]
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list, nil
}

// Of is the merge of one commit, about which nobody was asked.
func Of(c tree.Commit) (Merge, error) {
	if len(c.Parents) == 0 {
		return Merge{}, fmt.Errorf("seal %s: it is the first commit, so no law was in force: %w", c.ID, tree.ErrNotFound)
	}
	return Merge{Commit: c.ID, Base: c.Parents[0], Head: c.ID, At: c.CommitterTime.UTC(), Message: firstLine(c.Message)}, nil
}

func firstLine(text string) string {
	for i := range len(text) {
		if text[i] == '\n' {
			return text[:i]
		}
	}
	return text
}

// Judge judges a target; package cli brings the edges with it.
type Judge func(ctx context.Context, t judge.Target) (*judge.Result, error)

// judged is what a merge is judged to be, and how that is known.
func judged(ctx context.Context, m Merge, ask Judge) (*verdict.Verdict, seal.Mode, error) {
	t := judge.Target{Base: m.Base, BaseRef: m.BaseRef, Head: m.Head, Evidence: m.Evidence, Now: m.At}
	if m.Head != m.Commit {
		t.Merged = m.Commit
	}
	res, err := ask(ctx, t)
	if err != nil {
		return nil, seal.Bypassed, fmt.Errorf("judge %s: %w", m.Commit, err)
	}
	v := res.Verdict
	switch {
	case v.Outcome == verdict.OutcomePass && m.Evidence != nil:
		return v, seal.Reviewed, nil
	case v.Outcome == verdict.OutcomePass, v.Outcome == verdict.OutcomePending && m.Evidence == nil:
		return v, seal.Reconstructed, nil
	}
	return v, seal.Bypassed, nil
}

// blobs are what a seal binds: every governed path that the merge changed, and
// all its records.
func blobs(l *judge.Landed) []seal.Blob {
	var out []seal.Blob
	for _, list := range [][]tree.FileChange{l.Records, l.Covered, l.Law} {
		for _, c := range list {
			out = append(out, seal.Blob{Path: c.Path, ID: c.NewBlob})
		}
	}
	return out
}
