package law

import (
	"slices"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// Service is something that changes are made to.
type Service struct {
	Name         string   `json:"name"`
	Tier         *int     `json:"tier,omitempty"` // 0 most critical … 4; nil is treated as 0
	Owner        string   `json:"owner,omitempty"`
	Environments []string `json:"environments,omitempty"`
	DependsOn    []string `json:"depends_on,omitempty"`
	Data         string   `json:"data,omitempty"` // none, internal, sensitive
	Maintenance  []string `json:"maintenance,omitempty"`
	Paths        []string `json:"paths,omitempty"`

	At source.Range `json:"-"`
}

// maxTier is the least critical tier.
const maxTier = 4

// dataNames are the values of a service's data.
func dataNames() []string { return []string{"none", "internal", "sensitive"} }

// Tiered returns the tier, and whether it is known. An unknown one counts as
// the most critical.
func (s Service) Tiered() (tier int, known bool) {
	if s.Tier == nil || *s.Tier < 0 || *s.Tier > maxTier {
		return 0, false
	}
	return *s.Tier, true
}

// services checks definitions by themselves and against each other. What
// they say of environments, groups and windows is checked once all is loaded.
func (c *checker) services(items []item[Service]) []Service {
	seen := map[string]source.Range{}
	out := make([]Service, 0, len(items))
	var names []string
	defined := map[string]bool{}
	for _, it := range items {
		names, defined[it.value.Name] = append(names, it.value.Name), true
	}
	for _, it := range items {
		s, p := it.value, it.place
		s.At = p.at("name")
		c.name("MS421", "service", s.Name, s.At)
		c.tier(s, p)
		if s.Data != "" && !slices.Contains(dataNames(), s.Data) {
			c.add("MS104", p.at("data"), c.suggest(s.Data, dataNames()), "data: %s is not allowed here", diag.Quote(s.Data))
		}
		c.globs(p, s.Paths, "paths")
		for i, d := range s.DependsOn {
			switch at := p.at("depends_on", num(i)); {
			case !defined[d]:
				c.add("MS423", at, c.suggest(d, names), "the service %s depends on %s, which is not defined", s.Name, diag.Quote(d))
			case d == s.Name:
				c.add("MS421", at, "take it out of depends_on", "the service %s depends on itself", s.Name)
			}
		}
		if c.twice(seen, "MS421", "service", s.Name, s.At) || s.Name == "" {
			continue
		}
		out = append(out, s)
	}
	return out
}

func (c *checker) tier(s Service, p place) {
	switch _, known := s.Tiered(); {
	case s.Tier == nil && s.Name != "" && !p.has("tier"):
		c.add("MS422", s.At, "add tier: 0 for the most critical services to 4 for the least", "the service %s has no tier and counts as tier 0", diag.Quote(s.Name))
	case s.Tier != nil && !known:
		c.add("MS421", p.at("tier"), "tiers go from 0, the most critical, to 4", "tier %d does not exist", *s.Tier)
	}
}
