package gitrepo

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// dag is one random history in a repository of many.
type dag struct {
	ids     []string
	parents [][]int
}

// randomDAGs makes histories in one go. Skewed ones have dates in no order.
func randomDAGs(t *testing.T, f *fixture, count int, skewed bool) []dag {
	t.Helper()
	rnd := rand.New(rand.NewPCG(7, uint64(count)))
	var in strings.Builder
	dags := make([]dag, count)
	for d := range dags {
		n := 3 + rnd.IntN(14)
		for i := range n {
			date := 1_000_000 + i*10 + rnd.IntN(10)
			if skewed {
				date = 1_000_000 + rnd.IntN(50)
			}
			fmt.Fprintf(&in, "commit refs/heads/d%d-%d\nmark :%d\ncommitter B <b@e> %d +0000\ndata <<E\n%d %d\nE\n", d, i, d*100+i+1, date, d, i)
			var ps []int
			for range min(i, 1+rnd.IntN(4)) {
				p := i - 1 - rnd.IntN(min(i, 5))
				if !contains(ps, p) {
					ps = append(ps, p)
				}
			}
			if rnd.IntN(16) == 0 {
				ps = nil // another root
			}
			for k, p := range ps {
				word := "merge"
				if k == 0 {
					word = "from"
				}
				fmt.Fprintf(&in, "%s :%d\n", word, d*100+p+1)
			}
			in.WriteString("\n")
			dags[d].parents = append(dags[d].parents, ps)
		}
	}
	marks := filepath.Join(t.TempDir(), "marks")
	f.feed(in.String(), "fast-import", "--quiet", "--force", "--export-marks="+marks)
	b, err := os.ReadFile(marks)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for line := range strings.Lines(string(b)) {
		m, id, _ := strings.Cut(strings.TrimSpace(line), " ")
		ids[m] = id
	}
	for d := range dags {
		for i := range dags[d].parents {
			dags[d].ids = append(dags[d].ids, ids[fmt.Sprintf(":%d", d*100+i+1)])
		}
	}
	return dags
}

func contains(list []int, x int) bool {
	for _, v := range list {
		if v == x {
			return true
		}
	}
	return false
}

// reach is the truth: all commits reachable from one.
func (d dag) reach(from int) map[string]bool {
	set := map[string]bool{}
	var walk func(int)
	walk = func(i int) {
		if !set[d.ids[i]] {
			set[d.ids[i]] = true
			for _, p := range d.parents[i] {
				walk(p)
			}
		}
	}
	walk(from)
	return set
}

func TestMergeBaseAndCommitsAgreeWithGitOnRandomHistories(t *testing.T) {
	several, none := 0, 0
	for _, skewed := range []bool{false, true} {
		f := newFixture(t)
		rnd := rand.New(rand.NewPCG(3, 4))
		dags := randomDAGs(t, f, 40, skewed)
		r := f.open()
		for n, d := range dags {
			for k := range 6 {
				a, b := rnd.IntN(len(d.ids)), rnd.IntN(len(d.ids))
				if k < 3 { // late commits cross more
					a, b = len(d.ids)-1, len(d.ids)-2
					if k > 0 {
						a, b = b-k+1, b-k
					}
				}
				a, b = max(a, 0), max(b, 0)
				out, _ := f.try("", "merge-base", "--all", d.ids[a], d.ids[b])
				want := strings.Fields(out)
				sort.Strings(want)
				got, err := r.MergeBase(d.ids[a], d.ids[b])
				if len(want) == 0 {
					none++
					wantIs(t, err, tree.ErrNotFound)
				} else {
					if err != nil || got != want[0] {
						t.Fatalf("skewed %v, history %d: merge base of %d and %d = %q, %v, want %v", skewed, n, a, b, got, err, want)
					}
					all, err := r.mergeBases(d.ids[a], d.ids[b])
					var ids []string
					for _, h := range all {
						ids = append(ids, h.String())
					}
					if diff := cmp.Diff(want, ids); diff != "" || err != nil {
						t.Fatalf("all merge bases: %v %s", err, diff)
					}
				}
				if len(want) > 1 {
					several++
				}
				checkCommits(t, f, r, d, b, a, skewed)
			}
		}
	}
	if several < 5 || none < 5 {
		t.Errorf("the histories are too plain: %d with several merge bases, %d with none", several, none)
	}
}

func checkCommits(t *testing.T, f *fixture, r *Repo, d dag, base, head int, skewed bool) {
	t.Helper()
	list, err := r.Commits(d.ids[base], d.ids[head])
	if err != nil {
		t.Fatal(err)
	}
	want := d.reach(head)
	for id := range d.reach(base) {
		delete(want, id)
	}
	got, seen := map[string]bool{}, map[string]bool{}
	order := []string{}
	for _, c := range list {
		got[c.ID] = true
		order = append(order, c.ID)
		for _, p := range c.Parents {
			if seen[p] {
				t.Errorf("commit %s comes after its parent", c.ID)
			}
		}
		seen[c.ID] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("commits (skewed %v): %s", skewed, diff)
	}
	if !skewed {
		git := strings.Fields(f.git("rev-list", "--date-order", d.ids[head], "^"+d.ids[base]))
		if diff := cmp.Diff(git, order); diff != "" {
			t.Errorf("order differs from git's: %s", diff)
		}
	}
}

func TestMergeBaseDoesNotReadOldHistory(t *testing.T) {
	f := newFixture(t)
	var in strings.Builder
	for i := range 500 {
		fmt.Fprintf(&in, "commit refs/heads/main\nmark :%d\ncommitter B <b@e> %d +0000\ndata 1\nx\n", i+1, 1_000_000+i)
	}
	in.WriteString("commit refs/heads/side\ncommitter B <b@e> 2000000 +0000\ndata 1\ny\nfrom :490\n\n")
	f.feed(in.String(), "fast-import", "--quiet")
	r := f.open()
	a, b := f.git("rev-parse", "main"), f.git("rev-parse", "side")
	one, _ := r.named(a)
	two, _ := r.named(b)
	w, err := paintDown(r.store, nil, one.id, two.id)
	if err != nil || len(w.marks) > 20 {
		t.Errorf("visited %d commits, %v", len(w.marks), err)
	}
	list, err := r.Commits(a, b)
	if err != nil || len(list) != 1 || list[0].ID != b {
		t.Errorf("Commits = %v, %v", list, err)
	}
}

func TestCommitFields(t *testing.T) {
	f := newFixture(t)
	root := f.commit("root")
	f.feed("Title\n\nBody\n\nSigned-off-by: X <x@y>\n", "commit", "--allow-empty", "-q", "-F", "-")
	head := f.git("rev-parse", "HEAD")
	list, err := f.open().Commits(root, head)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	c := list[0]
	if c.AuthorTime.Format("2006-01-02T15:04:05-07:00") != "2023-11-14T23:13:20+01:00" || !c.CommitterTime.Equal(c.AuthorTime) {
		t.Errorf("times = %v, %v", c.AuthorTime, c.CommitterTime)
	}
	c.AuthorTime, c.CommitterTime = c.AuthorTime.UTC(), c.AuthorTime.UTC()
	want := tree.Commit{
		ID: head, Parents: []string{root}, AuthorName: "Ada", AuthorEmail: "ada@example.org",
		CommitterName: "Bob", CommitterEmail: "bob@example.org", AuthorTime: c.AuthorTime, CommitterTime: c.CommitterTime,
		Message: "Title\n\nBody\n\nSigned-off-by: X <x@y>\n",
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	all, err := f.open().Commits("", head)
	if err != nil || len(all) != 2 {
		t.Errorf("all commits: %v, %v", all, err)
	}
}

func TestT89ShallowCloneIsAnErrorWithAHint(t *testing.T) {
	f := newFixture(t)
	f.write("a", "1")
	f.commit("one")
	f.write("a", "2")
	fork := f.commit("two")
	f.write("b", "3")
	f.commit("three")
	f.git("checkout", "-q", "-b", "side", fork)
	f.write("c", "4")
	f.commit("four")
	clone := func(depth string) (*fixture, *Repo) {
		dir := filepath.Join(t.TempDir(), "clone")
		f.git("clone", "-q", "--no-single-branch", "--depth", depth, "file://"+f.dir, dir)
		g := &fixture{t: t, dir: dir, env: f.env}
		return g, g.open()
	}
	g, r := clone("1")
	if is, err := r.Shallow(); !is || err != nil {
		t.Errorf("Shallow = %v, %v", is, err)
	}
	a, b := g.git("rev-parse", "origin/main"), g.git("rev-parse", "origin/side")
	isShallow := func(_ any, err error) {
		t.Helper()
		wantIs(t, err, tree.ErrShallow)
		if err != nil && !strings.Contains(err.Error(), "fetch-depth: 0") {
			t.Errorf("no hint in %v", err)
		}
	}
	isShallow(r.MergeBase(a, b))
	isShallow(r.MergeBase(a, fork))
	isShallow(r.Commits(a, b))
	isShallow(r.Resolve("HEAD~1"))
	isShallow(r.Resolve(fork))
	var seen []string
	isShallow(nil, r.PathsEver(a, []string{""}, func(p, _ string) { seen = append(seen, p) }))
	if diff := cmp.Diff([]string{"a", "b"}, seen); diff != "" {
		t.Error(diff)
	}
	if got, err := r.MergeBase(a, a); got != a || err != nil {
		t.Errorf("MergeBase of one commit = %q, %v", got, err)
	}

	_, r = clone("2")
	if got, err := r.MergeBase(a, b); got != fork || err != nil {
		t.Errorf("depth 2: MergeBase = %q, %v", got, err)
	}
	if list, err := r.Commits(a, b); len(list) != 1 || err != nil {
		t.Errorf("depth 2: Commits = %v, %v", list, err)
	}
	isShallow(r.Resolve(b + "~2"))

	_, r = clone("9")
	if is, err := r.Shallow(); is || err != nil {
		t.Errorf("depth 9: Shallow = %v, %v", is, err)
	}
	if err := r.PathsEver(a, []string{""}, func(string, string) {}); err != nil {
		t.Error(err)
	}
}

// The base's own history is cut, so nobody knows which commits it holds.
func TestT89CommitsOfACutBaseAreAnError(t *testing.T) {
	f := newFixture(t)
	fork := f.commit("fork")
	f.write("a", "1")
	base := f.commit("base")
	f.git("checkout", "-q", "-b", "side", fork)
	f.write("b", "2")
	head := f.commit("side")
	f.write(".git/shallow", base+"\n")
	_, err := f.open().Commits(base, head)
	wantIs(t, err, tree.ErrShallow)
}

func TestT90ReplacedCommitsAndGraftsChangeNothing(t *testing.T) {
	f := newFixture(t)
	f.write("a", "1")
	one := f.commit("one")
	f.write("a", "2")
	two := f.commit("two")
	f.git("checkout", "-q", "--orphan", "evil")
	f.write("a", "evil")
	evil := f.commit("evil")
	f.git("checkout", "-q", "main")
	f.git("replace", two, evil)
	f.write(".git/info/grafts", two+"\n")
	r := f.open()
	list, err := r.Commits("", two)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range list {
		got = append(got, c.ID)
	}
	if diff := cmp.Diff([]string{two, one}, got); diff != "" {
		t.Error(diff)
	}
	b, err := mustTree(t, r, two).Read("a", 10)
	want := f.git("--no-replace-objects", "cat-file", "blob", two+":a")
	if string(b) != want || err != nil {
		t.Errorf("Read = %q, %v, want %q", b, err, want)
	}
	if f.git("cat-file", "blob", two+":a") != "evil" {
		t.Error("git does not apply the replacement; the fixture does not test what it should")
	}
}

func TestPathsEver(t *testing.T) {
	f := newFixture(t)
	f.write("changes/a.yaml", "1")
	f.write("changes/sub/b.yaml", "1")
	f.write("changesX/no", "1")
	f.write("other", "1")
	f.commit("one")
	f.git("checkout", "-q", "-b", "side")
	f.git("mv", "changes/a.yaml", "changes/c.yaml")
	f.commit("rename on side")
	f.git("checkout", "-q", "main")
	f.remove("changes/sub")
	f.commit("delete")
	f.git("merge", "-q", "--no-ff", "-m", "m", "side")
	f.remove("changes")
	f.write("changes", "now a file")
	head := f.commit("all gone")
	r := f.open()
	list := func(folders ...string) []string {
		t.Helper()
		var got []string
		if err := r.PathsEver(head, folders, func(p, _ string) { got = append(got, p) }); err != nil {
			t.Error(err)
		}
		sort.Strings(got)
		return got
	}
	want := []string{"changes", "changes/a.yaml", "changes/c.yaml", "changes/sub/b.yaml"}
	if diff := cmp.Diff(want, list("changes")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, list("changes", "changes/sub")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"changes/sub/b.yaml"}, list("changes/sub", "none")); diff != "" {
		t.Error(diff)
	}
	git := map[string]bool{}
	for p := range strings.FieldsSeq(f.git("log", "--format=", "--name-only", "-m", "--no-renames")) {
		git[p] = true
	}
	all := list("")
	if len(all) != len(git) {
		t.Errorf("all paths: %v, git: %v", all, git)
	}
	wantIs(t, r.PathsEver(head, []string{"../x"}, func(string, string) {}), tree.ErrNotFound)
}

func TestPathsEverGivesEachContentOnceAndBlobReadsIt(t *testing.T) {
	f := newFixture(t)
	for _, text := range []string{"one", "two", "one"} {
		f.write("a", text)
		f.commit("write " + text)
	}
	head := f.commit("nothing new")
	r := f.open()
	var got []string
	err := r.PathsEver(head, []string{""}, func(p, blob string) {
		b, err := r.Blob(blob, 3)
		if err != nil {
			t.Error(err)
		}
		got = append(got, p+"="+string(b))
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(got)
	if diff := cmp.Diff([]string{"a=one", "a=two"}, got); diff != "" {
		t.Error(diff)
	}
	big := f.git("hash-object", "-w", "--stdin")
	for id, want := range map[string]error{head: tree.ErrNotRegular, "x": tree.ErrRef, big: nil} {
		_, err := r.Blob(id, 3)
		wantIs(t, err, want)
	}
	_, err = r.Blob(f.git("rev-parse", head+":a"), 2)
	wantIs(t, err, tree.ErrTooLarge)
}
