package judge

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// addTogether adds the records of the pull requests that a merge queue would
// merge with this one: they count as this head's own do, in place of the
// base's versions.
func (r *run) addTogether(rec *records) error {
	for _, head := range r.Together {
		changes, theirs, err := r.brought(head)
		if err != nil {
			return err
		}
		for _, c := range changes {
			if !isRecord(r.law, c.Path) {
				continue
			}
			rec.others = slices.DeleteFunc(rec.others, func(o other) bool {
				return o.file.Path == c.Path && !slices.ContainsFunc(rec.subjects, func(s *subject) bool { return s.file == o.file })
			})
			rec.far = slices.DeleteFunc(rec.far, func(p string) bool { return p == c.Path })
			if c.Kind == tree.Deleted {
				continue
			}
			file, err := readRecord(theirs, c.Path)
			if err != nil {
				return err
			}
			rec.others = append(rec.others, other{file: file, tentative: c.Kind == tree.Added})
		}
	}
	return nil
}

// brought is what a head changes since it left the base.
func (r *run) brought(head string) ([]tree.FileChange, tree.Tree, error) {
	parted, err := r.Repo.MergeBase(r.ground.subject.Base, head)
	if err != nil {
		return nil, nil, fmt.Errorf("find where %s began: %w", head, err)
	}
	from, err := r.Repo.Tree(parted)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", parted, err)
	}
	to, err := r.Repo.Tree(head)
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", head, err)
	}
	changes, err := r.Repo.Diff(from, to)
	if err != nil {
		return nil, nil, fmt.Errorf("compare %s: %w", head, err)
	}
	return changes, to, nil
}

// sameMerge holds what a merge queue made against what is judged (T36): it
// differs from the base in no file that none of its pull requests changes, and
// has each file of this one as its head has it, where nobody else touched it.
// A record is always as its head has it.
func (r *run) sameMerge() (diag.List, error) {
	if r.Merged == "" || r.Repo == nil || !r.ground.hasBase {
		return nil, nil
	}
	merged, err := r.Repo.Tree(r.Merged)
	if err != nil {
		return nil, fmt.Errorf("read merge group: %w", err)
	}
	made, err := r.Repo.Diff(r.ground.law, merged)
	if err != nil {
		return nil, fmt.Errorf("compare merge group: %w", err)
	}
	theirs := map[string]bool{}
	for _, head := range r.Together {
		changes, _, err := r.brought(head)
		if err != nil {
			return nil, err
		}
		for _, c := range changes {
			theirs[c.Path] = true
		}
	}
	ours := map[string]tree.FileChange{}
	var wrong []string
	for _, c := range r.ground.diff {
		ours[c.Path] = c
		if same, err := r.mergedAs(c, merged, theirs[c.Path]); err != nil {
			return nil, err
		} else if !same {
			wrong = append(wrong, c.Path)
		}
	}
	for _, c := range made {
		if _, mine := ours[c.Path]; !mine && !theirs[c.Path] {
			wrong = append(wrong, c.Path)
		}
	}
	slices.Sort(wrong)
	var found diag.List
	for _, p := range wrong[:min(len(wrong), maxWrong)] {
		found = append(found, diag.New("MS617", source.InFile(change.Redact(p)), "what the merge queue made of this file is not what its pull requests say").
			WithHint("take the pull request out of the queue and add it again; %d such files in all", len(wrong)))
	}
	return found.Undecided(), nil
}

const maxWrong = 20

// mergedAs reports whether a file of the change is in the merge as at its head.
func (r *run) mergedAs(c tree.FileChange, merged tree.Tree, shared bool) (bool, error) {
	at, err := merged.Entry(c.Path)
	if err != nil && !errors.Is(err, tree.ErrNotFound) {
		return false, fmt.Errorf("read merge group: %w", err)
	}
	gone := err != nil
	if c.Kind == tree.Deleted && gone || c.Kind != tree.Deleted && !gone && at.Blob == c.NewBlob && at.Mode == c.NewMode {
		return true, nil
	}
	if isRecord(r.law, c.Path) {
		return false, nil
	}
	if shared {
		return true, nil // two pull requests in one file: merged text, which neither has
	}
	base, err := r.ground.law.Entry(c.Path)
	if err != nil && !errors.Is(err, tree.ErrNotFound) {
		return false, fmt.Errorf("read base: %w", err)
	}
	moved := err != nil && c.Kind != tree.Added || err == nil && base.Blob != c.OldBlob
	return moved, nil // the base changed it meanwhile: merged text again
}
