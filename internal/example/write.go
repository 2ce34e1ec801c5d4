package example

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage"
	"github.com/go-git/go-git/v5/storage/memory"
)

// BaseBranch is the name of every example's base branch.
const BaseBranch = "main"

// ErrNotEmpty means that the folder to write to holds something already.
var ErrNotEmpty = errors.New("folder is not empty")

// Write makes a git repository in a folder that does not exist or is empty; the
// error wraps ErrNotEmpty otherwise. The base branch is checked out, each open
// change is a branch of its own. After an error the folder may hold a part.
func (e *Example) Write(dir string) error {
	if err := e.write(dir); err != nil {
		return fmt.Errorf("write example %s: %w", e.Name, err)
	}
	return nil
}

func (e *Example) write(dir string) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s: %w", dir, ErrNotEmpty)
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	repo, err := git.PlainInitWithOptions(dir, &git.PlainInitOptions{
		InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName(BaseBranch)},
	})
	if err != nil {
		return err
	}
	w := writer{store: repo.Storer, objects: memory.NewStorage(), seen: map[plumbing.Hash]bool{}}
	tip := w.history(e.Commits)
	heads := make([]plumbing.Hash, len(e.Branches))
	for i, b := range e.Branches {
		heads[i] = w.commit(b.Files, b.Author, b.At, b.Message, tip)
	}
	w.pack()
	w.ref(BaseBranch, tip)
	for i, b := range e.Branches {
		w.ref(b.Name, heads[i])
	}
	w.checkout(dir, e.Base)
	return w.err
}

// writer gathers objects, and writes them as one pack: a file for each of them
// takes seconds. It keeps the first error; after one it does nothing.
type writer struct {
	store   storage.Storer
	objects *memory.Storage
	order   []plumbing.Hash
	seen    map[plumbing.Hash]bool
	err     error
}

func (w *writer) pack() {
	if w.err != nil {
		return
	}
	to, ok := w.store.(storer.PackfileWriter)
	if !ok {
		w.err = errors.New("the repository takes no packs")
		return
	}
	pack, err := to.PackfileWriter()
	if err != nil {
		w.err = err
		return
	}
	_, err = packfile.NewEncoder(pack, w.objects, false).Encode(w.order, 0)
	w.err = errors.Join(err, pack.Close())
}

// history writes the base branch and returns its tip.
func (w *writer) history(commits []Commit) plumbing.Hash {
	now := Files{}
	var tip plumbing.Hash
	for _, c := range commits {
		maps.Copy(now, c.Files)
		made := w.commit(now, c.Author, c.At, c.Message, tip)
		if m := c.Merge; m != nil {
			title, _, _ := strings.Cut(c.Message, "\n")
			message := fmt.Sprintf("Merge pull request #%d from %s\n\n%s\n", m.Pull, m.Branch, title)
			made = w.commit(now, m.By, m.At, message, tip, made)
		}
		tip = made
	}
	return tip
}

func (w *writer) commit(files Files, by Person, at time.Time, message string, parents ...plumbing.Hash) plumbing.Hash {
	who := object.Signature{Name: by.Name, Email: strings.ToLower(string(by.Login)) + "@example.com", When: at}
	c := &object.Commit{Author: who, Committer: who, Message: message, TreeHash: w.tree(files, "")}
	for _, p := range parents {
		if !p.IsZero() {
			c.ParentHashes = append(c.ParentHashes, p)
		}
	}
	return w.object(c.Encode)
}

// tree writes the tree of the files below a folder.
func (w *writer) tree(files Files, folder string) plumbing.Hash {
	var t object.Tree
	below := map[string]bool{}
	for _, name := range files.Paths() {
		rest, ok := strings.CutPrefix(name, folder)
		if !ok {
			continue
		}
		first, _, deeper := strings.Cut(rest, "/")
		if !deeper {
			t.Entries = append(t.Entries, object.TreeEntry{Name: first, Mode: filemode.Regular, Hash: w.blob(files[name])})
		} else if !below[first] {
			below[first] = true
			t.Entries = append(t.Entries, object.TreeEntry{Name: first, Mode: filemode.Dir, Hash: w.tree(files, folder+first+"/")})
		}
	}
	sort.Sort(object.TreeEntrySorter(t.Entries))
	return w.object(t.Encode)
}

func (w *writer) blob(data []byte) plumbing.Hash {
	return w.object(func(o plumbing.EncodedObject) error {
		o.SetType(plumbing.BlobObject)
		to, err := o.Writer()
		if err != nil {
			return err
		}
		_, err = to.Write(data)
		return errors.Join(err, to.Close())
	})
}

func (w *writer) object(encode func(plumbing.EncodedObject) error) plumbing.Hash {
	if w.err != nil {
		return plumbing.ZeroHash
	}
	o := &plumbing.MemoryObject{}
	if w.err = encode(o); w.err != nil {
		return plumbing.ZeroHash
	}
	id := o.Hash()
	if !w.seen[id] {
		w.seen[id] = true
		w.order = append(w.order, id)
		_, w.err = w.objects.SetEncodedObject(o)
	}
	return id
}

func (w *writer) ref(branch string, to plumbing.Hash) {
	if w.err == nil {
		w.err = w.store.SetReference(plumbing.NewHashReference(plumbing.NewBranchReferenceName(branch), to))
	}
}

// checkout writes the working tree and the index that goes with it.
func (w *writer) checkout(dir string, files Files) {
	if w.err != nil {
		return
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		w.err = err
		return
	}
	idx := &index.Index{Version: 2}
	for _, name := range files.Paths() {
		info, err := place(root, name, files[name])
		if err != nil {
			w.err = errors.Join(err, root.Close())
			return
		}
		idx.Entries = append(idx.Entries, &index.Entry{
			Name: name, Mode: filemode.Regular, Hash: w.blob(files[name]),
			Size: uint32(len(files[name])), ModifiedAt: info.ModTime(),
		})
	}
	w.err = errors.Join(w.err, w.store.SetIndex(idx), root.Close())
}

func place(root *os.Root, name string, data []byte) (os.FileInfo, error) {
	local := filepath.FromSlash(name)
	if err := root.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o755); err != nil {
		return nil, err
	}
	if err := root.WriteFile(local, data, 0o644); err != nil {
		return nil, err
	}
	return root.Stat(local)
}
