package gitrepo

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// fanBytes is how many hex digits one folder of a notes tree stands for.
const fanBytes = 2

// ErrNotes says that a notes tree holds what git would not write, such as two
// notes of one commit.
var ErrNotes = errors.New("damaged notes")

// Notes are the notes of one ref at one moment, in the layout that stock git
// reads: a tree whose paths spell object ids, cut into folders of two digits
// where there are many. A ref that does not exist has no notes and no tip.
// Source: git's Documentation/technical and notes.c.
type Notes struct {
	repo *Repo
	ref  string
	tip  plumbing.Hash
	root plumbing.Hash // zero without a tip
}

// Notes reads a notes ref, given by its full name below refs/notes/. A ref
// that does not exist gives Notes without a tip, and no error.
func (r *Repo) Notes(ref string) (*Notes, error) {
	if !strings.HasPrefix(ref, "refs/notes/") || !validRef(ref) {
		return nil, fmt.Errorf("read notes: %q is not below refs/notes/: %w", ref, tree.ErrRef)
	}
	_, h, err := r.ref(ref)
	if errors.Is(err, tree.ErrNotFound) {
		return &Notes{repo: r, ref: ref}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read notes: %w", err)
	}
	return r.notesAt(ref, h)
}

// NotesAt is the notes of a ref as one of its commits had them.
func (r *Repo) NotesAt(ref, commit string) (*Notes, error) {
	h, ok := parseID(commit)
	if !ok {
		return nil, fmt.Errorf("read notes: %q is no commit id: %w", commit, tree.ErrRef)
	}
	return r.notesAt(ref, h)
}

func (r *Repo) notesAt(ref string, h plumbing.Hash) (*Notes, error) {
	n, err := r.store.node(h)
	if err != nil {
		return nil, fmt.Errorf("read notes %s: %w", ref, err)
	}
	return &Notes{repo: r, ref: ref, tip: h, root: n.tree}, nil
}

// Tip is the newest commit of the ref, "" when the ref does not exist.
func (n *Notes) Tip() string {
	if n.tip.IsZero() {
		return ""
	}
	return n.tip.String()
}

// Blob finds the note of an object and returns the id of its content.
func (n *Notes) Blob(object string) (id string, ok bool, err error) {
	h, fine := parseID(object)
	if !fine {
		return "", false, fmt.Errorf("find note: %q is no object id: %w", object, tree.ErrRef)
	}
	if n.root.IsZero() {
		return "", false, nil
	}
	found, err := n.find(n.root, h.String())
	if err != nil {
		return "", false, fmt.Errorf("find note of %s: %w", object, err)
	}
	switch len(found) {
	case 0:
		return "", false, nil
	case 1:
		return found[0].String(), true, nil
	}
	return "", false, fmt.Errorf("find note of %s: it has %d of them: %w", object, len(found), ErrNotes)
}

// find lists what stands below a tree for the digits that are left.
func (n *Notes) find(at plumbing.Hash, rest string) ([]plumbing.Hash, error) {
	f, err := n.repo.store.readTree(at)
	if err != nil {
		return nil, err
	}
	var found []plumbing.Hash
	if i, ok := f.names[rest]; ok && f.entries[i].mode.Regular() {
		found = append(found, f.entries[i].id)
	}
	if len(rest) <= fanBytes {
		return found, nil
	}
	if i, ok := f.names[rest[:fanBytes]]; ok && f.entries[i].folder() {
		below, err := n.find(f.entries[i].id, rest[fanBytes:])
		if err != nil {
			return nil, err
		}
		found = append(found, below...)
	}
	return found, nil
}

// Read is the content of an object's note, of at most max bytes.
func (n *Notes) Read(object string, max int64) (content []byte, ok bool, err error) {
	id, ok, err := n.Blob(object)
	if err != nil || !ok {
		return nil, false, err
	}
	b, err := n.repo.Blob(id, max)
	if err != nil {
		return nil, false, fmt.Errorf("read note of %s: %w", object, err)
	}
	return b, true, nil
}

// Each visits every note, sorted by object.
func (n *Notes) Each(visit func(object, blob string) error) error {
	if n.root.IsZero() {
		return nil
	}
	last := ""
	return n.each(n.root, "", func(object, blob string) error {
		if object == last {
			return fmt.Errorf("list notes: %s has two of them: %w", object, ErrNotes)
		}
		last = object
		return visit(object, blob)
	})
}

func (n *Notes) each(at plumbing.Hash, prefix string, visit func(object, blob string) error) error {
	f, err := n.repo.store.readTree(at)
	if err != nil {
		return fmt.Errorf("list notes: %w", err)
	}
	for _, e := range f.entries {
		name := prefix + e.name
		if strings.ToLower(name) != name || !isHex(e.name) {
			continue // git keeps what is no note in a notes tree, and so do we
		}
		switch {
		case e.folder() && len(e.name) == fanBytes && len(name) < hexLen:
			if err := n.each(e.id, name, visit); err != nil {
				return err
			}
		case e.mode.Regular() && len(name) == hexLen:
			if err := visit(name, e.id.String()); err != nil {
				return err
			}
		}
	}
	return nil
}

// NoteChange is one commit of a notes ref and the notes that it set or took
// away.
type NoteChange struct {
	Commit, Parent string   // Parent is "" at the beginning
	Set            []Note   // sorted by object
	Edited         []string // objects in Set that had another note before
	Gone           []string
}

// Note is an object and the blob that holds its note.
type Note struct{ Object, Blob string }

// History visits the commits of the ref from the newest to the first. A commit
// with two parents is an error that wraps ErrNotes: the ref is a chain.
func (n *Notes) History(visit func(NoteChange) error) error {
	for h := n.tip; !h.IsZero(); {
		c, err := n.repo.store.node(h)
		if err != nil {
			return fmt.Errorf("read history of notes: %w", err)
		}
		if len(c.parents) > 1 {
			return fmt.Errorf("read history of notes: commit %s joins two chains: %w", h, ErrNotes)
		}
		change := NoteChange{Commit: h.String()}
		var before plumbing.Hash
		next := plumbing.ZeroHash
		if len(c.parents) == 1 {
			next = c.parents[0]
			p, err := n.repo.store.node(next)
			if err != nil {
				return fmt.Errorf("read history of notes: %w", err)
			}
			before, change.Parent = p.tree, next.String()
		}
		if err := n.between(before, c.tree, &change); err != nil {
			return err
		}
		if err := visit(change); err != nil {
			return err
		}
		h = next
	}
	return nil
}

// between compares two notes trees by what they say, not by their layout.
func (n *Notes) between(before, after plumbing.Hash, change *NoteChange) error {
	old, now := map[string]string{}, map[string]string{}
	if err := n.differ(before, after, "", old, now); err != nil {
		return fmt.Errorf("compare notes: %w", err)
	}
	for _, object := range sortedKeys(now) {
		if old[object] != now[object] {
			change.Set = append(change.Set, Note{object, now[object]})
			if old[object] != "" {
				change.Edited = append(change.Edited, object)
			}
		}
	}
	for _, object := range sortedKeys(old) {
		if _, ok := now[object]; !ok {
			change.Gone = append(change.Gone, object)
		}
	}
	return nil
}

// differ collects the notes of both trees, leaving out folders that are equal.
func (n *Notes) differ(before, after plumbing.Hash, prefix string, old, now map[string]string) error {
	if before == after {
		return nil
	}
	folders := map[string][2]plumbing.Hash{}
	for side, at := range []plumbing.Hash{before, after} {
		if at.IsZero() {
			continue
		}
		f, err := n.repo.store.readTree(at)
		if err != nil {
			return err
		}
		into := old
		if side == 1 {
			into = now
		}
		for _, e := range f.entries {
			name := prefix + e.name
			switch {
			case !isHex(e.name):
			case e.folder() && len(e.name) == fanBytes && len(name) < hexLen:
				pair := folders[e.name]
				pair[side] = e.id
				folders[e.name] = pair
			case e.mode.Regular() && len(name) == hexLen:
				if _, twice := into[name]; twice {
					return fmt.Errorf("%s has two notes: %w", name, ErrNotes)
				}
				into[name] = e.id.String()
			}
		}
	}
	for _, name := range sortedKeys(folders) {
		if err := n.differ(folders[name][0], folders[name][1], prefix+name, old, now); err != nil {
			return err
		}
	}
	return nil
}
