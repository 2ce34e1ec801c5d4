package render

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mergeseal/mergeseal/internal/schedule"
)

// unescapeICS reads a TEXT value back, by the letter of RFC 5545, 3.3.11.
func unescapeICS(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ';' || s[i] == ',':
			t.Fatalf("%q ends its value at %d", s, i)
		case s[i] != '\\':
			b.WriteByte(s[i])
		case i+1 == len(s):
			t.Fatalf("%q escapes what follows it", s)
		default:
			i++
			if !strings.ContainsRune(`\;,n`, rune(s[i])) {
				t.Fatalf("%q escapes %q", s, s[i])
			}
			b.WriteByte(strings.Replace(s[i:i+1], "n", "\n", 1)[0])
		}
	}
	return b.String()
}

// FuzzICSTextStaysInItsProperty_T65: whatever somebody writes as a title is one
// value of one property, on lines of at most 75 octets that are whole UTF-8.
func FuzzICSTextStaysInItsProperty_T65(f *testing.F) {
	seed(f)
	for _, s := range hostileTexts {
		f.Add(s)
	}
	for _, s := range []string{"\r", "\r\n", "a\\", "a\\\\n", "\t", strings.Repeat("日", 40), "x\n BEGIN:VEVENT", "\nEND:VEVENT\r\nBEGIN:VALARM"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fine := true // nothing in it that is shown by its number
		for i, r := range s {
			fine = fine && r != '\t' && (r == '\n' || !hidden(r)) && (r != utf8.RuneError || strings.HasPrefix(s[i:], "\ufffd"))
		}
		if back := unescapeICS(t, icsText(s)); fine && back != s {
			t.Fatalf("%q comes back as %q", s, back)
		}
		var out strings.Builder
		entry := schedule.Entry{ID: "CHG-1", Title: s, Reason: s, Owner: s, Services: []string{s}, Type: "normal", Rollback: s,
			Links: []schedule.EntryLink{{Kind: "runbook", URL: "https://example.com/" + s}}}
		forward := schedule.Forward{Repository: s, Entries: []schedule.Entry{entry}, Windows: []schedule.Window{{ID: s, Title: s, Kind: "freeze", Why: s}}}
		if err := ScheduleICS(&out, forward); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(out.String(), "\r\n")
		for _, line := range lines {
			if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("a line of %d octets: %q", len(line), line)
			}
		}
		quiet(t, strings.ReplaceAll(out.String(), "\r\n", "\n"))
		events := 0
		for _, line := range strings.Split(strings.ReplaceAll(out.String(), "\r\n ", ""), "\r\n") {
			name, _, _ := strings.Cut(line, ":")
			switch line {
			case "BEGIN:VEVENT":
				events++
			case "BEGIN:VCALENDAR", "END:VCALENDAR", "END:VEVENT", "":
			default:
				if name == "BEGIN" || name == "END" || name == "" {
					t.Fatalf("a line of its own: %q", line)
				}
			}
		}
		if events != 2 {
			t.Fatalf("%d events", events)
		}
	})
}
