package gitrepo

import (
	"strings"
)

// ignoreFile is the rules of one .gitignore, or of info/exclude. go-git has a
// matcher too; it disagrees with git on patterns with slashes, on negated
// character classes and on escapes, and a record must not vanish for that.
// The rules are https://git-scm.com/docs/gitignore; case always matters.
type ignoreFile struct {
	folder string // the rules hold below it
	rules  []ignoreRule
}

type ignoreRule struct {
	parts       []string // one for each level; "**" stands for any number
	anywhere    bool     // a name alone, matched at every depth
	onlyFolders bool     // the rule matches folders only
	negated     bool
}

func parseIgnore(folder string, b []byte) ignoreFile {
	f := ignoreFile{folder: folder}
	text := strings.TrimPrefix(string(b), "\ufeff")
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if line == "" || line[0] == '#' {
			continue
		}
		var r ignoreRule
		line = trimSpaces(line)
		if strings.HasPrefix(line, "!") {
			r.negated, line = true, line[1:]
		}
		if strings.HasSuffix(line, "/") {
			r.onlyFolders, line = true, line[:len(line)-1]
		}
		if line == "" {
			continue
		}
		r.anywhere = !strings.Contains(line, "/")
		r.parts = strings.Split(strings.TrimPrefix(line, "/"), "/")
		for i, p := range r.parts {
			if len(p) > 2 && strings.Trim(p, "*") == "" {
				r.parts[i] = "**"
			}
		}
		f.rules = append(f.rules, r)
	}
	return f
}

// trimSpaces drops trailing spaces that no backslash protects.
func trimSpaces(s string) string {
	end := len(s)
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
			end = len(s)
		case ' ':
			if end == len(s) {
				end = i
			}
		default:
			end = len(s)
		}
	}
	return s[:end]
}

// ignored reports whether a path is left out. The files go from the weakest to
// the strongest; in each the last rule that matches decides.
func ignored(files []ignoreFile, path string, folder bool) bool {
	for i := len(files) - 1; i >= 0; i-- {
		f := files[i]
		rel := path
		if f.folder != "" {
			rel = path[len(f.folder)+1:]
		}
		parts := strings.Split(rel, "/")
		for j := len(f.rules) - 1; j >= 0; j-- {
			if f.rules[j].match(parts, folder) {
				return !f.rules[j].negated
			}
		}
	}
	return false
}

func (r ignoreRule) match(path []string, folder bool) bool {
	if r.onlyFolders && !folder {
		return false
	}
	if r.anywhere {
		return globPart(r.parts[0], path[len(path)-1])
	}
	return globPath(r.parts, path)
}

// globPath matches level by level. Its cost is the product of the lengths,
// whatever the pattern: reach[j] says that the first j levels are matched.
func globPath(pattern, path []string) bool {
	reach := make([]bool, len(path)+1)
	reach[0] = true
	for i, p := range pattern {
		next := make([]bool, len(path)+1)
		for j := range reach {
			switch {
			case p == "**" && i == len(pattern)-1:
				// "a/**" is what lies in a, not a itself.
				next[j] = j > 0 && (reach[j-1] || next[j-1])
			case p == "**":
				next[j] = reach[j] || j > 0 && next[j-1]
			default:
				next[j] = j > 0 && reach[j-1] && globPart(p, path[j-1])
			}
		}
		reach = next
	}
	return reach[len(path)]
}

// globPart matches one level. A star gives way to the last one only, so that
// the cost is at most the product of the lengths.
func globPart(p, s string) bool {
	star, from := -1, 0
	i, j := 0, 0
	for j < len(s) || i < len(p) {
		if i < len(p) && p[i] == '*' {
			star, from = i, j
			i++
			continue
		}
		if i < len(p) && j < len(s) {
			if n, ok := globByte(p[i:], s[j]); ok {
				i += n
				j++
				continue
			}
		}
		if star < 0 || from >= len(s) {
			return false
		}
		from++
		i, j = star+1, from
	}
	return true
}

// globByte matches one byte against the first item of a pattern and returns
// the length of the item.
func globByte(p string, c byte) (int, bool) {
	switch p[0] {
	case '?':
		return 1, true
	case '\\':
		if len(p) == 1 {
			return 1, false
		}
		return 2, p[1] == c
	case '[':
		return globClass(p, c)
	default:
		return 1, p[0] == c
	}
}

// globClass matches [...]. A class that is not closed matches nothing.
func globClass(p string, c byte) (int, bool) {
	i, negated, ok := 1, false, false
	if i < len(p) && (p[i] == '!' || p[i] == '^') {
		negated = true
		i++
	}
	for first := true; ; first = false {
		if i >= len(p) {
			return i, false
		}
		if p[i] == ']' && !first {
			return i + 1, ok != negated
		}
		if strings.HasPrefix(p[i:], "[:") {
			end := strings.Index(p[i+2:], ":]")
			if end >= 0 {
				known, in := posixClass(p[i+2:i+2+end], c)
				if !known {
					return i, false
				}
				ok = ok || in
				i += end + 4
				continue
			}
		}
		low, n := classByte(p[i:])
		i += n
		high := low
		if i+1 < len(p) && p[i] == '-' && p[i+1] != ']' {
			high, n = classByte(p[i+1:])
			i += n + 1
		}
		ok = ok || c == low || low <= c && c <= high
	}
}

func classByte(p string) (byte, int) {
	if p[0] == '\\' && len(p) > 1 {
		return p[1], 2
	}
	return p[0], 1
}

func posixClass(name string, c byte) (known, in bool) {
	lower, upper, digit := c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9'
	graph := c > ' ' && c < 0x7f
	switch name {
	case "alnum":
		return true, lower || upper || digit
	case "alpha":
		return true, lower || upper
	case "blank":
		return true, c == ' ' || c == '\t'
	case "cntrl":
		return true, c < ' ' || c == 0x7f
	case "digit":
		return true, digit
	case "graph":
		return true, graph
	case "lower":
		return true, lower
	case "print":
		return true, graph || c == ' '
	case "punct":
		return true, graph && !lower && !upper && !digit
	case "space":
		return true, c == ' ' || c >= '\t' && c <= '\r'
	case "upper":
		return true, upper
	case "xdigit":
		return true, digit || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
	default:
		return false, false
	}
}
