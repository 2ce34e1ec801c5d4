package ci

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/forgetest"
)

// The runner is github.com/nektos/act in host mode: it reads workflows and
// action.yml and runs their steps here, against a GitHub on loopback. .ci/run
// names the program; without it these tests say that they did not run.
//
// act takes no action from the network: --local-repository says where the one
// under test lies. actions/checkout it does itself, by copying the folder that
// it is started in.
const runnerVariable = "MERGESEAL_ACT"

const (
	shop    = "acme/shop"
	shopLaw = "version: 1\nenvironments: [production]\nservices:\n  - {name: shop, tier: 3, environments: [production]}\n"
)

// hostileBranch is a branch's name that a shell would run (T15). What it makes
// lies in a folder that the runner does not clear away.
const hostileBranch = "a\";touch${IFS}$TRAP/x;#`touch${IFS}$TRAP/y`$(touch${IFS}$TRAP/z)"

// kit is what all runs share.
type kit struct {
	act  string // program
	own  string // a copy of this project, for the runner to copy again
	thin string // the same without what only a build needs
	web  string // address of the program, built already
	sum  string // its SHA-256
}

// stage is a repository on a fake GitHub, and a runner beside it.
type stage struct {
	*kit
	t      *testing.T
	forge  *forgetest.Server
	origin string        // what fills the fake's repository
	home   string        // of the runner
	trap   string        // folder that stays empty
	event  string        // file
	window time.Duration // until the window of a change opens
	asIs   bool          // the workflow says itself where the program comes from
	builds bool          // the action builds the program, as it does for users
}

// stage lays out a repository with a law and nothing else.
func (k *kit) stage(t *testing.T) *stage {
	t.Helper()
	t.Parallel()
	s := &stage{kit: k, t: t, origin: t.TempDir(), home: t.TempDir(), trap: t.TempDir(), window: 7 * 24 * time.Hour}
	s.event = filepath.Join(s.home, "event.json")
	s.git("init", "-q", "-b", "main")
	s.write("mergeseal.yaml", shopLaw)
	s.commit("The law")
	return s
}

// git runs git in the origin and returns what it says.
func (s *stage) git(args ...string) string {
	s.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = s.origin
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=alice", "GIT_AUTHOR_EMAIL=alice@example.com", "GIT_COMMITTER_NAME=alice", "GIT_COMMITTER_EMAIL=alice@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (s *stage) write(path, text string) {
	s.t.Helper()
	path = filepath.Join(s.origin, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// commit commits everything and returns the commit.
func (s *stage) commit(message string) string {
	s.t.Helper()
	s.git("add", "-A")
	s.git("commit", "-q", "-m", message)
	return s.git("rev-parse", "HEAD")
}

// change makes a branch with one change record, whose window opens in a week
// or as the stage says: the runner's clock is the real one.
func (s *stage) change(branch, id, owner string) string {
	s.t.Helper()
	s.git("switch", "-q", "-c", branch, "main")
	start := time.Now().UTC().Truncate(time.Minute).Add(s.window)
	s.write("changes/"+start.Format("2006")+"/"+id+".yaml", `id: `+id+`
title: Raise the limit of open orders
type: normal
`+owner+`
services: [shop]
environments: [production]
reason: Customers with many orders see an error.
impact: {users: none, outage: none, minutes: 0}
data: {migration: false, sensitive: false}
schedule: {start: `+start.Format(time.RFC3339)+`, end: `+start.Add(time.Hour).Format(time.RFC3339)+`}
implementation_plan: [Set the limit to 500]
test_plan: {before: [Unit tests pass], after: [An order beyond the old limit is taken]}
rollback_plan: {method: revert, trigger: Orders fail, steps: [Set the limit to 100], minutes: 5, verify: Orders are taken}
`)
	sha := s.commit("Raise the limit")
	s.git("switch", "-q", "main")
	return sha
}

// open starts GitHub with these pull requests and tokens.
func (s *stage) open(r *forgetest.Repo, tokens map[string]*forgetest.Token) {
	s.t.Helper()
	r.Name, r.Git = shop, s.origin
	r.Permissions = map[string]string{"alice": "write", "bob": "write"}
	for _, p := range r.Pulls {
		p.Author, p.Title = "alice", "Raise the limit $(touch $TRAP/t)"
	}
	if tokens == nil {
		tokens = map[string]*forgetest.Token{}
	}
	tokens["ghs_workflow"] = &forgetest.Token{Kind: "workflow"}
	s.forge = forgetest.New(s.t, forgetest.Options{Now: time.Now(), PageSize: 100, State: &forgetest.State{Repos: []*forgetest.Repo{r}, Tokens: tokens}})
}

// done is what a run left behind.
type done struct {
	ok      bool
	log     string
	outputs map[string]string
}

var output = regexp.MustCompile(`::set-output:: ([a-z-]+)=(.*)`)

// run runs one workflow for one event, as the token says.
func (s *stage) run(workflow, token, event string, options map[string]string) done {
	s.t.Helper()
	e, err := s.forge.Event(shop, event, options)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(s.event, e.Payload, 0o600); err != nil {
		s.t.Fatal(err)
	}
	text, err := os.ReadFile(workflow)
	if err != nil {
		s.t.Fatal(err)
	}
	action := s.thin
	if s.builds {
		action = s.own
	}
	work := s.clone(s.prebuilt(string(text)))
	args := []string{
		event, "-P", "ubuntu-latest=-self-hosted", "-P", "ubuntu-24.04=-self-hosted", "-e", s.event, "-s", "GITHUB_TOKEN=" + token, "--action-offline-mode", "--no-cache-server",
		"-W", filepath.Join(work, ".github/workflows/under-test.yml"), "--actor", e.Actor, "--defaultbranch", "main",
	}
	for _, name := range slices.Compact(slices.Sorted(slices.Values(ours.FindAllString(string(text), -1)))) {
		args = append(args, "--local-repository", name+"="+action)
	}
	for name, v := range map[string]string{
		"GITHUB_API_URL": s.forge.API(), "GITHUB_SERVER_URL": s.forge.URL(), "GITHUB_REPOSITORY": shop, "GITHUB_RUN_ID": "9001", "GITHUB_REF": e.Ref, "GITHUB_SHA": e.SHA,
	} {
		args = append(args, "--env", name+"="+v)
	}
	cmd := exec.Command(s.act, args...)
	cmd.Dir = work
	// What a job of GitHub's own has in its environment is not this job's.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "GITHUB_") || strings.HasPrefix(v, "RUNNER_") || strings.HasPrefix(v, "ACTIONS_") || strings.HasPrefix(v, "MERGESEAL_")
	})
	cmd.Env = append(cmd.Env, "XDG_CACHE_HOME="+filepath.Join(s.home, "cache"), "XDG_CONFIG_HOME="+filepath.Join(s.home, "config"), "GOCACHE="+goEnv(s.t, "GOCACHE"), "NO_COLOR=1", "TRAP="+s.trap)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	defer s.tick()()
	d := done{ok: cmd.Run() == nil, outputs: map[string]string{}}
	d.log = log.String()
	for _, m := range output.FindAllStringSubmatch(d.log, -1) {
		d.outputs[m[1]] = m[2]
	}
	return d
}

// ours is the action under test, wherever it is pinned to.
var ours = regexp.MustCompile(`mergeseal/mergeseal@[0-9a-f]{40}`)

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// tick keeps GitHub's clock at the time of day, which is the runner's, until
// the function that it returns is called.
func (s *stage) tick() (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			s.forge.SetNow(time.Now())
			select {
			case <-end:
				return
			case <-time.After(time.Second):
			}
		}
	}()
	return func() { close(end); <-ended }
}

// clone is the folder that act is started in: the default branch, and one
// workflow.
func (s *stage) clone(workflow string) string {
	s.t.Helper()
	dir := s.t.TempDir()
	s.git("clone", "-q", s.origin, dir)
	s.git("-C", dir, "remote", "set-url", "origin", s.forge.URL()+"/"+shop+".git")
	at := filepath.Join(dir, ".github", "workflows")
	if err := os.MkdirAll(at, 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(at, "under-test.yml"), []byte(workflow), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return dir
}
