package gitrepo

import (
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// lsFiles is the working tree as git sees it: tracked files that are there,
// and others that are not ignored.
func lsFiles(f *fixture) []string {
	set := map[string]bool{}
	for _, p := range strings.Split(f.git("ls-files", "-z", "-c", "-o", "--exclude-per-directory=.gitignore", "--exclude-from=.git/info/exclude"), "\x00") {
		if p = strings.TrimSuffix(p, "/"); p == "" {
			continue
		}
		if fi, err := os.Lstat(filepath.Join(f.dir, p)); err == nil && !fi.IsDir() {
			set[p] = true
		}
	}
	var list []string
	for p := range set {
		list = append(list, p)
	}
	sort.Strings(list)
	return list
}

func TestWorktreeShowsFilesAsTheyLie(t *testing.T) {
	f := newFixture(t)
	f.write("same", "same\n")
	f.write("modified", "before\n")
	f.write("deleted", "x\n")
	f.write("moved", "moved\n")
	f.write("out/kept.log", "tracked though ignored\n")
	f.write("mode", "m\n")
	f.write("dir", "a file\n")
	f.write("sub/x", "x\n")
	f.write(".gitignore", "*.log\nout/\n!keep.log\n")
	f.write("sub/.gitignore", "/only-here\n")
	head := f.commit("base")
	f.write(".git/info/exclude", "secret\n")
	f.write("modified", "after!\n")
	f.write("staged", "staged\n")
	f.git("add", "staged")
	f.remove("deleted")
	f.git("mv", "moved", "renamed")
	f.remove("dir")
	f.write("dir/inside", "now a folder\n")
	f.write("untracked", "new\n")
	f.write("a.log", "ignored\n")
	f.write("keep.log", "not ignored\n")
	f.write("out/other", "ignored\n")
	f.write("secret", "excluded\n")
	f.write("sub/only-here", "ignored\n")
	f.write("only-here", "not ignored\n")
	if err := os.Chmod(filepath.Join(f.dir, "mode"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := f.open()
	wt := mustWorktree(t, r)
	list := mustEntries(t, wt, "")
	if diff := cmp.Diff(lsFiles(f), paths(list)); diff != "" {
		t.Error(diff)
	}
	for _, e := range list {
		if want := f.git("hash-object", "--no-filters", e.Path); e.Blob != want {
			t.Errorf("blob of %s = %s, want %s", e.Path, e.Blob, want)
		}
	}
	changes, err := r.Diff(mustTree(t, r, head), wt)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]tree.ChangeKind{}
	for _, c := range changes {
		kinds[c.Path] = c.Kind
	}
	want := map[string]tree.ChangeKind{
		"modified": tree.Modified, "staged": tree.Added, "deleted": tree.Deleted, "moved": tree.Deleted, "renamed": tree.Added,
		"dir": tree.Deleted, "dir/inside": tree.Added, "untracked": tree.Added, "keep.log": tree.Added, "only-here": tree.Added,
		"mode": tree.Modified,
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
	if wt.ID() != "" {
		t.Errorf("ID = %q", wt.ID())
	}
	b, err := wt.Read("modified", 10)
	if string(b) != "after!\n" || err != nil {
		t.Errorf("Read = %q, %v", b, err)
	}
}

// The index is not trusted for a file that changed without changing size, in
// the same tick in which the index was written.
func TestRacyFileIsHashed(t *testing.T) {
	f := newFixture(t)
	f.write("a", "one")
	f.commit("one")
	when := time.Unix(1_700_000_000, 0)
	touch := func(p string) {
		if err := os.Chtimes(filepath.Join(f.dir, p), when, when); err != nil {
			t.Fatal(err)
		}
	}
	touch("a")
	f.git("update-index", "--refresh", "-q")
	f.write("a", "two")
	touch("a")
	touch(".git/index")
	e, err := mustWorktree(t, f.open()).Entry("a")
	if want := f.git("hash-object", "a"); e.Blob != want || err != nil {
		t.Errorf("racy blob = %s, %v, want %s", e.Blob, err, want)
	}
}

func TestUntouchedFileIsNotHashed(t *testing.T) {
	f := newFixture(t)
	f.write("a", "one")
	f.commit("one")
	when := time.Unix(1_600_000_000, 0)
	if err := os.Chtimes(filepath.Join(f.dir, "a"), when, when); err != nil {
		t.Fatal(err)
	}
	f.git("update-index", "--refresh", "-q")
	wt := mustWorktree(t, f.open()).(*workTree)
	if wt.files[0].id != f.git("rev-parse", "HEAD:a") {
		t.Errorf("id before any hashing = %q", wt.files[0].id)
	}
}

func TestNestedRepositoriesAreSubmodules(t *testing.T) {
	f := newFixture(t)
	f.write("a", "a")
	f.commit("base")
	inner := bare(t, filepath.Join(f.dir, "vendor/lib"))
	f.write("vendor/lib/code", "code")
	inner.git("init", "-q", "-b", "trunk")
	id := inner.commit("inner")
	unborn := bare(t, filepath.Join(f.dir, "vendor/unborn"))
	f.write("vendor/unborn/code", "code")
	unborn.git("init", "-q")
	f.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("cd", 20)+",uninit")
	f.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("cd", 20)+",missing")
	if err := os.Mkdir(filepath.Join(f.dir, "uninit"), 0o755); err != nil {
		t.Fatal(err)
	}
	f.write("vendor/fake/.git/nothing", "not a repository")
	f.write("vendor/fake/file", "seen")
	want := []tree.Entry{
		{Path: "uninit", Mode: tree.ModeSubmodule, Blob: strings.Repeat("cd", 20)},
		{Path: "vendor/lib", Mode: tree.ModeSubmodule, Blob: id},
	}
	check := func(tr tree.Tree, want []tree.Entry) {
		t.Helper()
		var got []tree.Entry
		for _, e := range mustEntries(t, tr, "") {
			if e.Mode == tree.ModeSubmodule {
				got = append(got, e)
			}
			if strings.Contains(e.Path, ".git") || strings.HasPrefix(e.Path, "vendor/lib/") || strings.HasPrefix(e.Path, "vendor/unborn/") {
				t.Errorf("entry %q", e.Path)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if _, err := tr.Entry("vendor/fake/file"); err != nil {
			t.Error(err)
		}
	}
	check(mustWorktree(t, f.open()), want)
	folder, err := Folder(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	check(folder, want[1:])
	inner.git("pack-refs", "--all")
	check(mustWorktree(t, f.open()), want)
	inner.git("checkout", "-q", "--detach")
	check(mustWorktree(t, f.open()), want)
}

func TestSparseCheckoutKeepsWhatIsLeftOut(t *testing.T) {
	f := newFixture(t)
	f.write("in/a", "a\n")
	f.write("out/b", "b\n")
	head := f.commit("base")
	f.git("sparse-checkout", "set", "in")
	if _, err := os.Stat(filepath.Join(f.dir, "out")); err == nil {
		t.Fatal("the fixture is not sparse")
	}
	r := f.open()
	wt := mustWorktree(t, r)
	list, err := r.Diff(mustTree(t, r, head), wt)
	if len(list) != 0 || err != nil {
		t.Errorf("Diff = %v, %v", list, err)
	}
	b, err := wt.Read("out/b", 10)
	if string(b) != "b\n" || err != nil {
		t.Errorf("Read = %q, %v", b, err)
	}
}

func TestSymlinkedFolderIsNotEntered(t *testing.T) {
	f := newFixture(t)
	f.write("d/a", "tracked")
	f.commit("base")
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "a"), []byte("outside"), 0o644); err != nil {
		t.Fatal(err)
	}
	f.remove("d")
	if err := os.Symlink(outside, filepath.Join(f.dir, "d")); err != nil {
		t.Fatal(err)
	}
	wt := mustWorktree(t, f.open())
	e, err := wt.Entry("d")
	if err != nil || e.Mode != tree.ModeSymlink {
		t.Errorf("Entry = %v, %v", e, err)
	}
	_, err = wt.Read("d/a", 100)
	wantIs(t, err, tree.ErrNotFound)
}

func TestFileSwappedForSymlinkIsNotFollowed(t *testing.T) {
	f := newFixture(t)
	f.write("a", "a")
	f.write("secret", "s")
	wt := mustWorktree(t, f.open())
	f.remove("a")
	if err := os.Symlink("secret", filepath.Join(f.dir, "a")); err != nil {
		t.Fatal(err)
	}
	_, err := wt.Read("a", 10)
	wantIs(t, err, tree.ErrNotRegular)
	if _, err := wt.Entries(""); err == nil {
		t.Error("a swapped file is hashed")
	}
	f.remove("secret")
	_, err = wt.Read("secret", 10)
	wantIs(t, err, tree.ErrNotFound)
}

func TestFolderListsEverything(t *testing.T) {
	f := newFixture(t)
	f.write(".gitignore", "*.log\n")
	f.write("a.log", "log")
	tr, err := Folder(f.dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".gitignore", "a.log"}, paths(mustEntries(t, tr, ""))); diff != "" {
		t.Error(diff)
	}
	e, _ := tr.Entry("a.log")
	if want := f.git("hash-object", "a.log"); e.Blob != want {
		t.Errorf("blob = %s, want %s", e.Blob, want)
	}
	if _, err := Folder(filepath.Join(f.dir, "none")); err == nil {
		t.Error("a missing folder is listed")
	}
}

func TestIndexThatCannotBeReadIsAnError(t *testing.T) {
	f := newFixture(t)
	f.write("a", "a")
	f.commit("one")
	f.git("update-index", "--split-index")
	if _, err := f.open().Worktree(); err == nil {
		t.Error("a split index is read as if it were whole")
	}
}

func TestT86NothingInTheRepositoryIsRun(t *testing.T) {
	f := newFixture(t)
	f.write("a.txt", "one\n")
	base := f.commit("one")
	f.write("a.txt", "two\n")
	head := f.commit("two")
	trap := filepath.Join(t.TempDir(), "trap")
	script := filepath.Join(t.TempDir(), "trap.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ntouch "+trap+"\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"core.fsmonitor", "core.sshCommand", "core.editor", "core.pager", "core.askPass", "core.gitProxy", "credential.helper", "diff.external",
		"filter.trap.clean", "filter.trap.smudge", "filter.trap.process", "diff.trap.textconv", "diff.trap.command", "merge.trap.driver", "gpg.program",
		"uploadpack.packObjectsHook", "alias.log", "remote.origin.uploadpack",
	} {
		f.git("config", key, script)
	}
	f.git("config", "filter.trap.required", "true")
	f.git("config", "core.hooksPath", filepath.Dir(script))
	f.write(".gitattributes", "* filter=trap diff=trap merge=trap\n")
	f.write("a.txt", "three\n")
	for _, hook := range []string{"post-checkout", "pre-commit", "reference-transaction", "fsmonitor-watchman", "post-index-change"} {
		if err := os.Symlink(script, filepath.Join(f.dir, ".git/hooks", hook)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", filepath.Dir(script))
	if err := os.Symlink(script, filepath.Join(filepath.Dir(script), "git")); err != nil {
		t.Fatal(err)
	}
	r := f.open()
	wt := mustWorktree(t, r)
	list, err := r.Diff(mustTree(t, r, base), wt)
	if err != nil || len(list) != 2 {
		t.Errorf("Diff = %v, %v", list, err)
	}
	for _, c := range list {
		if _, err := r.Lines(c, wt); err != nil {
			t.Error(err)
		}
	}
	for _, err := range []error{
		second(r.Resolve("main~1")), second(r.MergeBase(base, head)), second(r.Commits(base, head)), second(wt.Read("a.txt", 10)),
		r.PathsEver(head, []string{""}, func(string, string) {}),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(trap); err == nil {
		t.Error("a trap was sprung")
	}
	// The trap works: git itself springs it.
	cmd := exec.Command("/usr/bin/env", "PATH=/usr/local/bin:/usr/bin:/bin", "git", "status")
	cmd.Dir, cmd.Env = f.dir, f.env
	_ = cmd.Run()
	if _, err := os.Stat(trap); err != nil {
		t.Error("git does not spring the trap; the fixture does not test what it should")
	}
}

func second[T any](_ T, err error) error { return err }
