package example

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// runGit runs the git binary, deaf to the machine's own settings.
func runGit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "TZ=UTC", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimRight(string(out), "\n")
}

func written(t *testing.T, e *Example) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "repo")
	if err := e.Write(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestGitFindsNothingWrongWithTheRepositories(t *testing.T) {
	for _, e := range all(t) {
		t.Run(e.Name, func(t *testing.T) {
			dir := written(t, e)
			if out := runGit(t, dir, "fsck", "--strict", "--full", "--no-dangling"); out != "" {
				t.Errorf("fsck:\n%s", out)
			}
			if out := runGit(t, dir, "status", "--porcelain"); out != "" {
				t.Errorf("status:\n%s", out)
			}
			if out := runGit(t, dir, "symbolic-ref", "HEAD"); out != "refs/heads/main" {
				t.Errorf("HEAD = %s", out)
			}
			if got := strings.Split(runGit(t, dir, "ls-tree", "-r", "--name-only", "main"), "\n"); !cmp.Equal(got, e.Base.Paths()) {
				t.Errorf("tree of main (-want +got):\n%s", cmp.Diff(e.Base.Paths(), got))
			}
			for _, p := range e.Base.Paths() {
				if data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p))); err != nil || string(data) != string(e.Base[p]) {
					t.Errorf("%s is not checked out as it is: %v", p, err)
				}
			}
			branches := []string{"main"}
			for _, b := range e.Branches {
				branches = append(branches, b.Name)
				if got := strings.Split(runGit(t, dir, "ls-tree", "-r", "--name-only", "refs/heads/"+b.Name), "\n"); !cmp.Equal(got, b.Files.Paths()) {
					t.Errorf("tree of %s (-want +got):\n%s", b.Name, cmp.Diff(b.Files.Paths(), got))
				}
				if got := runGit(t, dir, "merge-base", "main", "refs/heads/"+b.Name); got != runGit(t, dir, "rev-parse", "refs/heads/main") {
					t.Errorf("%s does not begin at the tip of main", b.Name)
				}
				who := b.Author.Name + " <" + string(b.Author.Login) + "@example.com>"
				if got := runGit(t, dir, "log", "-1", "--format=%an <%ae>", "refs/heads/"+b.Name); got != who {
					t.Errorf("%s was made by %s, want %s", b.Name, got, who)
				}
			}
			slices.Sort(branches)
			if diff := cmp.Diff(branches, strings.Split(runGit(t, dir, "for-each-ref", "--format=%(refname:short)"), "\n")); diff != "" {
				t.Errorf("refs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheBaseOfAcmeHasAYearOfMerges(t *testing.T) {
	e, err := Load("acme")
	if err != nil {
		t.Fatal(err)
	}
	dir := written(t, e)
	lines := strings.Split(runGit(t, dir, "log", "--first-parent", "--reverse", "--format=%ct %P", "main"), "\n")
	if len(lines) != len(e.Commits) {
		t.Fatalf("%d commits on main, want %d", len(lines), len(e.Commits))
	}
	last, merges := int64(0), 0
	for i, line := range lines {
		f := strings.Fields(line)
		at, err := strconv.ParseInt(f[0], 10, 64)
		if err != nil || at <= last || at != e.Commits[i].landed().Unix() {
			t.Errorf("commit %d is dated %s", i+1, f[0])
		}
		last = at
		if len(f) == 3 {
			merges++
		}
	}
	if merges != len(lines)-1 {
		t.Errorf("%d merges among %d commits", merges, len(lines))
	}
	if got := runGit(t, dir, "log", "--first-parent", "-1", "--format=%s%n%an", "--", "changes/2026/CHG-2026-0124.yaml"); got != "Merge pull request #113 from storage-shelf\nJudy Marsh" {
		t.Errorf("last commit of CHG-2026-0124 = %q", got)
	}
}

// A commit id that changes breaks every verdict and transcript that names it.
// Change an example's files and the ids below change with them, knowingly.
func TestTheSameExampleGivesTheSameCommitIDs(t *testing.T) {
	var got []string
	for _, e := range all(t) {
		first, second := written(t, e), written(t, e)
		refs := runGit(t, first, "for-each-ref", "--format=%(refname:short) %(objectname)")
		if diff := cmp.Diff(refs, runGit(t, second, "for-each-ref", "--format=%(refname:short) %(objectname)")); diff != "" {
			t.Errorf("%s differs from one run to the next:\n%s", e.Name, diff)
		}
		for _, line := range strings.Split(refs, "\n") {
			got = append(got, e.Name+" "+line)
		}
	}
	const golden = "testdata/commits.txt"
	text := strings.Join(got, "\n") + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("commit ids (-want +got); -update rewrites the file:\n%s", diff)
	}
}

func TestAFolderThatHoldsSomethingIsLeftAlone(t *testing.T) {
	e, err := Load("minimal")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := e.Write(dir); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("error %v, want ErrNotEmpty", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	if err := e.Write(filepath.Join(dir, "mine.txt")); err == nil {
		t.Error("a file was taken for a folder")
	}
	if err := e.Write(filepath.Join(t.TempDir(), "a", "b")); err != nil {
		t.Errorf("a folder that does not exist: %v", err)
	}
	if err := e.Write(t.TempDir()); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
}
