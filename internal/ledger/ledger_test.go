package ledger

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/rego"
	"github.com/mergeseal/mergeseal/internal/seal"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// ground is a real repository with covered commits, and who seals them.
type ground struct {
	t    testing.TB
	dir  string
	repo *gitrepo.Repo
	key  *seal.Private
}

func newGround(t testing.TB) *ground {
	t.Helper()
	key, err := seal.NewPrivate(seal.Ed25519, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	g := &ground{t: t, dir: t.TempDir(), key: key}
	g.git("init", "-q", "-b", "main")
	g.commit("mergeseal.yaml", "version: 1\nrepository: acme/shop\ncoverage:\n  - {paths: [\"deploy/**\"]}\n")
	if g.repo, err = gitrepo.Open(g.dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.repo.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

func (g *ground) git(args ...string) string {
	g.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = g.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + g.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org",
		"GIT_AUTHOR_DATE=1700000000 +0000", "GIT_COMMITTER_DATE=1700000000 +0000",
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		g.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (g *ground) commit(path, text string) string {
	g.t.Helper()
	file := filepath.Join(g.dir, path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
	g.git("add", "-A")
	g.git("commit", "-q", "-m", path)
	return g.git("rev-parse", "HEAD")
}

// judge judges with one real rule of our own, which says nothing.
func (g *ground) judge(ctx context.Context, t judge.Target) (*judge.Result, error) {
	t.Repo, t.Tool, t.Repository = g.repo, "test", "acme/shop"
	t.Builtin = []judge.Module{{Path: "x.rego", Builtin: true, Source: []byte("package mergeseal.rules.x\n\ndeny contains {\"code\": \"MS221\", \"message\": \"m\"} if false\n")}}
	t.Compile = func(mods []judge.Module) (judge.Rules, diag.List) {
		in := make([]rego.Module, len(mods))
		for i, m := range mods {
			in[i] = rego.Module(m)
		}
		p, found := rego.Compile(in, rego.Options{Timeout: time.Minute})
		if p == nil {
			return nil, found
		}
		return p, found
	}
	return judge.Judge(ctx, t)
}

func (g *ground) writer(at string) *Writer {
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		g.t.Fatal(err)
	}
	return &Writer{Repo: g.repo, Key: g.key, Judge: g.judge, By: gitrepo.Signature{Name: "m", Mail: "m@example.org", At: when}}
}

func (g *ground) seal(at, commit string) {
	g.t.Helper()
	c, err := g.repo.Commit(commit)
	if err != nil {
		g.t.Fatal(err)
	}
	m, err := Of(c)
	if err != nil {
		g.t.Fatal(err)
	}
	if _, err := g.writer(at).Append(context.Background(), []Merge{m}); err != nil {
		g.t.Fatal(err)
	}
}

func (g *ground) verifier() *Verifier {
	return &Verifier{Repo: g.repo, Trust: seal.Trust{Keys: []*seal.Key{g.key.Key()}}, Repository: "acme/shop", Judge: g.judge}
}

func (g *ground) verify(commit string) error {
	v := g.verifier()
	if _, err := v.Seal(context.Background(), commit); err != nil {
		return err
	}
	return v.Chain()
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var p *diag.Problem
	if !errors.As(err, &p) || p.Code != code {
		t.Errorf("error = %v, want %s", err, code)
	}
}

func TestASealHoldsAndIsComputedAgain(t *testing.T) {
	g := newGround(t)
	one := g.commit("deploy/a", "1")
	two := g.commit("deploy/a", "2")
	g.seal("2026-11-21T09:00:00Z", one)
	g.seal("2026-11-21T09:01:00Z", two)
	for _, c := range []string{one, two} {
		if err := g.verify(c); err != nil {
			t.Errorf("%s: %v", c, err)
		}
	}
	v := g.verifier()
	s, err := v.Seal(t.Context(), two)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Recompute(t.Context(), s); err != nil {
		t.Errorf("recompute: %v", err)
	}
	s.Verdict.DecidedAt = s.Verdict.DecidedAt.Add(-time.Hour)
	s.Verdict.Digest = "sha256:" + strings.Repeat("0", 64)
	wantCode(t, v.Recompute(t.Context(), s), "MS718")
}

func TestT06AVerdictUnderAnOlderLawIsRefused(t *testing.T) {
	g := newGround(t)
	one := g.commit("deploy/a", "1")
	two := g.commit("deploy/a", "2")
	// Somebody who has the key seals the second as if the branch were still at
	// its beginning.
	landed, err := judge.LandedOf(g.repo, one, two)
	if err != nil {
		t.Fatal(err)
	}
	v := &verdict.Verdict{Schema: verdict.Schema, Outcome: verdict.OutcomePass, Subject: verdict.Subject{Repository: "acme/shop", Base: g.git("rev-parse", one+"^"), Head: two}}
	if v.Digest, err = verdict.Digest(v); err != nil {
		t.Fatal(err)
	}
	payload, err := seal.Payload(seal.Facts{Commit: two, Repository: "acme/shop", Blobs: blobs(landed), Verdict: v, Mode: seal.Reviewed, SealedAt: time.Unix(1_800_000_000, 0)})
	if err != nil {
		t.Fatal(err)
	}
	g.note(two, payload)
	wantCode(t, g.verify(two), "MS717")
}

// note signs a payload with the good key and writes it as the note of a commit.
func (g *ground) note(commit string, payload []byte) {
	g.t.Helper()
	envelope, err := seal.Envelope(context.Background(), payload, g.key)
	if err != nil {
		g.t.Fatal(err)
	}
	g.raw(commit, envelope)
}

func (g *ground) raw(commit string, content []byte) {
	g.t.Helper()
	n, err := g.repo.Notes(seal.Ref)
	if err != nil {
		g.t.Fatal(err)
	}
	next, err := n.With(commit, content, g.writer("2026-11-21T09:00:00Z").By, "note")
	if err != nil {
		g.t.Fatal(err)
	}
	if err := g.repo.MoveRef(seal.Ref, n.Tip(), next.Tip()); err != nil {
		g.t.Fatal(err)
	}
}

func TestASealThatLeavesOutAGovernedFileIsRefused(t *testing.T) {
	g := newGround(t)
	one := g.commit("deploy/a", "1")
	v := &verdict.Verdict{Schema: verdict.Schema, Outcome: verdict.OutcomePass, Subject: verdict.Subject{Repository: "acme/shop", Base: g.git("rev-parse", one+"^"), Head: one}}
	var err error
	if v.Digest, err = verdict.Digest(v); err != nil {
		t.Fatal(err)
	}
	for name, list := range map[string][]seal.Blob{"none": nil, "one more": {{Path: "deploy/a", ID: g.git("rev-parse", one+":deploy/a")}, {Path: "deploy/b", ID: strings.Repeat("a", 40)}}, "another": {{Path: "deploy/a", ID: strings.Repeat("a", 40)}}, "taken away": {{Path: "deploy/a"}}} {
		t.Run(name, func(t *testing.T) {
			payload, err := seal.Payload(seal.Facts{Commit: one, Repository: "acme/shop", Blobs: list, Verdict: v, Mode: seal.Reviewed, SealedAt: time.Unix(1_800_000_000, 0)})
			if err != nil {
				t.Fatal(err)
			}
			g.note(one, payload)
			_, err = g.verifier().Seal(t.Context(), one)
			wantCode(t, err, "MS716")
		})
	}
}

func TestASealCoversOnlyWhatIsBeforeIt(t *testing.T) {
	g := newGround(t)
	one, two, three := g.commit("deploy/a", "1"), g.commit("deploy/a", "2"), g.commit("deploy/a", "3")
	base := g.git("rev-parse", one+"^")
	m := Merge{Commit: three, Covers: []string{two, one}, Base: base, Head: three, At: time.Unix(1_800_000_000, 0)}
	if _, err := g.writer("2026-11-21T09:00:00Z").Append(t.Context(), []Merge{m}); err != nil {
		t.Fatal(err)
	}
	if err := g.verify(three); err != nil {
		t.Errorf("a rebase of three commits: %v", err)
	}
	m.Covers = []string{one, two}
	d, err := g.writer("2026-11-21T09:00:00Z").draft(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := seal.Payload(d.facts)
	if err != nil {
		t.Fatal(err)
	}
	g.note(three, payload)
	_, err = g.verifier().Seal(t.Context(), three)
	wantCode(t, err, "MS714")
}

func TestServicesOfADeploymentSayNothingAboutOthers(t *testing.T) {
	tests := []struct {
		deployed, asked []string
		want            bool
	}{
		{nil, nil, true}, {nil, []string{"a"}, true}, {[]string{"a"}, nil, false}, {[]string{"a"}, []string{"A"}, true},
		{[]string{"a"}, []string{"a", "b"}, false}, {[]string{"a", "b"}, []string{"b"}, true},
	}
	for _, test := range tests {
		if got := concerns(test.deployed, test.asked); got != test.want {
			t.Errorf("concerns(%v, %v) = %v", test.deployed, test.asked, got)
		}
	}
}

// Whatever stands in the notes, only the golden one verifies (T38).
func FuzzVerify(f *testing.F) {
	g := newGround(f)
	one := g.commit("deploy/a", "1")
	g.seal("2026-11-21T09:00:00Z", one)
	n, err := g.repo.Notes(seal.Ref)
	if err != nil {
		f.Fatal(err)
	}
	golden, _, err := n.Read(one, seal.MaxSize)
	if err != nil {
		f.Fatal(err)
	}
	if err := g.verify(one); err != nil {
		f.Fatalf("the golden one does not hold: %v", err)
	}
	f.Add([]byte("{}"))
	f.Add([]byte(""))
	f.Add(golden[:len(golden)/2])
	f.Add(bytes.Replace(golden, []byte("eyJ"), []byte("eyK"), 1))
	f.Add(append(bytes.Clone(golden), golden...))
	f.Fuzz(func(t *testing.T, content []byte) {
		g := &ground{t: t, dir: g.dir, repo: g.repo, key: g.key}
		tip, err := g.repo.Notes(seal.Ref)
		if err != nil {
			t.Fatal(err)
		}
		g.raw(one, content)
		err = g.verify(one)
		if err == nil && !bytes.Equal(content, golden) {
			t.Errorf("%q verifies", content)
		}
		g.git("update-ref", seal.Ref, tip.Tip())
	})
}

// The law of these tests covers something: a test that seals nothing holds nothing.
func TestTheGroundIsGoverned(t *testing.T) {
	g := newGround(t)
	one := g.commit("deploy/a", "1")
	landed, err := judge.LandedOf(g.repo, g.git("rev-parse", one+"^"), one)
	if err != nil || len(landed.Covered) != 1 {
		t.Errorf("landed = %+v, %v", landed, err)
	}
}
