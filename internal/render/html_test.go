package render

import (
	"bytes"
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

// TestPagesAreWrittenForABrowser keeps the samples where MERGESEAL_PAGES_OUT
// says, for a look at them; without it the pages are made and dropped.
func TestPagesAreWrittenForABrowser(t *testing.T) {
	for name, page := range map[string][]byte{"schedule": scheduleHTML(t), "agenda": agendaHTML(t), "minutes": minutesHTML(t)} {
		if !bytes.HasPrefix(page, []byte("<!DOCTYPE html>")) {
			t.Errorf("%s does not begin as a page", name)
		}
		if dir := os.Getenv("MERGESEAL_PAGES_OUT"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name+".html"), page, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
