package judge

import (
	"errors"
	"fmt"
	"time"

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// Date fills in what git knows of the outlook's records. It walks back no
// further than to the commit that brought the oldest of them. The error wraps
// tree.ErrShallow where this clone does not hold that commit.
func (out *Outlook) Date(repo Repo) error {
	out.Revisions = map[string]schedule.Revision{}
	if out.Base == "" {
		return nil
	}
	merged := map[string]bool{}
	for _, p := range out.Merged {
		merged[p.File.Path] = true
	}
	if err := out.walk(repo, out.Base, merged, true); err != nil {
		return err
	}
	byHead := map[string]map[string]bool{}
	var order []string
	for _, p := range out.Open {
		if merged[p.File.Path] {
			continue
		}
		if byHead[p.Head.Rev] == nil {
			byHead[p.Head.Rev] = map[string]bool{}
			order = append(order, p.Head.Rev)
		}
		byHead[p.Head.Rev][p.File.Path] = true
	}
	for _, rev := range order {
		name := rev
		if rev == Worktree {
			name = "HEAD"
		}
		id, err := repo.Resolve(name)
		if errors.Is(err, tree.ErrNotFound) && rev == Worktree {
			continue // no commit yet
		}
		if err != nil {
			return fmt.Errorf("find %s: %w", rev, err)
		}
		if err := out.walk(repo, id, byHead[rev], false); err != nil {
			return err
		}
	}
	for _, p := range out.Open {
		if p.Head.Rev == Worktree && !merged[p.File.Path] && out.Revisions[p.File.Path].Commit != "" {
			if err := out.forget(repo, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// forget takes back what git knows of a record that was edited since.
func (out *Outlook) forget(repo Repo, p Planned) error {
	t, err := repo.Tree(out.Revisions[p.File.Path].Commit)
	if err != nil {
		return fmt.Errorf("read commit: %w", err)
	}
	if e, err := t.Entry(p.File.Path); err != nil || e.Blob != p.File.Blob {
		r := out.Revisions[p.File.Path]
		out.Revisions[p.File.Path] = schedule.Revision{Created: r.Created}
	}
	return nil
}

// walk follows the first parents of a commit until every path is gone.
func (out *Outlook) walk(repo Repo, id string, paths map[string]bool, count bool) error {
	if len(paths) == 0 {
		return nil
	}
	list, err := repo.Commits("", id)
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	commits := make(map[string]tree.Commit, len(list))
	for _, c := range list {
		commits[c.ID] = c
	}
	left := map[string]string{} // path → blob in the commit that was visited last
	for p := range paths {
		left[p] = ""
	}
	now, err := blobs(repo, id, left)
	if err != nil {
		return err
	}
	for c, ok := commits[id]; ok && len(left) > 0; {
		before := map[string]string{}
		parent := ""
		if len(c.Parents) > 0 {
			parent = c.Parents[0]
			if before, err = blobs(repo, parent, left); err != nil {
				return err
			}
		}
		for p := range left {
			if now[p] != before[p] {
				out.changed(p, c, count)
			}
			if before[p] == "" {
				delete(left, p)
			}
		}
		now = before
		c, ok = commits[parent]
	}
	return nil
}

// changed notes an earlier commit that changed a path.
func (out *Outlook) changed(p string, c tree.Commit, count bool) {
	r := out.Revisions[p]
	at := field.Instant{Time: c.CommitterTime.UTC().Truncate(time.Second)}
	if r.Commit == "" {
		r.Commit, r.Modified = c.ID, at
	}
	if count {
		r.Sequence++
	}
	r.Created = at
	out.Revisions[p] = r
}

// blobs are what lies at paths in a commit, "" for nothing.
func blobs(repo Repo, id string, paths map[string]string) (map[string]string, error) {
	t, err := repo.Tree(id)
	if err != nil {
		return nil, fmt.Errorf("read commit %s: %w", id, err)
	}
	out := map[string]string{}
	for p := range paths {
		e, err := t.Entry(p)
		switch {
		case errors.Is(err, tree.ErrNotFound):
		case err != nil:
			return nil, fmt.Errorf("find %s in %s: %w", p, id, err)
		default:
			out[p] = e.Blob
		}
	}
	return out, nil
}
