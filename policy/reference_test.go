package policy_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/rego"
)

var update = flag.Bool("update", false, "write REFERENCE.md")

// The page is made of METADATA, so that it says what the rules say.
func TestREFERENCEIsWhatTheRulesSay(t *testing.T) {
	const file = "REFERENCE.md"
	want := reference(t)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("%s is stale (%v): run `go test ./policy -run REFERENCE -update`", file, err)
	}
}

func reference(t *testing.T) string {
	t.Helper()
	p := compiled(t)
	reads := map[string][]string{}
	for _, scope := range []string{rego.ScopeChange, rego.ScopePullRequest} {
		in := good().in
		in.Scope = scope
		answers, found := p.Explain(context.Background(), in)
		if len(found) > 0 {
			t.Fatal(found)
		}
		for _, a := range answers {
			reads[a.Package] = a.Reads
		}
	}
	var b strings.Builder
	b.WriteString(`# The built-in rules

This page is made from the METADATA of the rules beside it: ` + "`go test ./policy -run REFERENCE -update`" + `. What each code means, with a right and a wrong example, is said by ` + "`mergeseal explain CODE`" + `; how to write a rule of your own is in [GUIDE.md](GUIDE.md).

| rule | codes | severity | asked about |
| --- | --- | --- | --- |
`)
	rules := p.Rules()
	for _, r := range rules {
		name := strings.TrimPrefix(r.Package, "mergeseal.rules.")
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", name, anchor(name), strings.Join(r.Codes, ", "), r.Severity, spaced(r.Scope))
	}
	for _, r := range rules {
		name := strings.TrimPrefix(r.Package, "mergeseal.rules.")
		fmt.Fprintf(&b, "\n## %s\n\n%s. %s\n\n", name, r.Title, strings.Join(strings.Fields(r.Description), " "))
		for _, code := range r.Codes {
			fmt.Fprintf(&b, "- [%s](../internal/diag/docs/%s.md): %s\n", code, code, diag.Lookup(code).Title)
		}
		line := func(label string, list []string) {
			if len(list) > 0 {
				fmt.Fprintf(&b, "- %s: %s\n", label, strings.Join(list, ", "))
			}
		}
		line("asks for more under the packs", r.Packs)
		line("controls", r.Controls)
		line("evidence", quoted(r.Evidence))
		line("reads", quoted(reads[r.Package]))
		fmt.Fprintf(&b, "- source: [%s.rego](%s.rego)\n", name, name)
	}
	b.WriteString("\n## Control packs\n\nA pack is switched on by `policy: {packs: [soc2]}`; `mergeseal explain --controls` shows how its controls stand for one change. Titles and evidence are our words. A pack covers what changes can speak for, and no more of its standard.\n")
	for _, pack := range packs(t) {
		fmt.Fprintf(&b, "\n### %s\n\n%s. Ids: %s.\n\n| control | evidence | rules |\n| --- | --- | --- |\n", pack.Name, pack.Title, pack.Source)
		for _, c := range pack.Controls {
			var by []string
			for _, r := range rules {
				if slices.Contains(r.Controls, c.ID) {
					by = append(by, r.Codes...)
				}
			}
			slices.Sort(by)
			fmt.Fprintf(&b, "| %s: %s | %s | %s |\n", c.ID, c.Title, c.Evidence, strings.Join(slices.Compact(by), ", "))
		}
	}
	return b.String()
}

func anchor(name string) string { return strings.ToLower(name) }

func spaced(s string) string { return strings.ReplaceAll(s, "_", " ") }

func quoted(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, "`"+s+"`")
	}
	return out
}
