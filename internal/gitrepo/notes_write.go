package gitrepo

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Signature is who makes a commit, and when.
type Signature struct {
	Name, Mail string
	At         time.Time
}

// line is the signature as a commit object spells it, without what would end
// the field.
func (s Signature) line() string {
	clean := func(text string) string {
		return strings.Map(func(r rune) rune {
			if r < ' ' || r == '<' || r == '>' {
				return -1
			}
			return r
		}, text)
	}
	return fmt.Sprintf("%s <%s> %d %s", clean(s.Name), clean(s.Mail), s.At.Unix(), s.At.Format("-0700"))
}

// With writes one note more, as a commit whose parent is the tip, and returns
// the notes with it. An object that has a note already gets the new one. No
// ref moves: see Repo.MoveRef.
func (n *Notes) With(object string, content []byte, by Signature, message string) (*Notes, error) {
	h, ok := parseID(object)
	if !ok {
		return nil, fmt.Errorf("write note: %q is no object id: %w", object, tree.ErrRef)
	}
	if _, _, err := n.Blob(object); err != nil {
		return nil, fmt.Errorf("write note: %w", err)
	}
	blob, err := n.repo.store.put(plumbing.BlobObject, content)
	if err != nil {
		return nil, fmt.Errorf("write note of %s: %w", object, err)
	}
	root, err := n.insert(n.root, []Note{{h.String(), blob.String()}})
	if err != nil {
		return nil, fmt.Errorf("write note of %s: %w", object, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "tree %s\n", root)
	if !n.tip.IsZero() {
		fmt.Fprintf(&b, "parent %s\n", n.tip)
	}
	fmt.Fprintf(&b, "author %s\ncommitter %[1]s\n\n%s\n", by.line(), strings.TrimRight(message, "\n"))
	tip, err := n.repo.store.put(plumbing.CommitObject, []byte(b.String()))
	if err != nil {
		return nil, fmt.Errorf("write note of %s: %w", object, err)
	}
	return &Notes{repo: n.repo, ref: n.ref, tip: tip, root: root}, nil
}

// insert adds notes to one level of the tree. Object is the digits that are
// left at this level.
func (n *Notes) insert(at plumbing.Hash, add []Note) (plumbing.Hash, error) {
	var entries []treeEntry
	if !at.IsZero() {
		f, err := n.repo.store.readTree(at)
		if err != nil {
			return at, err
		}
		entries = f.entries
	}
	return n.insertInto(entries, add)
}

func (n *Notes) insertInto(entries []treeEntry, add []Note) (plumbing.Hash, error) {
	notes, folders := map[string]plumbing.Hash{}, map[string]plumbing.Hash{}
	var out []treeEntry
	rest := len(add[0].Object)
	for _, e := range entries {
		switch {
		case e.mode.Regular() && len(e.name) == rest && isHex(e.name):
			notes[e.name] = e.id
		case e.folder() && len(e.name) == fanBytes && isHex(e.name):
			folders[e.name] = e.id
		default:
			out = append(out, e)
		}
	}
	for _, a := range add {
		notes[a.Object] = plumbing.NewHash(a.Blob)
	}
	fan := rest > fanBytes && crowded(notes, folders)
	down := map[string][]Note{}
	for _, name := range sortedKeys(notes) {
		if _, there := folders[name[:fanBytes]]; fan || there {
			down[name[:fanBytes]] = append(down[name[:fanBytes]], Note{name[fanBytes:], notes[name].String()})
			continue
		}
		out = append(out, treeEntry{name: name, mode: tree.ModeFile, id: notes[name]})
	}
	for _, name := range sortedKeys(down) {
		id, err := n.insert(folders[name], down[name])
		if err != nil {
			return id, err
		}
		folders[name] = id
	}
	for name, id := range folders {
		out = append(out, treeEntry{name: name, id: id})
	}
	return n.repo.store.putTree(out)
}

// crowded reports whether git would cut this level into folders: once every
// first digit has two notes or a folder.
// Source: determine_fanout in git's notes.c.
func crowded(notes, folders map[string]plumbing.Hash) bool {
	const hex = "0123456789abcdef"
	var have [len(hex)]int
	for name := range notes {
		have[strings.IndexByte(hex, name[0])]++
	}
	for name := range folders {
		have[strings.IndexByte(hex, name[0])] += 2
	}
	for _, count := range have {
		if count < 2 {
			return false
		}
	}
	return true
}

// putTree writes a tree object of these entries.
func (s *store) putTree(entries []treeEntry) (plumbing.Hash, error) {
	sort.Slice(entries, func(i, j int) bool { return entries[i].key() < entries[j].key() })
	var b bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&b, "%s %s\x00", octal(e.mode), e.name)
		b.Write(e.id[:])
	}
	return s.put(plumbing.TreeObject, b.Bytes())
}

// octal is a mode as a tree object spells it.
func octal(m tree.Mode) string {
	switch m {
	case tree.ModeExecutable:
		return "100755"
	case tree.ModeSymlink:
		return "120000"
	case tree.ModeSubmodule:
		return "160000"
	case tree.ModeFile:
		return "100644"
	case tree.ModeInvalid:
	}
	return "40000"
}

// put stores an object, whole or not at all.
func (s *store) put(t plumbing.ObjectType, content []byte) (plumbing.Hash, error) {
	o := &plumbing.MemoryObject{}
	o.SetType(t)
	if _, err := o.Write(content); err != nil {
		return plumbing.ZeroHash, fmt.Errorf("write object: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.all[0].HasEncodedObject(o.Hash()); err == nil {
		return o.Hash(), nil
	}
	h, err := s.all[0].SetEncodedObject(o)
	if err != nil {
		return h, fmt.Errorf("write object: %w", err)
	}
	return h, nil
}
