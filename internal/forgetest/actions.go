package forgetest

import "fmt"

func (r *Repo) run(id int64) *Run {
	for _, x := range r.Runs {
		if x.ID == id {
			return x
		}
	}
	return nil
}

func workflowView(w *Workflow) map[string]any {
	return map[string]any{"id": w.ID, "name": w.Name, "path": w.Path, "state": w.State, "created_at": epoch, "updated_at": epoch}
}

func listWorkflows(c *call) answer {
	var out []any
	for _, w := range c.repo.Workflows {
		out = append(out, workflowView(w))
	}
	return listed(out, func(page []any) any { return map[string]any{"total_count": len(out), "workflows": page} })
}

// getWorkflowPermissions is the page Settings > Actions > General > Workflow
// permissions.
func getWorkflowPermissions(c *call) answer {
	may := "read"
	if c.repo.Generous {
		may = "write"
	}
	return ok(map[string]any{"default_workflow_permissions": may, "can_approve_pull_request_reviews": c.repo.Approving})
}

func getRun(c *call) answer {
	x := c.repo.run(c.number("run_id"))
	if x == nil {
		return notFound()
	}
	return ok(c.s.runView(c.repo, x))
}

// runView is a run. Its list of pull requests is empty for a fork's:
// https://github.com/orgs/community/discussions/25220
func (s *Server) runView(r *Repo, x *Run) map[string]any {
	pulls := []any{}
	for _, n := range x.Pulls {
		if p := r.Pull(n); p != nil && p.Fork == "" {
			side := func(ref, sha string) any {
				return map[string]any{"ref": ref, "sha": sha, "repo": map[string]any{"id": r.ID, "name": base(r.Name), "url": s.API() + "/repos/" + r.Name}}
			}
			pulls = append(pulls, map[string]any{"id": p.ID, "number": p.Number, "url": fmt.Sprintf("%s/repos/%s/pulls/%d", s.API(), r.Name, p.Number), "head": side(p.Branch, p.SHA), "base": side(p.Base, p.BaseSHA)})
		}
	}
	head := s.minimalRepo(r)
	if x.Fork != "" {
		head = s.minimalRepo(&Repo{ID: r.ID + 500000, Name: x.Fork, Private: r.Private})
	}
	path := ""
	for _, w := range r.Workflows {
		if w.ID == x.Workflow {
			path = w.Path
		}
	}
	var conclusion, branch any
	if x.Conclusion != "" {
		conclusion = x.Conclusion
	}
	if x.Branch != "" {
		branch = x.Branch
	}
	commit := s.find(r, x.SHA)
	return map[string]any{
		"id": x.ID, "name": x.Name, "event": x.Event, "status": x.Status, "conclusion": conclusion, "head_branch": branch, "head_sha": x.SHA,
		"display_title": x.Name, "path": path, "run_number": 1, "run_attempt": 1, "workflow_id": x.Workflow, "created_at": epoch, "updated_at": epoch,
		"check_suite_id": x.ID + 1, "check_suite_node_id": "", "previous_attempt_url": nil, "run_started_at": epoch,
		"actor": s.userView(x.Actor), "triggering_actor": s.userView(x.Actor), "pull_requests": pulls, "repository": s.minimalRepo(r), "head_repository": head,
		"head_commit": map[string]any{
			"id": x.SHA, "tree_id": x.SHA, "message": commit.Message, "timestamp": epoch,
			"author":    map[string]any{"name": "nobody", "email": "nobody@example.com"},
			"committer": map[string]any{"name": "nobody", "email": "nobody@example.com"},
		},
		"html_url": fmt.Sprintf("%s/%s/actions/runs/%d", s.URL(), r.Name, x.ID),
	}
}
