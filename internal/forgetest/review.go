package forgetest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) reviewView(r *Repo, p *Pull, v *Review) any {
	href := map[string]any{"href": fmt.Sprintf("%s/%s/pull/%d#pullrequestreview-%d", s.URL(), r.Name, p.Number, v.ID)}
	m := map[string]any{
		"id": v.ID, "user": s.userView(v.User), "body": v.Body, "state": v.State, "commit_id": v.Commit,
		"author_association": "COLLABORATOR", "_links": map[string]any{"html": href, "pull_request": href},
	}
	if v.State != "PENDING" {
		m["submitted_at"] = v.At
	}
	return m
}

// listReviews is in chronological order:
// https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request
func listReviews(c *call, p *Pull) answer {
	var out []any
	for _, v := range p.Reviews {
		out = append(out, c.s.reviewView(c.repo, p, v))
	}
	return listed(out, nil)
}

func createReview(c *call, p *Pull) answer {
	var in struct {
		Event, Body string
		Commit      string `json:"commit_id"`
	}
	c.into(&in)
	states := map[string]string{"": "PENDING", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
	if strings.EqualFold(p.Author, c.who.login) && in.Event != "COMMENT" && in.Event != "" {
		return failed(http.StatusUnprocessableEntity, "Review Can not approve your own pull request")
	}
	orElse(&in.Commit, p.SHA)
	v := &Review{ID: c.st.id(), User: c.who.login, State: states[in.Event], Commit: in.Commit, Body: in.Body, At: c.s.now}
	p.Reviews = append(p.Reviews, v)
	return ok(c.s.reviewView(c.repo, p, v))
}

func getRequested(c *call, p *Pull) answer {
	return ok(map[string]any{"users": c.s.userViews(p.Requested), "teams": c.s.teamViews(c.repo, p.RequestedTeams)})
}

type reviewers struct {
	Reviewers     []string `json:"reviewers"`
	TeamReviewers []string `json:"team_reviewers"`
}

// requestReviewers refuses the author, strangers, and teams that the token
// cannot see:
// https://docs.github.com/en/rest/pulls/review-requests#request-reviewers-for-a-pull-request
func requestReviewers(c *call, p *Pull) answer {
	var in reviewers
	c.into(&in)
	for _, login := range in.Reviewers {
		if strings.EqualFold(login, p.Author) {
			return failed(http.StatusUnprocessableEntity, "Review cannot be requested from pull request author.")
		}
		if _, collaborates := c.repo.Permissions[login]; !collaborates && !strings.EqualFold(login, owner(c.repo.Name)) {
			return failed(http.StatusUnprocessableEntity, "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the "+c.repo.Name+" repository.")
		}
	}
	for _, slug := range in.TeamReviewers {
		if c.who.kind == "workflow" || c.st.Team(owner(c.repo.Name), slug) == nil {
			return failed(http.StatusUnprocessableEntity, "Could not resolve to a node with the global id of '"+slug+"'.")
		}
	}
	p.Requested = union(p.Requested, in.Reviewers)
	p.RequestedTeams = union(p.RequestedTeams, in.TeamReviewers)
	return created(c.s.pullView(c.repo, p, false))
}

func dropReviewers(c *call, p *Pull) answer {
	var in reviewers
	c.into(&in)
	p.Requested = slices.DeleteFunc(p.Requested, func(l string) bool { return slices.Contains(in.Reviewers, l) })
	p.RequestedTeams = slices.DeleteFunc(p.RequestedTeams, func(l string) bool { return slices.Contains(in.TeamReviewers, l) })
	return ok(c.s.pullView(c.repo, p, false))
}

func union(have, more []string) []string {
	for _, m := range more {
		if !slices.ContainsFunc(have, func(h string) bool { return strings.EqualFold(h, m) }) {
			have = append(have, m)
		}
	}
	return have
}
