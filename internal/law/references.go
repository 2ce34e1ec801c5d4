package law

import (
	"maps"
	"slices"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// references checks what parts of the law say of each other. It runs only when
// each part could be read: names from a broken file would all look unknown.
func (ld *loader) references(l *Law) {
	r := refs{checker: &ld.checker, law: l, undefined: map[string]bool{}}
	r.config(ld.docs)
	for _, s := range ld.placed.services {
		r.known("MS108", "environment", l.Config.Environments, s.value.Environments, s.place, "environments")
		r.group(s.value.Owner, s.place.at("owner"))
		r.maintenance(s)
	}
	for _, g := range ld.placed.groups {
		for i, d := range g.value.Delegations {
			r.services(d.Scope.Services, g.place, "delegations", num(i), "scope", "services")
		}
	}
	for _, w := range ld.placed.windows {
		r.known("MS108", "environment", l.Config.Environments, w.value.Scope.Environments, w.place, "scope", "environments")
		r.services(w.value.Scope.Services, w.place, "scope", "services")
		r.group(w.value.Owners, w.place.at("owners"))
	}
	for _, m := range ld.placed.models {
		r.known("MS108", "environment", l.Config.Environments, m.value.Applies.Environments, m.place, "applies", "environments")
		r.services(m.value.Applies.Services, m.place, "applies", "services")
		r.group(m.value.Owner, m.place.at("owner"))
		r.group(m.value.ApprovedBy, m.place.at("approved_by"))
	}
}

type refs struct {
	*checker
	law       *Law
	undefined map[string]bool // groups already reported
}

// known reports names that are not among the defined ones.
func (r *refs) known(code, what string, defined, names []string, p place, path ...string) {
	for i, n := range names {
		if !slices.Contains(defined, n) {
			r.add(code, p.at(append(slices.Clone(path), num(i))...), r.suggest(n, defined), "the %s %s is not defined", what, diag.Quote(n))
		}
	}
}

// services is known for services; where none are configured any name will do.
func (r *refs) services(names []string, p place, path ...string) {
	if r.law.Services.Configured() {
		r.known("MS107", "service", r.law.Services.Names(), names, p, path...)
	}
}

// group reports a group that nobody defined, once for each name.
func (r *refs) group(name string, at source.Range) {
	if name == "" || r.law.Groups.Defined(name) || r.undefined[name] {
		return
	}
	r.undefined[name] = true
	hint := "define it in groups, with members"
	if s := diag.Suggest(name, r.law.Groups.Names()); s != "" {
		hint = "did you mean \"" + s + "\"?"
	}
	r.add("MS434", at, hint, "the group %s is not defined: nobody can approve for it", diag.Quote(name))
}

func (r *refs) config(p place) {
	c := &r.law.Config
	for i, cov := range c.Coverage {
		r.known("MS108", "environment", c.Environments, cov.Environments, p, "coverage", num(i), "environments")
		r.services(cov.Services, p, "coverage", num(i), "services")
	}
	for i, lim := range c.Limits {
		if lim.Environment != "" && !slices.Contains(c.Environments, lim.Environment) {
			r.add("MS108", p.at("limits", num(i), "environment"), r.suggest(lim.Environment, c.Environments), "the environment %s is not defined", diag.Quote(lim.Environment))
		}
	}
	if p.has("law_owners") {
		r.group(c.LawOwners, p.at("law_owners"))
	}
	if p.has("gate", "break_glass") {
		for i, g := range c.Gate.BreakGlass {
			r.group(g, p.at("gate", "break_glass", num(i)))
		}
	}
	routing := c.Policy.Settings.Routing
	for _, key := range slices.Sorted(maps.Keys(routing)) {
		if !p.has("policy", "settings", "routing", key) {
			continue
		}
		for i, route := range routing[key] {
			at := func(path ...string) source.Range {
				return p.at(append([]string{"policy", "settings", "routing", key, num(i)}, path...)...)
			}
			r.group(route.Group, at("group"))
			for j, g := range route.AnyOf {
				r.group(g, at("any_of", num(j)))
			}
		}
	}
}

// maintenance checks that the windows a service names exist and are such.
func (r *refs) maintenance(s item[Service]) {
	var ids []string
	for _, w := range r.law.Windows {
		if w.Kind == Maintenance {
			ids = append(ids, w.ID)
		}
	}
	for i, id := range s.value.Maintenance {
		if !slices.Contains(ids, id) {
			r.add("MS421", s.place.at("maintenance", num(i)), r.suggest(id, ids), "there is no maintenance window %s", diag.Quote(id))
		}
	}
}
