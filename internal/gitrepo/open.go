// Package gitrepo reads a git repository: revisions, the files of a commit or
// of the working tree, what differs between two of them, and the history.
//
// It decides nothing and starts no process, and writes nothing but notes and the
// refs they hang from. It never applies
// replace refs, grafts, filters, hooks, attributes or any configuration that
// names a command: what it returns is what the objects and the files hold. It
// promises that the same repository always gives the same answer in the same
// order, and that an answer which needs history or objects this clone lacks is
// an error, never a shorter answer.
package gitrepo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mergeseal/mergeseal/internal/tree"
)

const (
	gitName = ".git"
	// maxSmallFile bounds the files of .git that hold a line or a list.
	maxSmallFile = 16 << 20
)

// Repo is an open repository with a working tree. Its methods may be called
// from several goroutines at once.
type Repo struct {
	root      string // folder of the working tree
	gitDir    string // holds HEAD and index; the linked worktree's own
	commonDir string // holds objects, refs and config
	conf      settings
	store     *store
}

// Open finds the repository that dir belongs to, looking at dir and then at
// the folders above it. Linked worktrees and submodules are opened by way of
// their .git file; bare repositories are not found. The error wraps
// tree.ErrNotRepository when there is none.
func Open(dir string) (*Repo, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open repository %q: %w", dir, err)
	}
	start, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return nil, fmt.Errorf("open repository %q: %w", dir, err)
	}
	for at := start; ; at = filepath.Dir(at) {
		gitDir, err := findGitDir(at)
		if err != nil {
			return nil, fmt.Errorf("open repository %q: %w", at, err)
		}
		if gitDir != "" {
			r, err := openAt(at, gitDir)
			if err != nil {
				return nil, fmt.Errorf("open repository %q: %w", at, err)
			}
			return r, nil
		}
		if filepath.Dir(at) == at {
			return nil, fmt.Errorf("open repository %q: no %s here or above: %w", dir, gitName, tree.ErrNotRepository)
		}
	}
}

func openAt(root, gitDir string) (*Repo, error) {
	common, err := commonDir(gitDir)
	if err != nil {
		return nil, err
	}
	conf, err := readSettings(filepath.Join(common, "config"))
	if err != nil {
		return nil, err
	}
	s, err := openStore(gitDir, common)
	if err != nil {
		return nil, err
	}
	return &Repo{root: root, gitDir: gitDir, commonDir: common, conf: conf, store: s}, nil
}

// findGitDir returns the git folder that belongs to dir, or "" if dir has none.
func findGitDir(dir string) (string, error) {
	p := filepath.Join(dir, gitName)
	fi, err := os.Stat(p)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if fi.IsDir() {
		if isGitDir(p) {
			return p, nil
		}
		return "", nil
	}
	if !fi.Mode().IsRegular() {
		return "", nil
	}
	b, err := readSmall(p)
	if err != nil {
		return "", err
	}
	target, ok := gitFileTarget(b)
	if !ok {
		return "", fmt.Errorf("read %s: no gitdir line: %w", p, tree.ErrNotRepository)
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(dir, target)
	}
	if !isGitDir(target) {
		return "", fmt.Errorf("read %s: %q is not a git folder: %w", p, target, tree.ErrNotRepository)
	}
	return filepath.Clean(target), nil
}

// gitFileTarget reads the text of a .git file.
func gitFileTarget(b []byte) (string, bool) {
	rest, ok := strings.CutPrefix(string(b), "gitdir:")
	line, _, _ := strings.Cut(strings.TrimLeft(rest, " "), "\n")
	line = strings.TrimRight(line, "\r")
	return filepath.FromSlash(line), ok && line != ""
}

func isGitDir(p string) bool {
	if _, err := os.Lstat(filepath.Join(p, "HEAD")); err != nil {
		return false
	}
	common, err := commonDir(p)
	return err == nil && isDir(filepath.Join(common, "objects")) && isDir(filepath.Join(common, "refs"))
}

func isDir(p string) bool {
	fi, err := os.Stat(p)
	return err == nil && fi.IsDir()
}

// commonDir follows https://git-scm.com/docs/gitrepository-layout (commondir).
func commonDir(gitDir string) (string, error) {
	b, err := readSmall(filepath.Join(gitDir, "commondir"))
	if errors.Is(err, fs.ErrNotExist) {
		return gitDir, nil
	}
	if err != nil {
		return "", err
	}
	p := filepath.FromSlash(string(bytes.TrimRight(b, "\r\n")))
	if !filepath.IsAbs(p) {
		p = filepath.Join(gitDir, p)
	}
	return filepath.Clean(p), nil
}

func readSmall(p string) ([]byte, error) {
	f, err := os.Open(p)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxSmallFile+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if len(b) > maxSmallFile {
		return nil, fmt.Errorf("read %s: %w", p, tree.ErrTooLarge)
	}
	return b, nil
}

// Close gives back the file descriptors. Trees of the repository can no longer
// be read after it.
func (r *Repo) Close() error {
	if err := r.store.close(); err != nil {
		return fmt.Errorf("close repository %q: %w", r.root, err)
	}
	return nil
}

// Root is the absolute folder of the working tree, with symlinks resolved.
func (r *Repo) Root() string { return r.root }
