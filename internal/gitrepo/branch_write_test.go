package gitrepo

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/tree"
)

var alice = Signature{Name: "Alice <the \n first>", Mail: "alice@example.com", At: time.Date(2026, 11, 21, 9, 0, 0, 0, time.FixedZone("", 3600))}

func TestACommitOfOneFileIsWhatGitWouldMake(t *testing.T) {
	f := newFixture(t)
	f.write("a/b/c.yaml", "old\n")
	f.write("a/b.yaml", "stays\n")
	f.write("z", "stays\n")
	if err := os.Chmod(filepath.Join(f.dir, "a/b/c.yaml"), 0o755); err != nil {
		t.Fatal(err)
	}
	f.git("add", "-A")
	base := f.commit("base")
	r := f.open()
	got, err := r.CommitFile(base, "a/b/c.yaml", []byte("new\n"), alice, "why\n\nbecause\n")
	if err != nil {
		t.Fatal(err)
	}
	f.git("fsck", "--strict", "--no-dangling", got)
	if d := f.git("diff", "--raw", "--no-abbrev", base, got); d != ":100755 100755 "+f.git("rev-parse", base+":a/b/c.yaml")+" "+f.git("rev-parse", got+":a/b/c.yaml")+" M\ta/b/c.yaml" {
		t.Errorf("it differs by\n%s", d)
	}
	if s := f.git("log", "-1", "--format=%P|%an|%ae|%aI|%B", got); s != base+"|Alice the  first|alice@example.com|2026-11-21T09:00:00+01:00|why\n\nbecause\n" {
		t.Errorf("it says %q", s)
	}
	if s := f.git("status", "--porcelain"); s != "" {
		t.Errorf("the working tree changed:\n%s", s)
	}
}

func TestACommitOfAFileThatIsNoneIsRefused(t *testing.T) {
	f := newFixture(t)
	f.write("a/b", "x")
	f.git("add", "-A")
	base := f.commit("base")
	r := f.open()
	for path, want := range map[string]error{"a/c": tree.ErrNotFound, "a": tree.ErrNotRegular, "a/b/c": tree.ErrNotRegular, "": tree.ErrNotFound} {
		_, err := r.CommitFile(base, path, nil, alice, "why")
		wantIs(t, err, want)
	}
	_, err := r.CommitFile("main", "a/b", nil, alice, "why")
	wantIs(t, err, tree.ErrRef)
}

func TestABranchIsPushedOnceOnTopOfMerges(t *testing.T) {
	both(t, func(t *testing.T, theirs *fixture, remote Remote) {
		theirs.write("a", "1")
		theirs.commit("one")
		theirs.git("checkout", "-q", "-b", "side")
		theirs.write("b", "1")
		theirs.commit("two")
		theirs.git("checkout", "-q", "main")
		theirs.git("merge", "-q", "--no-ff", "-m", "both", "side")
		base := theirs.git("rev-parse", "main")
		ours := newFixture(t)
		ours.git("fetch", "-q", theirs.dir, "main")
		r := ours.open()
		commit, err := r.CommitFile(base, "a", []byte("2"), alice, "close")
		if err != nil {
			t.Fatal(err)
		}
		if err := r.PushBranch(t.Context(), remote, "outcome/CHG-1", base, commit); err != nil {
			t.Fatal(err)
		}
		theirs.git("fsck", "--strict", "--no-dangling")
		if got := theirs.git("rev-parse", "refs/heads/outcome/CHG-1"); got != commit {
			t.Errorf("the branch is at %s, want %s", got, commit)
		}
		other, err := r.CommitFile(base, "a", []byte("3"), alice, "close")
		if err != nil {
			t.Fatal(err)
		}
		wantIs(t, r.PushBranch(t.Context(), remote, "outcome/CHG-1", base, other), ErrMoved)
		wantIs(t, r.PushBranch(t.Context(), remote, "out..side", base, other), tree.ErrRef)
	})
}
