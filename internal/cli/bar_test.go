package cli

import (
	"bytes"
	"strings"
	"testing"
)

// Long work shows itself to people, and to nobody else, and leaves nothing.
func TestTheBarIsForTerminalsAlone(t *testing.T) {
	for name, c := range map[string]struct {
		terminal, quiet, drawn bool
	}{
		"a terminal":       {true, false, true},
		"a file":           {false, false, false},
		"a quiet terminal": {true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			g := &global{quiet: c.quiet, env: Env{Stderr: &out, Terminals: Terminals{Err: c.terminal}}}
			b := g.bar()
			for i := range 40 {
				b.show(i+1, 40)
			}
			b.end()
			text := out.String()
			if c.drawn != strings.Contains(text, "40/40") || !c.drawn && text != "" {
				t.Errorf("%q", text)
			}
			if c.drawn && !strings.HasSuffix(text, "\r\x1b[K") {
				t.Errorf("something is left behind: %q", text[len(text)-10:])
			}
			if n := strings.Count(text, "\r"); n > 30 {
				t.Errorf("drawn %d times", n)
			}
		})
	}
}
