package ci

import (
	"strings"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/forgetest"
)

// landing may push: its workflow asks for contents: write.
func landing() map[string]*forgetest.Token {
	return map[string]*forgetest.Token{"ghs_landing": {Kind: "workflow", Permissions: map[string]string{
		"contents": "write", "pull_requests": "write", "deployments": "read", "checks": "read", "statuses": "read"}}}
}

// notes are the refs of notes that GitHub has.
func (s *stage) notes() string {
	s.t.Helper()
	return s.git("ls-remote", s.forge.URL()+"/"+shop+".git", "refs/notes/*")
}

func (k *kit) sealed(t *testing.T) {
	s := k.stage(t)
	s.write("mergeseal.yaml", shopLaw+"gate: {allow_unsigned: true}\n")
	s.commit("Seals may be unsigned")
	head := s.change("limit", "CHG-20261101-aaaa", "owner: alice")
	s.open(&forgetest.Repo{Pulls: []*forgetest.Pull{{Number: 7, Branch: "limit", SHA: head,
		Reviews: []*forgetest.Review{{User: "bob", State: "APPROVED", Commit: head, At: time.Now().Add(-time.Minute)}}}}}, landing())
	s.git("merge", "-q", "--no-ff", "-m", "Merge pull request #7 from acme/limit", "limit")
	if err := s.forge.Merge(shop, 7, s.git("rev-parse", "HEAD"), "bob"); err != nil {
		t.Fatal(err)
	}
	d := s.run(ready+"mergeseal-seal.yml", "ghs_landing", "push", nil)
	s.wants(d, true, map[string]string{"exit-code": "0"})
	if !strings.Contains(s.notes(), "refs/notes/mergeseal") || !strings.Contains(d.log, "CHG-20261101-aaaa as reviewed, verdict pass") {
		t.Errorf("GitHub has the notes %q\n%s", s.notes(), d.log)
	}
	before := s.notes()
	s.wants(s.run(ready+"mergeseal-seal.yml", "ghs_landing", "push", nil), true, map[string]string{"exit-code": "0"})
	if s.notes() != before {
		t.Errorf("sealed twice: %s, then %s", before, s.notes())
	}
}

func (k *kit) deployed(t *testing.T) {
	s := k.stage(t)
	s.window = -10 * time.Minute
	s.write("mergeseal.yaml", shopLaw+"coverage:\n  - {paths: [\"deploy/**\"], services: [shop], environments: [production]}\n")
	s.commit("Deployments need a change")
	s.change("limit", "CHG-20261101-aaaa", "owner: alice")
	s.git("switch", "-q", "limit")
	s.write("deploy/app", "limit: 500\n")
	s.commit("Deploy")
	s.git("switch", "-q", "main")
	s.git("merge", "-q", "--squash", "limit")
	s.git("commit", "-q", "-m", "Raise the limit (#7)")
	s.open(&forgetest.Repo{}, landing())

	d := s.run(ready+"deploy.yml", "ghs_landing", "workflow_dispatch", nil)
	s.wants(d, true, map[string]string{"exit-code": "0"})
	if !strings.Contains(d.log, "Put your deployment here.") || !strings.Contains(s.notes(), "refs/notes/mergeseal-deployments") {
		t.Errorf("GitHub has the notes %q\n%s", s.notes(), d.log)
	}
	pull := ""
	s.forge.Change(func(st *forgetest.State) {
		for _, p := range st.Repos[0].Pulls {
			pull += p.Title + "\n"
		}
	})
	if pull != "Outcome of CHG-20261101-aaaa: successful\n" {
		t.Errorf("pull requests:\n%s%s", pull, d.log)
	}

	// Nothing is deployed that no change covers, and no outcome is made up.
	s.write("deploy/app", "limit: 9000\n")
	s.commit("Quickly")
	if err := s.forge.Refresh(); err != nil {
		t.Fatal(err)
	}
	s.forge.Forget()
	d = s.run(ready+"deploy.yml", "ghs_landing", "workflow_dispatch", nil)
	s.wants(d, false, map[string]string{"exit-code": "1"})
	if strings.Contains(d.log, "| Put your deployment here.") {
		t.Errorf("it was deployed\n%s", d.log)
	}
	if strings.Contains(s.forge.Text(true), "/pulls") {
		t.Errorf("an outcome of what was not deployed:\n%s", s.forge.Text(true))
	}
}
