package gitrepo

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

const (
	// maxEntries and maxPath stop trees built to unfold without end: the same
	// subtree used many times, or nested thousands deep.
	maxEntries = 2_000_000
	maxPath    = 16 << 10
	// maxKept bounds the tree entries kept in memory, to some 100 MiB.
	maxKept = 500_000
)

// treeEntry is one line of a tree object. A folder has ModeInvalid.
type treeEntry struct {
	name string
	mode tree.Mode
	id   plumbing.Hash
}

func (e treeEntry) folder() bool { return e.mode == tree.ModeInvalid }

// key sorts entries as git does: a folder as if its name ended in a slash.
func (e treeEntry) key() string {
	if e.folder() {
		return e.name + "/"
	}
	return e.name
}

// treeObject is one tree object, read. It is shared and never changed.
type treeObject struct {
	entries []treeEntry
	names   map[string]int // place in entries
}

// readTree reads one tree object. Names are whatever the object says, but
// what would make two entries share a path is an error. Folders are kept, so
// that looking up each file of a large one does not read it each time.
func (s *store) readTree(h plumbing.Hash) (*treeObject, error) {
	s.foldersMu.Lock()
	defer s.foldersMu.Unlock()
	if f := s.folders[h]; f != nil {
		return f, nil
	}
	entries, err := s.looseTree(h)
	if err != nil {
		return nil, err
	}
	f := &treeObject{entries: entries, names: make(map[string]int, len(entries))}
	for i, e := range entries {
		if _, twice := f.names[e.name]; twice || strings.Contains(e.name, "/") {
			return nil, fmt.Errorf("read tree %s: malformed: entry %q is repeated or holds a slash", h, e.name)
		}
		f.names[e.name] = i
	}
	if s.kept += len(entries) + 1; s.kept > maxKept || s.folders == nil {
		s.folders, s.kept = map[plumbing.Hash]*treeObject{}, len(entries)+1
	}
	s.folders[h] = f
	return f, nil
}

// looseTree is readTree for old history, which cannot be mended: it takes
// repeated names and slashes as they are.
func (s *store) looseTree(h plumbing.Hash) ([]treeEntry, error) {
	b, err := s.structure(plumbing.TreeObject, h)
	if err != nil {
		return nil, err
	}
	entries, err := parseTree(string(b))
	if err != nil {
		return nil, fmt.Errorf("read tree %s: %w", h, err)
	}
	return entries, nil
}

// parseTree reads the bytes of a tree object and sorts what is out of order.
func parseTree(data string) ([]treeEntry, error) {
	var entries []treeEntry
	sorted := true
	for data != "" {
		mode, rest, ok := strings.Cut(data, " ")
		bits, err := strconv.ParseUint(mode, 8, 32)
		name, tail, ok2 := strings.Cut(rest, "\x00")
		if !ok || !ok2 || err != nil || name == "" || len(tail) < len(plumbing.ZeroHash) {
			return nil, fmt.Errorf("malformed after %d entries", len(entries))
		}
		e := treeEntry{name: name, mode: canonical(bits)}
		data = tail[copy(e.id[:], tail):]
		if n := len(entries); n > 0 && entries[n-1].key() > e.key() {
			sorted = false
		}
		entries = append(entries, e)
	}
	if !sorted {
		sort.SliceStable(entries, func(i, j int) bool { return entries[i].key() < entries[j].key() })
	}
	return entries, nil
}

// canonical reads a mode as git's canon_mode does: old trees hold 100664, and
// what is no file, symlink or folder counts as a submodule.
func canonical(bits uint64) tree.Mode {
	switch bits & 0o170000 {
	case 0o100000:
		if bits&0o100 != 0 {
			return tree.ModeExecutable
		}
		return tree.ModeFile
	case 0o120000:
		return tree.ModeSymlink
	case 0o040000:
		return tree.ModeInvalid
	default:
		return tree.ModeSubmodule
	}
}

// checkPath refuses paths that are not plain and relative, with slashes.
func checkPath(p string) error {
	ok := p != "" && !strings.ContainsAny(p, "\x00\\")
	for part := range strings.SplitSeq(p, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(strings.TrimRight(part, " ."), gitName) {
			ok = false
		}
	}
	if !ok {
		return fmt.Errorf("look up %q: not a clean relative path: %w", p, tree.ErrNotFound)
	}
	return nil
}

// commitTree is the files of one commit. It keeps nothing but the root's id;
// the store remembers what it has read.
type commitTree struct {
	store *store
	id    string
	root  plumbing.Hash
}

// Tree returns the files of a commit given by its full id. Errors wrap
// tree.ErrRef or tree.ErrNotFound. The tree reads objects when asked and may
// be used from several goroutines. Its methods refuse paths that are not clean
// relative slash paths, or that pass through .git, with tree.ErrNotFound.
func (r *Repo) Tree(id string) (tree.Tree, error) {
	n, err := r.named(id)
	if err != nil {
		return nil, err
	}
	return &commitTree{store: r.store, id: n.id.String(), root: n.tree}, nil
}

func (t *commitTree) ID() string { return t.id }

// find walks down to an entry. The second result is false if there is none.
func (t *commitTree) find(p string) (treeEntry, bool, error) {
	at := treeEntry{id: t.root}
	for part := range strings.SplitSeq(p, "/") {
		if !at.folder() {
			return treeEntry{}, false, nil
		}
		f, err := t.store.readTree(at.id)
		if err != nil {
			return treeEntry{}, false, fmt.Errorf("look up %q: %w", p, err)
		}
		i, ok := f.names[part]
		if !ok {
			return treeEntry{}, false, nil
		}
		at = f.entries[i]
	}
	return at, true, nil
}

// Entries gives a single entry when the folder's path is that of a file.
func (t *commitTree) Entries(folder string) ([]tree.Entry, error) {
	at := treeEntry{id: t.root}
	if folder != "" {
		if err := checkPath(folder); err != nil {
			return nil, err
		}
		e, ok, err := t.find(folder)
		if err != nil || !ok {
			return nil, err
		}
		at = e
	}
	var list []tree.Entry
	err := t.store.each(folder, at, func(e tree.Entry) error {
		if len(list) == maxEntries {
			return fmt.Errorf("list %q: more than %d files: %w", folder, maxEntries, tree.ErrTooLarge)
		}
		list = append(list, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// each visits the files at or below an entry, sorted by path bytes.
func (s *store) each(path string, at treeEntry, visit func(tree.Entry) error) error {
	if !at.folder() {
		return visit(tree.Entry{Path: path, Mode: at.mode, Blob: at.id.String()})
	}
	if len(path) > maxPath {
		return fmt.Errorf("list tree %s: path longer than %d bytes: %w", at.id, maxPath, tree.ErrTooLarge)
	}
	f, err := s.readTree(at.id)
	if err != nil {
		return fmt.Errorf("list %q: %w", path, err)
	}
	for _, e := range f.entries {
		if err := s.each(join(path, e.name), e, visit); err != nil {
			return err
		}
	}
	return nil
}

func join(folder, name string) string {
	if folder == "" {
		return name
	}
	return folder + "/" + name
}

func (t *commitTree) Entry(path string) (tree.Entry, error) {
	if err := checkPath(path); err != nil {
		return tree.Entry{}, err
	}
	e, ok, err := t.find(path)
	if err != nil {
		return tree.Entry{}, err
	}
	if !ok || e.folder() {
		return tree.Entry{}, fmt.Errorf("look up %q in %s: %w", path, t.id, tree.ErrNotFound)
	}
	return tree.Entry{Path: path, Mode: e.mode, Blob: e.id.String()}, nil
}

func (t *commitTree) Read(path string, limit int64) ([]byte, error) {
	e, err := t.Entry(path)
	if err != nil {
		return nil, err
	}
	if !e.Mode.Regular() {
		return nil, fmt.Errorf("read %q in %s: %w", path, t.id, tree.ErrNotRegular)
	}
	b, err := t.store.blob(plumbing.NewHash(e.Blob), limit)
	if err != nil {
		return nil, fmt.Errorf("read %q in %s: %w", path, t.id, err)
	}
	return b, nil
}
