// Package judge is the one line from facts to a verdict, and the only place
// where what can be read meets what is decided. Law comes from the base
// commit; from the head come records and a diff, as data.
//
// It promises that the verdict is a function of the trees, the evidence and
// one reading of the clock, and that whatever could not be known is never a
// pass.
package judge

import (
	"context"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Revisions finds commits. Errors wrap those of package tree.
type Revisions interface {
	// Resolve turns a revision into a commit's full id.
	Resolve(rev string) (string, error)
	// DefaultBase is the branch that law comes from when nobody named one.
	DefaultBase() (ref, id string, err error)
	// MergeBase is the commit at which two histories parted.
	MergeBase(a, b string) (string, error)
}

// Trees reads what commits and the working tree hold.
type Trees interface {
	Tree(id string) (tree.Tree, error)
	Worktree() (tree.Tree, error)
	Diff(old, new tree.Tree) ([]tree.FileChange, error)
	Lines(c tree.FileChange, new tree.Tree) (tree.LineCount, error)
}

// Past reads history.
type Past interface {
	// Commits lists what head has and base has not, the newest first.
	Commits(base, head string) ([]tree.Commit, error)
	// PathsEver visits every file that ever lay below the folders, once a path
	// and content.
	PathsEver(id string, folders []string, visit func(path, blob string)) error
	// Blob reads the content behind an object id.
	Blob(id string, max int64) ([]byte, error)
}

// Repo is the git edge.
type Repo interface {
	Revisions
	Trees
	Past
}

// Module is the source of one policy file.
type Module struct {
	Path    string
	Source  []byte
	Builtin bool
}

// Rules is a compiled set of policies, safe for concurrent use.
type Rules interface {
	// Evaluate answers for one input. Findings are about the policies
	// themselves; any that is an error leaves the verdict undecided.
	Evaluate(ctx context.Context, in *verdict.Input) (verdict.Answers, diag.List)
	// Digest identifies the sources.
	Digest() string
	// Groups are the groups that users' own rules name.
	Groups() []verdict.Mention
}

// Compile turns modules into rules, or says why not. The findings may hold
// warnings beside usable rules.
type Compile func(mods []Module) (Rules, diag.List)

// Target is what to judge.
type Target struct {
	Repo    Repo      // nil outside git
	Folder  tree.Tree // the files as they lie; used when Repo is nil
	Compile Compile
	// Isolate compiles policies that are not law, with limits on what they may
	// take; what it gives is closed by whoever asked, if it can be. Nil: such
	// policies are compiled and never run.
	Isolate Compile
	Builtin []Module // the rules that come with the binary
	Extra   []Module // rules to try beside those in force; never with publishing

	// Evidence is what a forge says about people; nil means that nobody asked,
	// and that every approval is missing.
	Evidence *evidence.Document
	// EvidenceFound is why evidence that was offered cannot be used: undecided.
	EvidenceFound diag.List

	Base string // revision of the base branch, "" for the default one
	// BaseRef is the branch that a Base given by its id is the tip of.
	BaseRef string
	// Together are the heads of the pull requests that a merge queue would merge
	// with this one, by id, and Merged is the commit it made of them all.
	Together []string
	Merged   string

	Head  string   // revision, "" or "worktree" for the files as they lie
	Paths []string // records to judge, from the root; none: those that differ

	// From and Until say when Look is asked about: what cannot lie between them
	// need not be read. Zero asks about all.
	From, Until time.Time

	Now        time.Time // the one reading of the clock
	Replay     bool      // Now was given by hand
	Repository string    // owner/name, "" when nobody said
	Tool       string    // version of this program

	shelf *shelf // of what was parsed; nil keeps nothing
}

// Worktree is the name of the working tree where a revision is asked for.
const Worktree = "worktree"

// Result is a verdict and what renderers need beside it.
type Result struct {
	Verdict  *verdict.Verdict
	Findings diag.List         // the verdict's, with ranges and labels
	Sources  map[string][]byte // the files that findings point into
}

// Judge judges. Errors are our own failures, such as an unreadable object;
// whatever is wrong with somebody's files is a finding in the verdict.
func Judge(ctx context.Context, t Target) (*Result, error) {
	t.shelf = newShelf()
	g, err := ground(t)
	if err != nil {
		return nil, err
	}
	run := &run{Target: t, ground: g, law: nil}
	var sc *scene
	var opinions []*opinion
	run.keep = func(s *scene, o []*opinion) { sc, opinions = s, o }
	res, err := run.whole(ctx)
	if err != nil || sc == nil {
		return res, err
	}
	return res, run.suggest(ctx, res, sc, opinions)
}
