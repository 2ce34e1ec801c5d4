package render

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with -update, and read it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// views are the ways in which each sample is kept.
var views = map[string]struct {
	format  Format
	options Options
}{
	"80.txt":     {Text, Options{}},
	"120.txt":    {Text, Options{Width: 120}},
	"color.txt":  {Text, Options{Color: true}},
	"zone.txt":   {Text, Options{Zone: time.FixedZone("", 5*3600+1800)}},
	"md":         {Markdown, Options{}},
	"json":       {JSON, Options{}},
	"sarif.json": {SARIF, Options{}},
	"junit.xml":  {JUnit, Options{}},
	"github.txt": {GitHub, Options{}},
}

func TestVerdictsLookLikeTheirGoldenFiles(t *testing.T) {
	var names []string
	for sample, r := range samples() {
		for view, v := range views {
			if (view == "color.txt" || view == "zone.txt") && sample != "freeze" || view == "json" && sample != "pending" {
				continue
			}
			name := sample + "." + view
			names = append(names, name)
			t.Run(name, func(t *testing.T) { golden(t, name, verdictIn(t, v.format, r, v.options)) })
		}
	}
	for view, v := range views {
		name := "lint." + view
		names = append(names, name)
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			r := freeze()
			if err := Findings(&buf, v.format, r.Findings, r.Sources, v.options); err != nil {
				t.Fatal(err)
			}
			golden(t, name, buf.Bytes())
		})
	}
	names = append(names, "page.txt")
	for sample := range samples() {
		names = append(names, sample+".check.txt")
	}
	entries, err := os.ReadDir(filepath.Join("testdata", "golden"))
	if err != nil || len(entries) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, e := range entries {
		if !slices.Contains(names, e.Name()) {
			t.Errorf("%s is nobody's golden file", e.Name())
		}
	}
}

func verdictIn(t *testing.T, f Format, r Report, o Options) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := Verdict(&buf, f, r, o); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

const samplePage = "# MS301: The change runs inside a freeze\n\nWork inside the scope of a freeze is denied while it is on, even when it runs over\nby a **single** minute. See [the schedule](docs/schedule.md).\n\n" +
	"## Wrong\n\n```yaml\nschedule:\n  start: 2026-12-18T18:00:00+01:00   # a comment that is much longer than eighty columns and is not broken\n\ttab: \x1b[31m\n```\n\n" +
	"## How to suppress\n\n- Move the change, which is nearly always the better thing to do about a freeze that is there for a reason.\n  It goes on here.\n- Ask for an exception.\n\n1. `freeze_exception`\n2. approval\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n"

func TestPageShowsHeadingsCodeAndWrappedText(t *testing.T) {
	var buf bytes.Buffer
	if err := Page(&buf, samplePage, Options{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "page.txt", buf.Bytes())
}
