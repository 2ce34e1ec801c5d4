package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/seal"
)

// maxTries bounds how often an append begins again because somebody else was
// first. With as many sealers at once, each is first once.
const maxTries = 20

// maxAhead is how far another sealer's clock may be ahead.
const maxAhead = 10 * time.Minute

// ErrBusy says that others were first every time.
var ErrBusy = errors.New("others kept writing at the same time")

// Writer appends seals.
type Writer struct {
	Repo   *gitrepo.Repo
	Remote *gitrepo.Remote // pushed to, nil to keep seals in this clone
	Key    *seal.Private   // nil writes seals that nobody signed
	By     gitrepo.Signature
	Judge  Judge
}

// Written is what became of one merge.
type Written struct {
	Merge
	Already bool // it had a seal before
	Nothing bool // it brought nothing that is governed
	Mode    seal.Mode
	Outcome string
	Digest  string // of the verdict
	Changes []string
}

// draft is a merge with its judgement, which does not depend on who is first.
type draft struct {
	written Written
	facts   seal.Facts
}

// Append seals merges, the oldest first, and pushes them. Seals that this clone
// has and the remote has not are written again on top of the remote's.
// Nothing is half done: the refs move once, after everything is written.
func (w *Writer) Append(ctx context.Context, merges []Merge) ([]Written, error) {
	drafts := make([]draft, 0, len(merges))
	for _, m := range merges {
		d, err := w.draft(ctx, m)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, d)
	}
	for range maxTries {
		out, err := w.try(ctx, drafts)
		if !errors.Is(err, gitrepo.ErrMoved) {
			return out, err
		}
	}
	return nil, fmt.Errorf("write seals: %w", ErrBusy)
}

func (w *Writer) draft(ctx context.Context, m Merge) (draft, error) {
	d := draft{written: Written{Merge: m}}
	landed, err := judge.LandedOf(w.Repo, m.Base, m.Commit)
	if err != nil {
		return d, fmt.Errorf("seal %s: %w", m.Commit, err)
	}
	if !landed.Governed() {
		d.written.Nothing = true
		return d, nil
	}
	v, mode, err := judged(ctx, m, w.Judge)
	if err != nil {
		return d, err
	}
	d.written.Mode, d.written.Outcome, d.written.Digest = mode, v.Outcome.String(), v.Digest
	for _, c := range v.Changes {
		d.written.Changes = append(d.written.Changes, c.ID)
	}
	d.facts = seal.Facts{
		Commit: m.Commit, Covers: m.Covers, Repository: v.Subject.Repository, Blobs: blobs(landed), Verdict: v,
		Evidence: m.Evidence, Mode: mode, MergedBy: m.MergedBy, SealedAt: w.By.At,
	}
	return d, nil
}

// try appends to what is there now. The error wraps gitrepo.ErrMoved when
// somebody else was first.
func (w *Writer) try(ctx context.Context, drafts []draft) ([]Written, error) {
	local, err := w.Repo.Notes(seal.Ref)
	if err != nil {
		return nil, err
	}
	n, there := local, local.Tip()
	if w.Remote != nil {
		if there, err = w.Repo.Pull(ctx, *w.Remote, seal.Ref); err != nil {
			return nil, fmt.Errorf("fetch seals: %w", err)
		}
		if n, err = w.onto(local, there); err != nil {
			return nil, err
		}
	}
	previous, after, err := last(n)
	if err != nil {
		return nil, err
	}
	out := make([]Written, 0, len(drafts))
	for _, d := range drafts {
		if d.written.Nothing {
			out = append(out, d.written)
			continue
		}
		if _, d.written.Already, err = n.Blob(d.facts.Commit); err != nil {
			return nil, err
		}
		if !d.written.Already {
			d.facts.Previous, d.facts.SealedAt = previous, w.moment(after)
			if n, previous, err = w.write(ctx, n, d); err != nil {
				return nil, err
			}
			after = d.facts.SealedAt
		}
		out = append(out, d.written)
	}
	if w.Remote != nil && n.Tip() != there {
		if err := w.Repo.Push(ctx, *w.Remote, seal.Ref, there, n.Tip()); err != nil {
			return nil, err
		}
	}
	if n.Tip() != local.Tip() {
		if err := w.Repo.MoveRef(seal.Ref, local.Tip(), n.Tip()); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// onto is the remote's notes, where this clone has nothing that they lack.
func (w *Writer) onto(local *gitrepo.Notes, there string) (*gitrepo.Notes, error) {
	if there == local.Tip() {
		return local, nil
	}
	if there == "" {
		return local, nil // the remote has none yet: ours are pushed whole
	}
	theirs, err := w.Repo.NotesAt(seal.Ref, there)
	if err != nil {
		return nil, err
	}
	if local.Tip() == "" {
		return theirs, nil
	}
	behind, err := follows(theirs, local.Tip())
	if err != nil || behind {
		return theirs, err
	}
	if ahead, err := follows(local, there); err != nil || ahead {
		return local, err
	}
	return nil, fmt.Errorf("write seals: this clone and the remote hold different chains of seals; keep the remote's (git fetch origin +%s:%[1]s) and seal again: %w", seal.Ref, gitrepo.ErrNotes)
}

// follows reports whether a commit is in the history of notes.
func follows(n *gitrepo.Notes, commit string) (bool, error) {
	found := errors.New("found")
	err := n.History(func(c gitrepo.NoteChange) error {
		if c.Commit == commit {
			return found
		}
		return nil
	})
	if errors.Is(err, found) {
		return true, nil
	}
	return false, err
}

// moment is when a seal is made: now, or when the one before was made where
// another machine's clock is a little ahead of ours.
func (w *Writer) moment(before time.Time) time.Time {
	now := w.By.At.UTC().Truncate(time.Second)
	if before.After(now) && before.Sub(now) <= maxAhead {
		return before
	}
	return now
}

func (w *Writer) write(ctx context.Context, n *gitrepo.Notes, d draft) (*gitrepo.Notes, string, error) {
	payload, err := seal.Payload(d.facts)
	if err != nil {
		return nil, "", fmt.Errorf("seal %s: %w", d.facts.Commit, err)
	}
	envelope, err := seal.Envelope(ctx, payload, w.Key)
	if err != nil {
		return nil, "", fmt.Errorf("seal %s: %w", d.facts.Commit, err)
	}
	by := w.By
	by.At = by.At.Truncate(time.Second)
	n, err = n.With(d.facts.Commit, envelope, by, "seal "+d.facts.Commit)
	if err != nil {
		return nil, "", fmt.Errorf("seal %s: %w", d.facts.Commit, err)
	}
	return n, seal.Digest(envelope), nil
}

// last is the digest of the newest seal, "" where there is none, and when it
// says that it was made.
func last(n *gitrepo.Notes) (digest string, at time.Time, err error) {
	done := errors.New("done")
	err = n.History(func(c gitrepo.NoteChange) error {
		link, err := linkOf(n, c)
		if err != nil {
			return err
		}
		digest, at = link.digest, link.at
		return done
	})
	if errors.Is(err, done) {
		err = nil
	}
	return digest, at, err
}
