package gitrepo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

func mustResolve(t *testing.T, r *Repo, rev, want string) {
	t.Helper()
	got, err := r.Resolve(rev)
	if err != nil || got != want {
		t.Errorf("Resolve(%q) = %q, %v, want %q", rev, got, err, want)
	}
}

func TestT08TagWithTheNameOfABranchNeverWins(t *testing.T) {
	f := newFixture(t)
	old := f.commit("one")
	f.write("a", "2")
	tip := f.commit("two")
	f.git("tag", "main", old)
	f.git("tag", "-a", "-m", "x", "origin/main", old)
	f.git("update-ref", "refs/remotes/origin/main", tip)
	f.git("tag", "only", old)
	for _, pack := range []bool{false, true} {
		if pack {
			f.git("pack-refs", "--all", "--prune")
		}
		r := f.open()
		mustResolve(t, r, "main", tip)
		mustResolve(t, r, "origin/main", tip)
		mustResolve(t, r, "refs/tags/main", old)
		_, err := r.Resolve("only")
		wantIs(t, err, tree.ErrNotFound)
		if !strings.Contains(err.Error(), "refs/tags/only") {
			t.Errorf("no hint in %v", err)
		}
	}
	if f.git("rev-parse", "main") != old {
		t.Error("git no longer prefers the tag; the fixture does not test what it should")
	}
}

func TestResolve(t *testing.T) {
	f := newFixture(t)
	one := f.commit("one")
	two := f.commit("two")
	f.git("checkout", "-q", "-b", "side", one)
	f.write("s", "s")
	side := f.commit("side")
	f.git("checkout", "-q", "main")
	f.git("merge", "-q", "--no-ff", "-m", "merge", "side")
	merge := f.git("rev-parse", "HEAD")
	f.git("tag", "-a", "-m", "v1", "v1", two)
	f.git("tag", "-a", "-m", "tag of tag", "v1.1", "v1")
	f.git("tag", "tree", merge+"^{tree}")
	f.git("branch", "deadbeef", one)
	f.git("update-ref", "refs/remotes/up/feature", side)
	f.git("symbolic-ref", "refs/remotes/up/HEAD", "refs/remotes/up/feature")
	r := f.open()
	for rev, want := range map[string]string{
		"HEAD": merge, "main": merge, "refs/heads/main": merge, merge: merge,
		strings.ToUpper(merge): merge, "up/feature": side, "refs/remotes/up/HEAD": side,
		"HEAD~1": two, "HEAD~": two, "HEAD^": two, "HEAD^1": two, "HEAD^2": side, "HEAD^0": merge, "HEAD~0": merge,
		"HEAD~2": one, "HEAD^^": one, "HEAD^2~1": one, merge + "~2": one,
		"refs/tags/v1": two, "refs/tags/v1.1": two, "refs/tags/v1~1": one,
		"deadbeef": one, "side": side,
	} {
		mustResolve(t, r, rev, want)
		if strings.HasPrefix(rev, "refs/tags/") || strings.ContainsAny(rev, "~^") {
			if git := f.git("rev-parse", rev+"^{commit}"); git != want {
				t.Errorf("git resolves %q to %s", rev, git)
			}
		}
	}
	for rev, want := range map[string]error{
		"nobody":                          tree.ErrNotFound,
		"refs/heads/nobody":               tree.ErrNotFound,
		"refs/heads":                      tree.ErrNotFound,
		"refs":                            tree.ErrNotFound,
		"refs/tags/tree":                  tree.ErrNotFound,
		"ORIG_HEAD":                       tree.ErrNotFound,
		"HEAD^3":                          tree.ErrNotFound,
		"HEAD~99":                         tree.ErrNotFound,
		strings.Repeat("1", 40):           tree.ErrNotFound,
		strings.Repeat("1", 64):           tree.ErrNotFound,
		f.git("rev-parse", "HEAD:s"):      tree.ErrNotFound,
		f.git("rev-parse", "HEAD^{tree}"): tree.ErrNotFound,
		merge[:8]:                         tree.ErrRef,
		merge[:39]:                        tree.ErrRef,
		"HEAD:s":                          tree.ErrRef,
		":/two":                           tree.ErrRef,
		"HEAD@{1}":                        tree.ErrRef,
		"@{u}":                            tree.ErrRef,
		"@":                               tree.ErrRef,
		"":                                tree.ErrRef,
		"main..side":                      tree.ErrRef,
		"HEAD^{tree}":                     tree.ErrRef,
		"HEAD^{/one}":                     tree.ErrRef,
		"HEAD^x":                          tree.ErrRef,
		"HEAD~99999999999999999999":       tree.ErrRef,
		"~1":                              tree.ErrRef,
		"a b":                             tree.ErrRef,
		"a\nb":                            tree.ErrRef,
		"a\x00b":                          tree.ErrRef,
		"a\x7f":                           tree.ErrRef,
		"a\xffb":                          tree.ErrRef,
		"refs/../HEAD":                    tree.ErrRef,
		"../../etc/passwd":                tree.ErrRef,
		"/main":                           tree.ErrRef,
		"main/":                           tree.ErrRef,
		"a//b":                            tree.ErrRef,
		".a":                              tree.ErrRef,
		"a/.b":                            tree.ErrRef,
		"a.lock":                          tree.ErrRef,
		"a.lock/b":                        tree.ErrRef,
		"a.":                              tree.ErrRef,
		"a*":                              tree.ErrRef,
		"a\\b":                            tree.ErrRef,
		"a[b":                             tree.ErrRef,
		strings.Repeat("a", 2000):         tree.ErrRef,
	} {
		got, err := r.Resolve(rev)
		wantIs(t, err, want)
		if err != nil && strings.ContainsAny(err.Error(), "\x00\n\x7f") {
			t.Errorf("control character in %q", err)
		}
		if got != "" {
			t.Errorf("Resolve(%q) = %q with an error", rev, got)
		}
	}
	if _, err := r.Resolve(merge[:8]); err == nil || !strings.Contains(err.Error(), "all 40 digits") {
		t.Errorf("no hint for an abbreviated id: %v", err)
	}
}

func TestT85OptionLikeRevisionsAreRefused(t *testing.T) {
	f := newFixture(t)
	f.commit("one")
	r := f.open()
	for _, rev := range []string{"-x", "--all", "--upload-pack=touch x", "--upload-pack=touch${IFS}x", "-", "--"} {
		_, err := r.Resolve(rev)
		wantIs(t, err, tree.ErrRef)
		_, err = r.MergeBase(rev, "HEAD")
		wantIs(t, err, tree.ErrRef)
		_, err = r.Tree(rev)
		wantIs(t, err, tree.ErrRef)
	}
	if _, err := os.Stat(filepath.Join(f.dir, "x")); err == nil {
		t.Error("a file was made")
	}
}

func TestSymbolicRefCannotLeaveRefs(t *testing.T) {
	f := newFixture(t)
	f.commit("one")
	f.write(".git/refs/heads/evil", "ref: ../config\n")
	f.write(".git/refs/heads/loop", "ref: refs/heads/loop\n")
	f.write(".git/refs/heads/junk", "junk\n")
	r := f.open()
	for _, rev := range []string{"evil", "loop", "junk"} {
		if got, err := r.Resolve(rev); err == nil {
			t.Errorf("Resolve(%q) = %q", rev, got)
		}
	}
}

func TestDefaultBaseAndHeadBranch(t *testing.T) {
	f := newFixture(t)
	check := func(wantRef, wantID string, wantErr error) {
		t.Helper()
		ref, id, err := f.open().DefaultBase()
		if ref != wantRef || id != wantID {
			t.Errorf("DefaultBase = %q, %q, %v, want %q, %q", ref, id, err, wantRef, wantID)
		}
		wantIs(t, err, wantErr)
	}
	check("", "", tree.ErrNotFound)
	ref, _, err := f.open().HeadBranch()
	wantIs(t, err, tree.ErrNotFound)
	if ref != "refs/heads/main" {
		t.Errorf("unborn ref = %q", ref)
	}
	one := f.commit("one")
	check("refs/heads/main", one, nil)
	f.git("branch", "-m", "main", "master")
	check("refs/heads/master", one, nil)
	two := f.commit("two")
	f.git("branch", "main", one)
	check("refs/heads/main", one, nil)
	f.git("config", "remote.up.url", "/nowhere")
	f.git("update-ref", "refs/remotes/up/trunk", two)
	f.git("symbolic-ref", "refs/remotes/up/HEAD", "refs/remotes/up/trunk")
	check("refs/remotes/up/trunk", two, nil)
	f.git("config", "remote.zz.url", "/nowhere")
	check("refs/heads/main", one, nil)
	f.git("config", "remote.origin.url", "/nowhere")
	f.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/dev")
	check("refs/heads/main", one, nil)
	f.git("update-ref", "refs/remotes/origin/dev", two)
	check("refs/remotes/origin/dev", two, nil)

	ref, id, err := f.open().HeadBranch()
	if ref != "refs/heads/master" || id != two || err != nil {
		t.Errorf("HeadBranch = %q, %q, %v", ref, id, err)
	}
	f.git("checkout", "-q", "--detach", one)
	ref, id, err = f.open().HeadBranch()
	if ref != "HEAD" || id != one || err != nil {
		t.Errorf("HeadBranch = %q, %q, %v", ref, id, err)
	}
}

func TestOpen(t *testing.T) {
	_, err := Open(t.TempDir())
	wantIs(t, err, tree.ErrNotRepository)

	f := newFixture(t)
	f.write("deep/er/a", "a")
	one := f.commit("one")
	r, err := Open(filepath.Join(f.dir, "deep", "er"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Root() != f.dir {
		t.Errorf("Root = %q, want %q", r.Root(), f.dir)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}

	linked := filepath.Join(f.dir, "..", "linked")
	f.git("worktree", "add", "-q", "-b", "other", linked, one)
	g := &fixture{t: t, dir: linked, env: f.env}
	g.write("b", "b")
	two := g.commit("two")
	g.write("c", "c")
	r = g.open()
	mustResolve(t, r, "HEAD", two)
	mustResolve(t, r, "main", one)
	if ref, _, _ := r.HeadBranch(); ref != "refs/heads/other" {
		t.Errorf("HeadBranch = %q", ref)
	}
	if got := strings.Join(paths(mustEntries(t, mustWorktree(t, r), "")), " "); got != "b c deep/er/a" {
		t.Errorf("worktree = %q", got)
	}

	f.git("config", "core.repositoryformatversion", "1")
	f.git("config", "extensions.objectFormat", "sha256")
	if _, err := Open(f.dir); err == nil || !strings.Contains(err.Error(), "sha256") {
		t.Errorf("a SHA-256 repository is opened: %v", err)
	}
}
