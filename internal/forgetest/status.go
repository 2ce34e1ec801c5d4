package forgetest

import (
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"
)

// Limits of statuses, https://docs.github.com/en/rest/commits/statuses#create-a-commit-status
const (
	maxDescription = 140  // GitHub answers "description is too long (maximum is 140 characters)"
	maxStatuses    = 1000 // "there is a limit of 1000 statuses per sha and context within a repository"
)

func (s *Server) statusView(x *Status, long bool) any {
	text := func(t string) any {
		if t == "" {
			return nil
		}
		return t
	}
	m := map[string]any{
		"id": x.ID, "state": x.State, "context": x.Context, "description": text(x.Description), "target_url": text(x.TargetURL),
		"created_at": x.At, "updated_at": x.At, "avatar_url": nil,
	}
	if long {
		m["creator"] = s.userView(x.Creator)
	}
	return m
}

func createStatus(c *call) answer {
	in := struct {
		State, Description, Context string
		TargetURL                   string `json:"target_url"`
	}{Context: "default"}
	c.into(&in)
	sha := c.params["sha"]
	if !c.s.has(c.repo, sha) {
		return failed(http.StatusUnprocessableEntity, "No commit found for SHA: "+sha)
	}
	if utf8.RuneCountInString(in.Description) > maxDescription {
		return invalid("Status", "description", fmt.Sprintf("description is too long (maximum is %d characters)", maxDescription))
	}
	n := 0
	for _, x := range c.repo.Statuses {
		if x.SHA == sha && x.Context == in.Context {
			n++
		}
	}
	if n >= maxStatuses {
		return invalid("Status", "sha", "This SHA and context has reached the maximum number of statuses.")
	}
	x := &Status{ID: c.st.id(), SHA: sha, Context: in.Context, State: in.State, Description: in.Description, TargetURL: in.TargetURL, Creator: c.who.login, At: c.s.now}
	c.repo.Statuses = append(c.repo.Statuses, x)
	return created(c.s.statusView(x, true))
}

// of lists the statuses of a commit, the newest first.
// https://docs.github.com/en/rest/commits/statuses#list-commit-statuses-for-a-reference
func (r *Repo) statusesOf(sha string) (out []*Status) {
	for _, x := range slices.Backward(r.Statuses) {
		if x.SHA == sha {
			out = append(out, x)
		}
	}
	return out
}

func listStatuses(c *call) answer {
	sha := c.s.resolve(c.repo, c.params["ref"])
	if sha == "" {
		return notFound()
	}
	var out []any
	for _, x := range c.repo.statusesOf(sha) {
		out = append(out, c.s.statusView(x, true))
	}
	return listed(out, nil)
}

// combinedStatus takes the latest of each context:
// https://docs.github.com/en/rest/commits/statuses#get-the-combined-status-for-a-specific-reference
func combinedStatus(c *call) answer {
	sha := c.s.resolve(c.repo, c.params["ref"])
	if sha == "" {
		return notFound()
	}
	state := "pending"
	seen := map[string]bool{}
	var out []any
	var failing, waiting bool
	for _, x := range c.repo.statusesOf(sha) {
		if seen[x.Context] {
			continue
		}
		seen[x.Context] = true
		failing = failing || x.State == "failure" || x.State == "error"
		waiting = waiting || x.State == "pending"
		out = append(out, c.s.statusView(x, false))
	}
	switch {
	case failing:
		state = "failure"
	case len(out) > 0 && !waiting:
		state = "success"
	}
	return listed(out, func(page []any) any {
		return map[string]any{"state": state, "sha": sha, "total_count": len(out), "statuses": page, "repository": c.s.minimalRepo(c.repo)}
	})
}
