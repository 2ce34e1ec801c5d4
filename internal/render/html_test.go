package render

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

func scheduleHTML(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := ScheduleHTML(&b, forwardSample(t), Options{Tool: "1.0.0"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func agendaHTML(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := AgendaHTML(&b, agendaSample(t), Options{Tool: "1.0.0"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func minutesHTML(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := MinutesHTML(&b, minutesSample(t), Options{Tool: "1.0.0"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPagesAreWrittenForABrowser keeps the samples and what they show where
// MERGESEAL_PAGES_OUT says, for the checks in a browser; without it the pages
// are made and dropped.
func TestPagesAreWrittenForABrowser(t *testing.T) {
	samples := map[string]struct {
		page  []byte
		facts any
	}{
		"schedule-sample": {scheduleHTML(t), forwardSample(t)}, "agenda-sample": {agendaHTML(t), agendaSample(t)},
		"agenda-minutes": {minutesHTML(t), minutesSample(t)},
	}
	for name, s := range samples {
		if !bytes.HasPrefix(s.page, []byte("<!DOCTYPE html>")) {
			t.Errorf("%s does not begin as a page", name)
		}
		facts, err := json.Marshal(s.facts)
		if err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("MERGESEAL_PAGES_OUT"); dir != "" {
			for file, content := range map[string][]byte{name + ".html": s.page, name + ".json": facts} {
				if err := os.WriteFile(filepath.Join(dir, file), content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
