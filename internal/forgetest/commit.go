package forgetest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// commitView is a commit; whoever has no account is null.
func (s *Server) commitView(k *Commit) map[string]any {
	parents := []any{}
	for _, p := range k.Parents {
		parents = append(parents, map[string]any{"sha": p, "url": s.API() + "/commits/" + p})
	}
	person := func(login string) any {
		if login == "" {
			login = "nobody"
		}
		return map[string]any{"name": login, "email": login + "@example.com", "date": epoch}
	}
	tree := k.Tree
	orElse(&tree, strings.Repeat("0", 40))
	return map[string]any{
		"sha": k.SHA, "parents": parents, "author": s.userView(k.Author), "committer": s.userView(k.Committer),
		"commit": map[string]any{
			"message": k.Message, "author": person(k.Author), "committer": person(k.Committer), "comment_count": 0,
			"tree":         map[string]any{"sha": tree, "url": s.API() + "/trees/" + tree},
			"verification": map[string]any{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil},
		},
	}
}

// has reports whether a repository has a commit: the state names it, or git does.
func (s *Server) has(r *Repo, sha string) bool {
	if sha == "" {
		return false
	}
	if r.commit(sha) != nil || slices.ContainsFunc(r.Branches, func(b *Branch) bool { return b.SHA == sha }) {
		return true
	}
	for _, p := range r.Pulls {
		if p.SHA == sha || p.BaseSHA == sha || p.MergeSHA == sha {
			return true
		}
	}
	return s.gitCommit(r, sha) != nil
}

// resolve makes a commit of a SHA, a branch or a ref; "" if there is none.
func (s *Server) resolve(r *Repo, ref string) string {
	for _, prefix := range []string{"", "heads/", "refs/heads/"} {
		if b := r.Branch(strings.TrimPrefix(ref, prefix)); b != nil {
			return b.SHA
		}
	}
	if sha := s.refs(r)["refs/"+strings.TrimPrefix(ref, "refs/")]; sha != "" {
		return sha
	}
	if s.has(r, ref) {
		return ref
	}
	return ""
}

// find is a commit with what is known of it.
func (s *Server) find(r *Repo, sha string) *Commit {
	if k := r.commit(sha); k != nil {
		return k
	}
	if k := s.gitCommit(r, sha); k != nil {
		return k
	}
	return &Commit{SHA: sha}
}

func getCommit(c *call) answer {
	sha := c.s.resolve(c.repo, c.params["ref"])
	if sha == "" {
		a := invalid("Commit", "ref", "")
		a.body.(map[string]any)["message"] = "No commit found for SHA: " + c.params["ref"]
		return a
	}
	return ok(c.s.commitView(c.s.find(c.repo, sha)))
}

func compare(c *call) answer {
	from, to, split := strings.Cut(c.params["basehead"], "...")
	a, b := c.s.resolve(c.repo, from), c.s.resolve(c.repo, to)
	if !split || a == "" || b == "" {
		return notFound()
	}
	ahead, behind, merge := c.s.between(c.repo, a, b)
	status := "diverged"
	switch {
	case a == b:
		status = "identical"
	case behind == 0:
		status = "ahead"
	case len(ahead) == 0:
		status = "behind"
	}
	commits := []any{}
	for _, k := range ahead {
		commits = append(commits, c.s.commitView(k))
	}
	return answer{status: http.StatusOK, list: commits, wrap: func(page []any) any {
		return map[string]any{
			"status": status, "ahead_by": len(ahead), "behind_by": behind, "total_commits": len(ahead), "commits": page,
			"base_commit": c.s.commitView(c.s.find(c.repo, a)), "merge_base_commit": c.s.commitView(c.s.find(c.repo, merge)),
			"html_url": fmt.Sprintf("%s/%s/compare/%s", c.s.URL(), c.repo.Name, c.params["basehead"]),
		}
	}}
}
