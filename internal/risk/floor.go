package risk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/change"
)

// floor says why a floor applies; a line without a why says that it does not.
func (f *Facts) floor(name string) line {
	switch name {
	case declaredFloor:
		if f.Record.Risk != nil {
			return say(name, "the author says so", f.at("/risk/declared"))
		}
	case rollbackFloor:
		if f.noMethod() {
			return say(name, "there is no way back", f.at("/rollback_plan/method"))
		}
	case dataFloor:
		if f.irreversible() {
			return say(name, f.whyIrreversible(), f.at("/data"))
		}
	case testsFloor:
		if f.Tests.Failed > 0 {
			return say(name, fmt.Sprintf("%s of %d failed", count(f.Tests.Failed, "result"), f.Tests.Attached), f.at("/test_plan/results"))
		}
	case collisionFloor:
		if len(f.Collisions) > 0 {
			return say(name, "it collides with "+list(f.Collisions), f.at("/schedule"))
		}
	case exceptionFloor:
		if len(f.Exceptions) > 0 && f.tierZero() {
			return say(name, "it asks to work on tier 0 during "+list(f.Exceptions), f.at("/freeze_exception"))
		}
	case emergencyFloor:
		switch f.Type {
		case change.Emergency:
			return say(name, "it is an emergency", f.at("/type"))
		case change.TypeNone:
			return say(name, "its type is not known, so it may be an emergency", f.at("/type"))
		case change.Standard, change.Normal, change.Registration:
		}
	case understatedFloor:
		if len(f.Understated) > 0 {
			return say(name, "the diff also touches "+list(f.Understated), f.at("/services"))
		}
	}
	return line{}
}

// tierZero reports whether a service in scope is, or may be, of tier 0.
func (f *Facts) tierZero() bool {
	return len(f.Services) == 0 || slices.ContainsFunc(f.Services, func(s Service) bool {
		tier, known := s.knownTier()
		return !known || tier == 0
	})
}

// noMethod reports whether there is no rollback at all.
func (f *Facts) noMethod() bool {
	return f.Rollback.Method == "" || f.Rollback.Method == change.MethodNone.String()
}

func (f *Facts) whyIrreversible() string {
	if d := f.Record.Data; d != nil && d.Reversible != nil && !*d.Reversible {
		return "its change of data cannot be taken back"
	}
	return "data is migrated and the record does not say that it can be taken back"
}

// list names distinct things, sorted, at most four.
func list(names []string) string {
	sorted := slices.Compact(slices.Sorted(slices.Values(names)))
	if n := len(sorted); n > 4 {
		sorted = append(sorted[:3:3], fmt.Sprintf("%d more", n-3))
	}
	if n := len(sorted); n > 1 {
		return strings.Join(sorted[:n-1], ", ") + " and " + sorted[n-1]
	}
	return strings.Join(sorted, "")
}

// count is a number and its noun: "1 line", "2 lines".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
