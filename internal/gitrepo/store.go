package gitrepo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"

	"github.com/mergeseal/mergeseal/internal/tree"
)

const (
	cacheBytes = 96 << 20
	// largeObject is the size above which go-git streams instead of buffering.
	largeObject = 8 << 20
	// maxStructure bounds a commit, tag or tree object.
	maxStructure = 64 << 20
	// maxAlternates is git's own limit on borrowing from borrowers.
	maxAlternates = 5
)

// ErrMissingObject says that an object which the history names is not stored
// in this clone, as in a partial clone or a damaged one. It is not
// tree.ErrNotFound: nothing is known about what it holds.
var ErrMissingObject = errors.New("not in this clone")

// errType says that an object is there but of another type.
var errType = errors.New("wrong type")

// store reads objects and refs. go-git's storage is not safe for concurrent
// use, so every access holds the mutex.
type store struct {
	commonDir string

	mu  sync.Mutex
	all []*filesystem.Storage // own objects first, then the alternates

	foldersMu sync.Mutex // taken before mu
	folders   map[plumbing.Hash]*treeObject
	kept      int // entries in folders
}

func openStore(gitDir, common string) (*store, error) {
	shared := cache.NewObjectLRU(cacheBytes * cache.Byte)
	opts := filesystem.Options{KeepDescriptors: true, LargeObjectThreshold: largeObject}
	dot := dotgit.NewRepositoryFilesystem(osfs.New(gitDir), osfs.New(common))
	s := &store{commonDir: common, all: []*filesystem.Storage{filesystem.NewStorageWithOptions(dot, shared, opts)}}
	alternates, err := alternateDirs(filepath.Join(common, "objects"))
	if err != nil {
		return nil, err
	}
	for _, objects := range alternates {
		if filepath.Base(objects) != "objects" {
			return nil, fmt.Errorf("read alternates: %q is not called objects, which is not supported", objects)
		}
		s.all = append(s.all, filesystem.NewStorageWithOptions(osfs.New(filepath.Dir(objects)), shared, opts))
	}
	return s, nil
}

// alternateDirs lists the object folders that this one borrows from, directly
// and through others. go-git follows alternates too, but decodes their pack
// indexes again for every object.
func alternateDirs(objects string) ([]string, error) {
	seen := map[string]bool{filepath.Clean(objects): true}
	var found []string
	level := []string{objects}
	for range maxAlternates {
		var next []string
		for _, dir := range level {
			b, err := readSmall(filepath.Join(dir, "info", "alternates"))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("read alternates: %w", err)
			}
			for line := range strings.Lines(string(b)) {
				p := strings.TrimRight(line, "\r\n")
				if p == "" || p[0] == '#' {
					continue
				}
				if p = filepath.FromSlash(p); !filepath.IsAbs(p) {
					p = filepath.Join(dir, p)
				}
				if p = filepath.Clean(p); !seen[p] {
					seen[p] = true
					next = append(next, p)
				}
			}
		}
		found = append(found, next...)
		level = next
	}
	return found, nil
}

func (s *store) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, st := range s.all {
		// go-git closes a pack's descriptor twice when it keeps descriptors.
		if err := st.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// locate returns the storage that holds an object. The caller holds the mutex.
func (s *store) locate(h plumbing.Hash) (*filesystem.Storage, error) {
	if len(s.all) == 1 {
		return s.all[0], nil
	}
	for _, st := range s.all {
		err := st.HasEncodedObject(h)
		if err == nil {
			return st, nil
		}
		if !errors.Is(err, plumbing.ErrObjectNotFound) {
			return nil, fmt.Errorf("find object %s: %w", h, err)
		}
	}
	return nil, fmt.Errorf("object %s is %w", h, ErrMissingObject)
}

// open finds an object of any type. The caller holds the mutex.
func (s *store) open(h plumbing.Hash) (plumbing.EncodedObject, error) {
	st, err := s.locate(h)
	if err != nil {
		return nil, err
	}
	o, err := st.EncodedObject(plumbing.AnyObject, h)
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return nil, fmt.Errorf("object %s is %w", h, ErrMissingObject)
	}
	if err != nil {
		return nil, fmt.Errorf("read object %s: %w", h, err)
	}
	return o, nil
}

// kind returns an object's type.
func (s *store) kind(h plumbing.Hash) (plumbing.ObjectType, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.open(h)
	if err != nil {
		return plumbing.InvalidObject, err
	}
	return o.Type(), nil
}

// structure reads a whole commit, tag or tree.
func (s *store) structure(t plumbing.ObjectType, h plumbing.Hash) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.open(h)
	if err != nil {
		return nil, err
	}
	if o.Type() != t {
		return nil, fmt.Errorf("read object %s: %w: it is a %s, not a %s", h, errType, o.Type(), t)
	}
	if o.Size() > maxStructure {
		return nil, fmt.Errorf("read %s %s: %w", t, h, tree.ErrTooLarge)
	}
	return readObject(o)
}

// Blob reads the content of a blob by its full id, at most max bytes. Errors
// wrap tree.ErrTooLarge, tree.ErrNotRegular for an object of another kind,
// ErrMissingObject, and tree.ErrRef for what is no id.
func (r *Repo) Blob(id string, max int64) ([]byte, error) {
	h, ok := parseID(id)
	if !ok {
		return nil, fmt.Errorf("read blob %q: not an object id: %w", id, tree.ErrRef)
	}
	kind, err := r.store.kind(h)
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w", id, err)
	}
	if kind != plumbing.BlobObject {
		return nil, fmt.Errorf("read blob %s: it is a %s: %w", id, kind, tree.ErrNotRegular)
	}
	return r.store.blob(h, max)
}

// blob reads a blob of at most limit bytes; the size is asked first. The bytes
// are checked against the id.
func (s *store) blob(h plumbing.Hash, limit int64) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, err := s.locate(h)
	if err != nil {
		return nil, err
	}
	size, err := st.EncodedObjectSize(h)
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return nil, fmt.Errorf("object %s is %w", h, ErrMissingObject)
	}
	if err != nil {
		return nil, fmt.Errorf("read size of object %s: %w", h, err)
	}
	if size > limit {
		return nil, fmt.Errorf("read blob %s: %d bytes, at most %d: %w", h, size, limit, tree.ErrTooLarge)
	}
	o, err := s.openBlob(h)
	if err != nil {
		return nil, err
	}
	b, err := readObject(o)
	if err != nil {
		return nil, err
	}
	if got := plumbing.ComputeHash(plumbing.BlobObject, b); got != h {
		return nil, fmt.Errorf("read blob %s: damaged, its content has the id %s", h, got)
	}
	return b, nil
}

// stream gives a blob of any size to fn, which must not call the store.
func (s *store) stream(h plumbing.Hash, fn func(io.Reader) error) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.openBlob(h)
	if err != nil {
		return err
	}
	rd, err := o.Reader()
	if err != nil {
		return fmt.Errorf("read blob %s: %w", h, err)
	}
	if err := errors.Join(fn(rd), rd.Close()); err != nil {
		return fmt.Errorf("read blob %s: %w", h, err)
	}
	return nil
}

func (s *store) openBlob(h plumbing.Hash) (plumbing.EncodedObject, error) {
	o, err := s.open(h)
	if err != nil {
		return nil, err
	}
	if o.Type() != plumbing.BlobObject {
		return nil, fmt.Errorf("read object %s: %w: it is a %s, not a blob", h, errType, o.Type())
	}
	return o, nil
}

func readObject(o plumbing.EncodedObject) ([]byte, error) {
	rd, err := o.Reader()
	if err != nil {
		return nil, fmt.Errorf("read object %s: %w", o.Hash(), err)
	}
	b := make([]byte, o.Size())
	_, err = io.ReadFull(rd, b)
	if err = errors.Join(err, rd.Close()); err != nil {
		return nil, fmt.Errorf("read object %s: %w", o.Hash(), err)
	}
	return b, nil
}
