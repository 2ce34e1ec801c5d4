package forgetest

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// git runs git in a folder, with more of its configuration in front.
func git(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=alice", "-c", "user.email=alice@example.com"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_TERMINAL_PROMPT=0")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func must(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := git(t, dir, args...)
	if err != nil {
		t.Fatalf("git %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}

// work is a repository with a branch for a pull request.
func work(t *testing.T) (dir, main, head string) {
	t.Helper()
	dir = t.TempDir()
	must(t, dir, "init", "-q", "-b", "main")
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		must(t, dir, "add", "-A")
		must(t, dir, "commit", "-q", "-m", name)
	}
	write("changes/a.yaml", "a: 1\n")
	must(t, dir, "switch", "-q", "-c", "topic")
	write("changes/b.yaml", "b: 1\n")
	write("c.txt", "c\n")
	return dir, must(t, dir, "rev-parse", "main"), must(t, dir, "rev-parse", "topic")
}

func TestGitOverHTTP(t *testing.T) {
	dir, main, head := work(t)
	s := New(t, Options{State: &State{
		Tokens: map[string]*Token{"t": {Kind: "workflow"}, "w": {Kind: "workflow", Permissions: map[string]string{"contents": "write"}}, "none": {Kind: "workflow", Permissions: map[string]string{"checks": "write"}}, "m": {Kind: "user", Login: "mallory"}},
		Repos:  []*Repo{{Name: "acme/shop", Private: true, Git: dir, Pulls: []*Pull{{Number: 7, Author: "alice", Branch: "topic", SHA: head}}}},
	}})
	url := s.URL() + "/acme/shop.git"
	as := func(token string) []string {
		if token == "" {
			return nil
		}
		return []string{"-c", "http.extraHeader=Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+token))}
	}
	clone := t.TempDir()
	must(t, clone, "init", "-q")
	for token, want := range map[string]bool{"t": true, "w": true, "none": false, "m": false, "": false, "no": false} {
		_, err := git(t, clone, append(as(token), "fetch", "-q", url, "refs/pull/7/head")...)
		if (err == nil) != want {
			t.Errorf("fetch as %q: %v", token, err)
		}
	}
	must(t, clone, append(as("t"), "fetch", "-q", "--depth=1", url, main)...)
	if got := must(t, clone, "rev-parse", "FETCH_HEAD"); got != main {
		t.Errorf("a commit by its id: %s", got)
	}
	must(t, clone, append(as("t"), "fetch", "-q", "--filter=blob:none", url, "refs/heads/main")...)
	for token, want := range map[string]bool{"t": false, "w": true, "m": false} {
		_, err := git(t, clone, append(as(token), "push", "-q", url, "FETCH_HEAD:refs/notes/mergeseal")...)
		if (err == nil) != want {
			t.Errorf("push as %q: %v", token, err)
		}
	}
	requests, writes := s.Counts()
	if requests != 0 || writes != 0 || !strings.Contains(s.Text(false), "/acme/shop.git/info/refs") {
		t.Errorf("git counts as the API, or is not in the journal: %s", s.Text(false))
	}
}

func TestWhatIsNotSaidComesFromGit(t *testing.T) {
	dir, main, head := work(t)
	s := New(t, Options{PageSize: 50, State: &State{Users: []*User{{Login: "alice"}},
		Repos: []*Repo{{Name: "acme/shop", Git: dir, Pulls: []*Pull{{Number: 7, Author: "alice", Branch: "topic", SHA: head}}}},
	}})
	g := ask(t, s, "", "GET", repo+"/pulls/7", nil)
	if g.field("base", "sha") != main || g.field("commits") != 2.0 || g.field("changed_files") != 2.0 {
		t.Errorf("%s", g.text)
	}
	g = ask(t, s, "", "GET", repo+"/pulls/7/commits", nil)
	if g.field(1, "sha") != head || g.field(0, "author", "login") != "alice" || g.field(0, "commit", "message") != "changes/b.yaml" || g.field(0, "parents", 0, "sha") != main {
		t.Errorf("%s", g.text)
	}
	g = ask(t, s, "", "GET", repo+"/pulls/7/files", nil)
	if diff := cmp.Diff([]any{"c.txt", "changes/b.yaml"}, []any{g.field(0, "filename"), g.field(1, "filename")}); diff != "" {
		t.Error(diff)
	}
	g = ask(t, s, "", "GET", repo+"/compare/main..."+head, nil)
	if g.field("status") != "ahead" || g.field("ahead_by") != 2.0 || g.field("merge_base_commit", "sha") != main {
		t.Errorf("%s", g.text)
	}
	for path, want := range map[string]string{"changes/a.yaml": "file", "changes": ""} {
		g = ask(t, s, "", "GET", repo+"/contents/"+path+"?ref="+head, nil)
		if want != "" && g.field("type") != want || want == "" && g.field(1, "path") != "changes/b.yaml" {
			t.Errorf("%s: %d %s", path, g.status, g.text)
		}
	}
	must(t, dir, "commit", "-q", "--allow-empty", "--amend", "-m", "pushed over")
	next := must(t, dir, "rev-parse", "HEAD")
	if err := s.Push("acme/shop", 7, next, "bob"); err != nil {
		t.Fatal(err)
	}
	g = ask(t, s, "", "GET", repo+"/git/ref/heads/topic", nil)
	if g.field("object", "sha") != next {
		t.Errorf("the branch did not move: %s", g.text)
	}
	g = ask(t, s, "", "GET", repo+"/activity", nil)
	if g.field(0, "actor", "login") != "bob" || g.field(0, "before") != head || g.field(0, "after") != next {
		t.Errorf("the push left no trace: %s", g.text)
	}
	group, err := s.Event("acme/shop", "merge_group", map[string]string{"sha": next, "number": "7"})
	if err != nil {
		t.Fatal(err)
	}
	if out := must(t, dir, "ls-remote", s.URL()+"/acme/shop.git", group.Ref); !strings.HasPrefix(out, next) {
		t.Errorf("the queue's branch is not there: %s", out)
	}
	if err := s.Merge("acme/shop", 7, next, "carol"); err != nil {
		t.Fatal(err)
	}
	g = ask(t, s, "", "GET", repo+"/pulls/7", nil)
	if out := must(t, dir, "ls-remote", s.URL()+"/acme/shop.git", "refs/heads/main"); !strings.HasPrefix(out, next) || g.field("merged_by", "login") != "carol" || g.field("state") != "closed" {
		t.Errorf("not merged: %s %s", out, g.text)
	}
	if err := s.Push("acme/shop", 7, strings.Repeat("9", 40), ""); err == nil {
		t.Error("a commit that is nowhere is pushed")
	}
}
