package forgetest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// run runs git in a folder, without the machine's and the user's settings.
func runGit(dir string, args ...string) ([]byte, error) {
	bin, err := exec.LookPath("git")
	if err != nil {
		return nil, fmt.Errorf("find git: %w", err)
	}
	cmd := exec.Command(bin, append([]string{"-c", "core.quotePath=false", "-c", "gc.auto=0", "-C", dir}, args...)...)
	cmd.Env = gitEnv(bin)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(errs.String()))
	}
	return out, nil
}

func gitEnv(bin string) []string {
	return []string{"PATH=" + filepath.Dir(bin), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "HOME=" + os.DevNull, "LC_ALL=C"}
}

// settleGit makes a bare repository of ours for every one that the state
// names, with its branches and tags, and the heads of pull requests where
// GitHub has them: refs/pull/N/head.
func (s *Server) settleGit() error {
	for _, r := range s.st.Repos {
		if r.Git == "" || s.git[strings.ToLower(r.Name)] != "" {
			continue
		}
		dir := filepath.Join(s.dir, fmt.Sprintf("%d.git", r.ID))
		if _, err := runGit(s.dir, "init", "-q", "--bare", "-b", r.DefaultBranch, dir); err != nil {
			return err
		}
		s.git[strings.ToLower(r.Name)] = dir
		// As GitHub does: any commit that it has may be asked for.
		for _, kv := range [][2]string{{"uploadpack.allowAnySHA1InWant", "true"}, {"uploadpack.allowFilter", "true"}, {"http.receivepack", "true"}, {"transfer.hideRefs", "refs/forgetest"}} {
			if _, err := runGit(dir, "config", kv[0], kv[1]); err != nil {
				return err
			}
		}
		if err := s.pullIn(r); err != nil {
			return err
		}
	}
	return nil
}

// pullIn takes the objects of the repository that fills ours, and sets refs as
// the state says. Branches that it does not name are taken over; the state's
// are the ones that count.
func (s *Server) pullIn(r *Repo) error {
	dir := s.git[strings.ToLower(r.Name)]
	if dir == "" {
		return nil
	}
	if _, err := runGit(dir, "fetch", "-q", "--no-tags", r.Git, "+refs/heads/*:refs/forgetest/heads/*", "+refs/tags/*:refs/tags/*"); err != nil {
		return err
	}
	want := map[string]string{}
	for _, b := range r.Branches {
		want["refs/heads/"+b.Name] = b.SHA
	}
	if r.Branch(r.DefaultBranch) == nil {
		if sha := s.gitRev(r, "refs/forgetest/heads/"+r.DefaultBranch); sha != "" {
			r.Branches = append(r.Branches, &Branch{Name: r.DefaultBranch, SHA: sha})
			want["refs/heads/"+r.DefaultBranch] = sha
		}
	}
	for _, p := range r.Pulls {
		want[fmt.Sprintf("refs/pull/%d/head", p.Number)] = p.SHA
		if p.Fork == "" && p.State == "open" {
			want["refs/heads/"+p.Branch] = p.SHA
		}
		if b := r.Branch(p.Base); b != nil {
			orElse(&p.BaseSHA, b.SHA)
		}
	}
	for name, sha := range r.Refs {
		want[name] = sha
	}
	for _, name := range sorted(want) {
		if sha := want[name]; s.gitRev(r, sha) == "" {
			// A commit that no branch there holds, such as one that was pushed over.
			if _, err := runGit(dir, "-c", "protocol.file.allow=always", "fetch", "-q", "--no-tags", "--upload-pack", "git -c uploadpack.allowAnySHA1InWant=true upload-pack", r.Git, sha); err != nil {
				return fmt.Errorf("find %s %s: %w", name, sha, err)
			}
		}
		if _, err := runGit(dir, "update-ref", name, want[name]); err != nil {
			return err
		}
	}
	return nil
}

// refs are all refs of a repository, from git or from the state.
func (s *Server) refs(r *Repo) map[string]string {
	out := map[string]string{}
	if dir := s.git[strings.ToLower(r.Name)]; dir != "" {
		if text, err := runGit(dir, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags", "refs/pull", "refs/notes"); err == nil {
			for line := range strings.Lines(string(text)) {
				name, sha, _ := strings.Cut(strings.TrimSpace(line), " ")
				out[name] = sha
			}
		}
	}
	for _, b := range r.Branches {
		out["refs/heads/"+b.Name] = b.SHA
	}
	for _, p := range r.Pulls {
		out[fmt.Sprintf("refs/pull/%d/head", p.Number)] = p.SHA
	}
	for name, sha := range r.Refs {
		out[name] = sha
	}
	return out
}

// gitRev is the commit of a revision, "" if our repository has none.
func (s *Server) gitRev(r *Repo, rev string) string {
	dir := s.git[strings.ToLower(r.Name)]
	if dir == "" || rev == "" || strings.HasPrefix(rev, "-") {
		return ""
	}
	out, err := runGit(dir, "rev-parse", "-q", "--verify", rev+"^{commit}")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func (s *Server) gitCommit(r *Repo, sha string) *Commit {
	if len(sha) != 40 && len(sha) != 64 || s.gitRev(r, sha) == "" {
		return nil
	}
	if l := s.gitLog(r, "-1", sha); len(l) == 1 {
		return l[0]
	}
	return nil
}

// gitLog lists commits, the oldest first, with the accounts whose addresses
// their authors and committers are.
func (s *Server) gitLog(r *Repo, args ...string) (out []*Commit) {
	dir := s.git[strings.ToLower(r.Name)]
	if dir == "" {
		return nil
	}
	text, err := runGit(dir, append([]string{"log", "-z", "--reverse", "--topo-order", "--format=%H%n%P%n%T%n%ae%n%ce%n%B"}, args...)...)
	if err != nil {
		return nil
	}
	for one := range strings.SplitSeq(strings.TrimSuffix(string(text), "\x00"), "\x00") {
		f := strings.SplitN(one, "\n", 6)
		if len(f) == 6 {
			out = append(out, &Commit{SHA: f[0], Parents: strings.Fields(f[1]), Tree: f[2], Author: s.mailbox(f[3]), Committer: s.mailbox(f[4]), Message: strings.TrimSpace(f[5])})
		}
	}
	return out
}

// mailbox is the account of an e-mail address: one that lists it, or, if no
// account lists any, the one whose name stands before example.com.
func (s *Server) mailbox(address string) string {
	for _, u := range s.st.Users {
		if slices.ContainsFunc(u.Emails, func(e string) bool { return strings.EqualFold(e, address) }) {
			return u.Login
		}
	}
	if name, host, _ := strings.Cut(address, "@"); host == "example.com" {
		if u := s.st.User(name); u != nil && u.Emails == nil {
			return u.Login
		}
	}
	return ""
}

func (s *Server) pullCommits(r *Repo, p *Pull) []*Commit {
	if p.Commits != nil {
		return p.Commits
	}
	return s.gitLog(r, p.BaseSHA+".."+p.SHA)
}

func (s *Server) pullFiles(r *Repo, p *Pull) []*File {
	if p.Files != nil {
		return p.Files
	}
	dir := s.git[strings.ToLower(r.Name)]
	if dir == "" {
		return nil
	}
	text, err := runGit(dir, "diff", "-z", "--name-status", "-M", p.BaseSHA+"..."+p.SHA)
	if err != nil {
		return nil
	}
	var out []*File
	words := strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
	names := map[byte]string{'A': "added", 'D': "removed", 'M': "modified", 'T': "changed", 'R': "renamed"}
	for len(words) >= 2 {
		f := &File{Name: words[1], Status: names[words[0][0]]}
		if words = words[2:]; f.Status == "renamed" && len(words) > 0 {
			f.Previous, f.Name, words = f.Name, words[0], words[1:]
		}
		out = append(out, f)
	}
	return out
}

// between compares two commits: those ahead, how many behind, the merge base.
func (s *Server) between(r *Repo, a, b string) (ahead []*Commit, behind int, mergeBase string) {
	if dir := s.git[strings.ToLower(r.Name)]; dir != "" {
		if out, err := runGit(dir, "merge-base", a, b); err == nil {
			return s.gitLog(r, a+".."+b), len(s.gitLog(r, b+".."+a)), strings.TrimSpace(string(out))
		}
	}
	for _, p := range r.Pulls {
		if p.SHA == b && p.BaseSHA == a {
			return p.Commits, 0, a
		}
	}
	return nil, 0, a
}
