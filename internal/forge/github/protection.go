package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// DeploymentAnswer is what a custom protection rule says of a deployment. The
// zero value leaves the job waiting.
type DeploymentAnswer uint8

// The answers.
const (
	Waiting DeploymentAnswer = iota // a comment alone: the job goes on waiting
	Rejected
	Approved
)

// maxRuleComment bounds the comment of an answer, in characters:
// https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/create-custom-protection-rules
const maxRuleComment = 1024

// AnswerDeployment answers for an environment of a workflow's run. It is one
// request. v60 has no method for it.
func (c *Client) AnswerDeployment(ctx context.Context, r Repo, run int64, environment string, answer DeploymentAnswer, comment string) error {
	body := map[string]string{"environment_name": environment, "comment": shortened(comment, maxRuleComment)}
	switch answer {
	case Approved:
		body["state"] = "approved"
	case Rejected:
		body["state"] = "rejected"
	case Waiting:
	}
	path := r.path("actions", "runs", strconv.FormatInt(run, 10), "deployment_protection_rule")
	if _, err := c.do(ctx, http.MethodPost, path, body, nil); err != nil {
		return fmt.Errorf("answer for %s in run %d of %s: %w", environment, run, r, err)
	}
	return nil
}

func shortened(text string, most int) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), most)])
}

// LastDeployed is the commit of the newest deployment to an environment that
// succeeded, "" where there is none. A deployment that another one made
// inactive had succeeded before.
func (c *Client) LastDeployed(ctx context.Context, r Repo, environment string) (string, error) {
	if environment == "" {
		return "", errors.New("find what is deployed: no environment")
	}
	all, err := c.Deployments(ctx, r, environment)
	if err != nil {
		return "", err
	}
	for _, d := range slices.Backward(all) {
		steps, err := c.DeploymentStatuses(ctx, r, d.ID)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(steps, func(s DeploymentStatus) bool { return s.State == "success" }) {
			return d.SHA, nil
		}
	}
	return "", nil
}
