package gitrepo

import (
	"fmt"
	"sort"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// MergeBase returns the best common ancestor of two commits given by full id:
// one that is no ancestor of another common ancestor. If merges have crossed
// and there are several, it is the one with the smallest id. Errors wrap
// tree.ErrNotFound if the histories share nothing, and tree.ErrShallow if the
// missing history of a shallow clone could change the answer.
func (r *Repo) MergeBase(a, b string) (string, error) {
	all, err := r.mergeBases(a, b)
	if err != nil {
		return "", fmt.Errorf("find merge base of %s and %s: %w", a, b, err)
	}
	return all[0].String(), nil
}

// mergeBases returns all best common ancestors, sorted by id, at least one.
func (r *Repo) mergeBases(a, b string) ([]plumbing.Hash, error) {
	one, err := r.named(a)
	if err != nil {
		return nil, err
	}
	two, err := r.named(b)
	if err != nil {
		return nil, err
	}
	if one.id == two.id {
		return []plumbing.Hash{one.id}, nil
	}
	cut, err := r.boundary()
	if err != nil {
		return nil, err
	}
	w, err := paintDown(r.store, cut, one.id, two.id)
	if err != nil {
		return nil, err
	}
	var found []plumbing.Hash
	for h, m := range w.marks {
		if m.paint&(result|stale) == result {
			found = append(found, h)
		}
	}
	sort.Slice(found, func(i, j int) bool { return lessID(found[i], found[j]) })
	if len(found) > 1 {
		if found, err = independent(r.store, cut, found); err != nil {
			return nil, err
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("common ancestor %w", tree.ErrNotFound)
	}
	return found, nil
}

// paintDown walks from both sides, newest first, until all that is left to
// visit are ancestors of common ancestors. It is the algorithm of git's
// commit-reach.c, paint_down_to_common.
func paintDown(s *store, cut map[plumbing.Hash]bool, one plumbing.Hash, others ...plumbing.Hash) (*walker, error) {
	w := newWalker(s, cut, stale)
	if err := w.add(one, left); err != nil {
		return nil, err
	}
	for _, o := range others {
		if err := w.add(o, right); err != nil {
			return nil, err
		}
	}
	for w.loud > 0 {
		m := w.next()
		spread := m.paint & (left | right | stale)
		if spread == left|right {
			m.paint |= result
			spread |= stale
		}
		if cut[m.id] {
			if spread&stale == 0 {
				return nil, fmt.Errorf("history ends at %s: %w; %s", m.id, tree.ErrShallow, shallowHint)
			}
			continue
		}
		for _, p := range m.parents {
			if err := w.add(p, spread); err != nil {
				return nil, err
			}
		}
	}
	return w, nil
}

// independent removes commits that are ancestors of others in the list. They
// occur when clocks were wrong. In a shallow clone the relation of two of them
// may be hidden, which paintDown reports.
func independent(s *store, cut map[plumbing.Hash]bool, list []plumbing.Hash) ([]plumbing.Hash, error) {
	var kept []plumbing.Hash
	for i, h := range list {
		others := append(append([]plumbing.Hash{}, list[:i]...), list[i+1:]...)
		w, err := paintDown(s, cut, h, others...)
		if err != nil {
			return nil, err
		}
		if w.marks[h].paint&right == 0 {
			kept = append(kept, h)
		}
	}
	return kept, nil
}
