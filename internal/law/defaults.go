package law

import (
	"maps"
	"reflect"
	"slices"

	"github.com/mergeseal/mergeseal/internal/approval"
)

// ExcludeKinds lists the kinds of people whose approval never counts; all of
// them unless approvals.exclude says otherwise.
func ExcludeKinds() []string {
	return []string{"author", "committers", "co_authors", "pusher", "owner", "implementers"}
}

// RoutingKeys lists the rows of the routing table.
func RoutingKeys() []string {
	return []string{"low", "moderate", "high", "very_high", "standard", "emergency", "registration", "closure", "withdrawal", "editorial"}
}

// DefaultRouting is who approves what unless policy.settings.routing says
// otherwise, row by row. Low to very_high are for normal changes; standard is
// for those inside their model.
func DefaultRouting() map[string][]Route {
	count := func(n int) approval.Count { return approval.Count{N: n} }
	peer, owners, cab := Route{Peer: true, Count: count(1)}, Route{Owners: true, Count: count(1)}, Route{Group: "cab", Count: count(2)}
	return map[string][]Route{
		"low":          {peer},
		"moderate":     {peer, owners},
		"high":         {peer, owners, cab},
		"very_high":    {peer, owners, cab, {Group: "change-managers", Count: count(1)}},
		"standard":     {},
		"emergency":    {{Group: "on-call", Count: count(1)}},
		"registration": {},
		"closure":      {peer},
		"withdrawal":   {peer},
		"editorial":    {},
	}
}

// OwnRouting names the rows of a table that are not the default ones, sorted.
// A group that only the default table names may be missing; one that somebody
// chose may not.
func OwnRouting(table map[string][]Route) []string {
	own := []string{}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if !slices.EqualFunc(table[key], DefaultRouting()[key], func(a, b Route) bool { return reflect.DeepEqual(a, b) }) {
			own = append(own, key)
		}
	}
	return own
}

// DefaultBands are the lowest scores of the levels above low.
func DefaultBands() map[string]int {
	return map[string]int{"moderate": 26, "high": 51, "very_high": 76}
}

// Default is the law of a place that has none: the built-in rules with their
// default settings; no services, groups, windows or models.
func Default() *Law {
	none := digestOf(nil)
	l := &Law{
		Config:   Config{Version: 1},
		Services: newServices(nil),
		Groups:   newGroups(nil),
		Digests:  Digests{none, none, none, none, none},
	}
	fill(&l.Config, l.Services)
	return l
}

// fill gives every key its default that was not given. An empty list that was
// written down stays empty.
func fill(c *Config, services *Services) {
	missing(&c.Timezone, "UTC")
	list((*[]string)(&c.Records), "changes/**/*.yaml")
	list(&c.Policy.Dirs, "policy")
	number(&c.Policy.Settings.NoticeHours, 48)
	number(&c.Policy.Settings.RetroHours, 24)
	number(&c.Policy.Settings.ReviewDays, 5)
	number(&c.Policy.Settings.OverdueEmergencies, 3)
	list(&c.Approvals.Exclude, ExcludeKinds()...)
	list(&c.Gate.BreakGlass, "on-call")
	list((*[]string)(&c.Law), ConfigPath, "policy/**", "calendar/**", "models/**", "groups.yaml", "services.yaml",
		".github/workflows/**", ".github/CODEOWNERS", ".gitattributes")
	missing(&c.LawOwners, "policy-owners")
	c.Policy.Settings.Routing = routing(c.Policy.Settings.Routing)
	bands := DefaultBands()
	maps.Copy(bands, c.Risk.Bands)
	c.Risk.Bands = bands
	if c.Environments == nil {
		c.Environments = environments(c, services)
	}
}

func missing(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

func list(l *[]string, values ...string) {
	if *l == nil {
		*l = values
	}
}

func number(n **int, value int) {
	if *n == nil {
		*n = &value
	}
}

// routing is the default table with the user's rows in the place of its own.
func routing(user map[string][]Route) map[string][]Route {
	table := DefaultRouting()
	for key, rows := range user {
		rows = slices.Clone(rows)
		for i := range rows {
			if rows[i].Count.IsZero() {
				rows[i].Count = approval.Count{N: 1}
			}
		}
		table[key] = rows
	}
	return table
}

// environments are those that services and coverage name, else production.
func environments(c *Config, services *Services) []string {
	var out []string
	for _, s := range services.list {
		out = append(out, s.Environments...)
	}
	for _, cov := range c.Coverage {
		out = append(out, cov.Environments...)
	}
	if len(out) == 0 {
		return []string{"production"}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
