package gitrepo

import (
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// Trail is PathsEver for somebody who follows a branch: what one call visited,
// the next does not visit again. It keeps an entry for each commit, each folder
// and each content it met, and is for one goroutine.
type Trail struct {
	repo  *Repo
	walk  pathWalk
	known map[plumbing.Hash]bool
	ends  *node // where a shallow history ends
}

// Trail follows the paths below folders; "" means all.
func (r *Repo) Trail(folders []string) (*Trail, error) {
	for _, f := range folders {
		if f == "" {
			continue
		}
		if err := checkPath(f); err != nil {
			return nil, fmt.Errorf("list paths of history: %w", err)
		}
	}
	return &Trail{repo: r, known: map[plumbing.Hash]bool{}, walk: pathWalk{
		store: r.store, folders: folders,
		seen: map[treeAt]bool{}, prefixes: map[string]int{}, paths: map[content]bool{},
	}}, nil
}

// Follow visits what lies in a commit and its ancestors and was not visited
// before. Errors are those of PathsEver; after tree.ErrShallow all that is
// there was visited.
func (t *Trail) Follow(id string, visit func(path, blob string)) error {
	head, err := t.repo.named(id)
	if err != nil {
		return fmt.Errorf("list paths of history: %w", err)
	}
	cut, err := t.repo.boundary()
	if err != nil {
		return fmt.Errorf("list paths of history: %w", err)
	}
	t.walk.visit = visit
	ends, err := t.walk.commits(head, cut, t.known)
	if err != nil {
		return fmt.Errorf("list paths of history: %w", err)
	}
	if t.ends == nil {
		t.ends = ends
	}
	if t.ends != nil {
		return fmt.Errorf("list paths of history: it ends at %s: %w; %s", t.ends.id, tree.ErrShallow, shallowHint)
	}
	return nil
}
