// Package codeowners says whose approval GitHub's CODEOWNERS asks for.
//
// The rules are those of
// https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
// and where that page is silent those of gitignore, which it refers to. The
// file is law: callers hand in the one of the base commit.
package codeowners

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// What a file may hold. GitHub documents the first alone and does not load a
// file that reaches it; the others keep hostile patterns cheap (T80) and lie
// far above what people write.
const (
	maxBytes     = 3 << 20
	maxRules     = 10_000
	maxLine      = 16 << 10 // bytes
	maxPattern   = 1024     // bytes
	maxWildcards = 16       // * and ? of one pattern
	maxAllWild   = 20_000   // * and ? of all patterns
)

// Places are where GitHub looks, in this order; the first that exists counts.
func Places() []string {
	return []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}
}

// Rules is the content of one CODEOWNERS file. The zero value owns nothing.
type Rules struct {
	rules []rule
	// beyond is the name of a file beyond a limit, whose rules nobody knows.
	beyond string
}

// rule is one line. Without owners it takes a path's owners away.
type rule struct {
	line    int
	pattern pattern
	owners  approval.OwnerSet
}

// Parse reads a CODEOWNERS file; file is its name in findings.
//
// GitHub skips a line that it cannot read, and so does Parse, with a warning
// (MS621). Beyond a limit there is an error (MS009); then nobody knows who the
// owners are, and the file's name stands for an unknown owner of every path.
func Parse(file string, data []byte) (*Rules, diag.List) {
	if len(data) >= maxBytes {
		return tooMuch(source.InFile(file), "%d bytes, and GitHub loads no CODEOWNERS of %d or more", len(data), maxBytes)
	}
	r, found := &Rules{}, diag.List(nil)
	lines, wild := 0, 0
	text := string(bytes.TrimPrefix(data, []byte("\ufeff")))
	for n, line := range strings.Split(text, "\n") {
		content := strings.TrimLeft(line, " \t")
		at := place{file: file, line: n + 1, col: 1 + len(line) - len(content)}
		content = strings.TrimRight(content, " \t\r")
		if content == "" || content[0] == '#' {
			continue
		}
		lines++
		switch {
		case len(content) > maxLine:
			return tooMuch(at.on(0), "a line of %d bytes, and at most %d are allowed", len(content), maxLine)
		case lines > maxRules:
			return tooMuch(at.on(0), "more than %d rules", maxRules)
		case !utf8.ValidString(content):
			found = append(found, at.skip(0, "it is not UTF-8"))
			continue
		}
		parsed, bad := parseLine(at, content)
		found = append(found, bad...)
		switch {
		case bad.Errors():
			return &Rules{beyond: file}, bad
		case parsed == nil:
			continue
		}
		if wild += parsed.pattern.wildcards; wild > maxAllWild {
			return tooMuch(at.on(0), "more than %d wildcards in all patterns", maxAllWild)
		}
		r.rules = append(r.rules, *parsed)
	}
	return r, found
}

func tooMuch(at source.Range, format string, args ...any) (*Rules, diag.List) {
	return &Rules{beyond: at.File}, diag.List{diag.New("MS009", at, format, args...).
		WithHint("cover several paths with one pattern")}
}

// Sets returns one set of owners for each rule that decides about one of the
// paths and has owners, in the order of the file. The last rule that matches a
// path decides about it; no rule, or one without owners, asks for nobody.
// Paths are relative to the root, with slashes.
func (r *Rules) Sets(paths []string) []approval.OwnerSet {
	if r.beyond != "" && len(paths) > 0 {
		return []approval.OwnerSet{{Unknown: []string{r.beyond}}}
	}
	decides := make([]bool, len(r.rules))
	for _, path := range paths {
		if i := r.last(path); i >= 0 {
			decides[i] = true
		}
	}
	var sets []approval.OwnerSet
	for i, rule := range r.rules {
		if decides[i] && !empty(rule.owners) {
			sets = append(sets, rule.owners)
		}
	}
	return sets
}

// last is the index of the rule that decides about a path, -1 without one.
func (r *Rules) last(path string) int {
	path = strings.ReplaceAll(path, "\n", "\x00") // no dot of a regular expression matches a line's end
	for i := len(r.rules) - 1; i >= 0; i-- {
		if r.rules[i].pattern.matches(path) {
			return i
		}
	}
	return -1
}

func empty(o approval.OwnerSet) bool {
	return len(o.People)+len(o.Teams)+len(o.Unknown) == 0
}

// place is where a line's content begins.
type place struct {
	file      string
	line, col int
}

// on is the place of the nth code point of the content.
func (p place) on(n int) source.Range {
	at := source.Pos{Line: p.line, Col: p.col + n}
	return source.Range{File: p.file, Start: at, End: source.Pos{Line: at.Line, Col: at.Col + 1}}
}

// skip is the finding for a line that does not count.
func (p place) skip(n int, format string, args ...any) diag.Finding {
	return diag.New("MS621", p.on(n), "the line counts for nothing: "+format, args...)
}
