package gitrepo

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/tree"
)

const notesRef = "refs/notes/mergeseal"

// objects makes up ids: notes may be of objects that are not here.
func objects(n int, seed uint64) []string {
	r := rand.New(rand.NewPCG(seed, 1))
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%016x%016x%08x", r.Uint64(), r.Uint64(), r.Uint32())
	}
	return list
}

func sealer() Signature {
	return Signature{Name: "mergeseal", Mail: "mergeseal@example.org", At: time.Unix(1_700_000_000, 0).UTC()}
}

func mustNotes(t *testing.T, r *Repo) *Notes {
	t.Helper()
	n, err := r.Notes(notesRef)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// write adds notes one by one and moves the ref to them.
func write(t *testing.T, r *Repo, content string, list ...string) *Notes {
	t.Helper()
	n := mustNotes(t, r)
	old := n.Tip()
	for _, object := range list {
		next, err := n.With(object, []byte(content), sealer(), "seal "+object[:7])
		if err != nil {
			t.Fatal(err)
		}
		n = next
	}
	if err := r.MoveRef(notesRef, old, n.Tip()); err != nil {
		t.Fatal(err)
	}
	return n
}

// treeOf is the id of the notes tree as git sees it.
func (f *fixture) treeOf(ref string) string { return f.git("rev-parse", ref+"^{tree}") }

// spread makes up ids of which each begins with prefix and a digit, so many to
// each of the sixteen, and one fewer to the last.
func spread(prefix string, each int, lessOne bool) []string {
	r := rand.New(rand.NewPCG(uint64(each), uint64(len(prefix))))
	var list []string
	for digit := range 16 {
		for i := range each {
			if lessOne && digit == 15 && i == 0 {
				continue
			}
			id := fmt.Sprintf("%s%x%016x%016x%016x", prefix, digit, r.Uint64(), r.Uint64(), r.Uint64())
			list = append(list, id[:hexLen])
		}
	}
	return list
}

func TestNotesLieWhereGitWouldWriteThem(t *testing.T) {
	tests := map[string][]string{
		"one":                                    objects(1, 1),
		"a few":                                  objects(20, 2),
		"two of each first digit":                spread("", 2, false),
		"two of each first digit but one":        spread("", 2, true),
		"two of each digit after a folder's two": append(spread("", 2, false), spread("ab", 2, false)...),
		"but one in the second folder":           append(spread("", 2, false), spread("ab", 2, true)...),
		"hundreds":                               objects(300, 3),
		"thousands":                              objects(4000, 4),
	}
	for name, list := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			blob := strings.TrimSpace(f.feed("hello\n", "hash-object", "-w", "--stdin"))
			f.git("notes", "--ref", "theirs", "add", "-C", blob, list[0])
			var pairs strings.Builder
			for _, object := range list[1:] {
				fmt.Fprintf(&pairs, "%s %s\n", list[0], object)
			}
			// One process of git, which has them all in memory when it writes.
			f.feed(pairs.String(), "notes", "--ref", "theirs", "copy", "--stdin")
			write(t, f.open(), "hello\n", list...)
			if ours, theirs := f.treeOf(notesRef), f.treeOf("refs/notes/theirs"); ours != theirs {
				t.Errorf("tree %s, git writes %s:\n%s", ours, theirs, f.git("diff-tree", "-r", "--stat", ours, theirs))
			}
			f.git("fsck", "--strict", "--no-dangling")
		})
	}
}

func TestGitAndWeAddToEachOthersNotes(t *testing.T) {
	f := newFixture(t)
	r := f.open()
	var list []string
	for i := range 12 {
		list = append(list, f.commit(fmt.Sprint("commit ", i)))
	}
	write(t, r, "ours\n", objects(400, 7)...)
	for i, object := range list {
		if i%2 == 0 {
			write(t, r, "ours\n", object)
			continue
		}
		f.git("notes", "--ref", notesRef, "add", "-m", "theirs", object)
	}
	n := mustNotes(t, r)
	for i, object := range list {
		want := []string{"ours\n", "theirs\n"}[i%2]
		if got := f.git("notes", "--ref", notesRef, "show", object) + "\n"; got != want {
			t.Errorf("git shows %q for commit %d, want %q", got, i, want)
		}
		b, ok, err := n.Read(object, 100)
		if err != nil || !ok || string(b) != want {
			t.Errorf("note of commit %d = %q, %v, %v, want %q", i, b, ok, err, want)
		}
	}
	theirs := map[string]string{}
	for line := range strings.Lines(f.git("notes", "--ref", notesRef, "list")) {
		blob, object, _ := strings.Cut(strings.TrimSpace(line), " ")
		theirs[object] = blob
	}
	ours := map[string]string{}
	if err := n.Each(func(object, blob string) error { ours[object] = blob; return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(theirs, ours); diff != "" || len(ours) != 412 {
		t.Errorf("%d notes, git lists (-), we list (+):\n%s", len(ours), diff)
	}
}

func TestHistoryOfNotesTellsEachCommitsNotes(t *testing.T) {
	f := newFixture(t)
	r := f.open()
	list := objects(60, 3)
	write(t, r, "x\n", list...)
	first := f.commit("one")
	f.git("notes", "--ref", notesRef, "add", "-m", "late", first)
	f.git("notes", "--ref", notesRef, "add", "-f", "-m", "later", first)
	f.git("notes", "--ref", notesRef, "remove", first)
	var got []string
	err := mustNotes(t, r).History(func(c NoteChange) error {
		for _, s := range c.Set {
			got = append(got, "+"+s.Object)
		}
		for _, o := range c.Edited {
			got = append(got, "~"+o)
		}
		for _, o := range c.Gone {
			got = append(got, "-"+o)
		}
		return nil
	})
	want := []string{"-" + first, "+" + first, "~" + first, "+" + first}
	for i := len(list) - 1; i >= 0; i-- {
		want = append(want, "+"+list[i])
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("history (-want +got), %v:\n%s", err, diff)
	}
}

func TestARefThatDoesNotExistHasNoNotes(t *testing.T) {
	f := newFixture(t)
	n := mustNotes(t, f.open())
	_, ok, err := n.Read(strings.Repeat("a", 40), 1)
	if n.Tip() != "" || ok || err != nil {
		t.Errorf("tip %q, found %v, %v", n.Tip(), ok, err)
	}
}

func TestTwoNotesOfOneCommitAreDamage(t *testing.T) {
	f := newFixture(t)
	object := f.commit("one")
	blob := strings.TrimSpace(f.feed("hi\n", "hash-object", "-w", "--stdin"))
	inner := strings.TrimSpace(f.feed(fmt.Sprintf("100644 blob %s\t%s\n", blob, object[2:]), "mktree"))
	outer := strings.TrimSpace(f.feed(fmt.Sprintf("100644 blob %s\t%s\n040000 tree %s\t%s\n", blob, object, inner, object[:2]), "mktree"))
	f.git("update-ref", notesRef, f.git("commit-tree", "-m", "two", outer))
	n := mustNotes(t, f.open())
	_, _, err := n.Blob(object)
	wantIs(t, err, ErrNotes)
	wantIs(t, n.Each(func(string, string) error { return nil }), ErrNotes)
	_, err = n.With(object, nil, sealer(), "again")
	wantIs(t, err, ErrNotes)
}

func TestAChainOfNotesThatForksIsDamage(t *testing.T) {
	f := newFixture(t)
	r := f.open()
	a := write(t, r, "x\n", objects(1, 1)...).Tip()
	b := write(t, r, "x\n", objects(1, 2)...).Tip()
	joined := f.git("commit-tree", "-m", "join", "-p", b, "-p", a, f.treeOf(notesRef))
	n, err := r.NotesAt(notesRef, joined)
	if err != nil {
		t.Fatal(err)
	}
	wantIs(t, n.History(func(NoteChange) error { return nil }), ErrNotes)
}

func TestARefMovesOnlyFromWhereItWasSeen(t *testing.T) {
	f := newFixture(t)
	r := f.open()
	a := write(t, r, "x\n", objects(1, 1)...).Tip()
	b := write(t, r, "x\n", objects(1, 2)...).Tip()
	wantIs(t, r.MoveRef(notesRef, "", b), ErrMoved)
	wantIs(t, r.MoveRef(notesRef, a, b), ErrMoved)
	wantIs(t, r.MoveRef("refs/../x", a, b), tree.ErrRef)
	if got := f.git("rev-parse", notesRef); got != b {
		t.Errorf("ref at %s, want %s", got, b)
	}
	// A lock that git holds is honoured, and not taken away.
	lock := filepath.Join(f.dir, ".git", filepath.FromSlash(notesRef)+".lock")
	if err := os.WriteFile(lock, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantIs(t, r.MoveRef(notesRef, b, a), ErrMoved)
	if _, err := os.Stat(lock); err != nil {
		t.Errorf("the lock of another is gone: %v", err)
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	f.git("pack-refs", "--all")
	if err := r.MoveRef(notesRef, b, a); err != nil {
		t.Errorf("a packed ref does not move: %v", err)
	}
	f.git("symbolic-ref", "refs/notes/other", notesRef)
	if err := r.MoveRef("refs/notes/other", a, b); !errors.Is(err, tree.ErrRef) {
		t.Errorf("a symbolic ref moves: %v", err)
	}
}
