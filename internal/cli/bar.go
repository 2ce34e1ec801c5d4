package cli

import (
	"fmt"
	"strings"
)

// bar shows how far long work is, on stderr and only where that is a terminal.
type bar struct {
	g     *global
	last  int // steps of the bar that are drawn
	drawn bool
}

const barWidth = 20

func (g *global) bar() *bar { return &bar{g: g, last: -1} }

// show draws the bar where it has moved.
func (b *bar) show(done, total int) {
	g := b.g
	if !g.env.Terminals.Err || g.quiet || total == 0 {
		return
	}
	step := done * barWidth / total
	if step == b.last && done < total && done%100 != 0 {
		return
	}
	b.last, b.drawn = step, true
	fmt.Fprintf(g.env.Stderr, "\r%s%s %d/%d", strings.Repeat("█", step), strings.Repeat("░", barWidth-step), done, total)
}

// end leaves nothing of it behind.
func (b *bar) end() {
	if g := b.g; b.drawn {
		fmt.Fprint(g.env.Stderr, "\r\x1b[K")
	}
}
