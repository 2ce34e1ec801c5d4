package doctor

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

var (
	// expression is what GitHub writes into a text before anybody reads it.
	expression = regexp.MustCompile(`\$\{\{(.*?)\}\}`)
	// foreign are the parts of an expression that somebody else wrote:
	// https://docs.github.com/en/actions/concepts/security/script-injections
	foreign = regexp.MustCompile(`github\.(?:head_ref|event\.[A-Za-z0-9_.*\[\]'-]+)|\binputs\.[A-Za-z0-9_-]+|github\.event\b`)
	// harmless are those of a form that no shell minds.
	harmless = regexp.MustCompile(`\.(?:number|id|sha|before|after|draft|merged|run_id|run_number|node_id|created_at|updated_at)$`)
	// fromHead are the ways to a pull request's own files.
	fromHead = regexp.MustCompile(`github\.event\.pull_request\.head\.|github\.head_ref|github\.event\.workflow_run\.head_|refs/pull/|pull_request\.merge_commit_sha`)
	// fetchesHead are those of a script.
	fetchesHead = regexp.MustCompile(`gh\s+pr\s+checkout|git\s+(?:fetch|pull)[^\n]*pull/`)
	fixedAction = regexp.MustCompile(`^[^@]+@[0-9a-f]{40}$`)
)

// traps looks at one workflow.
func (e *exam) traps(w workflow) {
	privileged := w.has("pull_request_target", "workflow_run", "issue_comment")
	for _, j := range w.jobs {
		if uses := j.node.Get("uses"); uses != nil {
			e.pinned(uses)
		}
		for _, s := range j.steps {
			if n := s.node.Get("uses"); n != nil {
				e.pinned(n)
			}
			e.expanded(s)
			if privileged {
				e.takesHead(s)
			}
			if s.command() != "" {
				e.ignored(s.node, s.command())
				e.ignored(j.node, s.command())
			}
		}
	}
	e.mayWrite(w)
}

// pinned holds an action to a commit (T104).
func (e *exam) pinned(uses *yamldoc.Node) {
	name := uses.Text
	if strings.HasPrefix(name, "./") || strings.HasPrefix(name, "docker://") && strings.Contains(name, "@sha256:") || fixedAction.MatchString(name) {
		return
	}
	e.add(diag.New("MS815", uses.At, "%s is not pinned: whoever may move that tag or branch runs code here", name).
		WithHint("write the full commit instead: OWNER/NAME@ and 40 hexadecimal digits"))
}

// expanded looks for foreign text that becomes part of a script (T15).
func (e *exam) expanded(s step) {
	script := s.node.Get("run")
	if script == nil && strings.HasPrefix(s.uses, "actions/github-script@") {
		if with := s.node.Get("with"); with != nil {
			script = with.Get("script")
		}
	}
	if script == nil {
		return
	}
	for _, x := range expression.FindAllStringSubmatch(script.Text, -1) {
		for _, part := range foreign.FindAllString(x[1], -1) {
			if harmless.MatchString(part) {
				continue
			}
			e.add(diag.New("MS814", script.At, "%s is written into the script before the shell reads it", part).
				WithHint("hand it over by env: and use it as \"$NAME\""))
		}
	}
}

// takesHead looks for a pull request's files in a job that may write (T12).
func (e *exam) takesHead(s step) {
	found := fetchesHead.MatchString(s.run)
	at := s.node.At
	if with := s.node.Get("with"); with != nil && strings.HasPrefix(s.uses, "actions/checkout@") {
		for _, key := range []string{"ref", "repository"} {
			if fromHead.MatchString(text(with, key)) {
				found, at = true, with.Get(key).At
			}
		}
	}
	if found {
		e.add(diag.New("MS813", at, "a workflow with the repository's own token takes the files of a pull request").
			WithHint("judge from pull_request without secrets, and post from a workflow that checks nothing out; mergeseal reads the head as data"))
	}
}

// ignored looks for a result that counts for nothing.
func (e *exam) ignored(n *yamldoc.Node, command string) {
	if v := n.Get("continue-on-error"); v != nil && v.Text != "false" {
		e.add(diag.New("MS817", v.At, "the job goes on when mergeseal %s says no", command).WithHint("take continue-on-error away"))
	}
}

// mayWrite looks for workflows with more rights than they name.
func (e *exam) mayWrite(w workflow) {
	const hint = "write permissions: at the top with what the jobs need, such as contents: read"
	all := func(n *yamldoc.Node) bool { return n != nil && n.Kind == yamldoc.Scalar && n.Text == "write-all" }
	top := w.root.Get("permissions")
	if all(top) {
		e.add(diag.New("MS816", top.At, "the workflow may write everything").WithHint("%s", hint))
	}
	bare := false
	for _, j := range w.jobs {
		n := j.node.Get("permissions")
		if all(n) {
			e.add(diag.New("MS816", n.At, "the job may write everything").WithHint("%s", hint))
		}
		bare = bare || n == nil
	}
	if top != nil || !bare {
		return
	}
	if may, known := e.Writing.Get(); !known {
		e.open[actionsName] = append(e.open[actionsName], "what workflows without permissions: may do")
	} else if may {
		e.add(diag.New("MS816", w.root.At, "the workflow does not say what it may, and by default that is to write everything").
			WithHint("%s; or Settings > Actions > General > Workflow permissions: Read repository contents", hint))
	}
}

// skipped looks for required jobs that pass by not running (T11).
func (e *exam) skipped(all []workflow) {
	var required []string
	for _, g := range e.guards() {
		for _, c := range g.Checks {
			required = append(required, c.Name)
		}
	}
	for _, w := range all {
		for _, event := range []string{"pull_request", "pull_request_target", "merge_group"} {
			if !w.has(event) {
				continue
			}
			for _, j := range w.jobs {
				if name := j.check(); slices.Contains(required, name) {
					e.mayBeSkipped(w, event, j, name)
				}
			}
			break
		}
	}
}

// check is the name of the check that GitHub makes of a job.
func (j job) check() string {
	if name := text(j.node, "name"); name != "" {
		return name
	}
	return j.id
}

func (e *exam) mayBeSkipped(w workflow, event string, j job, name string) {
	hint := "require the check " + e.Check + " instead, or let the job run always and look inside it"
	cond := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text(j.node, "if"), "${{"), "}}"))
	always := cond == "always()" || cond == "!cancelled()"
	switch {
	case cond != "" && !always:
		e.add(diag.New("MS812", j.node.Get("if").At, "the required job %q is skipped by its if:, and GitHub takes that for passed", name).WithHint("%s", hint))
	case j.node.Get("needs") != nil && !always:
		e.add(diag.New("MS812", j.node.Get("needs").At, "the required job %q is skipped when one that it needs fails, and GitHub takes that for passed", name).WithHint("%s", hint))
	}
	filters := w.events[event]
	if filters == nil || filters.Kind != yamldoc.Mapping {
		return
	}
	for _, key := range []string{"paths", "paths-ignore"} {
		if v := filters.Get(key); v != nil {
			e.add(diag.New("MS812", v.At, "the required job %q does not run for other files, and waits for ever or is stood in for", name).WithHint("%s", "take "+key+": away; decide inside the job"))
		}
	}
}
