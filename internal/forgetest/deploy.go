package forgetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"
)

func (s *Server) deploymentView(d *Deployment) any {
	var payload any = map[string]any{}
	if d.Payload != nil {
		payload = d.Payload
	}
	m := map[string]any{
		"id": d.ID, "sha": d.SHA, "ref": d.Ref, "task": d.Task, "payload": payload, "environment": d.Environment, "original_environment": d.Environment,
		"description": nil, "creator": s.userView(d.Creator), "created_at": d.At, "updated_at": d.At,
	}
	if d.Description != "" {
		m["description"] = d.Description
	}
	return m
}

func listDeployments(c *call) answer {
	var out []any
	for _, d := range slices.Backward(c.repo.Deployments) {
		if differs(c.query.Get("sha"), d.SHA) || differs(c.query.Get("ref"), d.Ref) || differs(c.query.Get("environment"), d.Environment) || differs(c.query.Get("task"), d.Task) {
			continue
		}
		out = append(out, c.s.deploymentView(d))
	}
	return listed(out, nil)
}

func createDeployment(c *call) answer {
	in := struct {
		Ref, Task, Environment, Description string
		Payload                             json.RawMessage
	}{Task: "deploy", Environment: "production"}
	c.into(&in)
	sha := c.s.resolve(c.repo, in.Ref)
	if sha == "" {
		return invalid("Deployment", "ref", "No ref found for: "+in.Ref)
	}
	d := &Deployment{ID: c.st.id(), SHA: sha, Ref: in.Ref, Task: in.Task, Environment: in.Environment, Description: in.Description, Payload: in.Payload, Creator: c.who.login, At: c.s.now}
	c.repo.Deployments = append(c.repo.Deployments, d)
	return created(c.s.deploymentView(d))
}

func onDeployment(do func(*call, *Deployment) answer) func(*call) answer {
	return func(c *call) answer {
		for _, d := range c.repo.Deployments {
			if d.ID == c.number("deployment_id") {
				return do(c, d)
			}
		}
		return notFound()
	}
}

func getDeployment(c *call, d *Deployment) answer { return ok(c.s.deploymentView(d)) }

func (s *Server) deploymentStatusView(d *Deployment, x *DeploymentStatus) any {
	return map[string]any{
		"id": x.ID, "state": x.State, "description": x.Description, "environment": d.Environment, "log_url": x.LogURL, "target_url": x.LogURL,
		"creator": s.userView(x.Creator), "created_at": x.At, "updated_at": x.At,
	}
}

func listDeploymentStatuses(c *call, d *Deployment) answer {
	var out []any
	for _, x := range slices.Backward(d.Statuses) {
		out = append(out, c.s.deploymentStatusView(d, x))
	}
	return listed(out, nil)
}

func createDeploymentStatus(c *call, d *Deployment) answer {
	var in struct {
		State, Description string
		LogURL             string `json:"log_url"`
	}
	c.into(&in)
	if utf8.RuneCountInString(in.Description) > maxDescription {
		return invalid("DeploymentStatus", "description", "description is too long (maximum is 140 characters)")
	}
	x := &DeploymentStatus{ID: c.st.id(), State: in.State, Description: in.Description, LogURL: in.LogURL, Creator: c.who.login, At: c.s.now}
	d.Statuses = append(d.Statuses, x)
	return created(c.s.deploymentStatusView(d, x))
}

func (r *Repo) environment(name string) *Environment {
	for _, e := range r.Environments {
		if e.Name == name {
			return e
		}
	}
	return nil
}

func (s *Server) environmentView(r *Repo, e *Environment) any {
	rules := e.Rules
	if rules == nil {
		rules = []json.RawMessage{}
	}
	return map[string]any{
		"id": e.ID, "name": e.Name, "created_at": epoch, "updated_at": epoch, "protection_rules": rules,
		"html_url": fmt.Sprintf("%s/%s/deployments/activity_log?environments_filter=%s", s.URL(), r.Name, e.Name), "deployment_branch_policy": nil,
	}
}

func listEnvironments(c *call) answer {
	var out []any
	for _, e := range c.repo.Environments {
		out = append(out, c.s.environmentView(c.repo, e))
	}
	return listed(out, func(page []any) any { return map[string]any{"total_count": len(out), "environments": page} })
}

func getEnvironment(c *call) answer {
	e := c.repo.environment(c.params["environment_name"])
	if e == nil {
		return notFound()
	}
	return ok(c.s.environmentView(c.repo, e))
}

func listGates(c *call) answer {
	e := c.repo.environment(c.params["environment_name"])
	if e == nil {
		return notFound()
	}
	gates := e.Gates
	if gates == nil {
		gates = []json.RawMessage{}
	}
	return ok(map[string]any{"total_count": len(gates), "custom_deployment_protection_rules": gates})
}

// reviewGate is for Apps: https://docs.github.com/en/rest/actions/workflow-runs#review-custom-deployment-protection-rules-for-a-workflow-run
func reviewGate(c *call) answer {
	if c.who.kind != "installation" {
		return failed(http.StatusForbidden, forbidden)
	}
	var in struct {
		Environment    string `json:"environment_name"`
		State, Comment string
	}
	c.into(&in)
	run := c.repo.run(c.number("run_id"))
	if run == nil {
		return notFound()
	}
	run.Gates = append(run.Gates, &GateReview{App: c.who.app.ID, Environment: in.Environment, State: in.State, Comment: in.Comment})
	return none()
}
