package gate

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/ledger"
	"github.com/mergeseal/mergeseal/internal/seal"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// maxCommits bounds how many commits one deployment may carry.
const maxCommits = 10_000

// ErrTooFar says that the environment's commit was not met in time.
var ErrTooFar = errors.New("too many commits since the last deployment")

// load is what the commits carry, while it is worked out.
type load struct {
	House
	Request
	decision *Decision
	byID     map[string]*claim // by folded id
	covers   map[string]bool   // commits that a later seal answers for
	sealed   map[string]string // path → blob, of the newest seal that names it
}

// claim is a change and what it is claimed for.
type claim struct {
	Carried
	paths    []string // covered, that its commits touch
	excepted []string // freezes from which its sealed verdict grants an exception
	named    bool     // by hand
}

func (l *load) deny(code, hint, format string, args ...any) *Reason {
	l.decision.Reasons = append(l.decision.Reasons, Reason{Code: code, Hint: hint, Message: fmt.Sprintf(format, args...), answer: Denied})
	return &l.decision.Reasons[len(l.decision.Reasons)-1]
}

func (l *load) note(format string, args ...any) {
	l.decision.Notes = append(l.decision.Notes, fmt.Sprintf(format, args...))
}

// commits are those between what the environment has and what is deployed,
// along first parents, the newest first; back are those that would be undone.
func (l *load) commits() (forth, back []tree.Commit, err error) {
	if l.Since == "" {
		c, err := l.Repo.Commit(l.Commit)
		return []tree.Commit{c}, nil, err
	}
	meet, err := l.Repo.MergeBase(l.Since, l.Commit)
	if err != nil {
		return nil, nil, err
	}
	if forth, err = l.until(l.Commit, meet); err != nil {
		return nil, nil, err
	}
	back, err = l.until(l.Since, meet)
	return forth, back, err
}

func (l *load) until(from, end string) ([]tree.Commit, error) {
	var out []tree.Commit
	if from == end {
		return nil, nil
	}
	reached := false
	err := l.Repo.FirstParents(from, func(c tree.Commit) (bool, error) {
		if c.ID == end {
			reached = true
			return false, nil
		}
		out = append(out, c)
		if len(out) > maxCommits {
			return false, fmt.Errorf("list commits since %s: %w", end, ErrTooFar)
		}
		return true, nil
	})
	if err == nil && !reached {
		err = fmt.Errorf("list commits since %s: it is not among the first parents of %s; name the commit of the branch with --since: %w", end, from, tree.ErrNotFound)
	}
	return out, err
}

// take works out which changes one commit is deployed for.
func (l *load) take(ctx context.Context, c tree.Commit) error {
	if len(c.Parents) == 0 {
		l.deny("MS721", "name the commit that the environment has with --since", "%s is the first commit: nothing was approved before it", c.ID).Commit = c.ID
		return nil
	}
	landed, err := judge.LandedOf(l.Repo, c.Parents[0], c.ID)
	if err != nil {
		return err
	}
	paths := l.relevant(landed.Covered)
	l.decision.Covered += len(paths)
	if l.covers[c.ID] {
		return nil
	}
	if len(paths) == 0 {
		sealed, err := l.Verifier.Sealed(c.ID)
		if errors.Is(err, ledger.ErrNoSeals) || err == nil && !sealed {
			return nil
		}
	}
	s, err := l.seal(ctx, c.ID)
	if err != nil {
		return err
	}
	if s == nil {
		return l.unsealed(c, landed, paths)
	}
	for _, id := range s.Covers {
		l.covers[id] = true
	}
	if len(s.Covers) > 0 { // what is covered may have come with an earlier commit of the rebase
		var all []tree.FileChange
		for _, b := range s.Blobs {
			all = append(all, tree.FileChange{Path: b.Path})
		}
		paths = l.relevant(all)
	}
	if len(paths) == 0 {
		return nil
	}
	for _, b := range s.Blobs {
		if _, newer := l.sealed[b.Path]; !newer {
			l.sealed[b.Path] = b.ID
		}
	}
	return l.ofSeal(c, s, paths)
}

// relevant are the changed paths that coverage names for this environment and
// for the services that are deployed.
func (l *load) relevant(changes []tree.FileChange) []string {
	var out []string
	for _, c := range changes {
		services := []string{}
		here := false
		for _, cover := range l.Law.CoverageFor(c.Path) {
			if len(cover.Environments) == 0 || slices.ContainsFunc(cover.Environments, same(l.Environment)) {
				here = true
				services = append(services, cover.Services...)
			}
		}
		for _, t := range l.Law.Services.Derive([]string{c.Path}) {
			services = append(services, t.Service)
		}
		if here && (len(l.Services) == 0 || len(services) == 0 || shares(services, l.Services)) {
			out = append(out, c.Path)
		}
	}
	return out
}

func same(want string) func(string) bool {
	return func(s string) bool { return field.Fold(s) == field.Fold(want) }
}

func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.ContainsFunc(b, same(s)) })
}

// seal is the commit's seal, nil where it has none and may do without. What is
// wrong with it is a reason.
func (l *load) seal(ctx context.Context, commit string) (*seal.Seal, error) {
	s, err := l.Verifier.Seal(ctx, commit)
	if errors.Is(err, ledger.ErrNoSeals) && !l.Law.Config.Gate.RequireSeal {
		return nil, nil //nolint:nilnil // nobody sealed anything
	}
	var p *diag.Problem
	if errors.As(err, &p) {
		if p.Code == "MS711" && !l.Law.Config.Gate.RequireSeal {
			return nil, nil //nolint:nilnil // this one was not sealed
		}
		l.deny(p.Code, p.Hint, "%s", p.Message).Commit = commit
		return &seal.Seal{}, nil // answered for: denied
	}
	return s, err
}

// ofSeal takes the changes that a seal says were approved.
func (l *load) ofSeal(c tree.Commit, s *seal.Seal, paths []string) error {
	if s.Commit == "" {
		return nil // refused already
	}
	switch {
	case s.Verdict.Outcome == "pass" && s.Mode != seal.Bypassed:
	case s.Mode == seal.Reconstructed && !l.Law.Config.Gate.RequireSeal:
		landed, err := judge.LandedOf(l.Repo, c.Parents[0], c.ID)
		if err != nil {
			return err
		}
		return l.unsealed(c, landed, paths)
	case s.Mode == seal.Reconstructed:
		l.deny("MS723", "seal with what the forge says of people: a token, or --evidence", "nobody could be asked who approved %s when it was sealed", c.ID).Commit = c.ID
		return nil
	default:
		l.deny("MS723", "merge a change that is approved, or break the glass", "%s was merged against its verdict, which was %s", c.ID, s.Verdict.Outcome).Commit = c.ID
		return nil
	}
	found := false
	for _, ch := range s.Verdict.Changes {
		if ch.Type == "registration" || ch.Class != "new" && ch.Class != "material" && ch.Class != "editorial" && ch.Class != "" {
			continue
		}
		found = true
		cl := l.claim(ch.ID, c.ID, paths)
		cl.Sealed = len(cl.Commits) == 1 || cl.Sealed
		if cl.SealedAt.Before(s.SealedAt) {
			cl.SealedAt = s.SealedAt
		}
		for _, f := range ch.Freezes {
			if f.Exception == "granted" {
				cl.excepted = append(cl.excepted, f.ID)
			}
		}
	}
	if !found {
		l.deny("MS721", "bring a change record with the commit, or name one in a Change: trailer", "the seal of %s holds no change for %s", c.ID, diag.Quote(paths[0])).Commit = c.ID
	}
	return nil
}

var trailer = regexp.MustCompile(`(?mi)^change:[ \t]*([A-Za-z0-9][A-Za-z0-9._-]*)[ \t]*$`)

// unsealed takes the records that a commit brought or names: where no seal is
// asked for, an open record on the base branch counts as approved.
func (l *load) unsealed(c tree.Commit, landed *judge.Landed, paths []string) error {
	ids := map[string]bool{}
	t, err := l.Repo.Tree(c.ID)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.ID, err)
	}
	for _, r := range landed.Records {
		if r.Kind == tree.Deleted {
			continue
		}
		id, err := judge.RecordID(t, r.Path)
		if err != nil {
			return err
		}
		if id != "" {
			ids[id] = true
		}
	}
	brought, err := l.Repo.Commits(c.Parents[0], c.ID)
	if err != nil {
		return fmt.Errorf("read what %s brought: %w", c.ID, err)
	}
	for _, b := range append(brought, c) {
		for _, m := range trailer.FindAllStringSubmatch(b.Message, -1) {
			ids[m[1]] = true
		}
	}
	if len(ids) == 0 {
		r := l.deny("MS721", "bring a change record with the commit, or name one in a Change: trailer", "%s changes %s and no approved change covers it", c.ID[:12], diag.Quote(paths[0]))
		r.Commit = c.ID
		return nil
	}
	for id := range ids {
		l.claim(id, c.ID, paths).Sealed = false
	}
	return nil
}

func (l *load) claim(id, commit string, paths []string) *claim {
	key := field.Fold(id)
	if l.byID[key] == nil {
		l.byID[key] = &claim{Carried: Carried{ID: id, Commits: []string{}}}
	}
	cl := l.byID[key]
	if commit != "" {
		cl.Commits = append(cl.Commits, commit)
	}
	cl.paths = append(cl.paths, paths...)
	return cl
}

// lies holds the deployed files against the newest seal that names them (T36).
func (l *load) lies() error {
	t, err := l.Repo.Tree(l.Commit)
	if err != nil {
		return fmt.Errorf("read %s: %w", l.Commit, err)
	}
	var wrong []string
	for path, blob := range l.sealed {
		e, err := t.Entry(path)
		switch {
		case errors.Is(err, tree.ErrNotFound) && blob == "":
		case errors.Is(err, tree.ErrNotFound):
			wrong = append(wrong, path)
		case err != nil:
			return fmt.Errorf("read %s: %w", path, err)
		case e.Blob != blob && l.counts(path):
			wrong = append(wrong, path)
		}
	}
	slices.Sort(wrong)
	if len(wrong) > 0 {
		l.deny("MS716", "deploy a commit whose content was sealed", "%s is not what was sealed (%d such files)", diag.Quote(wrong[0]), len(wrong))
	}
	return nil
}

// counts reports whether a path is covered: records and law may have moved on
// since, and are read at the base.
func (l *load) counts(path string) bool {
	return slices.ContainsFunc(l.Law.CoverageFor(path), func(c law.Coverage) bool {
		return len(c.Environments) == 0 || slices.ContainsFunc(c.Environments, same(l.Environment))
	})
}

// soonest is the earlier of two instants, of which the zero one says nothing.
func soonest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func shortly(text string) string { return strings.Join(strings.Fields(text), " ") }
