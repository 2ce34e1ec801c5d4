package codeowners

import (
	"slices"
	"strings"
	"unicode"

	owners "github.com/hmarr/codeowners"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
)

// parseLine reads a pattern and its owners. It returns nil for a line that
// counts for nothing, with the finding that says so.
func parseLine(at place, content string) (*rule, diag.List) {
	line := []rune(content)
	tokens, n, bad := scan(at, line)
	if bad != nil {
		return nil, diag.List{*bad}
	}
	p, bad := compile(at, tokens)
	if bad != nil {
		return nil, diag.List{*bad}
	}
	set, found, ok := parseOwners(at, line, n)
	if !ok {
		return nil, found
	}
	return &rule{line: at.line, pattern: p, owners: set}, found
}

// token is one character of a pattern; wild is an unescaped * or ?.
type token struct {
	char rune
	wild bool
}

// scan reads the pattern at the beginning of a line and returns its length.
func scan(at place, line []rune) (tokens []token, n int, bad *diag.Finding) {
	skip := func(n int, format string, args ...any) ([]token, int, *diag.Finding) {
		f := at.skip(n, format, args...)
		return nil, 0, &f
	}
	for ; n < len(line); n++ {
		c := line[n]
		switch {
		case c == ' ' || c == '\t':
			return tokens, n, nil
		case c == '!' && n == 0:
			return skip(n, "GitHub has no negation with !")
		case c == '[' || c == ']':
			return skip(n, "GitHub has no ranges in [ ]")
		case c == '#':
			return skip(n, "a # inside a pattern is neither a comment nor plainly a character")
		case c == '\\':
			n++
			switch {
			case n == len(line):
				return skip(n-1, "nothing follows the backslash")
			case line[n] == '#' && n == 1:
				return skip(0, `GitHub cannot escape a # at the beginning of a pattern`)
			case line[n] == '\\' || line[n] == '/' || !unicode.IsPrint(line[n]) && line[n] != '\t':
				return skip(n, "%s cannot be escaped", diag.Quote(string(line[n])))
			}
			tokens = append(tokens, token{char: line[n]})
		case !unicode.IsPrint(c):
			return skip(n, "the pattern has the character %U in it", c)
		default:
			tokens = append(tokens, token{char: c, wild: c == '*' || c == '?'})
		}
	}
	return tokens, n, nil
}

// parseOwners reads what follows a pattern. A word that begins with @ stays an
// owner even if it can be no account, so that a rule never loses one unseen; a
// word that GitHub takes for no owner at all makes the line count for nothing.
func parseOwners(at place, line []rune, n int) (set approval.OwnerSet, found diag.List, ok bool) {
	for n < len(line) {
		if line[n] == ' ' || line[n] == '\t' {
			n++
			continue
		}
		start := n
		for n < len(line) && line[n] != ' ' && line[n] != '\t' && line[n] != '#' {
			n++
		}
		if word := string(line[start:n]); word != "" {
			switch bad := addOwner(&set, word); {
			case bad == "":
			case word[0] != '@':
				return approval.OwnerSet{}, diag.List{at.skip(start, "%s %s", diag.Quote(word), bad).
					WithHint("@login, @org/team or an e-mail address")}, false
			default:
				found = append(found, diag.New("MS621", at.on(start), "%s %s", diag.Quote(word), bad).
					WithHint("@login, @org/team or an e-mail address"))
			}
		}
		if n < len(line) && line[n] == '#' {
			break
		}
	}
	return set, found, true
}

// addOwner adds a word to the set and says what is wrong with it.
func addOwner(set *approval.OwnerSet, word string) (bad string) {
	same := func(a string) func(string) bool {
		return func(b string) bool { return field.Fold(a) == field.Fold(b) }
	}
	if team, err := owners.MatchTeamOwner(word); err == nil {
		if !slices.ContainsFunc(set.Teams, same(team.Value)) {
			set.Teams = append(set.Teams, team.Value)
		}
		return ""
	}
	name, isName := strings.CutPrefix(word, "@")
	var login field.Login
	switch {
	case isName && login.ParseScalar(name) == nil:
		if !slices.ContainsFunc(set.People, login.Same) {
			set.People = append(set.People, login)
		}
		return ""
	case isName:
		bad = "is not a login or a team, so nobody can approve as that owner"
	case strings.Index(word, "@") < 1:
		return "is not an owner"
	}
	if !slices.Contains(set.Unknown, word) {
		set.Unknown = append(set.Unknown, word)
	}
	return bad
}
