package forgetest

import (
	"strings"
)

// repoView is a repository; full has what only its own answer holds.
func (s *Server) repoView(r *Repo, full bool) any {
	m := s.bareRepo(r.Name, r.ID, r.Private)
	m["default_branch"] = r.DefaultBranch
	if full {
		m["network_count"], m["subscribers_count"] = 0, 0
		m["permissions"] = map[string]any{"admin": false, "push": true, "pull": true}
	}
	return m
}

// bareRepo is a repository that may be another's, such as a fork.
func (s *Server) bareRepo(name string, id int64, private bool) map[string]any {
	m := map[string]any{
		"id": id, "name": base(name), "full_name": name, "owner": s.userView(owner(name)), "private": private,
		"html_url": s.URL() + "/" + name, "clone_url": s.URL() + "/" + name + ".git", "url": s.API() + "/repos/" + name,
		"default_branch": "main", "description": nil, "fork": false, "archived": false, "disabled": false,
		"visibility": "public", "topics": []any{}, "has_discussions": false, "created_at": epoch, "updated_at": epoch, "pushed_at": epoch, "license": nil, "homepage": nil, "language": nil,
	}
	if private {
		m["visibility"] = "private"
	}
	for _, counted := range strings.Fields("forks forks_count open_issues open_issues_count size stargazers_count watchers watchers_count") {
		m[counted] = 0
	}
	for _, has := range strings.Fields("has_issues has_pages has_projects has_wiki has_downloads") {
		m[has] = false
	}
	return m
}

// minimalRepo is the short form of a repository.
func (s *Server) minimalRepo(r *Repo) any {
	return map[string]any{
		"id": r.ID, "name": base(r.Name), "full_name": r.Name, "owner": s.userView(owner(r.Name)), "private": r.Private,
		"description": nil, "fork": false, "html_url": s.URL() + "/" + r.Name, "url": s.API() + "/repos/" + r.Name,
	}
}

func getRepo(c *call) answer { return ok(c.s.repoView(c.repo, true)) }

// listActivity has the newest first, or the oldest if asked to:
// https://docs.github.com/en/rest/repos/repos#list-repository-activities
func listActivity(c *call) answer {
	var out []any
	for _, a := range c.repo.Activity {
		q := c.query
		if ref := q.Get("ref"); ref != "" && a.Ref != ref && a.Ref != "refs/heads/"+ref {
			continue
		}
		if who := q.Get("actor"); who != "" && !strings.EqualFold(a.Actor, who) {
			continue
		}
		if kind := q.Get("activity_type"); kind != "" && a.Kind != kind {
			continue
		}
		out = append(out, map[string]any{
			"id": a.ID, "before": a.Before, "after": a.After, "ref": a.Ref, "timestamp": a.At, "activity_type": a.Kind, "actor": c.s.userView(a.Actor),
		})
	}
	if c.query.Get("direction") != "asc" {
		reverse(out)
	}
	a := listed(out, nil)
	a.cursor = true
	return a
}

func reverse(items []any) {
	for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
		items[i], items[j] = items[j], items[i]
	}
}
