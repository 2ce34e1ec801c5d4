package risk

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/source"
)

// tier is the worst tier of the services in scope.
func (f *Facts) tier(m Model) line {
	if len(f.Services) == 0 {
		return say("unknown", "no service is known to be in scope, which counts as tier 0", f.at("/services"))
	}
	worst := slices.MaxFunc(slices.SortedFunc(slices.Values(f.Services), byName), func(a, b Service) int {
		return gravity(m, a) - gravity(m, b)
	})
	l := line{name: tierCase(worst), at: worst.At.String()}
	switch tier, known := worst.knownTier(); {
	case known:
		l.why = fmt.Sprintf("%s is tier %d", worst.Name, tier)
	case worst.Known:
		l.why = worst.Name + " has no tier, which counts as tier 0"
	default:
		l.why = worst.Name + " is not a service that is defined, which counts as tier 0"
	}
	if worst.At.IsZero() {
		l.at = f.at("/services")
	}
	return l
}

// gravity orders services by points, then by tier.
func gravity(m Model, s Service) int {
	tier, known := s.knownTier()
	if !known {
		tier = -1
	}
	return 10*m.points["service_tier"][tierCase(s)] - tier
}

func tierCase(s Service) string {
	if tier, known := s.knownTier(); known {
		return fmt.Sprintf("tier_%d", tier)
	}
	return "unknown"
}

func byName(a, b Service) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), a.At.Compare(b.At))
}

// blast is how many services could suffer.
func (f *Facts) blast() line {
	at := f.at("/services")
	switch {
	case !f.Graph:
		return say("no_graph", "what depends on these services is not configured", at)
	case f.Blast < 1:
		return say("many", "no service is known to be in scope, so any may suffer", at)
	case f.Blast == 1:
		return say("one", "nothing else depends on it", at)
	case f.Blast <= 3:
		return say("few", f.whyBlast(), at)
	case f.Blast <= 10:
		return say("several", f.whyBlast(), at)
	}
	return say("many", f.whyBlast(), at)
}

func (f *Facts) whyBlast() string {
	return fmt.Sprintf("%d services are in scope or depend on one that is", f.Blast)
}

// usersAndOutage is the worse of who notices and how badly.
func (f *Facts) usersAndOutage(m Model) line {
	i, at := f.Record.Impact, f.at("/impact")
	if i == nil {
		return say("unstated", "the impact is not stated", at)
	}
	users, outage := "users_"+i.Users.String(), "outage_"+i.Outage.String()
	switch {
	case i.Users == change.UsersUnstated && i.Outage == change.OutageUnstated:
		return say("unstated", "users and outage are not stated", at)
	case i.Users == change.UsersUnstated:
		return say("unstated", "who notices is not stated", at)
	case i.Outage == change.OutageUnstated:
		return say("unstated", "the outage is not stated", at)
	}
	l := say(users, whyImpact(i), at)
	if m.points["users_and_outage"][outage] > m.points["users_and_outage"][users] {
		l.name = outage
	}
	return l
}

func whyImpact(i *change.Impact) string {
	who := i.Users.String() + " users"
	if i.Users == change.UsersNone {
		who = "no users"
	}
	how := i.Outage.String()
	if i.Outage == change.OutageNone {
		return who + ", no outage"
	}
	if i.Minutes == nil {
		return who + ", " + how
	}
	return fmt.Sprintf("%s, %s for %d min", who, how, *i.Minutes)
}

// sensitive is whether sensitive data is touched. The record must say that it
// is not, and no service in scope may hold any.
func (f *Facts) sensitive() line {
	for _, s := range slices.SortedFunc(slices.Values(f.Services), byName) {
		if s.Sensitive {
			return say("yes", s.Name+" holds sensitive data", s.At.String())
		}
	}
	at := f.at("/data/sensitive")
	switch d := f.Record.Data; {
	case d == nil || d.Sensitive == nil:
		return say("unstated", "whether data is sensitive is not stated", at)
	case *d.Sensitive:
		return say("yes", "it touches sensitive data", at)
	}
	return say("no", "it touches no sensitive data", at)
}

func sortedKeys(m map[string]int) []string { return slices.Sorted(maps.Keys(m)) }

// escape makes a key one token of a JSON pointer.
func escape(key string) string { return source.Join("", key)[1:] }
