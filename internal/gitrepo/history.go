package gitrepo

import (
	"container/heap"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// slop is how many more commits are visited after a walk seems finished, for
// histories made with wrong clocks. git uses 5.
const slop = 64

// Commits lists the commits reachable from head but not from base, both full
// ids: newest first by committer time, no commit before its descendants, ties
// by id. An empty base excludes nothing. Errors wrap tree.ErrRef,
// tree.ErrNotFound, or tree.ErrShallow if the list would be cut short or too
// long because history is missing.
func (r *Repo) Commits(base, head string) ([]tree.Commit, error) {
	ids, err := r.between(base, head)
	if err != nil {
		return nil, fmt.Errorf("list commits %s..%s: %w", base, head, err)
	}
	list := make([]tree.Commit, 0, len(ids))
	for _, h := range ids {
		c, err := r.store.commit(h)
		if err != nil {
			return nil, fmt.Errorf("list commits %s..%s: %w", base, head, err)
		}
		list = append(list, c)
	}
	return list, nil
}

func (r *Repo) between(base, head string) ([]plumbing.Hash, error) {
	cut, err := r.boundary()
	if err != nil {
		return nil, err
	}
	tip, err := r.named(head)
	if err != nil {
		return nil, err
	}
	w := newWalker(r.store, cut, right)
	if err := w.add(tip.id, left); err != nil {
		return nil, err
	}
	if base != "" {
		b, err := r.named(base)
		if err != nil {
			return nil, err
		}
		if err := w.add(b.id, right); err != nil {
			return nil, err
		}
	}
	oldest := tip.date
	for extra := slop; w.queue.Len() > 0; {
		if w.loud == 0 && w.queue[0].date < oldest {
			if extra--; extra < 0 {
				break
			}
		}
		finished := w.loud == 0
		m := w.next()
		if m.paint == left && m.date < oldest {
			oldest = m.date
		}
		if cut[m.id] {
			if m.paint == left || m.paint == right && !finished {
				return nil, fmt.Errorf("history ends at %s: %w; %s", m.id, tree.ErrShallow, shallowHint)
			}
			continue
		}
		for _, p := range m.parents {
			if err := w.add(p, spreading(m.paint)); err != nil {
				return nil, err
			}
		}
	}
	return w.dateOrder(), nil
}

// spreading: what base reaches is of no interest, however head reaches it.
func spreading(p paint) paint {
	if p&right != 0 {
		return p
	}
	return left
}

// dateOrder sorts the commits that only head reaches.
func (w *walker) dateOrder() []plumbing.Hash {
	children := map[plumbing.Hash]int{}
	for h, m := range w.marks {
		if m.paint != left {
			continue
		}
		children[h] += 0
		for _, p := range m.parents {
			children[p]++
		}
	}
	ready := &readyQueue{}
	for h, m := range w.marks {
		if m.paint == left && children[h] == 0 {
			ready.dateQueue = append(ready.dateQueue, m)
		}
	}
	heap.Init(ready)
	var list []plumbing.Hash
	for ready.Len() > 0 {
		m := heap.Pop(ready).(*mark)
		list = append(list, m.id)
		for _, p := range m.parents {
			children[p]--
			if next := w.marks[p]; next != nil && next.paint == left && children[p] == 0 {
				heap.Push(ready, next)
			}
		}
	}
	return list
}

// readyQueue is a heap with the newest commit first, then the smallest id.
type readyQueue struct{ dateQueue }

func (q *readyQueue) Less(i, j int) bool {
	a, b := q.dateQueue[i], q.dateQueue[j]
	if a.date != b.date {
		return a.date > b.date
	}
	return lessID(a.id, b.id)
}

// PathsEver visits every path, below any of the folders ("" means all), at
// which a file, symlink or submodule lies in the commit or one of its
// ancestors, with the id of what lies there. Each path is visited once for
// each content it ever had, in an order that depends on the history alone. In a shallow clone it visits what is there and then returns
// an error that wraps tree.ErrShallow; other errors may leave paths unvisited.
func (r *Repo) PathsEver(id string, folders []string, visit func(path, blob string)) error {
	for _, f := range folders {
		if f == "" {
			continue
		}
		if err := checkPath(f); err != nil {
			return fmt.Errorf("list paths of history: %w", err)
		}
	}
	head, err := r.named(id)
	if err != nil {
		return fmt.Errorf("list paths of history: %w", err)
	}
	cut, err := r.boundary()
	if err != nil {
		return fmt.Errorf("list paths of history: %w", err)
	}
	p := &pathWalk{
		store: r.store, folders: folders, visit: visit,
		seen: map[treeAt]bool{}, prefixes: map[string]int{}, paths: map[content]bool{},
	}
	ends, err := p.commits(head, cut, map[plumbing.Hash]bool{})
	if err != nil {
		return fmt.Errorf("list paths of history: %w", err)
	}
	if ends != nil {
		return fmt.Errorf("list paths of history: it ends at %s: %w; %s", ends.id, tree.ErrShallow, shallowHint)
	}
	return nil
}

// treeAt is a tree object at a place. The prefix is numbered to keep it small.
type treeAt struct {
	prefix int
	id     plumbing.Hash
}

// content is what lay at a path.
type content struct {
	path string
	id   plumbing.Hash
}

type pathWalk struct {
	store    *store
	folders  []string
	visit    func(path, blob string)
	seen     map[treeAt]bool
	prefixes map[string]int
	paths    map[content]bool
}

// commits visits the trees of a commit and all its ancestors but those known,
// adds them to the known, and returns the first commit at which a shallow
// history ends, if any.
func (p *pathWalk) commits(head *node, cut, known map[plumbing.Hash]bool) (ends *node, err error) {
	if known[head.id] {
		return nil, nil
	}
	known[head.id] = true
	for stack := []plumbing.Hash{head.id}; len(stack) > 0; {
		n, err := p.store.node(stack[len(stack)-1])
		if err != nil {
			return nil, err
		}
		stack = stack[:len(stack)-1]
		if err := p.tree("", n.tree); err != nil {
			return nil, err
		}
		if cut[n.id] {
			if ends == nil && len(n.parents) > 0 {
				ends = n
			}
			continue
		}
		for i := len(n.parents) - 1; i >= 0; i-- {
			if q := n.parents[i]; !known[q] {
				known[q] = true
				stack = append(stack, q)
			}
		}
	}
	return ends, nil
}

func (p *pathWalk) tree(prefix string, id plumbing.Hash) error {
	number, ok := p.prefixes[prefix]
	if !ok {
		number = len(p.prefixes)
		p.prefixes[prefix] = number
	}
	at := treeAt{number, id}
	if p.seen[at] {
		return nil
	}
	p.seen[at] = true
	if len(p.seen) > maxEntries || len(prefix) > maxPath {
		return fmt.Errorf("too many folders, or nested too deep: %w", tree.ErrTooLarge)
	}
	entries, err := p.store.looseTree(id)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := join(prefix, e.name)
		inside, towards := p.where(path)
		switch {
		case e.folder() && (inside || towards):
			err = p.tree(path, e.id)
		case !e.folder() && inside && !p.paths[content{path, e.id}]:
			if len(p.paths) == maxEntries {
				return fmt.Errorf("more than %d paths and contents: %w", maxEntries, tree.ErrTooLarge)
			}
			p.paths[content{path, e.id}] = true
			p.visit(path, e.id.String())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// where says whether a path is at or below one of the folders, or on the way.
func (p *pathWalk) where(path string) (inside, towards bool) {
	for _, f := range p.folders {
		if f == "" || path == f || strings.HasPrefix(path, f+"/") {
			return true, true
		}
		if strings.HasPrefix(f, path+"/") {
			towards = true
		}
	}
	return false, towards
}
