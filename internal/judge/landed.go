package judge

import (
	"errors"
	"fmt"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// LawAt reads the law of a tree. The error is law.ErrNoConfig where it has
// none. A nil law has findings.
func LawAt(t tree.Tree) (*law.Law, diag.List, error) {
	l, found, err := law.Load(&treeFiles{tree: t, read: map[string][]byte{}})
	if err != nil && !errors.Is(err, law.ErrNoConfig) {
		err = fmt.Errorf("read law: %w", err)
	}
	return l, found, err
}

// Landed is what a commit on the base branch brought that is governed: change
// records, covered paths, and law.
type Landed struct {
	Records []tree.FileChange // sorted by path
	Covered []tree.FileChange // paths that coverage names, sorted
	Law     []tree.FileChange // what is law, and not covered besides, sorted by path
}

// Governed reports whether there is anything to answer for.
func (l *Landed) Governed() bool { return len(l.Records)+len(l.Covered)+len(l.Law) > 0 }

// LandedOf compares a commit with the one that the branch was at before, under
// the law of the latter. Where that has no law, nothing is governed; where its
// law cannot be read, everything is.
func LandedOf(repo Trees, base, commit string) (*Landed, error) {
	from, err := repo.Tree(base)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", base, err)
	}
	to, err := repo.Tree(commit)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", commit, err)
	}
	l, found, err := LawAt(from)
	if errors.Is(err, law.ErrNoConfig) {
		return &Landed{}, nil
	}
	if err != nil {
		return nil, err
	}
	changes, err := repo.Diff(from, to)
	if err != nil {
		return nil, fmt.Errorf("compare %s with %s: %w", commit, base, err)
	}
	out := &Landed{}
	for _, c := range changes {
		switch {
		case l == nil || found.Errors():
			out.Covered = append(out.Covered, c)
		case isRecord(l, c.Path):
			out.Records = append(out.Records, c)
		case len(l.CoverageFor(c.Path)) > 0:
			out.Covered = append(out.Covered, c)
		case len(l.TouchesLaw([]string{c.Path})) > 0:
			out.Law = append(out.Law, c)
		}
	}
	return out, nil
}

// RecordID is the id that a record gives itself, "" where it cannot be read.
func RecordID(t tree.Tree, path string) (string, error) {
	f, err := readRecord(t, path)
	if err != nil {
		return "", err
	}
	return f.Record.ID, nil
}
