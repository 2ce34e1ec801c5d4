package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// Report is what is wrong, sorted, and whether something is not known.
type Report struct {
	Findings diag.List
	Unknown  bool
}

// Examine judges settings. Findings about a file have a place in it, those
// about the forge have none.
func Examine(s Settings) Report {
	e := &exam{Settings: s, open: map[string][]string{}}
	e.branch()
	e.repository()
	e.files()
	for _, name := range unknowns() {
		if asked := e.open[name]; len(asked) > 0 {
			why, fix := e.reason(name)
			slices.Sort(asked)
			e.add(diag.New("MS831", source.Range{}, "%s cannot be read, so that nobody knows about: %s. %s", name, strings.Join(slices.Compact(asked), "; "), why).
				WithHint("%s", fix))
			e.unknown = true
		}
	}
	e.found.Sort()
	return Report{Findings: e.found, Unknown: e.unknown}
}

// exam is one examination.
type exam struct {
	Settings
	found   diag.List
	open    map[string][]string // what is not known, by what could not be read
	unknown bool
}

func (e *exam) add(f diag.Finding) { e.found = append(e.found, f) }

// What may not be readable, in order.
const (
	classicName  = "The branch protection rule"
	rulesetsName = "The rulesets of the branch"
	bypassName   = "Who may bypass the rules"
	actionsName  = "Settings > Actions > General > Workflow permissions"
	filesName    = "The files of the branch"
)

func unknowns() []string {
	return []string{classicName, rulesetsName, bypassName, actionsName, filesName}
}

// reason is why something could not be read, and what to do about it.
func (e *exam) reason(name string) (why, fix string) {
	needs := ""
	switch name {
	case classicName:
		why, needs = e.Classic.why, e.Classic.needs
	case rulesetsName:
		why, needs = e.Rulesets.why, e.Rulesets.needs
	case bypassName:
		for _, g := range e.guards() {
			if !g.Bypass.known {
				why, needs = g.Bypass.why, g.Bypass.needs
			}
		}
	case actionsName:
		why, needs = e.Approving.why, e.Approving.needs
		if e.Approving.known {
			why, needs = e.Writing.why, e.Writing.needs
		}
	case filesName:
		why, needs = e.Files.why, e.Files.needs
	}
	if why == "" {
		why = "nobody said why"
	}
	if needs == "" {
		return why, "ask again with the token of somebody who may see it"
	}
	return why, fmt.Sprintf("permit %s to the token, or ask with that of an administrator of the repository", needs)
}

// guards are all that are known.
func (e *exam) guards() []Guard {
	all, _ := e.Rulesets.Get()
	all = slices.Clone(all)
	if c, ok := e.Classic.Get(); ok && c != nil {
		all = append(all, *c)
	}
	return all
}

// answer is whether something holds. The zero value is that nobody knows.
type answer uint8

const (
	unclear answer = iota
	yes
	no
)

// any reports whether some guard does what is asked. Where one could not be
// read and none of the others does, what is asked is unknown.
func (e *exam) any(asked string, holds func(Guard) bool) answer {
	if slices.ContainsFunc(e.guards(), holds) {
		return yes
	}
	out := no
	if !e.Rulesets.known {
		e.open[rulesetsName], out = append(e.open[rulesetsName], asked), unclear
	}
	if !e.Classic.known {
		e.open[classicName], out = append(e.open[classicName], asked), unclear
	}
	return out
}

// rules is where rules of the branch are set, in GitHub's words.
func (e *exam) rules() string {
	for _, g := range e.guards() {
		if !g.Classic {
			return "Settings > Rules > Rulesets > " + strings.TrimPrefix(g.Name, "ruleset ")
		}
	}
	for _, g := range e.guards() {
		if g.Classic {
			return "Settings > Branches > branch protection rule for " + e.Branch
		}
	}
	return "Settings > Rules > Rulesets > New branch ruleset, target " + e.Branch
}
