package ci

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// example is the first fenced block below a heading of a page, without its
// fence, and what the fence says it is.
func example(page, heading string) (kind, text string) {
	_, rest, _ := strings.Cut(page, "\n## "+heading+"\n")
	_, rest, _ = strings.Cut(rest, "```")
	kind, rest, _ = strings.Cut(rest, "\n")
	text, _, _ = strings.Cut(rest, "```")
	return kind, text
}

// beyondOneFile are codes that one record alone cannot have: they compare it
// with its path, with other files, or are too long to print.
func beyondOneFile() []string {
	return []string{"MS009", "MS012", "MS102", "MS103", "MS107", "MS108", "MS111", "MS113", "MS114", "MS119", "MS121"}
}

func TestPagesAboutRecordsShowWhatTheySay(t *testing.T) {
	tried := 0
	for _, c := range diag.Catalogue() {
		if c.Code >= "MS2" || slices.Contains(beyondOneFile(), c.Code) {
			continue
		}
		page, err := c.Page()
		if err != nil {
			t.Fatal(err)
		}
		for heading, want := range map[string]bool{"Wrong": true, "Right": false} {
			kind, text := example(page, heading)
			if kind != "yaml" {
				t.Errorf("%s, %s: the example is %q, not yaml", c.Code, heading, kind)
				continue
			}
			tried++
			found := change.Parse("changes/CHG-2026-0142.yaml", "", []byte(text)).Found
			got := slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Code == c.Code })
			if got != want {
				t.Errorf("%s, %s: found %t, want %t, in\n%s%+v", c.Code, heading, got, want, text, found)
			}
		}
	}
	if tried < 40 {
		t.Errorf("tried only %d examples", tried)
	}
}

// files is a law in memory.
type files map[string]string

func (f files) List(glob string) (out []string, _ error) {
	for _, p := range slices.Sorted(maps.Keys(f)) {
		if p == glob || law.Match(glob, p) {
			out = append(out, p)
		}
	}
	return out, nil
}

func (f files) Read(path string) ([]byte, error) {
	if text, ok := f[path]; ok {
		return []byte(text), nil
	}
	return nil, tree.ErrNotFound
}

// lawOf puts an example where it belongs: examples of the configuration stand
// for themselves, those of a calendar or a model for the file that it names.
func lawOf(text string) files {
	f := files{"services.yaml": "services: []\n"}
	key, _, _ := strings.Cut(text, ":")
	switch key {
	case "windows":
		f["mergeseal.yaml"], f["calendar.yaml"] = "version: 1\ncalendars: [calendar.yaml]\n", text
	case "name":
		f["mergeseal.yaml"], f["model.yaml"] = "version: 1\nmodels: model.yaml\n", text
	case "delegations":
		f["mergeseal.yaml"] = "version: 1\ngroups:\n  - name: cab\n    members: [carol]\n    " + strings.ReplaceAll(text, "\n", "\n    ") + "\n"
	case "BEGIN":
		f["mergeseal.yaml"] = "version: 1\ncalendars: [{path: freezes.ics, kind: freeze}]\n"
		f["freezes.ics"] = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n" + text + "END:VCALENDAR\n"
	case "version":
		f["mergeseal.yaml"] = text
	default:
		f["mergeseal.yaml"] = "version: 1\n" + text
	}
	return f
}

func TestPagesAboutLawShowWhatTheySay(t *testing.T) {
	tried := 0
	for _, c := range diag.Catalogue() {
		if c.Code < "MS4" || c.Code >= "MS5" {
			continue
		}
		page, err := c.Page()
		if err != nil {
			t.Fatal(err)
		}
		for heading, want := range map[string]bool{"Wrong": true, "Right": false} {
			_, text := example(page, heading)
			tried++
			l, found, err := law.Load(lawOf(text))
			if err != nil {
				t.Fatalf("%s, %s: %v", c.Code, heading, err)
			}
			if l != nil {
				found = append(found, l.LintWindows(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))...)
			}
			got := slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Code == c.Code })
			if got != want || !want && found.Errors() {
				t.Errorf("%s, %s: found %t, want %t, in\n%s%+v", c.Code, heading, got, want, text, found)
			}
		}
	}
	if tried < 25 {
		t.Errorf("tried only %d examples", tried)
	}
}
