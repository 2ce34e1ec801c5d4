package law

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are known on a machine without zone files

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// place is a node of a law file: where findings about a definition point to.
type place struct {
	index source.Index
	node  *yamldoc.Node
}

// at is where a field stands; where it was not given, its nearest ancestor.
func (p place) at(path ...string) source.Range {
	if p.node == nil {
		return source.InFile(p.index.File)
	}
	pointer := p.node.Pointer
	for _, token := range path {
		pointer = source.Join(pointer, token)
	}
	return p.index.Value(pointer)
}

// has reports whether a field was given.
func (p place) has(path ...string) bool {
	n := p.node
	for _, token := range path {
		if n == nil {
			return false
		}
		n = n.Get(token)
	}
	return n != nil
}

// elsewhere is a place in a file that is no YAML: all of its fields stand there.
func elsewhere(at source.Range) place {
	index := source.NewIndex(at.File)
	index.Add("", source.Span{Value: at})
	return place{index, &yamldoc.Node{}}
}

// isYAML reports whether the place is one of a YAML document.
func (p place) isYAML() bool { return p.node != nil && p.node.Kind != yamldoc.Invalid }

func num(i int) string { return strconv.Itoa(i) }

// item is a definition and where it stands.
type item[T any] struct {
	value T
	place place
}

// nameForm is what services, groups, environments, windows and models may be
// called: Backstage's rule for names, which is also safe in every format.
// https://backstage.io/docs/features/software-catalog/descriptor-format#name-required
var nameForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$`)

const nameHint = "use ASCII letters, digits and single - _ . between them, at most 64"

// checker collects findings with few words.
type checker struct {
	found     diag.List
	suggested int
}

// maxSuggestions bounds the work on hints: each compares a name with all others.
const maxSuggestions = 50

// suggest is diag.DidYouMean for the first findings, "" for the rest.
func (c *checker) suggest(got string, names []string) string {
	if c.suggested++; c.suggested > maxSuggestions {
		return ""
	}
	return diag.DidYouMean(got, names)
}

func (c *checker) add(code string, at source.Range, hint, format string, args ...any) {
	f := diag.New(code, at, format, args...)
	f.Hint = hint
	c.found = append(c.found, f)
}

func (c *checker) problem(at source.Range, p *diag.Problem) bool {
	if p == nil {
		return false
	}
	c.add(p.Code, at, p.Hint, "%s", p.Message)
	return true
}

// globs checks the patterns of a list that stands at path.
func (c *checker) globs(p place, list []string, path ...string) {
	for i, g := range list {
		c.problem(p.at(append(path, num(i))...), CheckGlob(g))
	}
}

// name checks a definition's name; an empty one was reported as missing.
func (c *checker) name(code, what, name string, at source.Range) {
	if name != "" && !nameForm.MatchString(name) {
		c.add(code, at, nameHint, "%s is not a valid %s name", diag.Quote(name), what)
	}
}

// twice reports names that differ in nothing but case. Seen maps folded names
// to their first place.
func (c *checker) twice(seen map[string]source.Range, code, what, name string, at source.Range) bool {
	if name == "" {
		return false
	}
	first, dup := seen[field.Fold(name)]
	if !dup {
		seen[field.Fold(name)] = at
		return false
	}
	f := diag.New(code, at, "the %s %s is defined twice", what, diag.Quote(name)).
		WithHint("keep one of the two; names that differ in case alone count as one")
	c.found = append(c.found, f.With("first", "%s", first))
	return true
}

// zoneForm keeps out what time.LoadLocation takes without complaint: "", Local,
// abbreviations such as EST, and the posix/ and right/ trees of some machines.
var zoneForm = regexp.MustCompile(`^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)+$`)

// Zone finds a time zone by its IANA name, or UTC. The error is a
// *diag.Problem of MS413.
func Zone(name string) (*time.Location, error) {
	if name == "UTC" {
		return time.UTC, nil
	}
	if zoneForm.MatchString(name) {
		if loc, err := time.LoadLocation(name); err == nil {
			return loc, nil
		}
	}
	hint := "write an IANA name such as Europe/Berlin, or UTC"
	if len(name) <= 5 && strings.ToUpper(name) == name {
		hint = "abbreviations mean different offsets in different places; " + hint
	}
	return nil, diag.Problemf("MS413", hint, "%s is not a time zone", diag.Quote(name))
}
