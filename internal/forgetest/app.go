package forgetest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

func (s *Server) appView(a *App) any {
	return map[string]any{
		"id": a.ID, "slug": a.Slug, "name": a.Slug, "owner": s.userView(a.Slug + "[bot]"), "description": nil,
		"html_url": s.URL() + "/apps/" + a.Slug, "created_at": epoch, "updated_at": epoch, "permissions": map[string]any{}, "events": []any{},
	}
}

func (s *Server) installationView(a *App, i *Installation) any {
	chosen := "all"
	if len(i.Repos) > 0 {
		chosen = "selected"
	}
	m := map[string]any{
		"id": i.ID, "account": s.userView(i.Account), "app_id": a.ID, "app_slug": a.Slug, "target_id": s.st.User(i.Account).ID, "target_type": s.st.User(i.Account).Type,
		"permissions": i.Permissions, "events": []any{}, "repository_selection": chosen, "single_file_name": nil, "suspended_at": nil, "suspended_by": nil,
		"created_at": epoch, "updated_at": epoch, "access_tokens_url": fmt.Sprintf("%s/app/installations/%d/access_tokens", s.API(), i.ID),
	}
	if i.Permissions == nil {
		m["permissions"] = map[string]any{}
	}
	if i.Suspended {
		m["suspended_at"] = epoch
	}
	return m
}

// asApp refuses all but an App's own token.
func (c *call) asApp() *answer {
	if c.who.kind == "jwt" {
		return nil
	}
	a := failed(http.StatusUnauthorized, "A JSON web token could not be decoded")
	return &a
}

func getApp(c *call) answer {
	if refused := c.asApp(); refused != nil {
		return *refused
	}
	return ok(c.s.appView(c.who.app))
}

func listInstallations(c *call) answer {
	if refused := c.asApp(); refused != nil {
		return *refused
	}
	var out []any
	for _, i := range c.who.app.Installations {
		out = append(out, c.s.installationView(c.who.app, i))
	}
	return listed(out, nil)
}

func getInstallation(c *call) answer {
	if refused := c.asApp(); refused != nil {
		return *refused
	}
	for _, i := range c.who.app.Installations {
		if i.covers(c.repo.Name) {
			return ok(c.s.installationView(c.who.app, i))
		}
	}
	return notFound()
}

// mint makes a token of an installation that lives an hour, with no more
// permissions and repositories than the installation has.
// https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
func mint(c *call) answer {
	if refused := c.asApp(); refused != nil {
		return *refused
	}
	var in struct {
		Permissions  map[string]string
		Repositories []string
	}
	c.into(&in)
	n := slices.IndexFunc(c.who.app.Installations, func(i *Installation) bool { return i.ID == c.number("installation_id") })
	if n < 0 {
		return notFound()
	}
	i := c.who.app.Installations[n]
	if i.Suspended {
		return failed(http.StatusForbidden, "This installation has been suspended")
	}
	permissions := i.Permissions
	if in.Permissions != nil {
		permissions = in.Permissions
		for scope, level := range in.Permissions {
			if rank(level) > rank(i.Permissions[scope]) && scope != "metadata" {
				return failed(http.StatusUnprocessableEntity, "The permissions requested are not granted to this installation.")
			}
		}
	}
	for _, name := range in.Repositories {
		if strings.Contains(name, "/") || !i.covers(i.Account+"/"+name) {
			return failed(http.StatusUnprocessableEntity, "There is at least one repository that does not exist or is not accessible to the parent installation.")
		}
	}
	expires := c.s.now.Add(time.Hour)
	secret := fmt.Sprintf("ghs_%036d", c.st.id())
	c.s.minted[secret] = &Token{Kind: "installation", Installation: i.ID, Permissions: permissions, Expires: expires}
	return created(map[string]any{"token": secret, "expires_at": expires.Format(time.RFC3339)})
}
