package gitrepo

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// rawDiff is what git says differs between two commits.
func rawDiff(f *fixture, a, b string) []tree.FileChange {
	zero := strings.Repeat("0", 40)
	blank := func(id string) string { return strings.TrimSuffix(id, zero) }
	mode := func(s string) tree.Mode {
		for m := tree.ModeInvalid; m <= tree.ModeSubmodule; m++ {
			if modeNumber(m) == s {
				return m
			}
		}
		f.t.Fatalf("mode %q", s)
		return 0
	}
	kinds := map[string]tree.ChangeKind{"A": tree.Added, "D": tree.Deleted, "M": tree.Modified, "T": tree.Modified}
	words := strings.Split(f.git("--no-replace-objects", "diff", "--raw", "--no-renames", "--no-abbrev", "-z", a, b), "\x00")
	var list []tree.FileChange
	for i := 0; i+1 < len(words); i += 2 {
		w := strings.Fields(strings.TrimPrefix(words[i], ":"))
		list = append(list, tree.FileChange{
			Path: words[i+1], Kind: kinds[w[4]], OldMode: mode(w[0]), NewMode: mode(w[1]), OldBlob: blank(w[2]), NewBlob: blank(w[3]),
		})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Path < list[j].Path })
	return list
}

// shuffleTree changes a working tree at random.
func shuffleTree(f *fixture, rnd *rand.Rand) {
	names := []string{"a", "a.b", "a-b", "a/x", "a/y/z", "b", "b/c", "b0", "c/d/e/f", "c/d", "c.d", "run", "é"}
	for range 1 + rnd.IntN(6) {
		p := names[rnd.IntN(len(names))]
		full := filepath.Join(f.dir, p)
		for dir := filepath.Dir(p); dir != "."; dir = filepath.Dir(dir) {
			if fi, err := os.Lstat(filepath.Join(f.dir, dir)); err == nil && !fi.IsDir() {
				f.remove(dir)
			}
		}
		f.remove(p)
		switch rnd.IntN(5) {
		case 0:
		case 1:
			f.write(p, "x")
			if err := os.Chmod(full, 0o755); err != nil {
				f.t.Fatal(err)
			}
		case 2:
			f.write(p, "")
			f.remove(p)
			if err := os.Symlink("x", full); err != nil {
				f.t.Fatal(err)
			}
		default:
			f.write(p, strings.Repeat(strconv.Itoa(rnd.IntN(3))+"\n", rnd.IntN(9)))
		}
	}
}

func TestDiffAgreesWithGit(t *testing.T) {
	f := newFixture(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	ids := []string{f.commit("empty")}
	for i := range 25 {
		shuffleTree(f, rnd)
		ids = append(ids, f.commit(fmt.Sprint(i)))
	}
	f.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("ab", 20)+",module")
	f.git("commit", "-q", "-m", "module")
	ids = append(ids, f.git("rev-parse", "HEAD"))
	r := f.open()
	total := 0
	for i := range ids {
		a, b := ids[i], ids[(i*7+3)%len(ids)]
		want := rawDiff(f, a, b)
		total += len(want)
		ta, tb := mustTree(t, r, a), mustTree(t, r, b)
		got, err := r.Diff(ta, tb)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%s..%s: %v %s", a, b, err, diff)
		}
		lists, err := r.Diff(foreign{ta}, tb)
		if diff := cmp.Diff(got, lists); diff != "" || err != nil {
			t.Fatalf("by lists: %v %s", err, diff)
		}
	}
	if total < 50 {
		t.Errorf("only %d differences", total)
	}
}

// foreign hides where a tree comes from.
type foreign struct{ tree.Tree }

func TestT10AllOf3100ChangedFilesAreSeen(t *testing.T) {
	f := newFixture(t)
	f.write("freezes/zz.yaml", "freeze: true\n")
	base := f.commit("base")
	for i := range 3099 {
		f.write(fmt.Sprintf("bulk/%d/f%04d", i%13, i), strconv.Itoa(i))
	}
	f.remove("freezes")
	head := f.commit("bulk")
	r := f.open()
	list, err := r.Diff(mustTree(t, r, base), mustTree(t, r, head))
	if err != nil || len(list) != 3100 {
		t.Fatalf("%d changes, %v", len(list), err)
	}
	last := list[len(list)-1]
	if last.Path != "freezes/zz.yaml" || last.Kind != tree.Deleted {
		t.Errorf("last change = %v", last)
	}
}

func TestRenameIsDeletionAndAddition(t *testing.T) {
	f := newFixture(t)
	f.write("old", "text\n")
	base := f.commit("base")
	f.git("mv", "old", "new")
	head := f.commit("rename")
	r := f.open()
	list, err := r.Diff(mustTree(t, r, base), mustTree(t, r, head))
	blob := f.git("rev-parse", base+":old")
	want := []tree.FileChange{
		{Path: "new", Kind: tree.Added, NewMode: tree.ModeFile, NewBlob: blob},
		{Path: "old", Kind: tree.Deleted, OldMode: tree.ModeFile, OldBlob: blob},
	}
	if diff := cmp.Diff(want, list); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestLinesAgreeWithGit(t *testing.T) {
	f := newFixture(t)
	rnd := rand.New(rand.NewPCG(5, 6))
	text := func() string {
		var b strings.Builder
		for range rnd.IntN(40) {
			fmt.Fprintf(&b, "%d\n", rnd.IntN(12))
		}
		if rnd.IntN(3) == 0 {
			b.WriteString("no end")
		}
		return b.String()
	}
	all := func() {
		for i := range 40 {
			f.write(fmt.Sprintf("f%d", i), text())
		}
	}
	all()
	f.write("gone", "a\nb")
	f.write("bin", "a\x00b")
	f.write("latebin", strings.Repeat("x", 8000)+"\x00")
	f.write("crlf", "a\r\nb\r\n")
	f.write("mode", "m\n")
	a := f.commit("a")
	all()
	f.remove("gone")
	f.write("fresh", "1\n2\n3")
	f.write("empty", "")
	f.write("bin", "text now")
	f.write("latebin", strings.Repeat("x", 8000)+"\x00y")
	f.write("crlf", "a\nb\r\n")
	if err := os.Chmod(filepath.Join(f.dir, "mode"), 0o755); err != nil {
		t.Fatal(err)
	}
	b := f.commit("b")
	want := map[string]string{}
	for line := range strings.SplitSeq(f.git("diff", "--numstat", "--no-renames", "--minimal", a, b), "\n") {
		w := strings.Split(line, "\t")
		want[w[2]] = w[0] + " " + w[1]
	}
	r := f.open()
	tb := mustTree(t, r, b)
	list, err := r.Diff(mustTree(t, r, a), tb)
	if err != nil || len(list) != len(want) || len(list) < 40 {
		t.Fatalf("%d changes, git %d, %v", len(list), len(want), err)
	}
	for _, tr := range []tree.Tree{tb, mustWorktree(t, r), foreign{tb}} {
		for _, c := range list {
			n, err := r.Lines(c, tr)
			got := fmt.Sprint(n.Added, " ", n.Deleted)
			if n.Binary {
				got = "- -"
			}
			if err != nil || got != want[c.Path] {
				t.Errorf("%s: %q, want %q, %v", c.Path, got, want[c.Path], err)
			}
		}
	}
}

func TestLinesOfLargeFilesAreCountedNotCompared(t *testing.T) {
	f := newFixture(t)
	big := strings.Repeat("0123456789abcde\n", 70_000)
	f.write("big", big)
	f.write("huge", strings.Repeat("0123456789abcde\n", 700_000)+"end")
	a := f.commit("a")
	f.write("big", big+"more\n")
	f.write("huge", "small\n")
	b := f.commit("b")
	for _, pack := range []bool{false, true} {
		if pack {
			f.git("gc", "-q", "--prune=now")
		}
		r := f.open()
		for _, tr := range []tree.Tree{mustTree(t, r, b), mustWorktree(t, r)} {
			list, err := r.Diff(mustTree(t, r, a), tr)
			if err != nil || len(list) != 2 {
				t.Fatal(list, err)
			}
			want := []tree.LineCount{{Added: 70_001, Deleted: 70_000}, {Added: 1, Deleted: 700_001}}
			for i, c := range list {
				if got, err := r.Lines(c, tr); got != want[i] || err != nil {
					t.Errorf("%s: %v, %v", c.Path, got, err)
				}
			}
		}
	}
}

func TestLinesOfVeryDifferentFilesAreBounded(t *testing.T) {
	var a, b strings.Builder
	rnd := rand.New(rand.NewPCG(8, 9))
	order := rnd.Perm(60_000)
	for i := range 60_000 {
		fmt.Fprintln(&a, i)
		fmt.Fprintln(&b, order[i])
	}
	b.WriteString("last\n")
	added, deleted := countDiff([]byte(a.String()), []byte(b.String()))
	if added != 1 || deleted != 0 {
		t.Errorf("+%d -%d; a pure reordering falls back to counting", added, deleted)
	}
}
