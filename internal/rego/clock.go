package rego

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// noticeRule is the one package whose reading of the clock is known: the
// instant at which its answer changes is worked out beside it.
const noticeRule = rulesRoot + ".notice"

// markClockReaders finds the packages that read the time, themselves or
// through packages they use. Whatever cannot be told from the source, such as
// a computed key of input, counts as reading it.
func markClockReaders(c *ast.Compiler, rules []*ruleset) {
	reads := map[string]bool{}
	uses := map[string][]ast.Ref{}
	for _, m := range modulesOf(c) {
		pkg := packageName(m.Package.Path)
		ast.WalkRefs(m, func(ref ast.Ref) bool {
			if isInput(ref[0]) && readsClock(ref) {
				reads[pkg] = true
			}
			if isData(ref) && !ref.Equal(m.Package.Path) {
				uses[pkg] = append(uses[pkg], ref)
			}
			return false
		})
	}
	for again := true; again; { // to a fixed point: packages may use packages
		again = false
		for pkg, refs := range uses {
			for _, other := range modulesOf(c) {
				if reads[pkg] || !reads[packageName(other.Package.Path)] {
					continue
				}
				for _, ref := range refs {
					if covers(ref, other.Package.Path) {
						reads[pkg], again = true, true
					}
				}
			}
		}
	}
	for _, s := range rules {
		s.ReadsClock = reads[s.Package]
	}
}

func readsClock(ref ast.Ref) bool {
	key := func(i int) (string, bool) {
		if i >= len(ref) {
			return "", false
		}
		s, ok := ref[i].Value.(ast.String)
		return string(s), ok
	}
	first, known := key(1)
	if !known || first == "now" {
		return true
	}
	if first != "schedule" {
		return false
	}
	second, known := key(2)
	return !known || second == "notice_seconds"
}
