package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
)

// Catalogue is the services that a window's scope is held against.
type Catalogue interface {
	Graph
	// Names lists the services, sorted.
	Names() []string
}

// Touches reports whether a window's scope covers a service in an environment.
// An environment of "" stands for any, and an unknown service for the most
// critical one.
func Touches(w law.Window, service, environment string, c Catalogue) bool {
	t := Target{Services: []string{service}, Tiers: []int{tierOf(c, service)}, PathsKnown: false}
	if environment != "" {
		t.Environments = []string{environment}
	}
	return t.in(w.Scope)
}

func tierOf(c Catalogue, service string) int {
	if c == nil {
		return 0
	}
	s, known := c.Lookup(service)
	if !known {
		return 0
	}
	tier, _ := s.Tiered()
	return tier
}

// Open lists when windows are open between two instants, each with whom it
// concerns. With service or environment given, windows that leave those alone
// are not among them, and Why speaks of that service.
func Open(windows []law.Window, from, to time.Time, c Catalogue, service, environment string) []Window {
	out := []Window{}
	for _, o := range Occurrences(windows, from, to) {
		w := o.Window
		if service != "" && !Touches(w, service, environment, c) ||
			environment != "" && len(w.Scope.Environments) > 0 && !slices.ContainsFunc(w.Scope.Environments, func(e string) bool { return sameName(e, environment) }) {
			continue
		}
		v := Window{
			ID: w.ID, Title: cmp.Or(w.Title, w.ID), Kind: w.Kind.String(),
			Start: field.Instant{Time: o.Start}, End: field.Instant{Time: o.End},
			Scope: scopeWords(w.Scope), Exempt: typeNames(w.Exempt.Types), Owners: w.Owners,
			Services: []string{}, All: len(w.Scope.Services) == 0 && len(w.Scope.Tiers) == 0,
			Recurring: w.Repeat != nil, At: w.At.String(),
		}
		if w.Kind != law.Maintenance {
			v.Kind = law.Freeze.String() // as Freezes takes a window of no kind
		}
		if c != nil {
			for _, name := range c.Names() {
				if Touches(w, name, "", c) {
					v.Services = append(v.Services, name)
				}
			}
		}
		v.Why = why(w, service, c)
		out = append(out, v)
	}
	return out
}

// scopeWords is a scope in words; its parts are all asked for at once.
func scopeWords(s law.Scope) []string {
	out := []string{}
	if len(s.Environments) > 0 {
		out = append(out, either(s.Environments))
	}
	if len(s.Tiers) > 0 {
		tiers := make([]string, len(s.Tiers))
		for i, n := range s.Tiers {
			tiers[i] = fmt.Sprint(n)
		}
		out = append(out, "tier "+either(tiers))
	}
	if len(s.Services) > 0 {
		out = append(out, either(s.Services))
	}
	if len(s.Types) > 0 {
		out = append(out, either(typeNames(s.Types))+" changes")
	}
	if len(s.Paths) > 0 {
		out = append(out, "files "+either(s.Paths))
	}
	return out
}

func typeNames(types []change.Type) []string {
	out := []string{}
	for _, t := range types {
		out = append(out, t.String())
	}
	return out
}

func either(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}

// why says in one sentence for whom a window is.
func why(w law.Window, service string, c Catalogue) string {
	var parts []string
	switch {
	case service == "" && len(w.Scope.Services) > 0:
		parts = append(parts, either(w.Scope.Services))
	case service == "" && len(w.Scope.Tiers) > 0:
		parts = append(parts, "every service of "+scopeWords(law.Scope{Tiers: w.Scope.Tiers})[0])
	case service == "":
		parts = append(parts, "every service")
	case len(w.Scope.Services) > 0:
		parts = append(parts, "it names "+service)
	case len(w.Scope.Tiers) > 0:
		known := "is"
		if c != nil {
			if s, ok := c.Lookup(service); !ok || s.Tier == nil {
				known = "has no known tier and counts as"
			}
		}
		parts = append(parts, fmt.Sprintf("%s %s tier %d", service, known, tierOf(c, service)))
	default:
		parts = append(parts, "it is for every service")
	}
	if len(w.Scope.Environments) > 0 {
		parts = append(parts, "in "+either(w.Scope.Environments))
	}
	if len(w.Scope.Types) > 0 {
		parts = append(parts, "for "+either(typeNames(w.Scope.Types))+" changes")
	}
	if len(w.Scope.Paths) > 0 {
		parts = append(parts, "where files "+either(w.Scope.Paths)+" change")
	}
	if len(w.Exempt.Types) > 0 {
		parts = append(parts, "but not for "+either(typeNames(w.Exempt.Types))+" changes")
	}
	switch {
	case w.Kind == law.Maintenance:
		parts = append(parts, "services that name "+w.ID+" are changed inside it")
	case w.Owners != "":
		parts = append(parts, w.Owners+" can grant an exception")
	default:
		parts = append(parts, "nobody can grant an exception")
	}
	return strings.Join(parts, ", ")
}
