package bench

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/rego"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/policy"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// today is when the repositories of records are looked at.
var today = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// years is a repository with records that end with this year and go back, so
// many a month, each in the folders of its month and in a commit of its own;
// and a branch with two more.
type years struct {
	records, perMonth int
	config            string // further lines of mergeseal.yaml
	squashed          bool   // all records in one commit
}

func (y years) write(tb testing.TB) string {
	tb.Helper()
	return imported(tb, func(w *bufio.Writer, commit, file func(string, string)) {
		commit("main", "x")
		file("mergeseal.yaml", "version: 1\n"+y.config+services)
		step := 30 * 24 * time.Hour / time.Duration(y.perMonth)
		end := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range y.records {
			if !y.squashed {
				commit("main", "x")
			}
			file(recordAt(i+3, end.Add(-step*time.Duration(i+1))))
		}
		w.WriteString("reset refs/heads/change\nfrom refs/heads/main\n\n") //nolint:errcheck,gosec // the writer keeps its error for Flush
		commit("change", "x")
		file(recordAt(1, end.AddDate(0, 0, -10)))
		file(recordAt(2, end.AddDate(0, 0, -9)))
	})
}

// recordAt is the file of a record that begins at an instant; it is closed when
// that is past.
func recordAt(n int, from time.Time) (name, text string) {
	to := from.Add(time.Hour)
	text = fmt.Sprintf(record, n, n, n%12, from.Format(time.RFC3339), to.Format(time.RFC3339), "trigger: Error rate above 1 % for five minutes")
	if to.Before(today) {
		text += fmt.Sprintf("actual: {start: %s, end: %s}\noutcome: {result: successful, rollback_used: false}\n", from.Format(time.RFC3339), to.Format(time.RFC3339))
	}
	return fmt.Sprintf("changes/%s/CHG-%d.yaml", from.Format("2006/01"), n), text
}

// counted is a repository that counts the files it opens.
type counted struct {
	judge.Repo
	opened *atomic.Int64
}

func (c counted) Tree(id string) (tree.Tree, error) {
	t, err := c.Repo.Tree(id)
	return countedTree{t, c.opened}, err
}

func (c counted) Diff(before, after tree.Tree) ([]tree.FileChange, error) {
	return c.Repo.Diff(bare(before), bare(after))
}

func (c counted) Lines(f tree.FileChange, after tree.Tree) (tree.LineCount, error) {
	return c.Repo.Lines(f, bare(after))
}

func (c counted) Blob(id string, most int64) ([]byte, error) {
	c.opened.Add(1)
	return c.Repo.Blob(id, most)
}

type countedTree struct {
	tree.Tree
	opened *atomic.Int64
}

func (t countedTree) Read(p string, most int64) ([]byte, error) {
	if strings.HasPrefix(p, "changes/") {
		t.opened.Add(1)
	}
	return t.Tree.Read(p, most)
}

func bare(t tree.Tree) tree.Tree {
	if c, ok := t.(countedTree); ok {
		return c.Tree
	}
	return t
}

// target opens a repository to judge its branch, and counts what that opens.
func target(tb testing.TB, dir string) (judge.Target, *atomic.Int64) {
	tb.Helper()
	repo, err := gitrepo.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := repo.Close(); err != nil {
			tb.Error(err)
		}
	})
	entries, err := policy.FS.ReadDir(".")
	if err != nil {
		tb.Fatal(err)
	}
	var rules []judge.Module
	for _, e := range entries {
		b, err := policy.FS.ReadFile(e.Name())
		if err != nil {
			tb.Fatal(err)
		}
		rules = append(rules, judge.Module{Path: e.Name(), Source: b, Builtin: true})
	}
	opened := &atomic.Int64{}
	return judge.Target{
		Repo: counted{repo, opened}, Builtin: rules, Base: "refs/heads/main", Head: "refs/heads/change", Now: today, Tool: "bench",
		Compile: func(mods []judge.Module) (judge.Rules, diag.List) {
			in := make([]rego.Module, len(mods))
			for i, m := range mods {
				in[i] = rego.Module(m)
			}
			p, found := rego.Compile(in, rego.Options{})
			if p == nil {
				return nil, found
			}
			return p, found
		},
	}, opened
}

// imported is a repository that git made of a stream; its head is change.
func imported(tb testing.TB, write func(w *bufio.Writer, commit func(branch, message string), file func(name, text string))) string {
	tb.Helper()
	dir := tb.TempDir()
	git := func(args ...string) *exec.Cmd {
		cmd := exec.Command("git", append([]string{"-C", dir}, args...)...) //nolint:gosec // arguments of this test
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
		cmd.Stderr = os.Stderr
		return cmd
	}
	if err := git("init", "-q", "-b", "main").Run(); err != nil {
		tb.Fatal(err)
	}
	imp := git("fast-import", "--quiet")
	in, err := imp.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := imp.Start(); err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriterSize(in, 1<<20)
	at := today.AddDate(-1, 0, 0).Unix()
	write(w, func(branch, message string) {
		at++
		fmt.Fprintf(w, "commit refs/heads/%s\ncommitter a <a@b.example> %d +0000\ndata %d\n%s\n", branch, at, len(message), message) //nolint:errcheck // as above
	}, func(name, text string) {
		fmt.Fprintf(w, "M 100644 inline %s\ndata %d\n%s\n", name, len(text), text) //nolint:errcheck // as above
	})
	if err := errors.Join(w.Flush(), in.Close(), imp.Wait()); err != nil {
		tb.Fatal(err)
	}
	if err := git("symbolic-ref", "HEAD", "refs/heads/change").Run(); err != nil {
		tb.Fatal(err)
	}
	return dir
}
