package gitrepo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// workTree is the files of a folder as they lay when it was listed. Ids are
// worked out when asked for.
type workTree struct {
	root  *os.Root
	store *store // nil outside git
	files []workFile

	mu sync.Mutex // guards the ids
}

// workFile is one entry. Sizes and times are not kept: the file is looked at
// again when it is read.
type workFile struct {
	path string
	mode tree.Mode
	id   string // "" until the content is hashed
	// stored: the file is left out of the working tree on purpose (sparse
	// checkout), its content is in the object store.
	stored bool
}

// Worktree lists the files of the working tree as they lie: tracked or not,
// except what .gitignore files and .git/info/exclude leave out and git does
// not track. The user's own exclude file does not count. Symlinks are entries
// and are never followed. A repository inside is one submodule entry with the
// commit it has checked out, else the one in the index; without either it is
// left out. The content's id is that of the bytes as they lie, or the index's
// where the file is untouched since git read it. Executable bits come from the
// file system if core.fileMode allows.
//
// The list is taken at once; ids and contents are read when asked, from
// several goroutines if need be.
func (r *Repo) Worktree() (tree.Tree, error) {
	idx, err := readIndex(r.gitDir)
	if err != nil {
		return nil, fmt.Errorf("list working tree: %w", err)
	}
	root, err := os.OpenRoot(r.root)
	if err != nil {
		return nil, fmt.Errorf("list working tree: %w", err)
	}
	s := &scan{root: root, index: idx, conf: r.conf, ignoring: true, seen: map[string]bool{}, folders: map[string]bool{"": true}}
	exclude, err := readSmall(filepath.Join(r.commonDir, "info", "exclude"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list working tree: %w", err)
	}
	files, err := s.all([]ignoreFile{parseIgnore("", exclude)})
	if err != nil {
		return nil, fmt.Errorf("list working tree: %w", err)
	}
	return &workTree{root: root, store: r.store, files: files}, nil
}

// Folder gives the files of a plain folder, for work outside git: all of them,
// .gitignore or not, except .git folders. Otherwise it is like Repo.Worktree.
func Folder(dir string) (tree.Tree, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("list folder %q: %w", dir, err)
	}
	s := &scan{root: root, index: &tracked{}, conf: settings{fileMode: true, symlinks: true}, seen: map[string]bool{}, folders: map[string]bool{"": true}}
	files, err := s.all(nil)
	if err != nil {
		return nil, fmt.Errorf("list folder %q: %w", dir, err)
	}
	return &workTree{root: root, files: files}, nil
}

func (t *workTree) ID() string { return "" }

// span finds the files at or below a folder.
func (t *workTree) span(folder string) []int {
	var found []int
	i := sort.Search(len(t.files), func(i int) bool { return t.files[i].path >= folder })
	for ; i < len(t.files); i++ {
		p := t.files[i].path
		switch {
		case folder == "" || p == folder || strings.HasPrefix(p, folder+"/"):
			found = append(found, i)
		case !strings.HasPrefix(p, folder):
			return found
		}
	}
	return found
}

func (t *workTree) Entries(folder string) ([]tree.Entry, error) {
	if folder != "" {
		if err := checkPath(folder); err != nil {
			return nil, err
		}
	}
	found := t.span(folder)
	if err := t.hash(found); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []tree.Entry
	for _, i := range found {
		f := t.files[i]
		list = append(list, tree.Entry{Path: f.path, Mode: f.mode, Blob: f.id})
	}
	return list, nil
}

func (t *workTree) find(path string) (int, error) {
	if err := checkPath(path); err != nil {
		return 0, err
	}
	i := sort.Search(len(t.files), func(i int) bool { return t.files[i].path >= path })
	if i == len(t.files) || t.files[i].path != path {
		return 0, fmt.Errorf("look up %q in working tree: %w", path, tree.ErrNotFound)
	}
	return i, nil
}

func (t *workTree) Entry(path string) (tree.Entry, error) {
	i, err := t.find(path)
	if err != nil {
		return tree.Entry{}, err
	}
	if err := t.hash([]int{i}); err != nil {
		return tree.Entry{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.files[i]
	return tree.Entry{Path: f.path, Mode: f.mode, Blob: f.id}, nil
}

func (t *workTree) Read(path string, limit int64) ([]byte, error) {
	i, err := t.find(path)
	if err != nil {
		return nil, err
	}
	f := &t.files[i]
	if !f.mode.Regular() {
		return nil, fmt.Errorf("read %q: %w", path, tree.ErrNotRegular)
	}
	if f.stored {
		b, err := t.store.blob(plumbing.NewHash(f.id), limit)
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", path, err)
		}
		return b, nil
	}
	var b []byte
	err = t.withFile(path, func(rd io.Reader, size int64) error {
		if size > limit {
			return fmt.Errorf("%d bytes, at most %d: %w", size, limit, tree.ErrTooLarge)
		}
		b = make([]byte, size)
		_, err := io.ReadFull(rd, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", path, err)
	}
	return b, nil
}

// withFile opens a regular file of the tree without following a symlink: what
// is opened must be what was looked at.
func (t *workTree) withFile(path string, fn func(io.Reader, int64) error) error {
	name := filepath.FromSlash(path)
	before, err := t.root.Lstat(name)
	if err != nil {
		return notFound(err)
	}
	if !before.Mode().IsRegular() {
		return tree.ErrNotRegular
	}
	f, err := t.root.Open(name)
	if err != nil {
		return notFound(err)
	}
	after, err := f.Stat()
	if err == nil {
		if !os.SameFile(before, after) || !after.Mode().IsRegular() {
			err = fmt.Errorf("replaced while it was read: %w", tree.ErrNotRegular)
		} else {
			err = fn(f, after.Size())
		}
	}
	return errors.Join(err, f.Close())
}

// notFound is for a file that was there when the tree was listed.
func notFound(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", err, tree.ErrNotFound)
	}
	return err
}

// hash works out the missing ids of some files.
func (t *workTree) hash(which []int) error {
	var todo []int
	t.mu.Lock()
	for _, i := range which {
		if t.files[i].id == "" {
			todo = append(todo, i)
		}
	}
	t.mu.Unlock()
	ids := make([]string, len(todo))
	errs := make([]error, len(todo))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(todo)) {
		wg.Go(func() {
			for n := int(next.Add(1)) - 1; n < len(todo); n = int(next.Add(1)) - 1 {
				ids[n], errs[n] = t.hashFile(t.files[todo[n]].path, t.files[todo[n]].mode)
			}
		})
	}
	wg.Wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	for n, i := range todo {
		if errs[n] != nil {
			return fmt.Errorf("hash %q: %w", t.files[i].path, errs[n])
		}
		t.files[i].id = ids[n]
	}
	return nil
}

// hashFile computes the id that git would give the bytes of a file, or the
// text of a symlink.
func (t *workTree) hashFile(path string, mode tree.Mode) (string, error) {
	if mode == tree.ModeSymlink {
		text, err := t.root.Readlink(filepath.FromSlash(path))
		if err == nil {
			return plumbing.ComputeHash(plumbing.BlobObject, []byte(filepath.ToSlash(text))).String(), nil
		}
		// Else it is a file in place of a symlink (core.symlinks=false).
	}
	var id string
	err := t.withFile(path, func(rd io.Reader, size int64) error {
		h := plumbing.NewHasher(plumbing.BlobObject, size)
		n, err := io.Copy(h, rd)
		if err == nil && n != size {
			err = errors.New("changed while it was read")
		}
		id = h.Sum().String()
		return err
	})
	return id, err
}
