package law

import (
	"path"
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// Limits of one pattern. Without braces doublestar looks back no further than
// the last * and the last **, so its work is bounded by the lengths; braces
// multiply, and so their number is bounded too (T80). The worst pattern that
// is left costs some ten million steps on a path of 4 KB, a usual one a few
// hundred.
const (
	maxPath         = 256 // bytes of a path or pattern in a law file
	maxAlternatives = 16  // that the braces of one pattern may expand to
)

// meta are the characters that make a path a pattern.
const meta = "*?[{"

// IsGlob reports whether a path is a pattern rather than one file's name.
func IsGlob(p string) bool { return strings.ContainsAny(p, meta) }

// Match reports whether a pattern matches the whole of a path: * and ? within
// one segment, ** over any number of them, [a-z], {a,b}. It is case-sensitive.
// A pattern that CheckGlob refuses matches nothing.
func Match(glob, name string) bool {
	i := strings.IndexAny(glob, meta)
	if i < 0 {
		return glob == name && !strings.Contains(glob, `\`)
	}
	if !strings.HasPrefix(name, strings.TrimSuffix(glob[:i], "/")) || len(glob) > maxPath {
		return false
	}
	plain, ok := expand(glob)
	if !ok {
		return false
	}
	for _, p := range plain {
		if !strings.HasSuffix(name, strings.TrimPrefix(p[strings.LastIndexAny(p, "*?]")+1:], "/")) {
			continue
		}
		if matched, err := doublestar.Match(p, name); matched && err == nil {
			return true
		}
	}
	return false
}

// matchAny reports whether one of the patterns matches the path.
func matchAny(globs []string, name string) bool {
	for _, g := range globs {
		if Match(g, name) {
			return true
		}
	}
	return false
}

// expand writes the alternatives of a pattern out. It refuses nested braces,
// braces in a class or left open, backslashes, and more than maxAlternatives.
func expand(glob string) ([]string, bool) {
	out := []string{""}
	for rest := glob; rest != ""; {
		i := strings.IndexAny(rest, `{}[\`)
		if i < 0 {
			return each(out, rest), true
		}
		out = each(out, rest[:i])
		rest = rest[i:]
		switch rest[0] {
		case '[':
			end := strings.IndexByte(rest, ']')
			if end < 0 || strings.ContainsAny(rest[:end], `{}\/`) {
				return nil, false
			}
			out, rest = each(out, rest[:end+1]), rest[end+1:]
		case '{':
			end := strings.IndexByte(rest, '}')
			if end < 0 || strings.ContainsAny(rest[1:end], `{[\`) {
				return nil, false
			}
			choices := strings.Split(rest[1:end], ",")
			if len(out)*len(choices) > maxAlternatives {
				return nil, false
			}
			var next []string
			for _, c := range choices {
				next = append(next, each(out, c)...)
			}
			out, rest = next, rest[end+1:]
		default:
			return nil, false
		}
	}
	return out, true
}

func each(prefixes []string, tail string) []string {
	out := make([]string, len(prefixes))
	for i, p := range prefixes {
		out[i] = p + tail
	}
	return out
}

var drive = regexp.MustCompile(`^[A-Za-z]:`)

// CheckPath says what keeps a path from naming files below the repository's
// root, or nil. Patterns pass; CheckGlob looks at their form too.
func CheckPath(p string) *diag.Problem {
	refuse := func(hint, format string, args ...any) *diag.Problem {
		return diag.Problemf("MS012", hint, format, args...)
	}
	const below = "write a path below the repository's root, such as policy/windows.yaml"
	switch {
	case p == "":
		return refuse(below, "the path is empty")
	case len(p) > maxPath:
		return diag.Problemf("MS009", "use a shorter path", "the path has %d bytes, more than the %d allowed", len(p), maxPath)
	case strings.Contains(p, "://"):
		return refuse("copy the file into the repository: law is read from its base commit and from nowhere else", "%s is a URL", diag.Quote(p))
	case strings.HasPrefix(p, "/") || strings.HasPrefix(p, "~") || drive.MatchString(p):
		return refuse(below, "%s is not relative to the repository's root", diag.Quote(p))
	case strings.Contains(p, `\`):
		return refuse("write slashes", "%s has a backslash", diag.Quote(p))
	case strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return refuse("delete the character", "%s has a control character", diag.Quote(p))
	}
	for part := range strings.SplitSeq(p, "/") {
		switch bare := strings.TrimRight(part, ". "); {
		case part == "..":
			return refuse(below, "%s leaves its folder with ..", diag.Quote(p))
		case strings.EqualFold(bare, ".git") || strings.EqualFold(bare, "git~1"):
			return refuse(below, "%s reaches into .git", diag.Quote(p))
		}
	}
	if path.Clean(p) != p || p == "." {
		return refuse("write it without . and // and without a slash at the end", "%s is not in its shortest form", diag.Quote(p))
	}
	return nil
}

// CheckGlob says what keeps a pattern from being used, or nil: what CheckPath
// refuses in any of its alternatives, braces that are nested or expand to more
// than 16 patterns, classes and braces left open.
func CheckGlob(glob string) *diag.Problem {
	if p := CheckPath(glob); p != nil {
		return p
	}
	plain, ok := expand(glob)
	if !ok {
		return diag.Problemf("MS012", "close brackets and braces, do not nest them, and write at most 16 alternatives in all",
			"%s is not a pattern", diag.Quote(glob))
	}
	for _, p := range plain {
		if problem := CheckPath(p); problem != nil {
			return problem
		}
		if !doublestar.ValidatePattern(p) {
			return diag.Problemf("MS012", "close brackets, and put something between them", "%s is not a pattern", diag.Quote(glob))
		}
	}
	return nil
}
