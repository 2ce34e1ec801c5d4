package judge

import (
	"fmt"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// RecordsOf reads the records of a tree that have an id, by path: one, if all
// is well. Where there is none, ids are those that there are. Capital letters
// make no difference. The error wraps ErrLaw when the tree's law has errors.
func RecordsOf(t tree.Tree, id string) (same []*change.File, ids []string, err error) {
	l, found, err := ReadLaw(t)
	if err != nil {
		return nil, nil, err
	}
	if l == nil || found.Errors() {
		return nil, nil, fmt.Errorf("find %s: %w", diag.Quote(id), ErrLaw)
	}
	entries, err := t.Entries("")
	if err != nil {
		return nil, nil, fmt.Errorf("list records: %w", err)
	}
	fold := field.Fold(id)
	for _, e := range entries {
		if !isRecord(l, e.Path) || !couldBe(e.Path, map[string]*subject{fold: {}}) {
			continue
		}
		f, err := readRecord(t, e.Path)
		if err != nil {
			return nil, nil, err
		}
		if field.Fold(f.Record.ID) == fold {
			same = append(same, f)
		}
	}
	if len(same) > 0 {
		return same, nil, nil
	}
	for _, e := range entries {
		if !isRecord(l, e.Path) {
			continue
		}
		f, err := readRecord(t, e.Path)
		if err != nil {
			return nil, nil, err
		}
		if f.Record.ID != "" {
			ids = append(ids, f.Record.ID)
		}
	}
	return nil, ids, nil
}
