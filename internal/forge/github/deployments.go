package github

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Deployment is one deployment, with what became of it.
type Deployment struct {
	ID          int64     `json:"id"`
	SHA         string    `json:"sha"`
	Ref         string    `json:"ref"`
	Task        string    `json:"task"`
	Environment string    `json:"environment"`
	CreatedAt   time.Time `json:"created_at"`
}

// DeploymentStatus is one step of a deployment.
type DeploymentStatus struct {
	ID        int64     `json:"id"`
	State     string    `json:"state"` // success, failure, error, inactive, in_progress, queued, pending
	CreatedAt time.Time `json:"created_at"`
}

// whole refuses half of a deployment.
func (d Deployment) whole() error {
	if d.ID <= 0 || !fullSHA.MatchString(d.SHA) || d.CreatedAt.IsZero() {
		return fmt.Errorf("read deployment %d: %w: it lacks its number, commit or time", d.ID, ErrUnavailable)
	}
	return nil
}

// Deployment reads one.
func (c *Client) Deployment(ctx context.Context, r Repo, id int64) (Deployment, error) {
	var d Deployment
	if _, err := c.do(ctx, http.MethodGet, r.path("deployments", strconv.FormatInt(id, 10)), nil, &d); err != nil {
		return Deployment{}, fmt.Errorf("read deployment %d of %s: %w", id, r, err)
	}
	return d, d.whole()
}

// Deployments lists those to an environment, the oldest first. An empty
// environment is any.
func (c *Client) Deployments(ctx context.Context, r Repo, environment string) ([]Deployment, error) {
	path := r.path("deployments")
	if environment != "" {
		path += "?environment=" + url.QueryEscape(environment)
	}
	all, err := list[Deployment](ctx, c, path)
	if err != nil {
		return nil, fmt.Errorf("list deployments of %s: %w", r, err)
	}
	for _, d := range all {
		if err := d.whole(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b Deployment) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// DeploymentStatuses lists what became of a deployment, the last step last.
func (c *Client) DeploymentStatuses(ctx context.Context, r Repo, id int64) ([]DeploymentStatus, error) {
	all, err := list[DeploymentStatus](ctx, c, r.path("deployments", strconv.FormatInt(id, 10), "statuses"))
	if err != nil {
		return nil, fmt.Errorf("list what became of deployment %d of %s: %w", id, r, err)
	}
	for _, s := range all {
		if s.ID <= 0 || s.State == "" || s.CreatedAt.IsZero() {
			return nil, fmt.Errorf("list what became of deployment %d of %s: %w", id, r, ErrUnavailable)
		}
	}
	slices.SortFunc(all, func(a, b DeploymentStatus) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}
