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

// names reports whether a service names a maintenance window.
func names(c Catalogue, service, window string) bool {
	if c == nil {
		return false
	}
	s, known := c.Lookup(service)
	return known && slices.Contains(s.Maintenance, window)
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
		if service != "" && (!Touches(w, service, environment, c) || w.Kind == law.Maintenance && !names(c, service, w.ID)) ||
			environment != "" && len(w.Scope.Environments) > 0 && !slices.ContainsFunc(w.Scope.Environments, func(e string) bool { return sameName(e, environment) }) {
			continue
		}
		v := Window{
			ID: w.ID, Title: cmp.Or(w.Title, w.ID), Kind: w.Kind.String(),
			Start: field.Instant{Time: o.Start}, End: field.Instant{Time: o.End},
			Scope: scopeWords(w.Scope), Exempt: typeNames(w.Exempt.Types), Owners: w.Owners,
			Services: []string{}, All: len(w.Scope.Services) == 0 && len(w.Scope.Tiers) == 0,
			Recurring: w.Repeat != nil || w.Rule != nil, At: w.At.String(),
		}
		if w.Kind != law.Maintenance {
			v.Kind = law.Freeze.String() // as Freezes takes a window of no kind
		}
		if c != nil {
			for _, name := range c.Names() {
				if Touches(w, name, "", c) && (w.Kind != law.Maintenance || names(c, name, w.ID)) {
					v.Services = append(v.Services, name)
				}
			}
		}
		if w.Kind == law.Maintenance {
			v.All = false
		}
		v.Why = why(w, v.Services, service, c)
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

// why says in one sentence for whom a window is, and who can make an exception.
func why(w law.Window, inside []string, service string, c Catalogue) string {
	if w.Kind == law.Maintenance {
		switch {
		case service != "":
			inside = []string{service}
		case len(inside) == 0:
			return "no service names it"
		}
		return strings.Join(append([]string{either(inside) + " is changed only inside a window that it names"}, conditions(w)...), ", ")
	}
	parts := append([]string{whom(w.Scope, service, c)}, conditions(w)...)
	if w.Owners == "" {
		return strings.Join(parts, ", ") + "; nobody can grant an exception"
	}
	return strings.Join(parts, ", ") + "; " + w.Owners + " can grant an exception"
}

// whom says which services a scope is about, or why a certain one is among them.
func whom(s law.Scope, service string, c Catalogue) string {
	switch {
	case service == "" && len(s.Services) > 0:
		return either(s.Services)
	case service == "" && len(s.Tiers) > 0:
		return "every service of " + scopeWords(law.Scope{Tiers: s.Tiers})[0]
	case service == "":
		return "every service"
	case len(s.Services) > 0:
		return "it names " + service
	case len(s.Tiers) == 0:
		return "it is for every service"
	}
	verb := "is"
	if c != nil {
		if found, known := c.Lookup(service); !known || found.Tier == nil {
			verb = "has no known tier and counts as"
		}
	}
	return fmt.Sprintf("%s %s tier %d", service, verb, tierOf(c, service))
}

// conditions are the rest of a scope, and what is exempt.
func conditions(w law.Window) []string {
	var out []string
	if len(w.Scope.Environments) > 0 {
		out = append(out, "in "+either(w.Scope.Environments))
	}
	if len(w.Scope.Types) > 0 {
		out = append(out, "for "+either(typeNames(w.Scope.Types))+" changes")
	}
	if len(w.Scope.Paths) > 0 {
		out = append(out, "where files "+either(w.Scope.Paths)+" change")
	}
	if len(w.Exempt.Types) > 0 {
		out = append(out, "but not for "+either(typeNames(w.Exempt.Types))+" changes")
	}
	return out
}
