// Package tree names the files of one commit, or of a working tree, as plain
// values, so that the judgement never needs to know where bytes come from.
//
// It decides nothing and reads nothing. Package gitrepo supplies the
// implementations; tests may supply their own.
package tree

import (
	"errors"
	"time"
)

// Errors that Tree.Read and Repo methods wrap.
var (
	// ErrNotFound: no entry of that path, or no such revision.
	ErrNotFound = errors.New("not found")
	// ErrTooLarge: the blob is larger than the caller's limit; nothing was read.
	ErrTooLarge = errors.New("too large")
	// ErrNotRegular: the entry is a symlink or a submodule, which is never followed.
	ErrNotRegular = errors.New("not a regular file")
	// ErrShallow: an answer needs history that this clone does not hold.
	ErrShallow = errors.New("shallow clone: history is missing")
	// ErrRef: a revision's spelling is not one that is accepted.
	ErrRef = errors.New("not an accepted revision")
	// ErrNotRepository: no git repository at or above the folder.
	ErrNotRepository = errors.New("not a git repository")
)

// Mode says what an entry is. The zero value is invalid.
type Mode uint8

// The modes git knows for anything that is not a folder.
const (
	ModeInvalid Mode = iota
	ModeFile
	ModeExecutable
	ModeSymlink
	ModeSubmodule
)

// Regular reports whether the entry's bytes are a file's content.
func (m Mode) Regular() bool { return m == ModeFile || m == ModeExecutable }

// Entry is one file of a tree. Blob is git's object id of the content in
// lower-case hex; for a submodule it is the commit it points to.
type Entry struct {
	Path string // relative to the root, with slashes
	Mode Mode
	Blob string
}

// Tree is the files of one commit or of a working tree.
type Tree interface {
	// ID is the commit's full object id, or "" for a working tree.
	ID() string
	// Entries lists the files at or below a folder ("" means all), sorted by
	// path bytes. A folder that does not exist has no entries.
	Entries(folder string) ([]Entry, error)
	// Entry finds one file; the error wraps ErrNotFound when there is none.
	Entry(path string) (Entry, error)
	// Read returns the bytes of a regular file of at most max bytes. Errors
	// wrap ErrNotFound, ErrNotRegular or ErrTooLarge; the size is asked
	// before the content is read.
	Read(path string, max int64) ([]byte, error)
}

// ChangeKind says how a path differs between two trees. The zero value is invalid.
type ChangeKind uint8

// The kinds of difference. A rename is a deletion and an addition.
const (
	ChangeInvalid ChangeKind = iota
	Added
	Modified
	Deleted
)

// FileChange is one path that differs between two trees.
type FileChange struct {
	Path             string
	Kind             ChangeKind
	OldMode, NewMode Mode   // ModeInvalid on the side where the path is missing
	OldBlob, NewBlob string // "" on the side where the path is missing
}

// LineCount is the size of a change in lines. Binary files count no lines.
type LineCount struct {
	Added, Deleted int
	Binary         bool
}

// Commit is what the judgement reads of a commit. Times are claims of whoever
// made it and are never compared with a clock.
type Commit struct {
	ID                            string
	Parents                       []string
	AuthorName, AuthorEmail       string
	CommitterName, CommitterEmail string
	AuthorTime, CommitterTime     time.Time
	Message                       string
}
