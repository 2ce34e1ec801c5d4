package gitrepo

import (
	"fmt"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// Diff lists the paths whose mode or content differs, sorted by path bytes. A
// rename is a deletion and an addition; a change of mode or type is Modified.
// Between two commits only the folders that differ are read. Attributes and
// configuration hide nothing.
func (r *Repo) Diff(old, new tree.Tree) ([]tree.FileChange, error) {
	d := &differ{}
	a, ok1 := old.(*commitTree)
	b, ok2 := new.(*commitTree)
	var err error
	if ok1 && ok2 {
		d.old, d.new = a.store, b.store
		err = d.trees("", a.root, b.root)
	} else {
		err = d.lists(old, new)
	}
	if err != nil {
		return nil, fmt.Errorf("diff trees: %w", err)
	}
	sort.SliceStable(d.list, func(i, j int) bool { return d.list[i].Path < d.list[j].Path })
	return d.list, nil
}

type differ struct {
	old, new *store
	list     []tree.FileChange
}

func (d *differ) add(c tree.FileChange) error {
	if len(d.list) == maxEntries {
		return fmt.Errorf("more than %d files: %w", maxEntries, tree.ErrTooLarge)
	}
	d.list = append(d.list, c)
	return nil
}

func (d *differ) added(e tree.Entry) error {
	return d.add(tree.FileChange{Path: e.Path, Kind: tree.Added, NewMode: e.Mode, NewBlob: e.Blob})
}

func (d *differ) deleted(e tree.Entry) error {
	return d.add(tree.FileChange{Path: e.Path, Kind: tree.Deleted, OldMode: e.Mode, OldBlob: e.Blob})
}

func (d *differ) both(a, b tree.Entry) error {
	if a.Mode == b.Mode && a.Blob == b.Blob {
		return nil
	}
	return d.add(tree.FileChange{
		Path: a.Path, Kind: tree.Modified,
		OldMode: a.Mode, OldBlob: a.Blob, NewMode: b.Mode, NewBlob: b.Blob,
	})
}

// trees compares two tree objects; equal ids are equal folders.
func (d *differ) trees(prefix string, old, new plumbing.Hash) error {
	if old == new {
		return nil
	}
	if len(prefix) > maxPath {
		return fmt.Errorf("path longer than %d bytes: %w", maxPath, tree.ErrTooLarge)
	}
	before, err := d.old.readTree(old)
	if err != nil {
		return err
	}
	after, err := d.new.readTree(new)
	if err != nil {
		return err
	}
	a, b := before.entries, after.entries
	// A file and a folder of one name have different keys, so that one becoming
	// the other is a deletion and additions.
	return merge(len(a), len(b),
		func(i, j int) int { return strings.Compare(a[i].key(), b[j].key()) },
		func(i int) error { return d.old.each(join(prefix, a[i].name), a[i], d.deleted) },
		func(j int) error { return d.new.each(join(prefix, b[j].name), b[j], d.added) },
		func(i, j int) error {
			p := join(prefix, a[i].name)
			if a[i].folder() {
				return d.trees(p, a[i].id, b[j].id)
			}
			if a[i].mode == b[j].mode && a[i].id == b[j].id {
				return nil
			}
			return d.both(
				tree.Entry{Path: p, Mode: a[i].mode, Blob: a[i].id.String()},
				tree.Entry{Path: p, Mode: b[j].mode, Blob: b[j].id.String()},
			)
		})
}

// lists compares all entries of two trees of any kind.
func (d *differ) lists(old, new tree.Tree) error {
	a, err := old.Entries("")
	if err != nil {
		return err
	}
	b, err := new.Entries("")
	if err != nil {
		return err
	}
	return merge(len(a), len(b),
		func(i, j int) int { return strings.Compare(a[i].Path, b[j].Path) },
		func(i int) error { return d.deleted(a[i]) },
		func(j int) error { return d.added(b[j]) },
		func(i, j int) error { return d.both(a[i], b[j]) })
}

// merge walks two sorted lists in step.
func merge(n, m int, compare func(i, j int) int, onlyOld, onlyNew func(int) error, both func(i, j int) error) error {
	for i, j := 0, 0; i < n || j < m; {
		side := 0
		switch {
		case i == n:
			side = 1
		case j == m:
			side = -1
		default:
			side = compare(i, j)
		}
		var err error
		switch {
		case side < 0:
			err = onlyOld(i)
			i++
		case side > 0:
			err = onlyNew(j)
			j++
		default:
			err = both(i, j)
			i++
			j++
		}
		if err != nil {
			return err
		}
	}
	return nil
}
