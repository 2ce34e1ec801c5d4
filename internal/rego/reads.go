package rego

import "strings"

// OwnReads reports whether a rule that does not come with the binary reads a key
// of input, or something that is not written out and could be it.
func (p *Policies) OwnReads(key string) bool {
	for _, s := range p.rules {
		if s.Builtin {
			continue
		}
		for _, path := range reads(p.compiled, s) {
			if first, _, _ := strings.Cut(path, "."); first == "*" || first == key {
				return true
			}
		}
	}
	return false
}
