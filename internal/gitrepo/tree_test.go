package gitrepo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// kinds makes a repository with one entry of each mode.
func kinds(t *testing.T) (*fixture, string) {
	t.Helper()
	f := newFixture(t)
	f.write("changes/plain.yaml", "plain\n")
	f.write("changes/run.sh", "run\n")
	if err := os.Chmod(filepath.Join(f.dir, "changes/run.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(f.dir, "changes/link.yaml")); err != nil {
		t.Fatal(err)
	}
	f.git("add", "-A")
	f.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("ab", 20)+",changes/module")
	f.git("commit", "-q", "-m", "kinds")
	return f, f.git("rev-parse", "HEAD")
}

// lsTree is what git lists, as entries.
func lsTree(f *fixture, rev string) []tree.Entry {
	var list []tree.Entry
	for _, line := range strings.Split(strings.TrimSuffix(f.git("--no-replace-objects", "ls-tree", "-r", "-z", rev), "\x00"), "\x00") {
		meta, path, _ := strings.Cut(line, "\t")
		w := strings.Fields(meta)
		for m := tree.ModeFile; m <= tree.ModeSubmodule; m++ {
			if modeNumber(m) == w[0] {
				list = append(list, tree.Entry{Path: path, Mode: m, Blob: w[2]})
			}
		}
	}
	return list
}

func TestT77OnlyRegularFilesAreRead(t *testing.T) {
	f, head := kinds(t)
	r := f.open()
	folder, err := Folder(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, tr := range map[string]tree.Tree{"commit": mustTree(t, r, head), "worktree": mustWorktree(t, r), "folder": folder} {
		for path, want := range map[string]tree.Mode{
			"changes/plain.yaml": tree.ModeFile, "changes/run.sh": tree.ModeExecutable,
			"changes/link.yaml": tree.ModeSymlink, "changes/module": tree.ModeSubmodule,
		} {
			if want == tree.ModeSubmodule && name != "commit" {
				continue // not checked out
			}
			e, err := tr.Entry(path)
			if err != nil || e.Mode != want || e.Path != path {
				t.Errorf("%s: Entry(%q) = %v, %v", name, path, e, err)
			}
			if git := f.git("rev-parse", head+":"+path); git != e.Blob {
				t.Errorf("%s: blob of %q = %s, want %s", name, path, e.Blob, git)
			}
			b, err := tr.Read(path, 100)
			if !want.Regular() {
				wantIs(t, err, tree.ErrNotRegular)
				if b != nil {
					t.Errorf("%s: Read(%q) = %q", name, path, b)
				}
			} else if err != nil || (string(b) != "plain\n" && string(b) != "run\n") {
				t.Errorf("%s: Read(%q) = %q, %v", name, path, b, err)
			}
		}
		_, err := tr.Read("changes/plain.yaml", 5)
		wantIs(t, err, tree.ErrTooLarge)
		if b, err := tr.Read("changes/plain.yaml", 6); string(b) != "plain\n" || err != nil {
			t.Errorf("%s: read at the limit: %q, %v", name, b, err)
		}
		_, err = tr.Read("changes", 5)
		wantIs(t, err, tree.ErrNotFound)
		_, err = tr.Read("changes/none", 5)
		wantIs(t, err, tree.ErrNotFound)
		_, err = tr.Entry("changes/link.yaml/x")
		wantIs(t, err, tree.ErrNotFound)
		if diff := cmp.Diff([]string{"changes/run.sh"}, paths(mustEntries(t, tr, "changes/run.sh"))); diff != "" {
			t.Error(diff)
		}
		if list := mustEntries(t, tr, "none"); len(list) != 0 {
			t.Errorf("%s: entries of a missing folder: %v", name, list)
		}
	}
}

func TestT76UncleanPathsAreNotFound(t *testing.T) {
	f, head := kinds(t)
	r := f.open()
	for name, tr := range map[string]tree.Tree{"commit": mustTree(t, r, head), "worktree": mustWorktree(t, r)} {
		for _, p := range []string{
			"changes/../policy/x", "../x", "/etc/passwd", "changes//plain.yaml", "changes/plain.yaml/", "./changes/plain.yaml",
			"changes/.", "a\x00b", `changes\plain.yaml`, ".git/config", ".GIT/config", "changes/.Git", ".git./config", ".git /config",
		} {
			_, err := tr.Read(p, 1<<20)
			wantIs(t, err, tree.ErrNotFound)
			_, err = tr.Entry(p)
			wantIs(t, err, tree.ErrNotFound)
			if list, err := tr.Entries(p); !errors.Is(err, tree.ErrNotFound) || list != nil {
				t.Errorf("%s: Entries(%q) = %v, %v", name, p, list, err)
			}
		}
		_, err := tr.Entry("")
		wantIs(t, err, tree.ErrNotFound)
	}
}

func TestEntriesAgreeWithGit(t *testing.T) {
	f := newFixture(t)
	for _, p := range []string{"a", "a.b/x", "a-b", "a0", "b/c/d", "b/c.d", "b/c0", "é/ü", "tab\tname", "line\nname", "sp ace", "quote\"", "z"} {
		f.write(p, p)
	}
	head := f.commit("names")
	for _, pack := range []bool{false, true} {
		if pack {
			f.git("gc", "-q", "--aggressive", "--prune=now")
		}
		tr := mustTree(t, f.open(), head)
		if diff := cmp.Diff(lsTree(f, head), mustEntries(t, tr, "")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"b/c.d", "b/c/d", "b/c0"}, paths(mustEntries(t, tr, "b"))); diff != "" {
			t.Error(diff)
		}
		if tr.ID() != head {
			t.Errorf("ID = %q", tr.ID())
		}
	}
}

// mktree writes a tree object that git itself would refuse to make.
func mktree(f *fixture, entries ...string) string {
	var b strings.Builder
	for i := 0; i < len(entries); i += 2 {
		raw := []byte{}
		for k := 0; k < 40; k += 2 {
			var x byte
			if _, err := fmt.Sscanf(entries[i+1][k:k+2], "%02x", &x); err != nil {
				f.t.Fatal(err)
			}
			raw = append(raw, x)
		}
		b.WriteString(entries[i] + "\x00" + string(raw))
	}
	return strings.TrimSpace(f.feed(b.String(), "hash-object", "-w", "-t", "tree", "--literally", "--stdin"))
}

func TestHostileNamesInTreesBreakNothing(t *testing.T) {
	f := newFixture(t)
	blob := strings.TrimSpace(f.feed("x", "hash-object", "-w", "--stdin"))
	inner := mktree(f, "100644 config", blob)
	root := mktree(f, "100644 ..", blob, "40000 .GIT", inner, "100644 a\\b", blob, "100664 old", blob)
	head := f.git("commit-tree", "-m", "x", root)
	r := f.open()
	tr := mustTree(t, r, head)
	if diff := cmp.Diff([]string{"..", ".GIT/config", `a\b`, "old"}, paths(mustEntries(t, tr, ""))); diff != "" {
		t.Error(diff)
	}
	_, err := tr.Read("..", 10)
	wantIs(t, err, tree.ErrNotFound)
	if b, err := tr.Read("old", 10); string(b) != "x" || err != nil {
		t.Errorf("Read = %q, %v", b, err)
	}
	empty := f.git("commit-tree", "-m", "x", mktree(f))
	list, err := r.Diff(mustTree(t, r, empty), tr)
	if err != nil || len(list) != 4 {
		t.Errorf("Diff = %v, %v", list, err)
	}
	for name, bad := range map[string]string{
		"twice":           mktree(f, "100644 a", blob, "100644 a", blob),
		"file and folder": mktree(f, "100644 a", blob, "100644 a.b", blob, "40000 a", inner),
		"slash":           mktree(f, "100644 a/b", blob),
	} {
		tr := mustTree(t, r, f.git("commit-tree", "-m", "x", bad))
		if list, err := tr.Entries(""); err == nil || errors.Is(err, tree.ErrNotFound) {
			t.Errorf("%s: Entries = %v, %v", name, list, err)
		}
	}
	// Each level names the one below twice; 40 levels unfold to 2^40 files.
	bomb := inner
	for range 40 {
		bomb = mktree(f, "40000 a", bomb, "40000 b", bomb)
	}
	if testing.Short() {
		return
	}
	_, err = mustTree(t, r, f.git("commit-tree", "-m", "x", bomb)).Entries("a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a")
	wantIs(t, err, tree.ErrTooLarge)
}

func TestMissingObjectIsSaidPlainly(t *testing.T) {
	f := newFixture(t)
	f.write("a", "1")
	head := f.commit("one")
	blob := f.git("rev-parse", "HEAD:a")
	f.remove(filepath.Join(".git/objects", blob[:2], blob[2:]))
	r := f.open()
	tr := mustTree(t, r, head)
	_, err := tr.Read("a", 10)
	wantIs(t, err, ErrMissingObject)
	if errors.Is(err, tree.ErrNotFound) || !strings.Contains(err.Error(), "object "+blob+" is not in this clone") {
		t.Errorf("error = %v", err)
	}
	sub := f.git("rev-parse", "HEAD^{tree}")
	f.remove(filepath.Join(".git/objects", sub[:2], sub[2:]))
	r = f.open()
	_, err = mustTree(t, r, head).Entries("")
	wantIs(t, err, ErrMissingObject)
}

func TestBloblessCloneNamesTheObject(t *testing.T) {
	f := newFixture(t)
	f.write("a", "1")
	head := f.commit("one")
	f.git("config", "uploadpack.allowFilter", "true")
	dir := filepath.Join(t.TempDir(), "clone")
	f.git("clone", "-q", "--no-checkout", "--filter=blob:none", "file://"+f.dir, dir)
	r := (&fixture{t: t, dir: dir, env: f.env}).open()
	tr := mustTree(t, r, head)
	if diff := cmp.Diff([]string{"a"}, paths(mustEntries(t, tr, ""))); diff != "" {
		t.Error(diff)
	}
	_, err := tr.Read("a", 10)
	wantIs(t, err, ErrMissingObject)
}

func TestAlternatesAreRead(t *testing.T) {
	f := newFixture(t)
	f.write("a", "from the alternate")
	head := f.commit("one")
	f.git("gc", "-q")
	dir := filepath.Join(t.TempDir(), "clone")
	f.git("clone", "-q", "--shared", f.dir, dir)
	g := &fixture{t: t, dir: dir, env: f.env}
	g.write("b", "own")
	own := g.commit("two")
	r := g.open()
	if got, err := r.MergeBase(head, own); got != head || err != nil {
		t.Errorf("MergeBase = %q, %v", got, err)
	}
	b, err := mustTree(t, r, own).Read("a", 100)
	if string(b) != "from the alternate" || err != nil {
		t.Errorf("Read = %q, %v", b, err)
	}
}

func TestDamagedBlobIsRefused(t *testing.T) {
	f := newFixture(t)
	f.write("a", "good")
	head := f.commit("one")
	good, bad := f.git("rev-parse", "HEAD:a"), strings.TrimSpace(f.feed("evil", "hash-object", "-w", "--stdin"))
	p := func(id string) string { return filepath.Join(f.dir, ".git/objects", id[:2], id[2:]) }
	f.remove(filepath.Join(".git/objects", good[:2], good[2:]))
	if err := os.Rename(p(bad), p(good)); err != nil {
		t.Fatal(err)
	}
	if b, err := mustTree(t, f.open(), head).Read("a", 10); err == nil {
		t.Errorf("Read = %q", b)
	}
}

func TestTreesMayBeUsedFromManyGoroutines(t *testing.T) {
	f := newFixture(t)
	for i := range 60 {
		f.write(fmt.Sprintf("d%d/f%d", i%7, i), strings.Repeat("line\n", i*500))
	}
	head := f.commit("many")
	f.git("gc", "-q", "--prune=now")
	f.write("new", "untracked")
	r := f.open()
	trees := []tree.Tree{mustTree(t, r, head), mustWorktree(t, r)}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, tr := range trees {
				list, err := tr.Entries("")
				if err != nil || len(list) < 60 {
					t.Error(len(list), err)
				}
				for i := range 60 {
					b, err := tr.Read(fmt.Sprintf("d%d/f%d", i%7, i), 1<<20)
					if err != nil || len(b) != i*2500 {
						t.Error(len(b), err)
					}
				}
			}
			if _, err := r.Resolve("main"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
