package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// What the facts of a verdict are in words. The words are shared by the sinks
// for people; nothing here is escaped yet.

// remark is a sentence about a fact, and whether the fact is in the way.
type remark struct {
	bad  bool
	text string
}

// mark is the sign in front of a remark.
func mark(bad bool) string {
	if bad {
		return "✗"
	}
	return "✓"
}

// number is a count and its noun.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// short is a list of names, its tail counted when it is long.
func short(names []string, last string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " " + last + " " + strconv.Itoa(len(names)-most) + " more"
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}

// spaced turns an identifier into words.
func spaced(name string) string { return strings.ReplaceAll(name, "_", " ") }

// nameOf is the change's id, its path while it has none.
func nameOf(c verdict.Judged) string {
	if c.ID == "" {
		return c.Path
	}
	return c.ID
}

// kindOf is the type it is judged as, and the one it was declared as.
func kindOf(c verdict.Judged) string {
	if c.DeclaredType != "" && c.DeclaredType != c.Type {
		return c.Type + " (declared " + c.DeclaredType + ")"
	}
	return c.Type
}

func services(c verdict.Judged) string {
	var out []string
	for _, s := range c.Services {
		notes := "tier " + strconv.Itoa(s.Tier)
		switch {
		case !s.Known:
			notes = "unknown"
		case !s.TierKnown:
			notes = "tier unknown"
		}
		if s.Derived && !s.Declared {
			notes += ", from the diff"
		}
		out = append(out, s.Name+" ("+notes+")")
	}
	return strings.Join(out, ", ")
}

// aboutChange is the line below the title.
func (k clock) aboutChange(c verdict.Judged) string {
	var parts []string
	for _, p := range []string{kindOf(c), strings.Join(c.Environments, ", "), services(c), k.window(c)} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " · ")
}

func (k clock) window(c verdict.Judged) string {
	switch {
	case c.Start == "" && c.End == "" && judged(c):
		return "no window stated"
	case c.Start == "" && c.End == "":
		return ""
	}
	return k.span(c.Start, c.End)
}

// record is where the change is written and what became of it.
func record(c verdict.Judged) string {
	out := c.Path
	if c.ID == "" { // the path is the name
		return c.Class
	}
	for _, word := range []string{c.Class, spaced(c.State)} {
		if word != "" {
			out += " · " + word
		}
	}
	return out
}

func level(s *risk.Score) string { return fmt.Sprintf("%d %s", s.Total, spaced(s.Level.String())) }

// judged reports whether anything was computed about the change.
func judged(c verdict.Judged) bool { return c.Risk != nil }

// whom is a requirement as a count and a name: 1 of payments.
func whom(s approval.Status) string {
	switch {
	case s.Peer:
		if s.Count.String() == "1" {
			return "1 peer"
		}
		return s.Count.String() + " peers"
	case s.Group == "" && len(s.AnyOf) == 0 && len(s.OwnersOf) > 0:
		owners := " owners of "
		if s.Count.String() == "1" {
			owners = " owner of "
		}
		return s.Count.String() + owners + strings.Join(s.OwnersOf, ", ")
	case s.Codeowners:
		return s.Count.String() + " of the code owners"
	}
	return s.Count.String() + " of " + s.Who()
}

// missing is how many are missing, and of whom where that may be said.
func missing(s approval.Status) string {
	if s.Missing <= 0 {
		return ""
	}
	out := strconv.Itoa(s.Missing) + " missing"
	if len(s.Could) > 0 {
		out += ": " + short(s.Could, "or")
	}
	return out
}

// have names those who count, and counts those who may not be named.
func have(s approval.Status, sep string) string {
	people := slices.Clone(s.Have)
	if s.Unnamed > 0 {
		people = append(people, strconv.Itoa(s.Unnamed)+" of a private group")
	}
	return strings.Join(people, sep)
}

func objection(o approval.Objection) string {
	return o.By + " asks for changes, on " + abbreviated(o.Commit)
}

func notCounted(s approval.Status) string {
	var out []string
	for _, n := range s.NotCounted {
		out = append(out, n.By+" ("+n.Why+")")
	}
	if len(out) == 0 {
		return ""
	}
	return "not counted: " + strings.Join(out, ", ")
}

// missingApprovals counts the people who are still needed.
func missingApprovals(list []approval.Status) int {
	n := 0
	for _, s := range list {
		n += max(s.Missing, 0)
	}
	return n
}

// lawSource says which law was applied.
func lawSource(v *verdict.Verdict) string {
	base := strings.TrimPrefix(strings.TrimPrefix(v.Subject.BaseRef, "refs/heads/"), "refs/remotes/")
	if base == v.Subject.Base {
		base = "" // a commit was named: once is enough
	}
	if v.Subject.Base != "" {
		if base != "" {
			base += "@"
		}
		base += abbreviated(v.Subject.Base)
	}
	switch {
	case v.Law.Source == "base" && base != "":
		return "law " + base
	case v.Law.Source == "base":
		return "law of the base"
	case v.Law.Source == "worktree":
		return "law from the working tree itself: there is no base to take it from"
	case v.Law.Source == "defaults" && base != "":
		return "law built-in, as there is no configuration at " + base
	case v.Law.Source == "defaults":
		return "law built-in, as there is no configuration"
	case v.Law.Source == "none":
		return "no law is in force"
	}
	return "law unknown"
}

// abbreviated is a commit in seven digits; anything else as it is.
func abbreviated(commit string) string {
	if len(commit) >= 40 {
		return commit[:7]
	}
	return commit
}

// shortDigest is a digest that can be compared by eye.
func shortDigest(d string) string {
	if algorithm, hex, ok := strings.Cut(d, ":"); ok && len(hex) > 12 {
		return algorithm + ":" + hex[:12] + "…"
	}
	return d
}

// shadow says what the branch's own law would have answered.
func shadow(s *verdict.Shadow) string {
	text := "not in force: the law on this branch would say " + s.Outcome.String()
	if len(s.Flips) > 0 {
		text += ", differing on " + short(s.Flips, "and")
	}
	if s.Policies != "" && s.Policies != "same" {
		text += "; its policies: " + s.Policies
	}
	return text
}

// counted is how many findings of each severity there are.
func counted(list diag.List) string {
	var n [3]int
	for _, f := range list {
		n[min(f.Severity, diag.Note)]++
	}
	var parts []string
	for i, word := range []string{"error", "warning", "note"} {
		if n[i] > 0 {
			parts = append(parts, number(n[i], word, word+"s"))
		}
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}

// gist is the verdict in a few words.
func gist(v *verdict.Verdict, findings diag.List) string {
	lacking := missingApprovals(v.Requirements)
	for _, c := range v.Changes {
		lacking += missingApprovals(c.Requirements)
	}
	switch v.Outcome {
	case verdict.OutcomePass:
		if len(v.Changes) == 0 {
			return "nothing to judge"
		}
		return "nothing against it"
	case verdict.OutcomePending:
		if lacking == 1 {
			return "one approval is missing"
		}
		if lacking > 1 {
			return strconv.Itoa(lacking) + " approvals are missing"
		}
		return "not yet"
	case verdict.OutcomeFail:
		return counted(findings)
	case verdict.OutcomeError:
	}
	return "could not decide"
}

// summary is the line above several changes, or none.
func summary(v *verdict.Verdict, findings, whole diag.List) string {
	if len(v.Changes) == 0 {
		return gist(v, findings)
	}
	var counts []string
	for _, o := range []verdict.Outcome{verdict.OutcomeError, verdict.OutcomeFail, verdict.OutcomePending, verdict.OutcomePass} {
		n := 0
		for _, c := range v.Changes {
			if c.Outcome == o {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, strconv.Itoa(n)+" "+o.String())
		}
	}
	text := number(len(v.Changes), "change", "changes") + ": " + strings.Join(counts, ", ")
	if whole.Errors() {
		text += "; the pull request itself: " + counted(whole)
	} else if n := missingApprovals(v.Requirements); n > 0 {
		text += "; the pull request itself: " + number(n, "approval", "approvals") + " missing"
	}
	return text
}
