package gitrepo

import (
	"context"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

const fetchToken = "ghs_TESTSECRET"

// served is a fixture behind git's own HTTP server, which wants the token.
func served(t *testing.T, f *fixture) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	backend, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	h := &cgi.Handler{Path: backend, Args: []string{"http-backend"}, Env: append(f.env, "GIT_PROJECT_ROOT="+f.dir, "GIT_HTTP_EXPORT_ALL=1")}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if user, pass, _ := r.BasicAuth(); user != "x-access-token" || pass != fetchToken {
			w.Header().Set("WWW-Authenticate", "Basic")
			http.Error(w, "who is "+pass, http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s, &asked
}

// pulled is a repository with a pull request: main has moved on since.
func pulled(t *testing.T) (f *fixture, base, head string) {
	t.Helper()
	f = newFixture(t)
	f.git("config", "uploadpack.allowReachableSHA1InWant", "true")
	f.write("a", "1")
	f.commit("one")
	f.git("checkout", "-q", "-b", "work")
	f.write("b", "2")
	f.commit("two")
	f.write("c", "3")
	head = f.commit("three")
	f.git("update-ref", "refs/pull/7/head", head)
	f.git("checkout", "-q", "main")
	f.git("branch", "-q", "-D", "work")
	f.write("d", "4")
	return f, f.commit("four"), head
}

func mirror(t *testing.T, local *Repo, r Remote) *Mirror {
	t.Helper()
	temp := t.TempDir()
	m, err := NewMirror(temp, local, r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("the store leaves %v behind, %v", left, err)
		}
	})
	return m
}

func (f *fixture) clone(args ...string) *fixture {
	f.t.Helper()
	dir := filepath.Join(f.t.TempDir(), "clone")
	f.git(append(append([]string{"clone", "-q"}, args...), "file://"+f.dir, dir)...)
	c := bare(f.t, dir)
	return c
}

func TestAMirrorHasTheWholeHistoryBesideAnyClone(t *testing.T) {
	f, base, head := pulled(t)
	s, asked := served(t, f)
	for name, clone := range map[string]func() *Repo{
		"none":     func() *Repo { return nil },
		"complete": func() *Repo { return f.clone().open() },
		"shallow":  func() *Repo { return f.clone("--depth", "1").open() },
		"partial": func() *Repo {
			f.git("config", "uploadpack.allowFilter", "true")
			return f.clone("--filter=blob:none").open()
		},
	} {
		t.Run(name, func(t *testing.T) {
			local := clone()
			m := mirror(t, local, Remote{URL: s.URL + "/.git", Token: fetchToken})
			ctx := t.Context()
			if tip, err := m.Tip(ctx, "refs/pull/7/head"); err != nil || tip != head {
				t.Fatalf("the pull request is at %s, %v; want %s", tip, err, head)
			}
			if tip, err := m.Tip(ctx, "refs/heads/main"); err != nil || tip != base {
				t.Fatalf("main is at %s, %v; want %s", tip, err, base)
			}
			_, err := m.Tip(ctx, "main")
			wantIs(t, err, tree.ErrNotFound)
			if err := m.Fetch(ctx, base, head); err != nil {
				t.Fatal(err)
			}
			before := asked.Load()
			if err := m.Fetch(ctx, base, head); err != nil || asked.Load() != before {
				t.Errorf("what is here is asked for again: %v", err)
			}
			r := m.Repo()
			commits, err := r.Commits(base, head)
			if err != nil || len(commits) != 2 {
				t.Errorf("the pull request has %d commits, %v; want 2", len(commits), err)
			}
			if at, err := r.MergeBase(base, head); err != nil || at != f.git("rev-parse", "main~1") {
				t.Errorf("they parted at %s, %v", at, err)
			}
			if got := strings.Join(paths(mustEntries(t, mustTree(t, r, head), "")), " "); got != "a b c" {
				t.Errorf("the head holds %q", got)
			}
			if _, err := mustTree(t, r, base).Read("d", 10); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAFetchWritesNothingIntoTheClone(t *testing.T) {
	f, base, head := pulled(t)
	s, _ := served(t, f)
	c := f.clone()
	before := listing(t, c.dir)
	m := mirror(t, c.open(), Remote{URL: s.URL + "/.git", Token: fetchToken})
	if err := m.Fetch(t.Context(), base, head); err != nil {
		t.Fatal(err)
	}
	if after := listing(t, c.dir); after != before {
		t.Errorf("the clone was\n%s\nand is\n%s", before, after)
	}
	if err := filepath.WalkDir(m.dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if b, err := os.ReadFile(p); err != nil || strings.Contains(string(b), fetchToken) {
				t.Errorf("%s holds the token, or cannot be read: %v", p, err)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	if err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		out.WriteString(p + " " + info.ModTime().String() + "\n")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestWhatARemoteDoesNotGiveIsAnError(t *testing.T) {
	f, base, head := pulled(t)
	f.git("config", "uploadpack.allowReachableSHA1InWant", "false")
	s, _ := served(t, f)
	m := mirror(t, nil, Remote{URL: s.URL + "/.git", Token: fetchToken})
	ctx := t.Context()
	wantIs(t, m.Fetch(ctx, "main"), tree.ErrRef)
	if err := m.Fetch(ctx, strings.Repeat("1", 40)); err == nil {
		t.Error("a commit that nobody has was fetched")
	}
	if err := m.Fetch(ctx, base, head); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
}

func TestT16AFetchThatFailsDoesNotSayTheToken(t *testing.T) {
	f, base, _ := pulled(t)
	s, _ := served(t, f)
	m := mirror(t, nil, Remote{URL: s.URL + "/.git", Token: fetchToken + "x"})
	err := m.Fetch(t.Context(), base)
	if err == nil || strings.Contains(err.Error(), fetchToken) {
		t.Errorf("error = %v", err)
	}
	for _, address := range []string{
		"https://me:" + fetchToken + "@example.org/a/b", "http://example.org/a/b", "/srv/git/a", "file:///srv/git/a",
		"git@example.org:a/b", "ssh://git@example.org/a/b", "ext::sh -c x", "https://", "", "http://%zz" + fetchToken,
	} {
		if m, err := NewMirror(t.TempDir(), nil, Remote{URL: address, Token: fetchToken}); err == nil || strings.Contains(err.Error(), fetchToken) {
			t.Errorf("%q gives %v, %v", address, m, err)
		}
	}
}

func TestT17ARedirectToAnotherHostGetsNoToken(t *testing.T) {
	f, base, _ := pulled(t)
	good, _ := served(t, f)
	var told atomic.Int32
	evil := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, _ *http.Request) { told.Add(1) }))
	defer evil.Close()
	to := evil.URL
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, to+r.URL.RequestURI(), http.StatusFound)
	}))
	defer front.Close()
	for _, host := range []string{evil.URL, strings.Replace(good.URL, "127.0.0.1", "localhost", 1)} {
		to = host
		m := mirror(t, nil, Remote{URL: front.URL + "/.git", Token: fetchToken})
		if err := m.Fetch(t.Context(), base); err == nil || !strings.Contains(err.Error(), "another host") {
			t.Errorf("a redirect to %s gives %v", host, err)
		}
	}
	if told.Load() != 0 {
		t.Error("the other host was asked")
	}
}

func TestAFetchEndsWithItsContext(t *testing.T) {
	f, base, _ := pulled(t)
	s, _ := served(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m := mirror(t, nil, Remote{URL: s.URL + "/.git", Token: fetchToken})
	wantIs(t, m.Fetch(ctx, base), context.Canceled)
}
