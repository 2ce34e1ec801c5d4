package gitrepo

import (
	"fmt"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// Commit reads one commit by its full id.
func (r *Repo) Commit(id string) (tree.Commit, error) {
	n, err := r.named(id)
	if err != nil {
		return tree.Commit{}, err
	}
	return r.store.commit(n.id)
}

// FirstParents visits a commit and those before it along first parents, the
// newest first, until visit says stop or the history ends. Where this clone
// ends before the history does, the error wraps tree.ErrShallow.
func (r *Repo) FirstParents(id string, visit func(tree.Commit) (more bool, err error)) error {
	cut, err := r.boundary()
	if err != nil {
		return err
	}
	n, err := r.named(id)
	if err != nil {
		return err
	}
	for h := n.id; ; {
		c, err := r.store.commit(h)
		if err != nil {
			return fmt.Errorf("follow first parents: %w", err)
		}
		more, err := visit(c)
		if err != nil || !more {
			return err
		}
		if cut[h] {
			return fmt.Errorf("follow first parents: %s: %w: %s", h, tree.ErrShallow, shallowHint)
		}
		if len(c.Parents) == 0 {
			return nil
		}
		h, _ = parseID(c.Parents[0])
	}
}
