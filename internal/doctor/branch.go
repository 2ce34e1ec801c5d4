package doctor

import (
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/codeowners"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// say adds a finding about the forge itself.
func (e *exam) say(code, message, hint string) {
	e.add(diag.New(code, source.Range{}, "%s", message).WithHint("%s", hint))
}

// branch looks at what the branch asks of whoever merges.
func (e *exam) branch() {
	const checks = "Require status checks to pass"
	switch e.any(checks, func(g Guard) bool { return len(g.require(e.Check)) > 0 }) {
	case no:
		e.say("MS801", "branch "+e.Branch+` does not require the check "`+e.Check+`": a pull request is merged whatever its verdict`,
			e.rules()+" > "+checks+": add "+e.Check)
	case yes:
		e.source(checks)
	case unclear:
	}
	e.bypass()
	e.reviews()
	if e.any("Block force pushes", func(g Guard) bool { return g.NoForce }) == no {
		e.say("MS808", "branch "+e.Branch+" may be rewritten: what was merged and sealed can disappear", e.rules()+": tick Block force pushes (untick Allow force pushes)")
	}
	if e.any("Restrict deletions", func(g Guard) bool { return g.NoDeletion }) == no {
		e.say("MS808", "branch "+e.Branch+" may be deleted", e.rules()+": tick Restrict deletions (untick Allow deletions)")
	}
}

// source looks at whom the check is taken from (T43). Every guard that requires
// it must be met, so that one with a source is enough.
func (e *exam) source(where string) {
	anybody, actions := true, true
	for _, g := range e.guards() {
		for _, c := range g.require(e.Check) {
			anybody = anybody && c.App <= 0
			actions = actions && (c.App <= 0 || c.App == ActionsApp)
		}
	}
	switch {
	case anybody && (!e.Classic.known || !e.Rulesets.known):
		// Another guard might name the source.
		e.any("the source of the required check", func(Guard) bool { return false })
	case anybody:
		e.say("MS802", `the required check "`+e.Check+`" is taken from any source: whoever may write sets it with one request`,
			e.rules()+" > "+where+" > "+e.Check+": choose the source, the App that posts it, instead of any source")
	case actions:
		e.say("MS822", `the required check "`+e.Check+`" is taken from GitHub Actions: a job of that name in any workflow posts it too`,
			"let mergeseal post as an App of its own (inputs app-id and app-key) and choose that App as the source")
	}
}

// bypass looks at who need not wait for the verdict.
func (e *exam) bypass() {
	var past []string
	open := false
	for _, g := range e.guards() {
		if len(g.require(e.Check)) == 0 {
			continue
		}
		who, known := g.Bypass.Get()
		switch {
		case known && len(who) == 0:
			return
		case !known:
			open = true
		}
		for _, p := range who {
			past = append(past, p.Who+" ("+g.Name+")")
		}
	}
	slices.Sort(past)
	switch {
	case open:
		e.open[bypassName] = append(e.open[bypassName], "Bypass list")
	case len(past) > 0:
		e.say("MS807", "without a verdict may merge: "+strings.Join(slices.Compact(past), ", "),
			e.rules()+": empty the Bypass list (tick Do not allow bypassing the above settings); for emergencies there is a type of change")
	}
}

// reviews looks at how pull requests are approved.
func (e *exam) reviews() {
	const pulls = "Require a pull request before merging"
	asks := func(what func(Reviews) bool) func(Guard) bool {
		return func(g Guard) bool { return g.Reviews != nil && what(*g.Reviews) }
	}
	switch e.any(pulls, asks(func(Reviews) bool { return true })) {
	case unclear:
		return
	case no:
		e.say("MS803", "branch "+e.Branch+" takes pushes without a pull request", e.rules()+": tick "+pulls)
		return
	case yes:
	}
	for _, g := range e.guards() {
		if len(g.ReviewsPast) > 0 {
			e.say("MS807", "without a pull request may push: "+strings.Join(g.ReviewsPast, ", ")+" ("+g.Name+")",
				e.rules()+" > "+pulls+": untick Allow specified actors to bypass required pull requests")
		}
	}
	if e.any("Dismiss stale pull request approvals when new commits are pushed", asks(func(r Reviews) bool { return r.DismissStale })) == no {
		e.say("MS804", "an approval stays when the pull request changes after it", e.rules()+" > "+pulls+": tick Dismiss stale pull request approvals when new commits are pushed")
	}
	if e.any("Require approval of the most recent reviewable push", asks(func(r Reviews) bool { return r.LastPush })) == no {
		e.say("MS805", "whoever approves may push more, and that counts as approved", e.rules()+" > "+pulls+": tick Require approval of the most recent reviewable push")
	}
	if e.any("Require review from Code Owners", asks(func(r Reviews) bool { return r.CodeOwners })) == no {
		e.say("MS806", "the owners of the law need not approve it: CODEOWNERS is not enforced", e.rules()+" > "+pulls+": tick Require review from Code Owners")
		return
	}
	e.owners()
}

// owners looks whether CODEOWNERS names somebody for every file of the law.
func (e *exam) owners() {
	f, known := e.Files.Get()
	if !known {
		e.open[filesName] = append(e.open[filesName], "CODEOWNERS")
		return
	}
	if f.OwnersPath == "" {
		e.say("MS806", "there is no CODEOWNERS: nobody's review of the law is asked for", "write .github/CODEOWNERS with a line for each file and folder of the law")
		return
	}
	rules, _ := codeowners.Parse(f.OwnersPath, f.Owners)
	var bare []string
	for _, path := range append(slices.Clone(f.Law), f.OwnersPath) {
		if len(rules.Sets([]string{path})) == 0 {
			bare = append(bare, path)
		}
	}
	slices.Sort(bare)
	if n := len(bare); n > 0 {
		if n > 5 {
			bare = append(bare[:5], "and more")
		}
		e.add(diag.New("MS806", source.InFile(f.OwnersPath), "CODEOWNERS names nobody for %d files of the law: %s", n, strings.Join(bare, ", ")).
			WithHint("give each of them a line with its owners; the last line that fits a file decides"))
	}
}

// repository looks at what workflows may do.
func (e *exam) repository() {
	if may, known := e.Approving.Get(); !known {
		e.open[actionsName] = append(e.open[actionsName], "Allow GitHub Actions to create and approve pull requests")
	} else if may {
		e.say("MS821", "workflows may approve pull requests", "Settings > Actions > General > Workflow permissions: untick Allow GitHub Actions to create and approve pull requests")
	}
}
