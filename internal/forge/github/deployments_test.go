package github_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/forge/github"
	"github.com/mergeseal/mergeseal/internal/forgetest"
)

func TestDeploymentsAndWhatBecameOfThem(t *testing.T) {
	s := start(t, func(st *forgetest.State, r *forgetest.Repo) {
		st.Tokens["ghs_deploys"] = &forgetest.Token{Kind: "workflow", Permissions: map[string]string{"deployments": "read"}}
		r.Deployments = []*forgetest.Deployment{
			{ID: 5, SHA: head, Ref: "main", Environment: "production", Task: "deploy", At: noon, Statuses: []*forgetest.DeploymentStatus{
				{ID: 1, State: "in_progress", At: noon}, {ID: 2, State: "failure", At: noon.Add(time.Minute)}, {ID: 3, State: "inactive", At: noon.Add(time.Hour)}}},
			{ID: 6, SHA: base, Ref: "main", Environment: "staging", Task: "deploy", At: noon},
			{ID: 9, SHA: first, Ref: "main", Environment: "production", Task: "deploy", At: noon.Add(-time.Hour)},
			{ID: 3, SHA: first, Ref: "main", Environment: "production", Task: "deploy", At: noon.Add(-time.Hour)},
		}
	})
	c, ctx := client(t, s, "ghs_deploys"), context.Background()
	all, err := c.Deployments(ctx, repo, "production")
	if err != nil || len(all) != 3 || all[0].ID != 3 || all[1].ID != 9 || all[2].SHA != head {
		t.Errorf("got %+v, %v", all, err)
	}
	one, err := c.Deployment(ctx, repo, 5)
	if err != nil || one != all[2] {
		t.Errorf("got %+v, %v", one, err)
	}
	steps, err := c.DeploymentStatuses(ctx, repo, 5)
	if err != nil || len(steps) != 3 || steps[1].State != "failure" || steps[2].State != "inactive" {
		t.Errorf("got %+v, %v", steps, err)
	}
	if _, err := c.Deployment(ctx, repo, 99); !errors.Is(err, github.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := client(t, s, "ghs_workflow").Deployments(ctx, repo, ""); !errors.Is(err, github.ErrForbidden) {
		t.Errorf("without deployments: read: %v", err)
	}
}
