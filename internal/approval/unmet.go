package approval

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
)

// GroupView is what approval asks about groups.
type GroupView interface {
	// Members lists a group's people and the forge teams in it, whose people
	// are not known here. Without ok nobody defined the group.
	Members(name string) (people []field.Login, teams []string, ok bool)
	// Private reports whether the group's people may only be counted.
	Private(name string) bool
	// OwnerOf is the group that owns a service, "" for none.
	OwnerOf(service string) string
}

// Validate says what is wrong with a requirement's shape: it names none or
// several of those who could approve, a share of people nobody has a list of,
// or a stage or count that does not exist.
func (r Requirement) Validate() error {
	kinds := 0
	for _, given := range []bool{r.Group != "", len(r.AnyOf) > 0, len(r.OwnersOf) > 0, r.Codeowners, r.Peer} {
		if given {
			kinds++
		}
	}
	share := r.Count.All || r.Count.Percent != 0
	switch {
	case kinds == 0:
		return errors.New("an approval must come from a group, any_of groups, owners, codeowners or a peer")
	case kinds > 1:
		return errors.New("an approval comes from one of group, any_of, owners, codeowners and peer, not from several")
	case slices.Contains(r.AnyOf, ""):
		return errors.New("any_of has a group without a name")
	case r.Stage < 0 || r.Stage > maxStage:
		return fmt.Errorf("stage %d is not between 1 and %d", r.Stage, maxStage)
	case share && (r.Peer || r.Codeowners):
		return fmt.Errorf("%s of %s cannot be counted: write a number", r.Count, r.Who())
	case r.Count.N < 0 || r.Count.N > maxPeople || r.Count.Percent < 0 || r.Count.Percent > 100:
		return fmt.Errorf("the count must be between 1 and %d people or 100%%", maxPeople)
	case r.Count.All && r.Count.Percent != 0 || share && r.Count.N != 0:
		return errors.New("the count is a number, all or a percentage, not several of them")
	}
	return nil
}

const (
	maxStage  = 100
	maxPeople = 1000 // as ParseScalar
)

// Need is how many people a count asks for out of so many: a percentage is
// rounded up. It is never less than one, so that an empty group never suffices.
func Need(c Count, denominator int) int {
	need := c.N
	switch {
	case c.All:
		need = denominator
	case c.Percent > 0:
		need = (denominator*c.Percent + 99) / 100
	}
	return max(need, 1)
}

// Unmet holds requirements against no evidence at all: nobody has approved
// anything. All and percentages are of the people known by name, so that beside a
// forge team Missing is the least that will do. The
// findings (MS507, undecided) are requirements that nobody can meet, however
// many reviews there will be: an unknown or empty group, or one with fewer
// people than are asked for. Order stays as given.
func Unmet(reqs []Requirement, groups GroupView) ([]Status, diag.List) {
	out := make([]Status, 0, len(reqs))
	var found diag.List
	for _, r := range reqs {
		p := pool(r, groups)
		s := Status{Requirement: r, Have: []string{}, NotCounted: []NotCounted{}, Missing: Need(r.Count, len(p.people)), Could: p.shown}
		if why := p.impossible(r, s.Missing); why != "" {
			f := diag.New("MS507", source.Range{}, "nobody can give the approval by %s: %s", r.Who(), why).
				WithHint("define the group with enough members, or ask for something else")
			f.Undecided = true
			found = append(found, f)
		}
		out = append(out, s)
	}
	return out, found
}

// candidates are those who could meet a requirement.
type candidates struct {
	people  map[string]bool // folded logins
	shown   []string        // those of groups that are not private, sorted
	open    bool            // there may be more: peers, code owners, forge teams
	unknown []string        // groups that nobody defined
}

func pool(r Requirement, groups GroupView) candidates {
	c := candidates{people: map[string]bool{}, open: r.Peer || r.Codeowners}
	names := slices.Clone(r.AnyOf)
	if r.Group != "" {
		names = append(names, r.Group)
	}
	for _, s := range r.OwnersOf {
		if g := groups.OwnerOf(s); g != "" {
			names = append(names, g)
		}
	}
	shown := map[string]bool{}
	for _, n := range names {
		people, teams, ok := groups.Members(n)
		if !ok {
			c.unknown = append(c.unknown, n)
			continue
		}
		c.open = c.open || len(teams) > 0
		for _, p := range people {
			c.people[p.Fold()] = true
			if !groups.Private(n) && !shown[p.Fold()] {
				shown[p.Fold()] = true
				c.shown = append(c.shown, string(p))
			}
		}
	}
	for _, p := range r.Or {
		if fold := field.Fold(p); !c.people[fold] {
			c.people[fold], c.shown = true, append(c.shown, p)
		}
	}
	slices.SortFunc(c.shown, func(a, b string) int { return strings.Compare(field.Fold(a), field.Fold(b)) })
	slices.Sort(c.unknown)
	c.unknown = slices.Compact(c.unknown)
	return c
}

// impossible says why the candidates can never be enough, or "".
func (c candidates) impossible(r Requirement, missing int) string {
	switch {
	case c.open:
		return ""
	case len(c.people) == 0 && len(c.unknown) > 0:
		return "not defined: " + strings.Join(c.unknown, ", ")
	case len(c.people) == 0 && len(r.OwnersOf) > 0:
		return "no group owns the service"
	case len(c.people) == 0:
		return "there is nobody in it"
	case len(c.people) < missing:
		return fmt.Sprintf("%d needed, %d there", missing, len(c.people))
	}
	return ""
}
