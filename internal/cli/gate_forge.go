package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/forge/github"
	"github.com/mergeseal/mergeseal/internal/gate"
	"github.com/mergeseal/mergeseal/internal/render"
)

// maxEvent bounds a webhook's payload: https://docs.github.com/en/webhooks/webhook-events-and-payloads
const maxEvent = 25 << 20

// protection is a request of GitHub's to say whether a job may go on.
type protection struct {
	Action      string `json:"action"`
	Environment string `json:"environment"`
	Callback    string `json:"deployment_callback_url"`
	Deployment  struct {
		SHA string `json:"sha"`
	} `json:"deployment"`
	Repository struct {
		FullName string `json:"full_name"`
	} `json:"repository"`

	run int64
}

var (
	callbackForm = regexp.MustCompile(`/repos/([^/]+/[^/]+)/actions/runs/([0-9]{1,18})/deployment_protection_rule$`)
	fullID       = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
)

// protection reads the event, and takes environment and commit from it. Where
// the answer goes is worked out from the repository and the run, never from an
// address in the event (T17).
func (g *global) protection(o *gateOptions) (*protection, error) {
	info, err := os.Stat(g.abs(o.Protection))
	if err != nil {
		return nil, usagef("--protection-rule: %w", err)
	}
	if info.Size() > maxEvent {
		return nil, usagef("--protection-rule %s is larger than any event", o.Protection)
	}
	b, err := os.ReadFile(g.abs(o.Protection))
	if err != nil {
		return nil, usagef("--protection-rule: %w", err)
	}
	var p protection
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, usagef("--protection-rule %s is no event: %w", o.Protection, err)
	}
	m := callbackForm.FindStringSubmatch(p.Callback)
	switch {
	case p.Action != "requested" || p.Environment == "" || m == nil || !fullID.MatchString(p.Deployment.SHA):
		return nil, usagef("--protection-rule %s is no deployment_protection_rule event that was requested", o.Protection)
	case !strings.EqualFold(m[1], p.Repository.FullName):
		return nil, usagef("--protection-rule %s: the answer would go to another repository, %s", o.Protection, m[1])
	}
	if p.run, err = strconv.ParseInt(m[2], 10, 64); err != nil {
		return nil, usagef("--protection-rule %s: %w", o.Protection, err)
	}
	if o.Commit != "" && o.Commit != p.Deployment.SHA {
		return nil, usagef("--commit %s is not the commit of the event, %s", o.Commit, p.Deployment.SHA)
	}
	o.Environment, o.Commit = p.Environment, p.Deployment.SHA
	return &p, nil
}

// answer tells the forge: yes, no, or not yet, which leaves the job waiting.
func (b *books) answer(ctx context.Context, p *protection, a *gateAnswer, o forgeFlags) error {
	f, err := b.g.forge(o, p.Repository.FullName)
	if err != nil {
		return err
	}
	state := github.Waiting
	switch {
	case a.code() == ExitPass:
		state = github.Approved
	case a.Answer == gate.Denied, a.Answer == gate.Cannot:
		state = github.Rejected
	}
	comment := render.Plain(strings.TrimSpace(a.word()) + " " + a.because())
	if err := f.client.AnswerDeployment(ctx, f.repo, p.run, p.Environment, state, comment); err != nil {
		return failed(fmt.Errorf("answer the deployment: %w", err))
	}
	return nil
}

// deployedAtForge is the commit of the environment's newest successful deployment.
func (b *books) deployedAtForge(ctx context.Context, o gateOptions, environment string) (string, error) {
	f, err := b.g.forge(o.Forge, b.repository())
	if err != nil {
		return "", err
	}
	return f.client.LastDeployed(ctx, f.repo, environment)
}
