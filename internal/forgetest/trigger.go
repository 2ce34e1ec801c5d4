package forgetest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Trigger is what Actions tells a job about what happened.
type Trigger struct {
	Name    string
	Payload []byte // of the file that GITHUB_EVENT_PATH names
	Ref     string // GITHUB_REF
	SHA     string // GITHUB_SHA
	Actor   string
}

// Event builds the event of a repository from its state. Options are the
// event's own words:
//
//	pull_request         number, action (opened)
//	pull_request_review  number, action (submitted), review (id; the last)
//	merge_group          sha, base (the default branch), number, action (checks_requested)
//	push                 branch (the default branch), before, sha
//	schedule             cron
//	workflow_dispatch    branch, and every other one is an input
//	workflow_run         run (id), action (completed)
//
// https://docs.github.com/en/webhooks/webhook-events-and-payloads
func (s *Server) Event(repo, name string, options map[string]string) (Trigger, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.st.Repo(repo)
	if r == nil {
		return Trigger{}, fmt.Errorf("make event %s: there is no repository %s", name, repo)
	}
	if err := s.pullIn(r); err != nil {
		return Trigger{}, fmt.Errorf("make event %s: %w", name, err)
	}
	b := &eventBuilder{s: s, r: r, o: options, e: Trigger{Name: name, Ref: "refs/heads/" + r.DefaultBranch, SHA: s.resolve(r, r.DefaultBranch), Actor: options["sender"]}}
	build := map[string]func() (map[string]any, error){
		"pull_request": b.pullRequest, "pull_request_target": b.pullRequest, "pull_request_review": b.review, "merge_group": b.mergeGroup, "push": b.push,
		"schedule": b.schedule, "workflow_dispatch": b.dispatch, "workflow_run": b.workflowRun,
	}[name]
	if build == nil {
		return Trigger{}, fmt.Errorf("make event %s: the fake does not have it", name)
	}
	m, err := build()
	if err != nil {
		return Trigger{}, fmt.Errorf("make event %s: %w", name, err)
	}
	m["repository"] = b.whole("full-repository", s.repoView(r, true))
	orElse(&b.e.Actor, ActionsBot)
	s.st.account(b.e.Actor, "User")
	s.st.settle(s.now)
	m["sender"] = b.whole("simple-user", s.userView(b.e.Actor))
	if b.e.Payload, err = json.MarshalIndent(m, "", "  "); err != nil {
		return Trigger{}, fmt.Errorf("make event %s: %w", name, err)
	}
	return b.e, nil
}

type eventBuilder struct {
	s *Server
	r *Repo
	o map[string]string
	e Trigger
}

func (b *eventBuilder) option(name, otherwise string) string {
	if v := b.o[name]; v != "" {
		return v
	}
	return otherwise
}

// whole fills in what GitHub's description of a part of the payload requires.
func (b *eventBuilder) whole(schema string, v any) any {
	generic, err := decode(marshal(v))
	if err != nil {
		return v
	}
	return fill(b.s.api.doc.Components.Schemas[schema], generic, b.s.API())
}

func (b *eventBuilder) pull() (*Pull, error) {
	n, err := strconv.ParseInt(b.o["number"], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read number: %w", err)
	}
	p := b.r.Pull(n)
	if p == nil {
		return nil, fmt.Errorf("there is no pull request %d", n)
	}
	b.e.Ref = fmt.Sprintf("refs/pull/%d/merge", n)
	if b.e.SHA = p.MergeSHA; b.e.SHA == "" {
		b.e.SHA = p.SHA
	}
	orElse(&b.e.Actor, p.Author)
	return p, nil
}

func (b *eventBuilder) pullRequest() (map[string]any, error) {
	p, err := b.pull()
	if err != nil {
		return nil, err
	}
	m := map[string]any{"action": b.option("action", "opened"), "number": p.Number, "pull_request": b.whole("pull-request", b.s.pullView(b.r, p, true))}
	if m["action"] == "synchronize" {
		m["before"], m["after"] = b.option("before", p.BaseSHA), p.SHA
	}
	return m, nil
}

// review has its state in small letters, unlike the API's.
func (b *eventBuilder) review() (map[string]any, error) {
	p, err := b.pull()
	if err != nil {
		return nil, err
	}
	var v *Review
	for _, x := range p.Reviews {
		if id := b.o["review"]; id == "" || id == fmt.Sprint(x.ID) {
			v = x
		}
	}
	if v == nil {
		return nil, fmt.Errorf("pull request %d has no such review", p.Number)
	}
	if b.o["sender"] == "" && v.User != "" {
		b.e.Actor = v.User
	}
	small := *v
	small.State = strings.ToLower(v.State)
	return map[string]any{
		"action": b.option("action", "submitted"), "review": b.whole("pull-request-review", b.s.reviewView(b.r, p, &small)),
		"pull_request": b.whole("pull-request-simple", b.s.pullView(b.r, p, false)),
	}, nil
}

// mergeGroup makes the queue's branch too, as GitHub has done by then.
func (b *eventBuilder) mergeGroup() (map[string]any, error) {
	base := b.option("base", b.r.DefaultBranch)
	sha := b.s.resolve(b.r, b.o["sha"])
	if sha == "" {
		return nil, fmt.Errorf("there is no commit %q", b.o["sha"])
	}
	number := b.option("number", "1")
	b.e.Ref, b.e.SHA = "refs/heads/gh-readonly-queue/"+base+"/pr-"+number+"-"+b.s.resolve(b.r, base), sha
	if b.r.Refs == nil {
		b.r.Refs = map[string]string{}
	}
	b.r.Refs[b.e.Ref] = sha
	if err := b.s.pullIn(b.r); err != nil {
		return nil, err
	}
	k := b.s.find(b.r, sha)
	return map[string]any{"action": b.option("action", "checks_requested"), "merge_group": map[string]any{
		"head_sha": sha, "head_ref": b.e.Ref, "base_sha": b.s.resolve(b.r, base), "base_ref": "refs/heads/" + base, "head_commit": b.commit(k),
	}}, nil
}

func (b *eventBuilder) commit(k *Commit) any {
	person := func(login string) any {
		orElse(&login, "nobody")
		return map[string]any{"name": login, "email": login + "@example.com"}
	}
	return map[string]any{
		"id": k.SHA, "tree_id": k.Tree, "message": k.Message, "timestamp": b.s.now.Format(time.RFC3339),
		"author": person(k.Author), "committer": person(k.Committer), "distinct": true, "url": b.s.URL() + "/" + b.r.Name + "/commit/" + k.SHA,
		"added": []any{}, "removed": []any{}, "modified": []any{},
	}
}

func (b *eventBuilder) push() (map[string]any, error) {
	branch := b.option("branch", b.r.DefaultBranch)
	after := b.s.resolve(b.r, b.option("sha", branch))
	if after == "" {
		return nil, fmt.Errorf("there is no commit %q", b.option("sha", branch))
	}
	b.e.Ref, b.e.SHA = "refs/heads/"+branch, after
	head := b.commit(b.s.find(b.r, after))
	pusher := b.option("sender", "nobody")
	return map[string]any{
		"ref": b.e.Ref, "before": b.option("before", strings.Repeat("0", 40)), "after": after, "created": false, "deleted": false, "forced": false,
		"base_ref": nil, "compare": b.s.URL(), "commits": []any{head}, "head_commit": head, "pusher": map[string]any{"name": pusher, "email": nil},
	}, nil
}

func (b *eventBuilder) schedule() (map[string]any, error) {
	return map[string]any{"schedule": b.option("cron", "*/30 * * * *"), "workflow": ".github/workflows/mergeseal.yml"}, nil
}

func (b *eventBuilder) dispatch() (map[string]any, error) {
	inputs := map[string]any{}
	for k, v := range b.o {
		if k != "branch" && k != "sender" {
			inputs[k] = v
		}
	}
	b.e.Ref = "refs/heads/" + b.option("branch", b.r.DefaultBranch)
	return map[string]any{"inputs": inputs, "ref": b.e.Ref, "workflow": ".github/workflows/mergeseal.yml"}, nil
}

func (b *eventBuilder) workflowRun() (map[string]any, error) {
	id, err := strconv.ParseInt(b.o["run"], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read run: %w", err)
	}
	x := b.r.run(id)
	if x == nil {
		return nil, fmt.Errorf("there is no run %d", id)
	}
	m := map[string]any{"action": b.option("action", "completed"), "workflow_run": b.whole("workflow-run", b.s.runView(b.r, x)), "workflow": nil}
	for _, w := range b.r.Workflows {
		if w.ID == x.Workflow {
			m["workflow"] = b.whole("workflow", workflowView(w))
		}
	}
	return m, nil
}
