package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// overlay is a tree in which one file has other bytes. Nothing is written
// anywhere.
type overlay struct {
	tree.Tree
	path  string
	bytes []byte
}

// Entry finds a file; the one that was replaced has no object id.
func (t overlay) Entry(p string) (tree.Entry, error) {
	if p == t.path {
		return tree.Entry{Path: p, Mode: tree.ModeFile}, nil
	}
	return t.Tree.Entry(p)
}

// Read returns a file's bytes.
func (t overlay) Read(p string, most int64) ([]byte, error) {
	if p != t.path {
		return t.Tree.Read(p, most)
	}
	if int64(len(t.bytes)) > most {
		return nil, fmt.Errorf("read %s: %w", p, tree.ErrTooLarge)
	}
	return t.bytes, nil
}

// with is these grounds with a record of the head replaced.
func (g *grounds) with(path string, bytes []byte) *grounds {
	out := *g
	out.head = overlay{g.head, path, bytes}
	out.diff = slices.Clone(g.diff)
	if g.hasBase && !slices.ContainsFunc(out.diff, func(c tree.FileChange) bool { return c.Path == path }) {
		out.diff = append(out.diff, tree.FileChange{Path: path, Kind: tree.Modified, OldMode: tree.ModeFile, NewMode: tree.ModeFile})
	}
	return &out
}

// movedTo is a record's file as it would be at another time.
func movedTo(f *change.File, start, end time.Time) ([]byte, error) {
	doc, found := yamldoc.Parse(f.Path, f.Source, yamldoc.Standard())
	if doc == nil || found.Errors() {
		return nil, fmt.Errorf("move %s: it cannot be read", f.Path)
	}
	period := &yamldoc.Node{Kind: yamldoc.Mapping}
	period.Set("start", yamldoc.Bare(field.Instant{Time: start}.String()))
	period.Set("end", yamldoc.Bare(field.Instant{Time: end}.String()))
	doc.Root.Set("schedule", period)
	return yamldoc.Write(doc.Root), nil
}
