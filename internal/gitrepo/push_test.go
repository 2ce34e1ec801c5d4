package gitrepo

import (
	"errors"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// both runs a test against a remote behind git's HTTP server and against one
// that is a folder.
func both(t *testing.T, test func(t *testing.T, theirs *fixture, remote Remote)) {
	t.Helper()
	t.Run("http", func(t *testing.T) {
		f := newFixture(t)
		f.git("config", "http.receivepack", "true")
		s, _ := served(t, f)
		test(t, f, Remote{URL: s.URL + "/.git", Token: fetchToken})
	})
	t.Run("folder", func(t *testing.T) {
		f := newFixture(t)
		test(t, f, Remote{URL: "file://" + f.dir})
	})
}

func TestPushedNotesAreWholeAndTheRemoteReadsThem(t *testing.T) {
	both(t, func(t *testing.T, theirs *fixture, remote Remote) {
		theirs.write("a", "1")
		first := theirs.commit("one")
		ours := newFixture(t)
		r := ours.open()
		n := write(t, r, "first\n", append(objects(70, 5), first)...)
		if err := r.Push(t.Context(), remote, notesRef, "", n.Tip()); err != nil {
			t.Fatal(err)
		}
		more := write(t, r, "second\n", objects(3, 6)...)
		if err := r.Push(t.Context(), remote, notesRef, n.Tip(), more.Tip()); err != nil {
			t.Fatal(err)
		}
		theirs.git("fsck", "--strict", "--no-dangling")
		if got := theirs.git("rev-parse", notesRef); got != more.Tip() {
			t.Errorf("the remote is at %s, want %s", got, more.Tip())
		}
		if got := theirs.git("notes", "--ref", notesRef, "show", first); got != "first" {
			t.Errorf("the remote shows %q", got)
		}
		if got := strings.Count(theirs.git("notes", "--ref", notesRef, "list"), "\n") + 1; got != 74 {
			t.Errorf("the remote has %d notes, want 74", got)
		}
	})
}

func TestOfTwoWhoPushTheSecondLearnsItAndLosesNothing(t *testing.T) {
	both(t, func(t *testing.T, theirs *fixture, remote Remote) {
		alice, bob := newFixture(t).open(), newFixture(t).open()
		mine, his := write(t, alice, "alice\n", objects(2, 1)...), write(t, bob, "bob\n", objects(2, 2)...)
		if err := alice.Push(t.Context(), remote, notesRef, "", mine.Tip()); err != nil {
			t.Fatal(err)
		}
		wantIs(t, bob.Push(t.Context(), remote, notesRef, "", his.Tip()), ErrMoved)
		tip, err := bob.Pull(t.Context(), remote, notesRef)
		if err != nil || tip != mine.Tip() {
			t.Fatalf("pull = %q, %v, want %s", tip, err, mine.Tip())
		}
		n, err := bob.NotesAt(notesRef, tip)
		for _, object := range objects(2, 2) {
			if err == nil {
				n, err = n.With(object, []byte("bob\n"), sealer(), "again")
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := bob.Push(t.Context(), remote, notesRef, tip, n.Tip()); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(theirs.git("notes", "--ref", notesRef, "list"), "\n") + 1; got != 4 {
			t.Errorf("the remote has %d notes, want 4", got)
		}
		theirs.git("fsck", "--strict", "--no-dangling")
	})
}

func TestAHistoryThatDoesNotFollowIsNotPushed(t *testing.T) {
	both(t, func(t *testing.T, _ *fixture, remote Remote) {
		r := newFixture(t).open()
		a := write(t, r, "x\n", objects(2, 1)...)
		if err := r.Push(t.Context(), remote, notesRef, "", a.Tip()); err != nil {
			t.Fatal(err)
		}
		b, err := (&Notes{repo: r, ref: notesRef}).With(objects(1, 9)[0], []byte("y\n"), sealer(), "elsewhere")
		if err != nil {
			t.Fatal(err)
		}
		wantIs(t, r.Push(t.Context(), remote, notesRef, a.Tip(), b.Tip()), ErrMoved)
	})
}

func TestARemoteWithoutTheRefHasNothingToPull(t *testing.T) {
	both(t, func(t *testing.T, theirs *fixture, remote Remote) {
		theirs.write("a", "1")
		theirs.commit("one")
		tip, err := newFixture(t).open().Pull(t.Context(), remote, notesRef)
		if err != nil || tip != "" {
			t.Errorf("pull = %q, %v", tip, err)
		}
	})
}

func TestARefusedPushIsAnErrorAndNoRace(t *testing.T) {
	f := newFixture(t) // does not take pushes over HTTP
	s, _ := served(t, f)
	r := newFixture(t).open()
	n := write(t, r, "x\n", objects(1, 1)...)
	err := r.Push(t.Context(), Remote{URL: s.URL + "/.git", Token: fetchToken}, notesRef, "", n.Tip())
	if err == nil || errors.Is(err, ErrMoved) || strings.Contains(err.Error(), fetchToken) {
		t.Errorf("error = %v", err)
	}
	err = r.Push(t.Context(), Remote{URL: s.URL + "/.git", Token: "ghs_OTHER"}, notesRef, "", n.Tip())
	if err == nil || strings.Contains(err.Error(), "ghs_OTHER") {
		t.Errorf("error = %v", err)
	}
	_, err = Remote{URL: "file://" + t.TempDir()}.folder()
	wantIs(t, err, tree.ErrNotRepository)
}
