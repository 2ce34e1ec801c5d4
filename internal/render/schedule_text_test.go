package render

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/clipperhouse/displaywidth"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

// wideSample is two weeks with a title in wide characters and one that is long.
func wideSample(t testing.TB) schedule.Forward {
	f := forwardSample(t)
	f.Entries[0].Title = "メールの中継をすべて更新する"
	f.Entries[1].Title = "Move the search index to the new cluster, one shard after the other, while the old one goes on answering every request"
	for i := range f.Windows {
		f.Windows[i].Why = "every service of tier 0 or 1, in production, but not for emergency changes; change-managers can grant an exception"
	}
	f.Entries[2].Collisions, f.Entries[3].Collisions = []string{"CHG-2026-0142"}, []string{"CHG-2026-0144"}
	f.Unread = []string{"changes/2026/broken.yaml"}
	return f
}

func textOf(t testing.TB, f schedule.Forward, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := ScheduleText(&b, f, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheScheduleLooksLikeItsGoldenFiles(t *testing.T) {
	for _, width := range []int{80, 200} {
		golden(t, fmt.Sprintf("../schedule/%d.txt", width), []byte(textOf(t, wideSample(t), Options{Width: width})))
	}
}

func TestNoLineOfTheScheduleIsWiderThanTheTerminal(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := wideSample(t)
		f.Entries[0].Title = rapid.String().Draw(r, "title")
		f.Entries[0].ID = rapid.StringN(1, 64, -1).Draw(r, "id")
		f.Services[0] = rapid.StringN(1, 40, -1).Draw(r, "service")
		f.To = field.Instant{Time: f.From.AddDate(0, 0, rapid.IntRange(1, 800).Draw(r, "days"))}
		width := rapid.IntRange(40, 220).Draw(r, "width")
		for _, line := range strings.Split(textOf(t, f, Options{Width: width}), "\n") {
			if n := displaywidth.String(line); n > width {
				r.Fatalf("%d columns of %d: %q", n, width, line)
			}
		}
	})
}

func TestColourAddsNothingToTheSchedule(t *testing.T) {
	plain := textOf(t, wideSample(t), Options{})
	if got := uncolored(textOf(t, wideSample(t), Options{Color: true})); got != plain {
		t.Errorf("without its colours it says\n%s\nwant\n%s", got, plain)
	}
}

// hostileTexts are what somebody might write to be obeyed somewhere.
var hostileTexts = []string{
	"\x1b]52;c;cm0gLXJmIC8=\x07", "\x9b31mred", "a\r\nBEGIN:VEVENT\r\nUID:forged\r\nEND:VEVENT", "\u202eright to left", "::error::x",
	"a\nEND:VCALENDAR", "; , \\ \\n", "| a | b |", "\xff\xfe", strings.Repeat("é", 200),
}

func TestT59NothingInTheScheduleIsObeyedByATerminal(t *testing.T) {
	for _, text := range hostileTexts {
		f := wideSample(t)
		f.Entries[0].Title, f.Entries[0].ID, f.Entries[0].Services = text, text, []string{text}
		f.Services, f.Windows[0].Title, f.Windows[0].ID, f.Windows[0].Why = []string{text}, text, text, text
		f.Collisions[0].A, f.Collisions[0].Via, f.Unread, f.Filters = text, []string{text}, []string{text}, []string{text}
		for _, width := range []int{80, 200} {
			out := textOf(t, f, Options{Width: width})
			if strings.ContainsAny(out, "\x1b\x07\r\u009b\u202e") || strings.Contains(out, "\n::") {
				t.Errorf("%q at %d columns: %q", text, width, out)
			}
		}
		var md bytes.Buffer
		if err := ScheduleMarkdown(&md, f); err != nil || strings.Contains(md.String(), "| a | b |") {
			t.Errorf("%q, %v: %s", text, err, md.String())
		}
	}
}

func feedOf(t testing.TB, f schedule.Forward) string {
	t.Helper()
	var b bytes.Buffer
	if err := ScheduleICS(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestT65AHostileTitleIsOneEvent(t *testing.T) {
	for _, text := range hostileTexts {
		f := wideSample(t)
		f.Entries = f.Entries[:1]
		f.Windows, f.Entries[0].Title, f.Entries[0].Reason = nil, text, text
		f.Entries[0].Links = []schedule.EntryLink{{Kind: text, URL: "https://example.com/" + text}}
		feed := feedOf(t, f)
		if strings.Count(feed, "\r\nBEGIN:VEVENT\r\n") != 1 || strings.Count(feed, "END:VCALENDAR") < 1 {
			t.Errorf("%q: %s", text, feed)
		}
		parsed, err := ics.ParseCalendar(strings.NewReader(feed))
		if err != nil || len(parsed.Events()) != 1 || parsed.Events()[0].Id() != "CHG-2026-0130@acme/shop" {
			t.Errorf("%q: another reader sees %v, %v", text, parsed, err)
		}
	}
}

func TestTextsOfTheFeedAreReadBackByAnotherReader(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		title := rapid.StringMatching(`[ -~äöü日本語\n]{1,200}`).Draw(r, "title")
		f := wideSample(t)
		f.Entries, f.Windows = f.Entries[:1], nil
		f.Entries[0].Title = title
		feed := feedOf(t, f)
		for _, line := range strings.Split(feed, "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !strings.HasPrefix(strings.ToValidUTF8(line, "\x00"), line[:min(len(line), 1)]) {
				r.Fatalf("%d octets: %q", len(line), line)
			}
		}
		parsed, err := ics.ParseCalendar(strings.NewReader(feed))
		if err != nil {
			r.Fatal(err)
		}
		if got := parsed.Events()[0].GetProperty(ics.ComponentPropertySummary).Value; got != "CHG-2026-0130 "+title {
			r.Fatalf("read back %q, want %q", got, title)
		}
	})
}

func TestATimelineHasDaysOfTheirOwnLength(t *testing.T) {
	zone := berlin(t)
	from := time.Date(2026, 10, 24, 0, 0, 0, 0, zone)
	g := newGrid(from, from.AddDate(0, 0, 3), zone, 80)
	if g.each != 24 || len(g.edges) != 73 {
		t.Fatalf("%d cells a day, %d edges", g.each, len(g.edges))
	}
	for i, want := range []time.Duration{24 * time.Hour, 25 * time.Hour, 24 * time.Hour} {
		if got := g.edges[(i+1)*24].Sub(g.edges[i*24]); got != want {
			t.Errorf("day %d has %s, want %s", i, got, want)
		}
	}
	if f := (schedule.Forward{From: field.Instant{Time: from}, To: field.Instant{Time: from.AddDate(0, 0, 3)}, Zone: "Europe/Berlin"}); zoneWords(f) != "Europe/Berlin +02:00, +01:00 from 25 Oct" {
		t.Errorf("got %q", zoneWords(f))
	}
}
