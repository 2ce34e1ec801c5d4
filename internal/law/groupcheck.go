package law

import (
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
)

// groups checks definitions by themselves and against each other.
func (c *checker) groups(items []item[Group]) *Groups {
	seen := map[string]source.Range{}
	var list []Group
	var kept []item[Group]
	for _, it := range items {
		g, p := it.value, it.place
		g.At = p.at("name")
		c.name("MS431", "group", g.Name, g.At)
		c.members(g, p)
		if c.twice(seen, "MS431", "group", g.Name, g.At) || g.Name == "" {
			continue
		}
		list, kept = append(list, g), append(kept, item[Group]{g, p})
	}
	groups := newGroups(list)
	for _, it := range kept {
		for i, n := range it.value.Groups {
			if !groups.Defined(n) {
				c.add("MS113", it.place.at("groups", num(i)), c.suggest(n, groups.Names()), "the group %s is not defined", diag.Quote(n))
			}
		}
		c.cycle(groups, it)
		for i, d := range it.value.Delegations {
			c.delegation(groups, it.value, d, place{it.place.index, it.place.node.Get("delegations").Items[i]})
		}
	}
	return groups
}

func (c *checker) members(g Group, p place) {
	seen := map[string]bool{}
	for i, m := range g.Members {
		if m != "" && seen[m.Fold()] {
			c.add("MS431", p.at("members", num(i)), "keep one of the two", "%s is in the group twice", m)
		}
		seen[m.Fold()] = true
	}
	for i, t := range g.Teams {
		if !teamForm.MatchString(t) {
			c.add("MS431", p.at("teams", num(i)), "write organisation/team, such as acme/change-advisory", "%s is not a team", diag.Quote(t))
		}
	}
}

// cycle reports a group that contains itself, once for each circle: at the
// member whose name comes first.
func (c *checker) cycle(g *Groups, it item[Group]) {
	start := it.value.Name
	cameFrom := map[string]string{}
	for todo := []string{start}; len(todo) > 0; todo = todo[1:] {
		group, ok := g.Lookup(todo[0])
		if !ok {
			continue
		}
		for _, n := range slices.Sorted(slices.Values(group.Groups)) {
			if _, seen := cameFrom[n]; seen {
				continue
			}
			cameFrom[n] = todo[0]
			todo = append(todo, n)
		}
	}
	if _, circular := cameFrom[start]; !circular {
		return
	}
	circle := []string{start}
	for n := cameFrom[start]; n != start; n = cameFrom[n] {
		circle = append(circle, n)
	}
	if slices.Min(circle) != start {
		return
	}
	slices.Reverse(circle[1:])
	c.add("MS432", it.place.at("groups"), "take one of them out of the other", "the group contains itself: %s",
		strings.Join(append(circle, start), " → "))
}

func (c *checker) delegation(groups *Groups, g Group, d Delegation, p place) {
	if !d.Since.IsZero() && !d.Until.IsZero() && !d.Until.After(d.Since.Time) {
		c.add("MS433", p.at("until"), "make until later than since", "the delegation ends at %s, before it begins", d.Until)
	}
	if d.From == "" || d.To == "" {
		return
	}
	if d.From.Same(d.To) {
		c.add("MS433", p.at("to"), "name somebody else", "%s cannot stand in for themselves", d.From)
	}
	people, teams, _ := groups.Members(g.Name)
	if len(teams) == 0 && !slices.ContainsFunc(people, func(l field.Login) bool { return l.Same(d.From) }) {
		c.add("MS433", p.at("from"), "only a member can be stood in for", "%s is not in the group %s", d.From, g.Name)
	}
	if strings.TrimSpace(d.Reason) == "" && p.has("reason") {
		c.add("MS433", p.at("reason"), "say why, such as leave", "the delegation gives no reason")
	}
}
