package forgetest

import (
	"fmt"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

var gitURL = regexp.MustCompile(`^/([^/]+/[^/]+?)(\.git)?/(info/refs|git-upload-pack|git-receive-pack)$`)

func gitPath(path string) (string, bool) {
	m := gitURL.FindStringSubmatch(path)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// Push gives a pull request a new head: the commit is taken from the
// repository that fills ours, the branch and refs/pull/N/head are moved, and
// the push is written into the list of activities as the actor's. Whatever
// commits the state listed for it are forgotten, so that git says them.
func (s *Server) Push(repo string, number int64, sha, actor string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.push(repo, number, sha, actor)
}

func (s *Server) push(repo string, number int64, sha, actor string) error {
	r := s.st.Repo(repo)
	if r == nil || r.Pull(number) == nil {
		return fmt.Errorf("push to pull request %d of %s: there is none", number, repo)
	}
	p := r.Pull(number)
	orElse(&actor, p.Author)
	old := p.SHA
	p.SHA, p.Commits, p.Files = sha, nil, nil
	if p.Fork == "" {
		r.Activity = append(r.Activity, &Activity{Actor: actor, Ref: "refs/heads/" + p.Branch, Before: old, After: sha})
		if b := r.Branch(p.Branch); b != nil {
			b.SHA = sha
		}
	}
	s.st.settle(s.now)
	return s.pullIn(r)
}

// Merge merges a pull request: its base branch moves to a commit, which the
// repository that fills ours has.
func (s *Server) Merge(repo string, number int64, sha, by string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.st.Repo(repo)
	if r == nil || r.Pull(number) == nil {
		return fmt.Errorf("merge pull request %d of %s: there is none", number, repo)
	}
	p := r.Pull(number)
	p.MergedBy, p.MergeSHA = by, sha
	if b := r.Branch(p.Base); b != nil {
		r.Activity = append(r.Activity, &Activity{Actor: by, Kind: "pr_merge", Ref: "refs/heads/" + b.Name, Before: b.SHA, After: sha})
		b.SHA = sha
	}
	s.st.settle(s.now)
	return s.pullIn(r)
}

// Refresh takes over what changed in the repositories that fill ours: the
// default branch too, unless the state says otherwise.
func (s *Server) Refresh() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.settleGit(); err != nil {
		return err
	}
	for _, r := range s.st.Repos {
		if err := s.pullIn(r); err != nil {
			return err
		}
	}
	return nil
}

// serveGit speaks git's protocol, through git itself. A private repository
// wants the token as the password, whoever the name says.
func (s *Server) serveGit(w http.ResponseWriter, r *http.Request, name string) {
	dir, status, who, f := s.admit(r, name)
	entry := Entry{Method: r.Method, Path: r.URL.RequestURI(), Git: true, Identity: who, Status: status, Fault: f != nil}
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.journal = append(s.journal, entry)
	}()
	if f != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		entry.Status = f.answer(s, w, r)
		return
	}
	if status != http.StatusOK {
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
		}
		w.WriteHeader(status)
		return
	}
	bin, err := exec.LookPath("git")
	if err != nil {
		entry.Status = http.StatusInternalServerError
		w.WriteHeader(entry.Status)
		return
	}
	_, below, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	_, below, _ = strings.Cut(below, "/")
	in := r.Clone(r.Context())
	in.URL.Path = "/" + below
	h := &cgi.Handler{Path: bin, Args: []string{"http-backend"}, Dir: dir, Root: "/", Stderr: discard{}, Env: append(gitEnv(bin),
		"GIT_PROJECT_ROOT="+dir, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER="+who, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*", "TMPDIR="+os.TempDir(),
		"GIT_PROTOCOL="+r.Header.Get("Git-Protocol"))}
	h.ServeHTTP(w, in)
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// admit decides who may fetch and push.
func (s *Server) admit(r *http.Request, name string) (dir string, status int, who string, f *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f = s.fault(r.Method, r.URL.Path)
	id, err := s.who(r)
	who = id.String()
	repo := s.st.Repo(name)
	dir = s.git[strings.ToLower(name)]
	level := "read"
	if strings.HasSuffix(r.URL.Path, "git-receive-pack") || r.URL.Query().Get("service") == "git-receive-pack" {
		level = "write"
	}
	switch {
	case err != nil, repo == nil && id.kind == "", repo != nil && id.kind == "" && (repo.Private || level == "write"):
		return dir, http.StatusUnauthorized, who, f
	case repo == nil || dir == "":
		return dir, http.StatusNotFound, who, f
	}
	c := &call{s: s, st: s.st, who: id, repo: repo}
	if a := c.need("contents", level); a != nil {
		return dir, a.status, who, f
	}
	return dir, http.StatusOK, who, f
}
