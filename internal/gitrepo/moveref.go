package gitrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// ErrMoved says that a ref does not stand where the caller saw it: somebody
// else was first, here or at the remote. Read it again and try again.
var ErrMoved = errors.New("the ref has moved")

// MoveRef lets a ref point to a commit, if it still points to old ("" for a
// ref that does not exist). It takes the lock that git takes, so that git and
// we never undo each other. The error wraps ErrMoved when somebody was first.
// Source: git's lockfile protocol, refs/files-backend.c.
func (r *Repo) MoveRef(name, old, commit string) (err error) {
	if !strings.HasPrefix(name, "refs/") || !validRef(name) {
		return fmt.Errorf("move ref %q: %w", name, tree.ErrRef)
	}
	if _, ok := parseID(commit); !ok {
		return fmt.Errorf("move ref %s: %q is no commit id: %w", name, commit, tree.ErrRef)
	}
	file := filepath.Join(r.commonDir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return fmt.Errorf("move ref %s: %w", name, err)
	}
	lock, err := os.OpenFile(file+".lock", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("move ref %s: another process holds its lock: %w", name, ErrMoved)
	}
	if err != nil {
		return fmt.Errorf("move ref %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(os.Remove(lock.Name())))
		}
	}()
	now, err := r.direct(name)
	if err == nil && now != old {
		err = fmt.Errorf("move ref %s: it is at %s, not at %s: %w", name, orNothing(now), orNothing(old), ErrMoved)
	}
	if err != nil {
		return errors.Join(err, lock.Close())
	}
	_, err = lock.WriteString(strings.ToLower(commit) + "\n")
	if err = errors.Join(err, lock.Sync(), lock.Close()); err != nil {
		return fmt.Errorf("move ref %s: %w", name, err)
	}
	if err := os.Rename(lock.Name(), file); err != nil {
		return fmt.Errorf("move ref %s: %w", name, err)
	}
	return nil
}

// direct is what a ref holds, "" when it does not exist. A symbolic ref is
// refused: moving it would move another.
func (r *Repo) direct(name string) (string, error) {
	ref, err := r.store.reference(name)
	if errors.Is(err, tree.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("move ref: %w", err)
	}
	if ref.Hash().IsZero() {
		return "", fmt.Errorf("move ref %s: it stands for another ref: %w", name, tree.ErrRef)
	}
	return ref.Hash().String(), nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func orNothing(id string) string {
	if id == "" {
		return "nothing"
	}
	return id
}
