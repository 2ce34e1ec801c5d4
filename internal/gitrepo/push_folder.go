package gitrepo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// local reports whether the remote is a folder of this machine. Its objects
// are read and written directly: no program is started for it.
func (r Remote) local() bool { return strings.HasPrefix(r.URL, "file://") || filepath.IsAbs(r.URL) }

// folder opens a remote that is a folder, bare or not.
func (r Remote) folder() (*Repo, error) {
	dir := strings.TrimPrefix(r.URL, "file://")
	gitDir, err := findGitDir(dir)
	if err == nil && gitDir == "" && isGitDir(dir) {
		gitDir = dir
	}
	if err == nil && gitDir == "" {
		err = tree.ErrNotRepository
	}
	if err != nil {
		return nil, fmt.Errorf("open remote %s: %w", r, err)
	}
	other, err := openAt(dir, gitDir)
	if err != nil {
		return nil, fmt.Errorf("open remote %s: %w", r, err)
	}
	return other, nil
}

func (r *Repo) pullFolder(from Remote, ref string) (tip string, err error) {
	other, err := from.folder()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, other.Close()) }()
	_, h, err := other.ref(ref)
	if errors.Is(err, tree.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var was plumbing.Hash
	if _, own, err := r.ref(ref); err == nil {
		was = own
	}
	objects, err := other.chain(was, h)
	if errors.Is(err, ErrMoved) { // ours is ahead, or another chain
		objects, err = other.chain(plumbing.ZeroHash, h)
	}
	if err != nil {
		return "", fmt.Errorf("pull %s from %s: %w", ref, from, err)
	}
	return h.String(), other.copyTo(r, objects)
}

func (r *Repo) pushFolder(to Remote, ref, old, commit string, objects []plumbing.Hash) (err error) {
	other, err := to.folder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, other.Close()) }()
	if err := r.copyTo(other, objects); err != nil {
		return err
	}
	if err := other.MoveRef(ref, old, commit); err != nil {
		return fmt.Errorf("push to %s: %w", to, err)
	}
	return nil
}

// copyTo writes objects of ours into another store, those that others need
// first, so that what is there is always whole.
func (r *Repo) copyTo(other *Repo, objects []plumbing.Hash) error {
	for i := len(objects) - 1; i >= 0; i-- {
		if err := r.copyOne(other, objects[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *Repo) copyOne(other *Repo, h plumbing.Hash) error {
	r.store.mu.Lock()
	o, err := r.store.open(h)
	var content []byte
	if err == nil {
		content, err = readObject(o)
	}
	r.store.mu.Unlock()
	if err != nil {
		return fmt.Errorf("copy object %s: %w", h, err)
	}
	_, err = other.store.put(o.Type(), content)
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("copy object %s: may not write there: %w", h, err)
	}
	return err
}
