package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/seal"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// ErrNoSeals says that this clone has no notes of seals at all: they were never
// fetched, or nobody sealed anything.
var ErrNoSeals = errors.New("no seals in this clone: git fetch origin " + seal.Ref + ":" + seal.Ref)

// Verifier holds seals against the repository.
type Verifier struct {
	Repo       *gitrepo.Repo
	Trust      seal.Trust
	Repository string // owner/name that seals must be of, "" when nobody said
	Judge      Judge  // to recompute with; nil leaves that out
	WholeChain bool   // also what is older than the seals asked for

	notes *gitrepo.Notes
	met   map[string]bool // commits whose seals were verified
}

// open reads the notes once.
func (v *Verifier) open() error {
	if v.notes != nil {
		return nil
	}
	n, err := v.Repo.Notes(seal.Ref)
	if err != nil {
		return err
	}
	if n.Tip() == "" {
		return ErrNoSeals
	}
	v.notes, v.met = n, map[string]bool{}
	return nil
}

// Sealed reports whether a commit has a note, good or bad.
func (v *Verifier) Sealed(commit string) (bool, error) {
	if err := v.open(); err != nil {
		return false, err
	}
	_, ok, err := v.notes.Blob(commit)
	return ok, err
}

// Seal reads the seal of a commit and holds it against the commit, but not yet
// against the chain: see Chain. What is wrong is a *diag.Problem; any other
// error means that nothing is known.
func (v *Verifier) Seal(ctx context.Context, commit string) (*seal.Seal, error) {
	if err := v.open(); err != nil {
		return nil, err
	}
	envelope, ok, err := v.notes.Read(commit, seal.MaxSize)
	if errors.Is(err, gitrepo.ErrNotes) || errors.Is(err, tree.ErrTooLarge) {
		return nil, diag.Problemf("MS701", chainHint, "the seal cannot be read: %v", err)
	}
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, diag.Problemf("MS711", "mergeseal seal "+commit+", or fetch the notes: git fetch origin "+seal.Ref+":"+seal.Ref,
			"the commit %s has no seal", commit)
	}
	s, err := seal.Open(ctx, envelope, v.Trust)
	if err != nil {
		return nil, err
	}
	if s.Commit != commit {
		return nil, diag.Problemf("MS714", chainHint, "the seal is of the commit %s, not of %s", s.Commit, commit)
	}
	if v.Repository != "" && field.Fold(s.Repository) != field.Fold(v.Repository) {
		return nil, diag.Problemf("MS715", "seal this repository's own commits", "the seal is of the repository %s, not of %s", diag.Quote(s.Repository), v.Repository)
	}
	if err := v.content(s); err != nil {
		return nil, err
	}
	v.met[commit] = true
	return s, nil
}

// Chain holds the seals that were read against those around them.
func (v *Verifier) Chain() error {
	if err := v.open(); err != nil {
		return err
	}
	return chained(v.notes, v.met, v.WholeChain)
}

// content holds a seal against the commit: the branch was where the seal says,
// everything governed that the commit brought is in the seal, and lies there as
// it was sealed.
func (v *Verifier) content(s *seal.Seal) error {
	base, err := v.before(s)
	if err != nil {
		return err
	}
	if s.Verdict.Subject.Base != base {
		return diag.Problemf("MS717", "seal the commit again, with this release", "the verdict was given under the law of %s, and the branch was at %s", diag.Quote(s.Verdict.Subject.Base), base)
	}
	landed, err := judge.LandedOf(v.Repo, base, s.Commit)
	if err != nil {
		return err
	}
	want := blobs(landed)
	slices.SortFunc(want, func(a, b seal.Blob) int { return strings.Compare(a.Path, b.Path) })
	if path, same := firstDifference(want, s.Blobs); !same {
		return diag.Problemf("MS716", "what lies in the commit is not what was sealed: seal it again only once you know why",
			"%s in the commit is not what was sealed", diag.Quote(path))
	}
	return nil
}

// before is the commit that the branch was at before what a seal is about
// landed. The commits that it covers must be its first parents.
func (v *Verifier) before(s *seal.Seal) (string, error) {
	for i, id := range append([]string{s.Commit}, s.Covers...) {
		c, err := v.Repo.Commit(id)
		if err != nil {
			return "", fmt.Errorf("read sealed commit: %w", err)
		}
		if len(c.Parents) == 0 {
			return "", diag.Problemf("MS714", chainHint, "the first commit of a history cannot be sealed")
		}
		if i < len(s.Covers) && c.Parents[0] != s.Covers[i] {
			return "", diag.Problemf("MS714", chainHint, "the seal covers %s, which is not before %s", s.Covers[i], id)
		}
		if i == len(s.Covers) {
			return c.Parents[0], nil
		}
	}
	return "", errors.New("find where the branch was: no commit")
}

func firstDifference(a, b []seal.Blob) (path string, same bool) {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return b[i].Path, false
		case i >= len(b), a[i].Path < b[i].Path:
			return a[i].Path, false
		case a[i] != b[i]:
			return b[i].Path, false
		}
	}
	return "", true
}

// Recompute judges again what was sealed, at the sealed instant, and compares.
func (v *Verifier) Recompute(ctx context.Context, s *seal.Seal) error {
	m := Merge{
		Commit: s.Commit, Base: s.Verdict.Subject.Base, BaseRef: s.Verdict.Subject.BaseRef, Head: s.Verdict.Subject.Head,
		Evidence: s.Evidence, At: s.Verdict.DecidedAt,
	}
	again, _, err := judged(ctx, m, v.Judge)
	if err != nil {
		return err
	}
	if again.Digest != s.Verdict.Digest {
		return diag.Problemf("MS718", "look at both: mergeseal check --base "+m.Base+" --head "+m.Head, "judged again, the verdict is %s with the digest %s, and sealed was %s with %s",
			again.Outcome, again.Digest, diag.Quote(s.Verdict.Outcome), s.Verdict.Digest)
	}
	return nil
}
