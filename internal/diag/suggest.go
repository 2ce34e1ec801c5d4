package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Suggest names the candidate that somebody who typed got most likely meant,
// or "". Beginnings count too: "rollbak" finds "rollback_plan".
func Suggest(got string, candidates []string) string {
	best, bestCost := "", 1+len(got)/3
	low := strings.ToLower(strings.ReplaceAll(got, "-", "_"))
	if low == "" || len(low) > 64 {
		return ""
	}
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		want := strings.ToLower(strings.ReplaceAll(c, "-", "_"))
		cost := levenshtein.ComputeDistance(low, want)
		if len(low) >= 4 {
			for _, cut := range []int{len(low), len(low) + 1} {
				if cut < len(want) {
					cost = min(cost, levenshtein.ComputeDistance(low, want[:cut])+1)
				}
			}
		}
		if cost < bestCost || cost == bestCost && best == "" {
			best, bestCost = c, cost
		}
	}
	return best
}

// DidYouMean is a hint that names the likeliest candidate, or lists them all.
func DidYouMean(got string, candidates []string) string {
	if s := Suggest(got, candidates); s != "" {
		return fmt.Sprintf("did you mean %q?", s)
	}
	return Allowed(candidates)
}

// Allowed lists the values that would be accepted, sorted and quoted; at most twelve.
func Allowed(candidates []string) string {
	sorted := slices.Sorted(slices.Values(candidates))
	rest := ""
	if len(sorted) > 12 {
		rest = fmt.Sprintf(" and %d more", len(sorted)-12)
		sorted = sorted[:12]
	}
	for i, c := range sorted {
		sorted[i] = fmt.Sprintf("%q", c)
	}
	if len(sorted) == 0 {
		return "nothing is allowed here"
	}
	return "allowed: " + strings.Join(sorted, ", ") + rest
}

// Quote shows foreign text in a message: quoted, escaped, at most 60 characters.
func Quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:59]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
