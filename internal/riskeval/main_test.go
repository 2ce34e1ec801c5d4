package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestArgumentsThatMeanNothingAreRefused(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", "--data names no folder"},
		{"--data . --format xml", `the format "xml" is not text or json`},
		{"--data . more", `"more" is one too many`},
		{"--data " + t.TempDir(), "read openstack"},
	} {
		t.Run(c.args, func(t *testing.T) {
			var out, talk bytes.Buffer
			if err := run(strings.Fields(c.args), &out, &talk); err == nil || !strings.Contains(err.Error(), c.want) || out.Len() > 0 {
				t.Errorf("got %v and %q, want …%s…", err, out.String(), c.want)
			}
		})
	}
}

func TestDataInTheRightFormWithWrongFiguresIsNotMeasured(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, small()); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := run([]string{"--data", folder}, &out, &out)
	if err == nil || !strings.HasPrefix(err.Error(), "prove the harness: AUC of lines added alone on openstack, last 20 %") || out.Len() > 0 {
		t.Errorf("got %v and %q", err, out.String())
	}
}

// TestK7TheFactorIsAsGoodAsItSays holds what README.md of package risk says to
// the data it was measured on.
func TestK7TheFactorIsAsGoodAsItSays(t *testing.T) {
	corpus := os.Getenv("MERGESEAL_CORPUS")
	if corpus == "" {
		t.Log("did not run: MERGESEAL_CORPUS is not set")
		return
	}
	var out, talk bytes.Buffer
	if err := run([]string{"--data", corpus, "--format", "json", "--choose"}, &out, &talk); err != nil {
		t.Fatal(err)
	}
	var r Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Proofs) != len(known) || len(r.Sets) != 4 || len(r.Goals) != 7 {
		t.Errorf("%d proofs, %d sets, %d goals", len(r.Proofs), len(r.Sets), len(r.Goals))
	}
	for _, g := range r.Goals {
		if !g.Reached {
			t.Errorf("%s: %+.4f, want %s", g.Name, g.LeftOut, g.Bound)
		}
	}
	if !r.Chosen.Same {
		t.Errorf("the procedure chooses %v, the product has %v", r.Chosen.Steps, r.Steps)
	}
	for _, s := range r.Sets {
		if n := len(s.Reliability); n != maxPoints+1 {
			t.Errorf("%s: %d bins", s.Name, n)
		}
		low, high := s.Reliability[1].Rate, s.Reliability[maxPoints].Rate
		if high < 3*low {
			t.Errorf("%s: %.2f of the changes with 1 point were fixed, %.2f of those with 15", s.Name, low, high)
		}
	}
	out.Reset()
	if err := writeText(&out, &r); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../risk/README.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split(strings.TrimSpace(out.String()), "\n\n")
	if len(sections) != 9 {
		t.Errorf("%d sections", len(sections))
	}
	for _, s := range sections {
		title, _, _ := strings.Cut(s, "\n")
		own := strings.HasPrefix(title, "THE ") || strings.HasPrefix(title, "CHOSEN ANEW") // said there in words
		if !own && !strings.Contains(string(page), "```\n"+s+"\n```") {
			t.Errorf("README.md of package risk does not show what is measured under %q:\n%s", title, s)
		}
	}
}
