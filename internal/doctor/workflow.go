package doctor

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// workflow is one file of GitHub Actions, as far as it matters here.
type workflow struct {
	file   string
	root   *yamldoc.Node
	events map[string]*yamldoc.Node // by name; nil for an event without filters
	jobs   []job
}

type job struct {
	id    string
	at    source.Range
	node  *yamldoc.Node
	steps []step
}

type step struct {
	node *yamldoc.Node
	uses string
	run  string
}

// files looks at the workflows of the branch.
func (e *exam) files() {
	f, known := e.Files.Get()
	if !known {
		e.open[filesName] = append(e.open[filesName], "workflows")
		e.queue(nil, false)
		return
	}
	var all []workflow
	whole := len(f.Unread) == 0
	for _, path := range f.Unread {
		e.unread(path, "it is too large or no plain file")
	}
	for _, path := range slices.Sorted(maps.Keys(f.Workflows)) {
		w, bad := readWorkflow(path, f.Workflows[path])
		if bad != "" {
			whole = false
			e.unread(path, bad)
			continue
		}
		all = append(all, w)
	}
	for _, w := range all {
		e.traps(w)
	}
	e.skipped(all)
	e.queue(all, whole)
	if whole && !slices.ContainsFunc(all, func(w workflow) bool { return w.judges("pull_request") || w.judges("pull_request_target") }) {
		e.say("MS818", "no workflow of the branch judges pull requests", "write .github/workflows/mergeseal.yml with mergeseal init, unless a machine of your own does it")
	}
}

// unread is a workflow about which nothing is known.
func (e *exam) unread(path, why string) {
	e.unknown = true
	e.add(diag.New("MS831", source.InFile(path), "the workflow cannot be read: %s", why).
		WithHint("look at it by hand for what mergeseal explain MS812 to MS817 say"))
}

// readWorkflow reads one file; bad says why it cannot be.
func readWorkflow(path string, data []byte) (w workflow, bad string) {
	doc, found := yamldoc.Parse(path, data, yamldoc.Standard())
	if doc == nil || len(found) > 0 && found.Errors() {
		bad = "it is no YAML of one meaning"
		if len(found) > 0 {
			bad = found[0].Message
		}
		return w, bad
	}
	w = workflow{file: path, root: doc.Root, events: map[string]*yamldoc.Node{}}
	switch on := doc.Root.Get("on"); {
	case on == nil:
		return w, "it has no on"
	case on.Kind == yamldoc.Scalar:
		w.events[on.Text] = nil
	case on.Kind == yamldoc.Sequence:
		for _, i := range on.Items {
			w.events[i.Text] = nil
		}
	default:
		for _, k := range on.Keys {
			w.events[k.Name] = k.Value
		}
	}
	jobs := doc.Root.Get("jobs")
	if jobs == nil || jobs.Kind != yamldoc.Mapping {
		return w, "it has no jobs"
	}
	for _, k := range jobs.Keys {
		j := job{id: k.Name, at: k.At, node: k.Value}
		if k.Value.Kind != yamldoc.Mapping {
			return w, "job " + k.Name + " is no mapping"
		}
		if steps := k.Value.Get("steps"); steps != nil {
			for _, n := range steps.Items {
				if n.Kind != yamldoc.Mapping {
					return w, "a step of job " + k.Name + " is no mapping"
				}
				j.steps = append(j.steps, step{node: n, uses: text(n, "uses"), run: text(n, "run")})
			}
		}
		w.jobs = append(w.jobs, j)
	}
	return w, ""
}

// text is a key's value where it is a text, else "".
func text(n *yamldoc.Node, key string) string {
	if v := n.Get(key); v != nil && v.Kind == yamldoc.Scalar {
		return v.Text
	}
	return ""
}

// has reports whether one of the events starts the workflow.
func (w workflow) has(events ...string) bool {
	return slices.ContainsFunc(events, func(e string) bool { _, ok := w.events[e]; return ok })
}

// judges reports whether the workflow asks for a verdict when an event comes.
func (w workflow) judges(event string) bool {
	return w.has(event) && slices.ContainsFunc(w.jobs, func(j job) bool {
		return slices.ContainsFunc(j.steps, func(s step) bool { return s.command() == "check" })
	})
}

var commandLine = regexp.MustCompile(`(?m)(?:^|[\s/"'(])mergeseal"?(?:\s+-\S+)*\s+(check|gate|seal|verify)\b`)

// command is what of mergeseal a step runs, "" for nothing.
func (s step) command() string {
	if name, _, ok := strings.Cut(s.uses, "@"); ok && strings.EqualFold(name, "mergeseal/mergeseal") {
		if with := s.node.Get("with"); with != nil && text(with, "command") != "" {
			return text(with, "command")
		}
		return "check"
	}
	if m := commandLine.FindStringSubmatch(s.run); m != nil {
		return m[1]
	}
	return ""
}

// queue looks whether a merge queue gets a verdict.
func (e *exam) queue(all []workflow, whole bool) {
	on := e.any("Require merge queue", func(g Guard) bool { return g.Queue })
	if !whole || slices.ContainsFunc(all, func(w workflow) bool { return w.judges("merge_group") }) {
		return
	}
	const hint = "add merge_group: to on: of the workflow that judges pull requests"
	classic, known := e.Classic.Get()
	switch {
	case on == yes:
		e.say("MS811", "Require merge queue is on, and no workflow judges what the queue builds: it waits for the check until it gives up", hint)
	case known && classic != nil:
		f := diag.New("MS811", source.Range{}, "no workflow judges what a merge queue builds, and GitHub does not say whether the branch protection rule asks for one").WithHint("%s", hint)
		f.Severity = diag.Note
		e.add(f)
	}
}
