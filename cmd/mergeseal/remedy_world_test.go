package main

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// world is a repository in memory: a base, and the files as they lie over it.
type world struct {
	base, head heap
}

func (w world) Resolve(rev string) (string, error) {
	if rev == "base" || rev == "HEAD" {
		return "base", nil
	}
	return "", fmt.Errorf("resolve %s: %w", rev, tree.ErrNotFound)
}
func (world) DefaultBase() (ref, id string, err error)      { return "refs/heads/main", "base", nil }
func (world) MergeBase(string, string) (string, error)      { return "base", nil }
func (w world) Tree(string) (tree.Tree, error)              { return w.base, nil }
func (w world) Worktree() (tree.Tree, error)                { return w.head, nil }
func (world) Commits(string, string) ([]tree.Commit, error) { return nil, nil }
func (world) Blob(string, int64) ([]byte, error)            { return nil, tree.ErrNotFound }

func (world) PathsEver(string, []string, func(path, blob string)) error { return nil }

func (world) Diff(old, new tree.Tree) ([]tree.FileChange, error) {
	var out []tree.FileChange
	paths := map[string]bool{}
	for _, t := range []tree.Tree{old, new} {
		all, err := t.Entries("")
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			paths[e.Path] = true
		}
	}
	for p := range paths {
		a, errA := old.Read(p, 1<<20)
		b, errB := new.Read(p, 1<<20)
		c := tree.FileChange{Path: p, Kind: tree.Modified, OldMode: tree.ModeFile, NewMode: tree.ModeFile, OldBlob: p, NewBlob: p}
		switch {
		case errA != nil:
			c.Kind, c.OldMode, c.OldBlob = tree.Added, tree.ModeInvalid, ""
		case errB != nil:
			c.Kind, c.NewMode, c.NewBlob = tree.Deleted, tree.ModeInvalid, ""
		case bytes.Equal(a, b):
			continue
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b tree.FileChange) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	return out, nil
}

func (world) Lines(tree.FileChange, tree.Tree) (tree.LineCount, error) {
	return tree.LineCount{Added: 3, Deleted: 1}, nil
}
