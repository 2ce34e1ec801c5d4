package forgetest

import (
	"net/http"
	"slices"
	"strings"
)

// userView is an account as answers hold it; nil for "" and for nobody.
func (s *Server) userView(login string) any {
	u := s.st.User(login)
	if u == nil {
		return nil
	}
	return map[string]any{
		"login": u.Login, "id": u.ID, "type": u.Type, "site_admin": false,
		"html_url": s.URL() + "/" + u.Login, "url": s.API() + "/users/" + u.Login,
	}
}

// getSelf is refused to the tokens of Apps and so to the workflow's:
// https://docs.github.com/en/rest/users/users#get-the-authenticated-user
func getSelf(c *call) answer {
	switch c.who.kind {
	case "":
		return failed(http.StatusUnauthorized, "Requires authentication")
	case "user":
		return ok(c.public(c.st.User(c.who.login)))
	}
	return failed(http.StatusForbidden, forbidden)
}

func getUser(c *call) answer {
	u := c.st.User(c.params["username"])
	if u == nil {
		return notFound()
	}
	return ok(c.public(u))
}

// public is the long form of an account.
func (c *call) public(u *User) any {
	m, _ := c.s.userView(u.Login).(map[string]any)
	for k, v := range map[string]any{
		"name": nil, "company": nil, "blog": nil, "location": nil, "email": nil, "hireable": nil, "bio": nil,
		"user_view_type": "public", "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
		"created_at": epoch, "updated_at": epoch,
	} {
		m[k] = v
	}
	return m
}

// epoch is when everything began that nobody asks the age of.
const epoch = "2020-01-01T00:00:00Z"

// getPermission answers for accounts of people:
// https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
func getPermission(c *call) answer {
	u := c.st.User(c.params["username"])
	if u == nil || u.Type != "User" {
		return failed(http.StatusNotFound, c.params["username"]+" is not a user")
	}
	role, permission := c.repo.role(u.Login)
	return ok(map[string]any{"permission": permission, "role_name": role, "user": c.collaborator(u.Login)})
}

func (c *call) collaborator(login string) any {
	role, permission := c.repo.role(login)
	m, _ := c.s.userView(login).(map[string]any)
	m["role_name"] = role
	m["permissions"] = map[string]any{
		"pull": rank(permission) >= 1, "triage": rank(permission) >= 2 || role == "triage", "push": rank(permission) >= 2,
		"maintain": role == "maintain" || role == "admin", "admin": permission == "admin",
	}
	return m
}

func listCollaborators(c *call) answer {
	if c.who.kind == "user" || c.who.kind == "" {
		if _, p := c.repo.role(c.who.login); rank(p) < rank("write") {
			return failed(http.StatusForbidden, "Must have push access to view repository collaborators.")
		}
	}
	var out []any
	for _, login := range sorted(c.repo.Permissions) {
		out = append(out, c.collaborator(login))
	}
	return listed(out, nil)
}

// inOrg lets those through who may see an organisation's teams and members:
// its members, and Apps with members: read. The workflow's token has no such
// permission, and all others are told that there is nothing.
// https://docs.github.com/en/rest/teams/members#list-team-members
func inOrg(do func(*call) answer) func(*call) answer {
	return func(c *call) answer {
		org := c.st.User(c.params["org"])
		if org == nil {
			return notFound()
		}
		switch c.who.kind {
		case "user":
			if !slices.Contains(org.Members, c.who.login) || c.who.permissions != nil && rank(c.who.permissions["members"]) < 1 {
				return notFound()
			}
		case "installation":
			if !strings.EqualFold(c.who.installation.Account, org.Login) || rank(c.who.permissions["members"]) < 1 {
				return notFound()
			}
		default:
			return notFound()
		}
		return do(c)
	}
}

func (s *Server) teamView(t *Team) any {
	return map[string]any{
		"id": t.ID, "name": t.Slug, "slug": t.Slug, "description": nil, "privacy": "closed", "permission": "pull",
		"parent": nil, "type": "organization", "html_url": s.URL() + "/orgs/" + t.Org + "/teams/" + t.Slug,
	}
}

func listTeams(c *call) answer {
	var out []any
	for _, t := range c.st.Teams {
		if strings.EqualFold(t.Org, c.params["org"]) {
			out = append(out, c.s.teamView(t))
		}
	}
	return listed(out, nil)
}

func listTeamMembers(c *call) answer {
	t := c.st.Team(c.params["org"], c.params["team_slug"])
	if t == nil {
		return notFound()
	}
	var out []any
	for _, m := range t.Members {
		out = append(out, c.s.userView(m))
	}
	return listed(out, nil)
}

func getMembership(c *call) answer {
	t := c.st.Team(c.params["org"], c.params["team_slug"])
	if t == nil || !slices.ContainsFunc(t.Members, func(m string) bool { return strings.EqualFold(m, c.params["username"]) }) {
		return notFound()
	}
	return ok(map[string]any{"role": "member", "state": "active"})
}

func getOrgMember(c *call) answer {
	if o := c.st.User(c.params["org"]); slices.ContainsFunc(o.Members, func(m string) bool { return strings.EqualFold(m, c.params["username"]) }) {
		return none()
	}
	return answer{status: http.StatusNotFound}
}

func getRateLimit(c *call) answer {
	one := map[string]any{"limit": 5000, "remaining": 5000, "used": 0, "reset": c.s.now.Unix() + 3600}
	return ok(map[string]any{"rate": one, "resources": map[string]any{"core": one, "search": one}})
}
