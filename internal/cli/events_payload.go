package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
)

// maxEvent bounds an event's payload; GitHub caps its webhooks at 25 MB.
const maxEvent = 32 << 20

var fullSHA = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// occasion reads what the workflow runs for; outside of Actions it is nothing.
func (g *global) occasion() (occasion, error) {
	at := occasion{Name: g.env.Getenv("GITHUB_EVENT_NAME")}
	file := g.env.Getenv("GITHUB_EVENT_PATH")
	if at.Name == "" || file == "" {
		return occasion{}, nil
	}
	f, err := os.Open(g.abs(file))
	if err != nil {
		return at, failed(fmt.Errorf("read event: %w", err))
	}
	defer f.Close() //nolint:errcheck // only read
	b, err := io.ReadAll(io.LimitReader(f, maxEvent))
	if err != nil {
		return at, failed(fmt.Errorf("read event: %w", err))
	}
	var p struct {
		Ref         string `json:"ref"`
		PullRequest struct {
			Number int64 `json:"number"`
		} `json:"pull_request"`
		MergeGroup struct {
			HeadSHA string `json:"head_sha"`
			HeadRef string `json:"head_ref"`
			BaseSHA string `json:"base_sha"`
			BaseRef string `json:"base_ref"`
		} `json:"merge_group"`
		WorkflowRun struct {
			HeadSHA    string `json:"head_sha"`
			HeadBranch string `json:"head_branch"`
			HeadRepo   struct {
				FullName string `json:"full_name"`
			} `json:"head_repository"`
		} `json:"workflow_run"`
		Inputs map[string]any `json:"inputs"`
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return at, failed(fmt.Errorf("read event: %w", err))
	}
	at.Ref, at.Number = p.Ref, p.PullRequest.Number
	var need []string
	switch at.Name {
	case "pull_request", "pull_request_review", "pull_request_target":
		if at.Number <= 0 {
			return at, failed(fmt.Errorf("read event %s: it has no pull request", at.Name))
		}
	case "merge_group":
		m := p.MergeGroup
		at.Ref, at.BaseRef, at.Base, at.Head = m.HeadRef, m.BaseRef, m.BaseSHA, m.HeadSHA
		need = []string{at.Base, at.Head}
	case "workflow_run":
		r := p.WorkflowRun
		at.RunRepo, at.RunBranch, at.RunSHA = r.HeadRepo.FullName, r.HeadBranch, r.HeadSHA
		need = []string{at.RunSHA}
	case "workflow_dispatch":
		if text, _ := p.Inputs["pr"].(string); text != "" {
			if at.Number, err = strconv.ParseInt(text, 10, 64); err != nil || at.Number <= 0 {
				return at, usagef("the input pr wants the number of a pull request")
			}
		}
	}
	for _, sha := range need {
		if !fullSHA.MatchString(sha) {
			return at, failed(fmt.Errorf("read event %s: %q is not a full commit id", at.Name, sha))
		}
	}
	return at, nil
}
