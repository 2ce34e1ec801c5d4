package approval

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
)

func fold(s string) string { return field.Fold(s) }

func undecided(code, hint, format string, args ...any) diag.Finding {
	f := diag.New(code, source.Range{}, format, args...).WithHint("%s", hint)
	f.Undecided = true
	return f
}

// impossible finds requirements that nobody can meet, however many reviews
// there will be: alone, or beside one another.
func (c *count) impossible() (found diag.List) {
	var together []int
	for i, r := range c.reqs {
		x := c.circles[i]
		if why := x.impossible(r, c.need[i], c.Codeowners == nil); why != "" {
			found = append(found, undecided("MS507", "define the group with enough members who may approve, or ask for something else",
				"nobody can give the approval by %s: %s", r.Who(), why))
		} else if !x.open && len(x.unknown) == 0 {
			together = append(together, i)
		}
	}
	if len(found) > 0 {
		return found
	}
	return c.crowded(together)
}

// crowded seats everybody there is and finds requirements that are still short.
func (c *count) crowded(closed []int) (found diag.List) {
	everybody := map[string]bool{}
	for _, i := range closed {
		for _, ch := range c.circles[i].chairs {
			for _, p := range ch.who {
				everybody[p] = true
			}
		}
	}
	people := slices.Sorted(maps.Keys(everybody))
	tables := make([]table, len(c.reqs))
	for _, i := range closed {
		tables[i] = c.circles[i].table(people, false)
	}
	seats := newSeating(tables, len(people))
	for _, stage := range stages(c.reqs, c.need) {
		for _, i := range stage {
			if !slices.Contains(closed, i) {
				continue
			}
			need := c.need[i]
			for need > 0 && seats.fill(i) {
				need--
			}
			if need > 0 {
				found = append(found, undecided("MS507", "ask for fewer people, or put more into the group: nobody counts twice",
					"nobody can give the approval by %s beside the others: %d more needed than there are people", c.reqs[i].Who(), need))
			}
		}
	}
	return found
}

// impossible is why a circle can never be enough, or "".
func (c circle) impossible(r Requirement, need int, nobodyLooked bool) string {
	if r.Codeowners {
		switch {
		case nobodyLooked:
			return "who owns what is touched is not known"
		case len(c.sets) == 0:
			return "nothing that is touched has a code owner"
		}
		for _, s := range c.sets {
			if len(s.chairs) == 0 && len(s.unknown) == 0 {
				return "one rule has no owner left: " + s.nobodyLeft()
			}
		}
	}
	switch {
	case c.open || len(c.unknown) > 0:
		return ""
	case len(c.chairs) >= need:
		return ""
	case len(c.chairs) > 0 && len(c.excluded) > 0:
		return fmt.Sprintf("%d needed, %d there: %s", need, len(c.chairs), c.nobodyLeft())
	case len(c.chairs) > 0:
		return fmt.Sprintf("%d needed, %d there", need, len(c.chairs))
	case len(c.excluded) > 0:
		return c.nobodyLeft()
	case len(c.undefined) > 0:
		return "not defined: " + strings.Join(c.undefined, ", ")
	case len(r.OwnersOf) > 0:
		return "no group owns the service"
	}
	return "there is nobody in it"
}

// nobodyLeft says who is excluded, by name where that may be said.
func (c circle) nobodyLeft() string {
	var out []string
	for _, p := range slices.Sorted(maps.Keys(c.excluded)) {
		if name := c.names[p]; name != "" {
			out = append(out, name+" ("+c.excluded[p]+")")
		}
	}
	switch {
	case len(c.excluded) == 0:
		return "there is nobody in it"
	case len(out) == 0:
		return fmt.Sprintf("%d of its people never approve this change", len(c.excluded))
	}
	return "excluded: " + strings.Join(out, ", ")
}

// undecided finds the teams and owners whose people are not known and decide.
func (c *count) undecided() (found diag.List) {
	names := map[string]bool{}
	for _, x := range c.circles {
		for _, n := range x.unknown {
			names[n] = true
		}
	}
	for _, n := range slices.Sorted(maps.Keys(names)) {
		found = append(found, undecided("MS614", "let the token read the organisation's members (members: read), or list the people in the group",
			"whether the approvals suffice depends on who belongs to %s, and that is not known", n))
	}
	return found
}
