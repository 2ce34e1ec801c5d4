package gitrepo

import (
	"context"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// CommitFile writes a commit on top of another one that differs in the content
// of one file, which must be there, and returns its id. No ref of this clone
// moves, and neither working tree nor index is touched.
func (r *Repo) CommitFile(on, path string, content []byte, by Signature, message string) (string, error) {
	parent, ok := parseID(on)
	if !ok {
		return "", fmt.Errorf("commit %s: %q is no commit id: %w", path, on, tree.ErrRef)
	}
	n, err := r.store.node(parent)
	if err != nil {
		return "", fmt.Errorf("commit %s: %w", path, err)
	}
	blob, err := r.store.put(plumbing.BlobObject, content)
	if err != nil {
		return "", fmt.Errorf("commit %s: %w", path, err)
	}
	root, err := r.store.replace(n.tree, strings.Split(path, "/"), blob)
	if err != nil {
		return "", fmt.Errorf("commit %s: %w", path, err)
	}
	text := fmt.Sprintf("tree %s\nparent %s\nauthor %[3]s\ncommitter %[3]s\n\n%s\n", root, parent, by.line(), strings.TrimRight(message, "\n"))
	h, err := r.store.put(plumbing.CommitObject, []byte(text))
	if err != nil {
		return "", fmt.Errorf("commit %s: %w", path, err)
	}
	return h.String(), nil
}

// replace is a tree with another blob at a path.
func (s *store) replace(at plumbing.Hash, path []string, blob plumbing.Hash) (plumbing.Hash, error) {
	f, err := s.readTree(at)
	if err != nil {
		return at, err
	}
	i, ok := f.names[path[0]]
	if !ok {
		return at, tree.ErrNotFound
	}
	entries := append([]treeEntry{}, f.entries...)
	switch e := entries[i]; {
	case len(path) > 1 && e.folder():
		blob, err = s.replace(e.id, path[1:], blob)
	case len(path) > 1 || !e.mode.Regular():
		err = tree.ErrNotRegular
	}
	if err != nil {
		return at, err
	}
	entries[i].id = blob
	return s.putTree(entries)
}

// PushBranch makes a branch at the remote that is not there yet, and sends what
// the chain of first parents from base to the commit brought. The remote has
// base already. The error wraps ErrMoved when the branch exists.
func (r *Repo) PushBranch(ctx context.Context, to Remote, name, base, commit string) error {
	ref := "refs/heads/" + name
	if !validRef(ref) {
		return fmt.Errorf("push %q: %w", ref, tree.ErrRef)
	}
	now := plumbing.NewHash(commit)
	objects, err := r.chain(plumbing.NewHash(base), now)
	if err != nil {
		return fmt.Errorf("push %s: %w", ref, err)
	}
	if to.local() {
		return r.pushFolder(to, ref, "", commit, objects)
	}
	if err := r.send(ctx, to, plumbing.ReferenceName(ref), plumbing.ZeroHash, now, objects); err != nil {
		return to.scrub(fmt.Errorf("push %s to %s: %w", ref, to, err))
	}
	return nil
}
