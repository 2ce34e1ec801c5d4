package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/example"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/rego"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
	"github.com/mergeseal/mergeseal/policy"
)

// line is an example as a repository, with the policies compiled once a set.
type line struct {
	example *example.Example
	target  judge.Target
}

func newLine(tb testing.TB, name string) *line {
	tb.Helper()
	e, err := example.Load(name)
	if err != nil {
		tb.Fatal(err)
	}
	dir := filepath.Join(tb.TempDir(), name)
	if err := e.Write(dir); err != nil {
		tb.Fatal(err)
	}
	repo, err := gitrepo.Open(dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := repo.Close(); err != nil {
			tb.Error(err)
		}
	})
	compiled := map[int]judge.Rules{} // by number of modules: the law does not change
	compile := func(mods []judge.Module) (judge.Rules, diag.List) {
		if r := compiled[len(mods)]; r != nil {
			return r, nil
		}
		in := make([]rego.Module, len(mods))
		for i, m := range mods {
			in[i] = rego.Module(m)
		}
		p, found := rego.Compile(in, rego.Options{})
		if p == nil {
			return nil, found
		}
		compiled[len(mods)] = p
		return p, found
	}
	return &line{e, judge.Target{Repo: repo, Compile: compile, Builtin: builtin(tb), Base: "refs/heads/main", Tool: "test"}}
}

func builtin(tb testing.TB) []judge.Module {
	tb.Helper()
	entries, err := policy.FS.ReadDir(".")
	if err != nil || len(entries) == 0 {
		tb.Fatalf("no built-in rules: %v", err)
	}
	var mods []judge.Module
	for _, e := range entries {
		b, err := policy.FS.ReadFile(e.Name())
		if err != nil {
			tb.Fatal(err)
		}
		mods = append(mods, judge.Module{Path: e.Name(), Source: b, Builtin: true})
	}
	return mods
}

func (l *line) judge(tb testing.TB, b example.Branch, edit func(judge.Repo) judge.Repo) *verdict.Verdict {
	tb.Helper()
	t := l.target
	t.Head, t.Now = "refs/heads/"+b.Name, b.Now
	if edit != nil {
		t.Repo = edit(t.Repo)
	}
	res, err := judge.Judge(context.Background(), t)
	if err != nil {
		tb.Fatal(err)
	}
	return res.Verdict
}

// TestAThousandRunsGiveTheSameBytes: K1, T99.
func TestAThousandRunsGiveTheSameBytes(t *testing.T) {
	l := newLine(t, "minimal")
	b := l.example.Branches[0]
	first, err := l.judge(t, b, nil).JSON()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		zone := time.FixedZone("", i%27*3600-13*3600)
		b.Now = b.Now.In(zone)
		again, err := l.judge(t, b, nil).JSON()
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("run %d differs: %v\n%s", i, err, again)
		}
	}
}

// overlay is a repository in which one file of the head has other bytes.
type overlay struct {
	judge.Repo
	path string
	data []byte
}

type overlaid struct {
	tree.Tree
	o *overlay
}

func (t overlaid) Read(p string, limit int64) ([]byte, error) {
	if p == t.o.path {
		return t.o.data, nil
	}
	return t.Tree.Read(p, limit)
}

func (o *overlay) Diff(before, after tree.Tree) ([]tree.FileChange, error) {
	return o.Repo.Diff(before, beneath(after))
}

func (o *overlay) Lines(c tree.FileChange, after tree.Tree) (tree.LineCount, error) {
	return o.Repo.Lines(c, beneath(after))
}

// beneath is the tree that git knows: the judge may ask about another one.
func beneath(t tree.Tree) tree.Tree {
	if o, laid := t.(overlaid); laid {
		return o.Tree
	}
	return t
}

// overlayOf lays a file over the tree of one commit.
func overlayOf(repo judge.Repo, head, path string, data []byte) judge.Repo {
	return &overlayRepo{overlay{repo, path, data}, head}
}

type overlayRepo struct {
	overlay
	head string
}

func (o *overlayRepo) Tree(id string) (tree.Tree, error) {
	t, err := o.Repo.Tree(id)
	if err != nil || id != o.head {
		return t, err
	}
	return overlaid{t, &o.overlay}, nil
}

// TestLeavingAFieldOutNeverLowersTheScore: K6, through the whole line, for
// every key of every record that acme's open branches bring.
func TestLeavingAFieldOutNeverLowersTheScore(t *testing.T) {
	l := newLine(t, "acme")
	tried := 0
	for _, b := range l.example.Branches {
		base := l.judge(t, b, nil)
		if len(base.Changes) != 1 || base.Changes[0].Risk == nil || base.Changes[0].Class != "new" {
			continue
		}
		c := base.Changes[0]
		doc, found := yamldoc.Parse(c.Path, b.Files[c.Path], yamldoc.Standard())
		if doc == nil {
			t.Fatalf("%s: %v", c.Path, found)
		}
		for _, pointer := range removable(doc.Root, "") {
			if admission(pointer) || locked(t, b, doc.Root, pointer) {
				continue
			}
			data := without(doc.Root, pointer)
			if rec := change.Parse(c.Path, "", data); rec.Record.ID == "" && pointer != "/id" {
				t.Fatalf("%s without %s cannot be read: %v", c.Path, pointer, rec.Found)
			}
			head, err := l.target.Repo.Resolve("refs/heads/" + b.Name)
			if err != nil {
				t.Fatal(err)
			}
			v := l.judge(t, b, func(r judge.Repo) judge.Repo { return overlayOf(r, head, c.Path, data) })
			tried++
			if len(v.Changes) != 1 || v.Changes[0].Risk == nil {
				if v.Outcome == verdict.OutcomePass {
					t.Errorf("%s without %s passes unscored", c.ID, pointer)
				}
				continue
			}
			if got := v.Changes[0].Risk; got.Total < c.Risk.Total || got.Level < c.Risk.Level {
				t.Errorf("%s without %s: %d %s, with it %d %s", c.ID, pointer, got.Total, got.Level, c.Risk.Total, c.Risk.Level)
			}
		}
	}
	if tried < 100 {
		t.Fatalf("only %d fields were left out: the test shows nothing", tried)
	}
}

// removable lists the pointers of all keys, two levels deep.
func removable(n *yamldoc.Node, pointer string) []string {
	var out []string
	for _, k := range n.Keys {
		p := pointer + "/" + k.Name
		out = append(out, p)
		if pointer == "" && k.Value.Kind == yamldoc.Mapping {
			out = append(out, removable(k.Value, p)...)
		}
	}
	return out
}

// admission: fields that own up to a risk, so that taking them back may lower
// the score, and those that say what is changed at all.
func admission(pointer string) bool {
	switch pointer {
	case "/services", "/environments", "/risk", "/risk/declared", "/data/reversible", "/data/migration", "/data", "/test_plan/results", "/type":
		return true
	}
	return false
}

// locked: leaving out what a model locks states the model's value.
func locked(t *testing.T, b example.Branch, record *yamldoc.Node, pointer string) bool {
	ref := record.Get("model")
	if ref == nil {
		return false
	}
	name, _, _ := strings.Cut(ref.Text, "@")
	doc, found := yamldoc.Parse(name, b.Files["models/"+name+".yaml"], yamldoc.Standard())
	if doc == nil {
		t.Fatalf("model %s: %v", name, found)
	}
	key, _, _ := strings.Cut(pointer[1:], "/")
	return doc.Root.Get("locked").Get(key) != nil
}

// without writes the mapping without one key.
func without(n *yamldoc.Node, pointer string) []byte {
	var drop func(n *yamldoc.Node, at string) *yamldoc.Node
	drop = func(n *yamldoc.Node, at string) *yamldoc.Node {
		if n.Kind != yamldoc.Mapping {
			return n
		}
		out := &yamldoc.Node{Kind: yamldoc.Mapping}
		for _, k := range n.Keys {
			if p := at + "/" + k.Name; p != pointer {
				out.Keys = append(out.Keys, yamldoc.Key{Name: k.Name, Value: drop(k.Value, p)})
			}
		}
		return out
	}
	return yamldoc.Write(drop(n, ""))
}
