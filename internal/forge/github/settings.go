package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/doctor"
)

// Settings reads what a branch asks of whoever merges into it, and what
// workflows may do. What the token may not read is unknown; an error is a
// repository that cannot be asked at all. Files are not filled in. An empty
// branch is the default one.
func (c *Client) Settings(ctx context.Context, r Repo, branch string) (doctor.Settings, error) {
	var repo struct {
		DefaultBranch string `json:"default_branch"`
	}
	s := doctor.Settings{Branch: branch}
	if _, err := c.do(ctx, http.MethodGet, r.path(), nil, &repo); err != nil {
		return s, fmt.Errorf("read repository %s: %w", r, err)
	}
	if s.Branch == "" {
		s.Branch = repo.DefaultBranch
	}
	if s.Branch == "" {
		return s, fmt.Errorf("read repository %s: %w: it has no default branch", r, ErrUnavailable)
	}
	var err error
	if s.Classic, err = c.classic(ctx, r, s.Branch); err != nil {
		return s, err
	}
	if s.Rulesets, err = c.rulesets(ctx, r, s.Branch); err != nil {
		return s, err
	}
	var may struct {
		Default string `json:"default_workflow_permissions"`
		Approve *bool  `json:"can_approve_pull_request_reviews"`
	}
	switch _, err := c.do(ctx, http.MethodGet, r.path("actions", "permissions", "workflow"), nil, &may); {
	case refused(err):
		s.Writing, s.Approving = unknown[bool](err), unknown[bool](err)
	case err != nil:
		return s, fmt.Errorf("read workflow permissions of %s: %w", r, err)
	case may.Approve == nil || may.Default != "read" && may.Default != "write":
		return s, fmt.Errorf("read workflow permissions of %s: %w: an answer of another form", r, ErrUnavailable)
	default:
		s.Writing, s.Approving = doctor.Known(may.Default == "write"), doctor.Known(*may.Approve)
	}
	return s, nil
}

// unknown is a refusal as a fact that is not known.
func unknown[T any](err error) doctor.Fact[T] {
	var e *Error
	if errors.As(err, &e) {
		return doctor.Unknown[T](fmt.Sprintf("GitHub answers %d to GET /%s", e.Status, e.Path), e.Needs)
	}
	return doctor.Unknown[T](err.Error(), "")
}

// switched is how the API writes a setting of a branch protection rule.
type switched struct {
	Enabled *bool `json:"enabled"`
}

func (s *switched) on() bool { return s != nil && s.Enabled != nil && *s.Enabled }

// protection is a branch protection rule:
// https://docs.github.com/en/rest/branches/branch-protection#get-branch-protection
type protection struct {
	Checks *struct {
		Contexts []string `json:"contexts"`
		Checks   []struct {
			Context string `json:"context"`
			App     *int64 `json:"app_id"`
		} `json:"checks"`
	} `json:"required_status_checks"`
	Reviews *struct {
		Dismiss    bool `json:"dismiss_stale_reviews"`
		Owners     bool `json:"require_code_owner_reviews"`
		LastPush   bool `json:"require_last_push_approval"`
		Count      int  `json:"required_approving_review_count"`
		Allowances struct {
			Users []struct{ Login string } `json:"users"`
			Teams []struct{ Slug string }  `json:"teams"`
			Apps  []struct{ Slug string }  `json:"apps"`
		} `json:"bypass_pull_request_allowances"`
	} `json:"required_pull_request_reviews"`
	Admins *switched `json:"enforce_admins"`
	Force  *switched `json:"allow_force_pushes"`
	Delete *switched `json:"allow_deletions"`
}

// classic reads the branch protection rule. Only an administrator may; whether
// there is one, everybody who reads may know.
func (c *Client) classic(ctx context.Context, r Repo, branch string) (doctor.Fact[*doctor.Guard], error) {
	type fact = doctor.Fact[*doctor.Guard]
	none := doctor.Known[*doctor.Guard](nil)
	var b struct {
		Protected *bool `json:"protected"`
	}
	_, err := c.do(ctx, http.MethodGet, r.path("branches", branch), nil, &b)
	if err != nil && !refused(err) {
		return fact{}, fmt.Errorf("read branch %s of %s: %w", branch, r, err)
	}
	if err == nil && b.Protected != nil && !*b.Protected {
		return none, nil
	}
	var p protection
	_, err = c.do(ctx, http.MethodGet, r.path("branches", branch, "protection"), nil, &p)
	var e *Error
	switch {
	case errors.As(err, &e) && e.Status == http.StatusNotFound && e.Message == "Branch not protected":
		return none, nil // said to those alone who may know
	case refused(err):
		return unknown[*doctor.Guard](err), nil
	case err != nil:
		return fact{}, fmt.Errorf("read protection of branch %s of %s: %w", branch, r, err)
	}
	return doctor.Known(p.guard()), nil
}

func (p *protection) guard() *doctor.Guard {
	g := &doctor.Guard{Name: "branch protection rule", Classic: true, NoForce: !p.Force.on(), NoDeletion: !p.Delete.on(), Bypass: doctor.Known[[]doctor.Past](nil)}
	if !p.Admins.on() {
		g.Bypass = doctor.Known([]doctor.Past{{Who: "administrators"}})
	}
	if s := p.Checks; s != nil {
		for _, k := range s.Checks {
			one := doctor.Check{Name: k.Context}
			if k.App != nil && *k.App > 0 {
				one.App = *k.App
			}
			g.Checks = append(g.Checks, one)
		}
		for _, name := range s.Contexts {
			if !slices.ContainsFunc(g.Checks, func(k doctor.Check) bool { return k.Name == name }) {
				g.Checks = append(g.Checks, doctor.Check{Name: name})
			}
		}
	}
	if v := p.Reviews; v != nil {
		g.Reviews = &doctor.Reviews{DismissStale: v.Dismiss, LastPush: v.LastPush, CodeOwners: v.Owners, Count: v.Count}
		for _, u := range v.Allowances.Users {
			g.ReviewsPast = append(g.ReviewsPast, u.Login)
		}
		for _, t := range v.Allowances.Teams {
			g.ReviewsPast = append(g.ReviewsPast, "team "+t.Slug)
		}
		for _, a := range v.Allowances.Apps {
			g.ReviewsPast = append(g.ReviewsPast, "App "+a.Slug)
		}
		slices.Sort(g.ReviewsPast)
	}
	return g
}

// rule is one rule in force on a branch:
// https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch
type rule struct {
	Type       string `json:"type"`
	Ruleset    int64  `json:"ruleset_id"`
	Parameters struct {
		Checks []struct {
			Context string `json:"context"`
			App     int64  `json:"integration_id"`
		} `json:"required_status_checks"`
		Dismiss  bool `json:"dismiss_stale_reviews_on_push"`
		Owners   bool `json:"require_code_owner_review"`
		LastPush bool `json:"require_last_push_approval"`
		Count    int  `json:"required_approving_review_count"`
	} `json:"parameters"`
}

// rulesets reads the rules in force on a branch, by the rulesets they are of.
func (c *Client) rulesets(ctx context.Context, r Repo, branch string) (doctor.Fact[[]doctor.Guard], error) {
	rules, err := list[rule](ctx, c, r.path("rules", "branches", branch))
	if refused(err) {
		return unknown[[]doctor.Guard](err), nil
	}
	if err != nil {
		return doctor.Fact[[]doctor.Guard]{}, fmt.Errorf("read rules of branch %s of %s: %w", branch, r, err)
	}
	guards := map[int64]*doctor.Guard{}
	var ids []int64
	for _, x := range rules {
		g := guards[x.Ruleset]
		if g == nil {
			g = &doctor.Guard{}
			if g.Name, g.Bypass, err = c.past(ctx, r, x.Ruleset); err != nil {
				return doctor.Fact[[]doctor.Guard]{}, err
			}
			guards[x.Ruleset], ids = g, append(ids, x.Ruleset)
		}
		x.into(g)
	}
	slices.Sort(ids)
	out := make([]doctor.Guard, 0, len(ids))
	for _, id := range ids {
		out = append(out, *guards[id])
	}
	return doctor.Known(out), nil
}

func (x rule) into(g *doctor.Guard) {
	switch x.Type {
	case "required_status_checks":
		for _, k := range x.Parameters.Checks {
			g.Checks = append(g.Checks, doctor.Check{Name: k.Context, App: max(k.App, 0)})
		}
	case "pull_request":
		p := x.Parameters
		g.Reviews = &doctor.Reviews{DismissStale: p.Dismiss, LastPush: p.LastPush, CodeOwners: p.Owners, Count: p.Count}
	case "non_fast_forward":
		g.NoForce = true
	case "deletion":
		g.NoDeletion = true
	case "merge_queue":
		g.Queue = true
	}
}

// past reads a ruleset's name and whom it lets past. Only those who may edit it
// are told: an answer without the list is not an empty one.
func (c *Client) past(ctx context.Context, r Repo, id int64) (string, doctor.Fact[[]doctor.Past], error) {
	name := "ruleset " + strconv.FormatInt(id, 10)
	var set struct {
		Name   string `json:"name"`
		Bypass *[]struct {
			ID   *int64 `json:"actor_id"`
			Type string `json:"actor_type"`
			Mode string `json:"bypass_mode"`
		} `json:"bypass_actors"`
	}
	_, err := c.do(ctx, http.MethodGet, r.path("rulesets", strconv.FormatInt(id, 10)), nil, &set)
	switch {
	case refused(err):
		return name, unknown[[]doctor.Past](err), nil
	case err != nil:
		return name, doctor.Fact[[]doctor.Past]{}, fmt.Errorf("read %s of %s: %w", name, r, err)
	}
	if set.Name != "" {
		name = "ruleset " + strconv.Quote(set.Name)
	}
	if set.Bypass == nil {
		return name, doctor.Unknown[[]doctor.Past]("GitHub leaves the list of "+name+" out", "administration: write"), nil
	}
	past := []doctor.Past{}
	for _, a := range *set.Bypass {
		who := actor(a.Type, a.ID)
		if a.Mode == "pull_request" {
			who += " by pull request"
		}
		past = append(past, doctor.Past{Who: who})
	}
	return name, doctor.Known(past), nil
}

// builtRoles are the ids of the roles that every repository has:
// https://registry.terraform.io/providers/integrations/github/latest/docs/resources/repository_ruleset#actor_id-1
var builtRoles = map[int64]string{2: "maintainers", 4: "whoever may write", 5: "administrators"}

// actor is somebody on a bypass list, as people say it.
func actor(kind string, id *int64) string {
	n := ""
	if id != nil {
		n = " " + strconv.FormatInt(*id, 10)
	}
	switch kind {
	case "OrganizationAdmin":
		return "owners of the organization"
	case "DeployKey":
		return "deploy keys"
	case "Integration":
		return "App" + n
	case "RepositoryRole":
		if id != nil && builtRoles[*id] != "" {
			return builtRoles[*id]
		}
		return "role" + n
	case "":
		return "somebody"
	}
	return strings.ToLower(kind) + n
}
