package gitrepo

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// Whatever a notes tree holds, reading it ends, and each note that is listed is
// the one that is found, or the tree is said to be damaged.
func FuzzNotesTree(f *testing.F) {
	dir := f.TempDir()
	if out, err := exec.Command("git", "-c", "init.templateDir=", "init", "-q", "-b", "main", dir).CombinedOutput(); err != nil {
		f.Fatalf("%v: %s", err, out)
	}
	r, err := Open(dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := r.Close(); err != nil {
			f.Error(err)
		}
	})
	blob, err := r.store.put(plumbing.BlobObject, []byte("hi"))
	if err != nil {
		f.Fatal(err)
	}
	id := string(blob[:])
	object := strings.Repeat("ab", 20)
	f.Add("100644 "+object+"\x00"+id, "100644 "+object[2:]+"\x00"+id)
	f.Add("", "")
	f.Add("100644 short\x00"+id, "120000 "+object[2:]+"\x00"+id)
	f.Add("100644 "+object, "40000 ab\x00"+id)
	f.Add("160000 "+object+"\x00"+id, "100644 "+strings.ToUpper(object[2:])+"\x00"+id)
	f.Fuzz(func(t *testing.T, outer, inner string) {
		below, err := r.store.put(plumbing.TreeObject, []byte(inner))
		if err != nil {
			t.Fatal(err)
		}
		root, err := r.store.put(plumbing.TreeObject, []byte(outer+"40000 ab\x00"+string(below[:])))
		if err != nil {
			t.Fatal(err)
		}
		n := &Notes{repo: r, ref: notesRef, tip: root, root: root}
		err = n.Each(func(object, blob string) error {
			got, ok, err := n.Blob(object)
			if err == nil && (!ok || got != blob) {
				t.Errorf("listed %s as %s, found %q, %v", object, blob, got, ok)
			}
			return err
		})
		if _, _, found := n.Blob(object); err == nil && errors.Is(found, ErrNotes) {
			t.Errorf("%s has two notes, and the list does not say so", object)
		}
	})
}
