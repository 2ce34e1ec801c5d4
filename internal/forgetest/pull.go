package forgetest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// pullView is a pull request; full has what only its own answer holds.
func (s *Server) pullView(r *Repo, p *Pull, full bool) map[string]any {
	url := fmt.Sprintf("%s/repos/%s/pulls/%d", s.API(), r.Name, p.Number)
	links := map[string]any{}
	for _, name := range strings.Fields("comments commits statuses html issue review_comments review_comment self") {
		links[name] = map[string]any{"href": url + "/" + name}
	}
	link := func(sha string) any {
		if sha == "" {
			return nil
		}
		return sha
	}
	m := map[string]any{
		"id": p.ID, "number": p.Number, "state": p.State, "title": p.Title, "body": p.Body, "draft": p.Draft, "locked": p.Locked, "active_lock_reason": nil,
		"url": url, "html_url": fmt.Sprintf("%s/%s/pull/%d", s.URL(), r.Name, p.Number), "_links": links,
		"user": s.userView(p.Author), "author_association": "CONTRIBUTOR", "assignee": nil, "assignees": []any{}, "milestone": nil, "auto_merge": nil,
		"head": s.headView(r, p), "base": s.sideView(r, p.Base, p.BaseSHA), "labels": s.labelViews(r, p.Labels),
		"requested_reviewers": s.userViews(p.Requested), "requested_teams": s.teamViews(r, p.RequestedTeams),
		"merge_commit_sha": link(p.MergeSHA), "created_at": p.CreatedAt, "updated_at": s.now, "closed_at": nil, "merged_at": nil,
	}
	if p.State == "closed" {
		m["closed_at"] = s.now
	}
	if p.MergedBy != "" {
		m["merged_at"], m["closed_at"] = p.MergedAt, p.MergedAt
	}
	if full {
		m["merged"], m["merged_by"] = p.MergedBy != "", s.userView(p.MergedBy)
		m["mergeable"], m["mergeable_state"] = p.State == "open", "blocked"
		m["maintainer_can_modify"] = false
		m["comments"], m["review_comments"], m["commits"] = len(p.Comments), 0, len(s.pullCommits(r, p))
		m["additions"], m["deletions"], m["changed_files"] = 1, 0, len(s.pullFiles(r, p))
	}
	return m
}

func (s *Server) sideView(r *Repo, branch, sha string) any {
	return map[string]any{"label": owner(r.Name) + ":" + branch, "ref": branch, "sha": sha, "repo": s.repoView(r, false), "user": s.userView(owner(r.Name))}
}

func (s *Server) headView(r *Repo, p *Pull) any {
	if p.NoFork {
		return map[string]any{"label": "unknown repository", "ref": p.Branch, "sha": p.SHA, "repo": nil, "user": nil}
	}
	if p.Fork == "" {
		return s.sideView(r, p.Branch, p.SHA)
	}
	fork := s.bareRepo(p.Fork, r.ID+500000, r.Private)
	fork["fork"] = true
	return map[string]any{"label": owner(p.Fork) + ":" + p.Branch, "ref": p.Branch, "sha": p.SHA, "repo": fork, "user": s.userView(owner(p.Fork))}
}

func (s *Server) userViews(logins []string) []any {
	out := []any{}
	for _, l := range logins {
		if v := s.userView(l); v != nil {
			out = append(out, v)
		}
	}
	return out
}

func (s *Server) teamViews(r *Repo, slugs []string) []any {
	out := []any{}
	for _, slug := range slugs {
		if t := s.st.Team(owner(r.Name), slug); t != nil {
			out = append(out, s.teamView(t))
		}
	}
	return out
}

func getPull(c *call, p *Pull) answer { return ok(c.s.pullView(c.repo, p, true)) }

// listPulls has open ones unless asked otherwise, the newest first.
// https://docs.github.com/en/rest/pulls/pulls#list-pull-requests
func listPulls(c *call) answer {
	state := c.query.Get("state")
	if state == "" {
		state = "open"
	}
	var out []any
	for _, p := range slices.Backward(c.repo.Pulls) {
		from := p.Fork
		if from == "" {
			from = c.repo.Name
		}
		if state != "all" && p.State != state || differs(c.query.Get("base"), p.Base) || differs(c.query.Get("head"), owner(from)+":"+p.Branch) {
			continue
		}
		out = append(out, c.s.pullView(c.repo, p, false))
	}
	if c.query.Get("direction") == "asc" {
		reverse(out)
	}
	return listed(out, nil)
}

func differs(wanted, is string) bool { return wanted != "" && wanted != is }

// listPullsOf are the pull requests that a commit belongs to; those of forks
// only when it is their head.
// https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit
func listPullsOf(c *call) answer {
	sha := c.params["commit_sha"]
	if !c.s.has(c.repo, sha) {
		return failed(http.StatusUnprocessableEntity, "No commit found for SHA: "+sha)
	}
	var out []any
	for _, p := range c.repo.Pulls {
		in := p.SHA == sha || p.MergeSHA == sha || p.Fork == "" && slices.ContainsFunc(c.s.pullCommits(c.repo, p), func(k *Commit) bool { return k.SHA == sha })
		if in {
			out = append(out, c.s.pullView(c.repo, p, false))
		}
	}
	return listed(out, nil)
}

func createPull(c *call) answer {
	var in struct {
		Title, Head, Base, Body string
		Draft                   bool
	}
	c.into(&in)
	head := c.s.pushed(c.repo, strings.TrimPrefix(in.Head, owner(c.repo.Name)+":"))
	if head == nil || c.repo.Branch(in.Base) == nil {
		return invalid("PullRequest", "head", "invalid")
	}
	for _, q := range c.repo.Pulls {
		if q.State == "open" && q.Fork == "" && q.Branch == head.Name && q.Base == in.Base {
			return invalid("PullRequest", "", "A pull request already exists for "+owner(c.repo.Name)+":"+head.Name+".")
		}
	}
	p := &Pull{Number: 1, Title: in.Title, Body: in.Body, Draft: in.Draft, Author: c.who.login, Base: in.Base, Branch: head.Name, SHA: head.SHA}
	for _, q := range c.repo.Pulls {
		p.Number = max(p.Number, q.Number+1)
	}
	c.repo.Pulls = append(c.repo.Pulls, p)
	c.st.settle(c.s.now)
	if err := c.s.pullIn(c.repo); err != nil {
		return failed(http.StatusInternalServerError, err.Error())
	}
	return created(c.s.pullView(c.repo, p, true))
}

// pushed is a branch of the state, or one that somebody pushed.
func (s *Server) pushed(r *Repo, name string) *Branch {
	b, sha := r.Branch(name), s.gitRev(r, "refs/heads/"+name)
	if b == nil && sha != "" {
		b = &Branch{Name: name, SHA: sha}
		r.Branches = append(r.Branches, b)
	}
	return b
}

func updatePull(c *call, p *Pull) answer {
	in := struct{ Title, Body, State, Base string }{p.Title, p.Body, p.State, p.Base}
	c.into(&in)
	if in.Base != p.Base {
		p.Events = append(p.Events, &Event{Kind: "base_ref_changed", Actor: c.who.login, At: c.s.now})
	}
	p.Title, p.Body, p.State, p.Base = in.Title, in.Body, in.State, in.Base
	return ok(c.s.pullView(c.repo, p, true))
}

func getMerged(_ *call, p *Pull) answer {
	if p.MergedBy == "" {
		return answer{status: http.StatusNotFound}
	}
	return none()
}

func listFiles(c *call, p *Pull) answer {
	var out []any
	for _, f := range c.s.pullFiles(c.repo, p) {
		status := f.Status
		orElse(&status, "modified")
		m := map[string]any{"filename": f.Name, "status": status, "sha": nil, "additions": 1, "deletions": 0, "changes": 1}
		if f.Previous != "" {
			m["previous_filename"] = f.Previous
		}
		out = append(out, m)
	}
	return listed(out, nil)
}

// listCommits ends at 250: https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request
func listCommits(c *call, p *Pull) answer {
	commits := c.s.pullCommits(c.repo, p)
	var out []any
	for _, k := range commits[:min(len(commits), 250)] {
		out = append(out, c.s.commitView(k))
	}
	return listed(out, nil)
}
