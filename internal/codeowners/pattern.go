package codeowners

import (
	"strings"

	owners "github.com/hmarr/codeowners"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// pattern is one pattern, compiled.
type pattern struct {
	text      string
	wildcards int
	rule      owners.Rule
	// needs is a piece of text that every path it matches has in it.
	needs string
	// standIns makes a path fit for rule; nil when it fits as it is.
	standIns *strings.Replacer
}

func (p pattern) matches(path string) bool {
	if !strings.Contains(path, p.needs) {
		return false
	}
	if p.standIns != nil {
		path = p.standIns.Replace(path)
	}
	ok, err := p.rule.Match(path)
	return ok || err != nil // the library has no such error today; a rule too many is the safe side
}

// compile makes a pattern of its characters.
//
// The library reads ASCII letters, digits and a few signs alone, and GitHub
// every character. So a character it does not know gets a stand-in: a letter
// that the pattern does not have. In paths that letter becomes a byte that no
// path has, hence what matches is the same.
func compile(at place, tokens []token) (pattern, *diag.Finding) {
	var plain, text strings.Builder
	stand, pairs := map[rune]byte{}, []string(nil)
	p := pattern{}
	for _, t := range tokens {
		plain.WriteRune(t.char)
		switch {
		case t.wild:
			p.wildcards++
			text.WriteRune(t.char)
		case t.char == '*' || t.char == '?' || t.char == ' ' || t.char == '\t':
			text.WriteString(`\` + string(t.char))
		case known(t.char):
			text.WriteRune(t.char)
		default:
			if stand[t.char] == 0 {
				s, ok := free(tokens, len(stand))
				if !ok {
					f := at.skip(0, "too many different characters in one pattern")
					return p, &f
				}
				stand[t.char] = s
				pairs = append(pairs, string(t.char), string(s), string(s), "\x00")
			}
			text.WriteByte(stand[t.char])
		}
	}
	p.text = plain.String()
	switch {
	case len(p.text) > maxPattern:
		f := diag.New("MS009", at.on(0), "a pattern of %d bytes, and at most %d are allowed", len(p.text), maxPattern)
		return p, &f
	case p.wildcards > maxWildcards:
		f := diag.New("MS009", at.on(0), "a pattern of %d wildcards, and at most %d are allowed", p.wildcards, maxWildcards)
		return p, &f
	case p.text == "/":
		f := at.skip(0, "the pattern / matches nothing").WithHint("use * for everything")
		return p, &f
	}
	rules, err := owners.ParseFile(strings.NewReader(text.String() + " @x")) // with an owner, an escaped space at the end stays
	if err != nil || len(rules) != 1 {
		f := at.skip(0, "%s is not a pattern", diag.Quote(p.text))
		return p, &f
	}
	p.rule, p.needs = rules[0], longest(tokens)
	if len(pairs) > 0 {
		p.standIns = strings.NewReplacer(pairs...)
	}
	return p, nil
}

// known reports whether the library takes a character as it is.
func known(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("./@_+-()", c)
}

// free is the nth ASCII letter or digit that is not among the tokens.
func free(tokens []token, n int) (byte, bool) {
	used := map[rune]bool{}
	for _, t := range tokens {
		used[t.char] = true
	}
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") {
		if used[rune(c)] {
			continue
		}
		if n == 0 {
			return c, true
		}
		n--
	}
	return 0, false
}

// longest is the longest run of characters without a wildcard, without slashes
// around it: what stands between slashes may match nothing.
func longest(tokens []token) string {
	best, run := "", strings.Builder{}
	keep := func() {
		if s := strings.Trim(run.String(), "/"); len(s) > len(best) {
			best = s
		}
		run.Reset()
	}
	for _, t := range tokens {
		if t.wild {
			keep()
			continue
		}
		run.WriteRune(t.char)
	}
	keep()
	return best
}
