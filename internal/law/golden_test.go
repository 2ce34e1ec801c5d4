package law

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// W1, T46: the calendar of testdata/calendar.golden.
func TestTheGoldenCalendar(t *testing.T) {
	b, err := os.ReadFile("testdata/calendar.golden")
	if err != nil {
		t.Fatal(err)
	}
	blocks := 0
	for _, block := range strings.Split(string(b), "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		if strings.HasPrefix(lines[0], "#") {
			continue
		}
		blocks++
		t.Run(strings.TrimPrefix(strings.SplitN(lines[1], ",", 2)[0], "{id: "), func(t *testing.T) {
			l, found := load(t, memory{ConfigPath: "version: 1\ncalendars:\n  - " + lines[1] + "\n"})
			if found.Errors() {
				t.Fatal(lines, found)
			}
			first, last, _ := strings.Cut(strings.TrimPrefix(lines[0], "range: "), " to ")
			from, err := time.Parse(time.DateOnly, first)
			if err != nil {
				t.Fatal(err)
			}
			to, err := time.Parse(time.DateOnly, last)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Join(lines[2:], "\n"), spans(t, &l.Windows[0], from, to)); d != "" {
				t.Error(d)
			}
		})
	}
	if blocks < 20 {
		t.Errorf("%d blocks: some were not read", blocks)
	}
}

// spans is when a window is in force, a line each.
func spans(t *testing.T, w *Window, from, to time.Time) string {
	t.Helper()
	periods, ok := w.Between(from, to)
	if !ok {
		t.Fatalf("%s cannot be placed in time", w.ID)
	}
	var out []string
	for _, p := range periods {
		out = append(out, p.Start.Format(time.RFC3339)+" "+p.End.Format(time.RFC3339))
	}
	return strings.Join(out, "\n")
}
