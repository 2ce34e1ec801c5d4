package render

import (
	"fmt"
	"strings"

	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Plain makes foreign text safe to print on a terminal or in a log: one line
// stays one line, and nothing in it is obeyed.
func Plain(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = terminal(l)
	}
	return strings.Join(lines, " ")
}

// OutcomeWord is an outcome as it begins a line, padded to the longest, in
// colour where the options say so.
func OutcomeWord(out verdict.Outcome, o Options) string {
	word := strings.ToUpper(out.String())
	return newScreen(o).paint(colorOf(out), word) + fmt.Sprintf("%*s", len("PENDING")-len(word), "")
}
