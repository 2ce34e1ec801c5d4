package gitrepo

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// fixture is a real repository made by the git binary.
type fixture struct {
	t   *testing.T
	dir string
	env []string
}

func bare(t *testing.T, dir string) *fixture {
	t.Helper()
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_AUTHOR_DATE=1700000000 +0100",
		"GIT_COMMITTER_NAME=Bob", "GIT_COMMITTER_EMAIL=bob@example.org", "GIT_COMMITTER_DATE=1700000000 +0100",
	}
	return &fixture{t: t, dir: dir, env: env}
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f := bare(t, dir)
	f.git("init", "-q", "-b", "main")
	return f
}

func (f *fixture) try(input string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env, cmd.Stdin = f.dir, f.env, strings.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = errors.Join(err, errors.New(stderr.String()))
	}
	return string(out), err
}

func (f *fixture) feed(input string, args ...string) string {
	f.t.Helper()
	out, err := f.try(input, args...)
	if err != nil {
		f.t.Fatalf("git %v: %v", args, err)
	}
	return out
}

func (f *fixture) git(args ...string) string {
	f.t.Helper()
	return strings.TrimSuffix(f.feed("", args...), "\n")
}

func (f *fixture) write(path, text string) {
	f.t.Helper()
	p := filepath.Join(f.dir, path)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) remove(path string) {
	f.t.Helper()
	if err := os.RemoveAll(filepath.Join(f.dir, path)); err != nil {
		f.t.Fatal(err)
	}
}

// commit commits all that lies in the working tree.
func (f *fixture) commit(message string) string {
	f.t.Helper()
	f.git("add", "-A", "-f", ".")
	f.git("commit", "-q", "--allow-empty", "-m", message)
	return f.git("rev-parse", "HEAD")
}

func (f *fixture) open() *Repo {
	f.t.Helper()
	r, err := Open(f.dir)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		if err := r.Close(); err != nil {
			f.t.Error(err)
		}
	})
	return r
}

func mustTree(t *testing.T, r *Repo, id string) tree.Tree {
	t.Helper()
	tr, err := r.Tree(id)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func mustWorktree(t *testing.T, r *Repo) tree.Tree {
	t.Helper()
	tr, err := r.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func mustEntries(t *testing.T, tr tree.Tree, folder string) []tree.Entry {
	t.Helper()
	list, err := tr.Entries(folder)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func paths(list []tree.Entry) []string {
	var p []string
	for _, e := range list {
		p = append(p, e.Path)
	}
	return p
}

func wantIs(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error = %v, want one that wraps %q", err, want)
	}
}

// modeNumber is the mode as git prints it.
func modeNumber(m tree.Mode) string {
	switch m {
	case tree.ModeFile:
		return "100644"
	case tree.ModeExecutable:
		return "100755"
	case tree.ModeSymlink:
		return "120000"
	case tree.ModeSubmodule:
		return "160000"
	case tree.ModeInvalid:
		return "000000"
	default:
		return "?"
	}
}
