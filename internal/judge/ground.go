package judge

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// ConfigPath is the one place of the configuration.
const ConfigPath = "mergeseal.yaml"

// Places that law can come from; verdict.LawReport.Source.
const (
	lawBase     = "base"     // the tip of the base branch
	lawWorktree = "worktree" // the files as they lie: no git, or no base branch
	lawDefaults = "defaults" // nobody wrote a configuration
	lawNone     = "none"     // the base has none yet: nothing is in force
)

// grounds are the trees a judgement stands on.
type grounds struct {
	subject verdict.Subject
	law     tree.Tree // where law is read
	old     tree.Tree // where the diff begins, nil without one
	head    tree.Tree // where records are read
	diff    []tree.FileChange
	hasBase bool
	found   diag.List // what kept us from the ground, each undecided
}

// ground finds the trees. A revision that git cannot resolve is a finding;
// one whose spelling is not accepted is an error wrapping tree.ErrRef.
func ground(t Target) (*grounds, error) {
	g := &grounds{}
	g.subject.Repository = t.Repository
	if t.Repo == nil {
		g.law, g.head = t.Folder, t.Folder
		g.subject.Head = Worktree
		return g, nil
	}
	var err error
	if g.head, err = headTree(t, &g.subject); err != nil {
		return g.blocked(err)
	}
	ref, base, err := baseOf(t)
	switch {
	case errors.Is(err, tree.ErrNotFound) && !errors.Is(err, tree.ErrShallow) && t.Base == "":
		g.law = g.head
		return g, nil
	case err != nil:
		return g.blocked(err)
	}
	g.hasBase = true
	g.subject.BaseRef, g.subject.Base = ref, base
	if g.law, err = t.Repo.Tree(base); err != nil {
		return g.blocked(err)
	}
	head := g.subject.Head
	if head == Worktree {
		if head, err = t.Repo.Resolve("HEAD"); errors.Is(err, tree.ErrNotFound) {
			head = base
		} else if err != nil {
			return g.blocked(err)
		}
	}
	if g.subject.MergeBase, err = t.Repo.MergeBase(base, head); err != nil {
		return g.blocked(err)
	}
	if g.old, err = t.Repo.Tree(g.subject.MergeBase); err != nil {
		return g.blocked(err)
	}
	if g.diff, err = t.Repo.Diff(g.old, g.head); err != nil {
		return nil, fmt.Errorf("compare trees: %w", err)
	}
	return g, nil
}

func headTree(t Target, s *verdict.Subject) (tree.Tree, error) {
	if t.Head == "" || t.Head == Worktree {
		s.Head = Worktree
		return t.Repo.Worktree()
	}
	id, err := t.Repo.Resolve(t.Head)
	if err != nil {
		return nil, err
	}
	s.Head = id
	return t.Repo.Tree(id)
}

func baseOf(t Target) (ref, id string, err error) {
	if t.Base == "" {
		return t.Repo.DefaultBase()
	}
	if id, err = t.Repo.Resolve(t.Base); err != nil {
		return "", "", err
	}
	if t.BaseRef != "" {
		return t.BaseRef, id, nil
	}
	if strings.ContainsAny(t.Base, "~^") {
		return t.Base, id, nil // an ancestor of a branch is no branch
	}
	for _, prefix := range []string{"refs/heads/", "refs/remotes/"} {
		if full, err := t.Repo.Resolve(prefix + t.Base); err == nil && full == id {
			return prefix + t.Base, id, nil
		}
	}
	return t.Base, id, nil
}

// blocked turns a revision's or history's absence into a finding.
func (g *grounds) blocked(err error) (*grounds, error) {
	f := diag.Finding{Severity: diag.Error, Undecided: true, Message: err.Error()}
	switch {
	case errors.Is(err, tree.ErrRef):
		return nil, err
	case errors.Is(err, tree.ErrShallow):
		f.Code = "MS601"
		f.Hint = "fetch the whole history: fetch-depth: 0 in actions/checkout, or git fetch --unshallow"
	case errors.Is(err, tree.ErrNotFound):
		f.Code = "MS602"
		f.Hint = "name a branch that was fetched, or a commit's full id"
	default:
		return nil, err
	}
	g.found = append(g.found, f)
	return g, nil
}

// treeFiles lets law read the files it names from a tree.
type treeFiles struct {
	tree tree.Tree
	read map[string][]byte // what was read, for excerpts
}

const maxLawFile = 1 << 20 // the parsers' own, smaller limits speak first

// List returns the regular files that match a pattern.
func (f *treeFiles) List(glob string) ([]string, error) {
	entries, err := f.tree.Entries(folderOf(glob))
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", glob, err)
	}
	var out []string
	for _, e := range entries {
		if e.Path == glob || law.Match(glob, e.Path) {
			out = append(out, e.Path)
		}
	}
	return out, nil
}

// folderOf is the fixed beginning of a pattern that everything it matches lies
// below, "" for the root; a path without a pattern is its own.
func folderOf(glob string) string {
	i := strings.IndexAny(glob, "*?[{\\")
	if i < 0 {
		return glob
	}
	if dir := path.Dir(glob[:i] + "x"); dir != "." {
		return dir
	}
	return ""
}

// Read returns a file's bytes.
func (f *treeFiles) Read(p string) ([]byte, error) {
	b, err := f.tree.Read(p, maxLawFile)
	if err == nil {
		f.read[p] = b
	}
	return b, err
}

// readRecord reads one record of a tree as data, whatever it is.
func readRecord(t tree.Tree, p string) (*change.File, error) {
	e, err := t.Entry(p)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", p, err)
	}
	refuse := func(code, format string, args ...any) *change.File {
		f := change.Parse(p, e.Blob, nil)
		f.Found = diag.List{diag.New(code, source.InFile(p), format, args...)}
		return f
	}
	if !e.Mode.Regular() {
		what := "a symlink"
		if e.Mode == tree.ModeSubmodule {
			what = "a submodule"
		}
		return refuse("MS012", "the record is %s, not a file", what), nil
	}
	b, err := t.Read(p, recordBytes)
	if errors.Is(err, tree.ErrTooLarge) {
		return refuse("MS009", "the file has more than the %d bytes allowed", recordBytes), nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p, err)
	}
	return change.Parse(p, e.Blob, b), nil
}

const recordBytes = 256 << 10

// isRecord reports whether a path is one of the records that the law names.
func isRecord(l *law.Law, p string) bool {
	return slices.ContainsFunc(l.Config.Records, func(g string) bool { return law.Match(g, p) })
}
