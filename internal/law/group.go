package law

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
)

// Group is people who may approve something.
type Group struct {
	Name        string        `json:"name"`
	Members     []field.Login `json:"members,omitempty"`
	Teams       []string      `json:"teams,omitempty"`
	Delegations []Delegation  `json:"delegations,omitempty"`
	Groups      []string      `json:"groups,omitempty"`
	Private     bool          `json:"private,omitempty"`

	At source.Range `json:"-"`
}

// Delegation lets one person stand in for another for a time.
type Delegation struct {
	From   field.Login     `json:"from"`
	To     field.Login     `json:"to"`
	Since  field.Instant   `json:"since"`
	Until  field.Instant   `json:"until"`
	Reason string          `json:"reason"`
	Scope  DelegationScope `json:"scope,omitzero"`
}

// DelegationScope narrows a delegation; empty lists mean everything.
type DelegationScope struct {
	Services []string      `json:"services,omitempty"`
	Levels   []field.Level `json:"levels,omitempty"`
}

// teamForm is a forge team, org/team.
var teamForm = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*/[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Groups is who belongs to which group. The zero value, and nil, defines none.
type Groups struct {
	list   []Group // sorted by name
	byName map[string]int
	owners map[string]string // service → the group that owns it
}

func newGroups(list []Group) *Groups {
	g := &Groups{list: slices.Clone(list), byName: map[string]int{}, owners: map[string]string{}}
	slices.SortFunc(g.list, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
	for i, group := range g.list {
		g.byName[group.Name] = i
	}
	return g
}

// Lookup finds a group by its exact name.
func (g *Groups) Lookup(name string) (*Group, bool) {
	if g == nil {
		return nil, false
	}
	i, ok := g.byName[name]
	if !ok {
		return nil, false
	}
	return &g.list[i], true
}

// Defined reports whether a group of that exact name exists.
func (g *Groups) Defined(name string) bool { _, ok := g.Lookup(name); return ok }

// Names lists the groups, sorted.
func (g *Groups) Names() []string {
	if g == nil {
		return nil
	}
	out := make([]string, len(g.list))
	for i, group := range g.list {
		out[i] = group.Name
	}
	return out
}

// OwnerOf is the group that owns a service, "" when there is none.
func (g *Groups) OwnerOf(service string) string {
	if g == nil {
		return ""
	}
	return g.owners[service]
}

// Members lists the people of a group and of the groups inside it, each once
// and sorted, and the forge teams whose people only the forge knows. The group
// is unknown, not empty, when ok is false.
func (g *Groups) Members(name string) (people []field.Login, teams []string, ok bool) {
	if !g.Defined(name) {
		return nil, nil, false
	}
	for _, n := range g.within(name) {
		group, _ := g.Lookup(n)
		people = append(people, group.Members...)
		teams = append(teams, group.Teams...)
	}
	slices.SortFunc(people, func(a, b field.Login) int {
		return cmp.Or(strings.Compare(a.Fold(), b.Fold()), strings.Compare(string(a), string(b)))
	})
	slices.Sort(teams)
	return slices.CompactFunc(people, field.Login.Same), slices.Compact(teams), true
}

// Delegations lists who stands in for whom in a group and the groups inside it.
func (g *Groups) Delegations(name string) []approval.Delegation {
	var out []approval.Delegation
	for _, n := range g.within(name) {
		group, _ := g.Lookup(n)
		for _, d := range group.Delegations {
			out = append(out, approval.Delegation{
				From: d.From, To: d.To, Since: d.Since.Time, Until: d.Until.Time,
				Services: d.Scope.Services, Levels: d.Scope.Levels,
			})
		}
	}
	return out
}

// Private reports whether a group's people may only be counted. A group that
// contains a private one is private, and so is one that nobody defined.
func (g *Groups) Private(name string) bool {
	if !g.Defined(name) {
		return true
	}
	return slices.ContainsFunc(g.within(name), func(n string) bool {
		group, _ := g.Lookup(n)
		return group.Private
	})
}

// within lists a group and the defined groups inside it, nearest first. Cycles end.
func (g *Groups) within(name string) []string {
	out, seen := []string{name}, map[string]bool{name: true}
	for i := 0; i < len(out); i++ {
		group, _ := g.Lookup(out[i])
		for _, n := range group.Groups {
			if g.Defined(n) && !seen[n] {
				out, seen[n] = append(out, n), true
			}
		}
	}
	return out
}
