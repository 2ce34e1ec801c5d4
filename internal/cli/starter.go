package cli

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/examples"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

func starterConfig(withFiles bool, service string) string {
	lists := `services:                          # what changes are made to; or a file of its own
  - {name: ` + service + `, tier: 3, environments: [production]} # tier 0 is the most critical, 4 the least
# Grow from here, one line at a time:
# groups: groups.yaml              # who may approve; without it any peer serves
# calendars: [calendar/*.yaml]     # freezes and maintenance windows
# models: models/*.yaml            # standard changes, approved in advance
`
	if withFiles {
		lists = `services: services.yaml            # tiers, owners and dependencies
groups: groups.yaml                # who may approve
calendars: [calendar/*.yaml]       # freezes and maintenance windows
models: models/*.yaml              # standard changes, approved in advance
`
	}
	return `# The law of this repository. It is read from the base branch only: a pull
# request that edits it is judged by what is here before the merge.
version: 1
environments: [production]
` + lists + `# coverage:                        # what must not change without a change record
#   - {paths: ["deploy/**"], environments: [production]}
`
}

// firstRecord is a change record for what init itself does, true and complete.
func firstRecord(g *global, now time.Time, service string) (starter, error) {
	id, err := newID(g.env.Random, now)
	if err != nil {
		return starter{}, err
	}
	start := now.Truncate(time.Hour).Add(7 * 24 * time.Hour)
	d := newDraft()
	d.text("/id", id)
	d.text("/title", "Bring change records into this repository")
	d.text("/type", "normal")
	d.text("/owner", g.login())
	d.list("/services", []string{service})
	d.list("/environments", []string{"production"})
	d.text("/reason", "Changes are to be judged where the work is, and to be found again later.")
	d.text("/impact/users", "none")
	d.text("/impact/outage", "none")
	d.mustSet("/impact/minutes", yamldoc.Bare("0"))
	d.mustSet("/data/migration", yamldoc.Bare("false"))
	d.mustSet("/data/sensitive", yamldoc.Bare("false"))
	d.text("/schedule/start", start.Format(time.RFC3339))
	d.text("/schedule/end", start.Add(time.Hour).Format(time.RFC3339))
	d.list("/implementation_plan", []string{"Merge mergeseal.yaml and the workflow", "Open one pull request with a record and read its verdict"})
	d.list("/test_plan/before", []string{"mergeseal lint finds nothing"})
	d.list("/test_plan/after", []string{"The first pull request after the merge shows a verdict"})
	d.text("/rollback_plan/method", "revert")
	d.text("/rollback_plan/trigger", "Verdicts keep people from work that is not a change to production")
	d.list("/rollback_plan/steps", []string{"Revert the commit that added mergeseal.yaml"})
	d.mustSet("/rollback_plan/minutes", yamldoc.Bare("10"))
	d.text("/rollback_plan/verify", "Pull requests show no verdict any more")
	return starter{
		path: "changes/" + now.Format("2006") + "/" + id + ".yaml",
		text: "# The change that starts it. Copy it, or run: mergeseal new\n" + string(d.bytes()),
	}, nil
}

// login is who is probably typing: an account's name, if the environment has one.
func (g *global) login() string {
	for _, name := range []string{"GITHUB_ACTOR", "USER", "LOGNAME"} {
		v := g.env.Getenv(name)
		var l field.Login
		if v != "" && l.ParseScalar(v) == nil {
			return v
		}
	}
	return "your-login"
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

func serviceName(folder string) string {
	if s := strings.Trim(notInName.ReplaceAllString(strings.ToLower(folder), "-"), "-"); s != "" {
		return s
	}
	return "this-repository"
}

func starterOwners(g *global) string {
	return fmt.Sprintf(`# The files that are law. Name the group that owns the rules.
/mergeseal.yaml  @%[1]s
/policy/         @%[1]s
/calendar/       @%[1]s
/models/         @%[1]s
/services.yaml   @%[1]s
/groups.yaml     @%[1]s
/.github/        @%[1]s
`, g.login())
}

var (
	pinnedAction = regexp.MustCompile(`mergeseal/mergeseal@[0-9a-f]{40}`)
	stamped      = regexp.MustCompile(`\+([0-9a-f]{40})$`)
)

// starterWorkflows are the ready workflows that judge pull requests. They are
// pinned to the commit that this binary is of, where it knows it.
func starterWorkflows(version string) ([]starter, error) {
	var out []starter
	for _, name := range []string{"mergeseal.yml", "mergeseal-fork.yml", "mergeseal-schedule.yml"} {
		text, err := examples.Workflows.ReadFile("workflows/" + name)
		if err != nil {
			return nil, fmt.Errorf("read workflow: %w", err)
		}
		if m := stamped.FindStringSubmatch(version); m != nil {
			text = pinnedAction.ReplaceAll(text, []byte("mergeseal/mergeseal@"+m[1]))
		}
		out = append(out, starter{".github/workflows/" + name, string(text)})
	}
	return out, nil
}

// starterExamples are files to edit, for people who want to see every list.
func starterExamples(now time.Time) []starter {
	year := now.Year()
	return []starter{
		{"services.yaml", `services:
  - name: shop
    tier: 1
    owner: shop-team
    environments: [production]
    depends_on: [database]
    paths: ["shop/**"]
  - name: database
    tier: 0
    owner: platform
    environments: [production]
    data: sensitive
    paths: ["database/**"]
`},
		{"groups.yaml", `groups:
  - name: shop-team
    members: [alice, bob]
  - name: platform
    members: [carol, dave]
  - name: cab
    members: [alice, carol, erin]
  - name: change-managers
    members: [erin]
  - name: on-call
    members: [bob, dave]
  - name: policy-owners
    members: [carol, erin]
`},
		{"calendar/freezes.yaml", fmt.Sprintf(`windows:
  - id: year-end-%[1]d
    kind: freeze
    title: Year-end freeze
    start: %[1]d-12-18T18:00:00+01:00
    end: %[2]d-01-04T08:00:00+01:00
    scope: {environments: [production]}
    exempt: {types: [emergency]}
    owners: change-managers
`, year, year+1)},
		{"models/certificate-renewal.yaml", `name: certificate-renewal
version: 1
title: Renew a TLS certificate before it expires
status: approved
owner: platform
approved_by: cab
applies: {services: [shop], environments: [production], paths: ["certs/**"]}
locked:
  reason: The certificate expires soon.
  impact: {users: none, outage: none, minutes: 0}
  data: {migration: false, sensitive: false}
  implementation_plan: [Put the new certificate in place, Reload the proxy]
  test_plan:
    before: [The new certificate matches its key and chain]
    after: [The site answers with the new expiry date]
  rollback_plan:
    method: revert
    trigger: A client refuses the new certificate
    steps: [Put the old certificate back, Reload the proxy]
    minutes: 5
    verify: The site answers with the old expiry date
allow: [title, owner, implementers, schedule, links, labels]
max_risk: moderate
`},
	}
}
