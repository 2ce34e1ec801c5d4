package gitrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// tracked is what the index says: which paths belong to the next commit, and
// which ids their files had when git last looked.
type tracked struct {
	entries map[string]*index.Entry
	order   []string        // paths as in the index, each once
	folders map[string]bool // folders with tracked files in them
	written time.Time       // of the index file
}

func readIndex(gitDir string) (t *tracked, err error) {
	t = &tracked{entries: map[string]*index.Entry{}, folders: map[string]bool{}}
	f, err := os.Open(filepath.Join(gitDir, "index"))
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read index: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	fi, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read index: %w", err)
	}
	t.written = fi.ModTime()
	var idx index.Index
	if err := index.NewDecoder(f).Decode(&idx); err != nil {
		return nil, fmt.Errorf("read index: %w", err)
	}
	for _, e := range idx.Entries {
		if err := checkPath(e.Name); err != nil {
			return nil, fmt.Errorf("read index: %w", err)
		}
		if t.entries[e.Name] == nil {
			t.order = append(t.order, e.Name)
		}
		t.entries[e.Name] = e
		for dir := parent(e.Name); dir != "" && !t.folders[dir]; dir = parent(dir) {
			t.folders[dir] = true
		}
	}
	return t, nil
}

func parent(p string) string {
	if i := strings.LastIndexByte(p, '/'); i >= 0 {
		return p[:i]
	}
	return ""
}

func entryMode(m filemode.FileMode) tree.Mode { return canonical(uint64(m)) }

// unchanged reports whether a file is certain to be what git hashed: same
// size and time, and not touched since the index was written, by the rule of
// https://git-scm.com/docs/racy-git.
func (t *tracked) unchanged(e *index.Entry, fi fs.FileInfo) bool {
	if e.Stage != 0 || e.IntentToAdd {
		return false
	}
	if (entryMode(e.Mode) == tree.ModeSymlink) != (fi.Mode().Type() == fs.ModeSymlink) {
		return false
	}
	// git writes size 0 for a file that it must look at again.
	if e.Size == 0 && e.Hash != plumbing.ComputeHash(plumbing.BlobObject, nil) {
		return false
	}
	return fi.Size() == int64(e.Size) && fi.ModTime().Equal(e.ModifiedAt) && fi.ModTime().Before(t.written)
}
