package law

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestT47TextsWhoseTimesContradictTheirZoneAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"01:00 UTC Friday 7th October 2022 / 18:00 PDT Thursday 6th October 2022":       "",
		"17:00 UTC Wednesday 2nd November 2022 / 10:00 PDT Wednesday 2nd November 2022": "",
		"01:00 UTC Wednesday 9th November 2022 / 17:00 PDT Tuesday 8th November 2022":   "01:00 UTC Wednesday 9th November 2022 is not 17:00 PDT Tuesday 8th November 2022; PDT is not in use on that day: 17:00 PDT Tuesday 8th November 2022",
		"01:00 UTC Friday 10th February 2023 / 18:00 PDT Thursday 9th February 2023":    "PDT is not in use on that day: 18:00 PDT Thursday 9th February 2023",
		"17:00 UTC / 09:00 PDT Tuesday 13th December":                                   "17:00 UTC is not 09:00 PDT Tuesday 13th December",
		"17:00 UTC / 09:00 PST Tuesday 13th December":                                   "",
		"2025-02-13 19:00 PDT":              "PDT is not in use on that day: 2025-02-13 19:00 PDT",
		"2025-02-13 19:00 PST":              "",
		"19:00 CET Sunday 13 February 2025": "that day is a Thursday: 19:00 CET Sunday 13 February 2025",
		"from 08:00 UTC to 09:00 UTC":       "",
		"Freeze of 2026":                    "",
	} {
		if got := strings.Join(Contradictions(text), "; "); got != want {
			t.Errorf("%s:\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestEveryAbbreviationHasAZone(t *testing.T) {
	for name, a := range abbreviations {
		if _, err := Zone(a.zone); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The release schedules of Kubernetes 1.26 to 1.29 have 36 lines with a time
// and a zone. Worked out by hand, 21 of them contradict themselves: 7, 8, 3 and 3.
func TestT47RealSchedulesAreFlaggedLineByLine(t *testing.T) {
	root := os.Getenv("MERGESEAL_CORPUS")
	if root == "" {
		t.Log("not run: MERGESEAL_CORPUS is not set")
		return
	}
	want := map[string]string{"release-1.26.md": "57 58 84 89 96 106 107", "release-1.27.md": "42 43 44 60 66 67 72 79", "release-1.28.md": "44 72 79", "release-1.29.md": "54 81 86"}
	for name, lines := range want {
		b, err := os.ReadFile(filepath.Join(root, "freeze", "dev", "k8s-readme", name)) //nolint:gosec // the corpus is the caller's
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i, line := range strings.Split(string(b), "\n") {
			if len(Contradictions(line)) > 0 {
				got = append(got, num(i+1))
			}
		}
		if strings.Join(got, " ") != lines {
			t.Errorf("%s: flagged %v, want %s", name, got, lines)
		}
	}
}
