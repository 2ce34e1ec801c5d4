package render

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/clipperhouse/displaywidth"

	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// ScheduleText writes the forward schedule for a terminal: the changes, a
// timeline by service, the windows and what collides. No line is wider than the
// options say, and colour adds nothing that is not in words.
func ScheduleText(w io.Writer, f schedule.Forward, o Options) error {
	s := newScreen(o)
	k := calendarClock(f)
	title, zone := "Forward schedule  "+k.stretch(f.From.Time, f.To.Time), zoneWords(f)
	if displaywidth.String(title)+2+displaywidth.String(zone) <= s.width {
		s.cut(title + "  " + zone)
	} else { // whole words: from which day another offset counts must not be lost
		s.cut(title)
		s.cut(zone)
	}
	if len(f.Filters) > 0 {
		s.cut("only " + terminal(strings.Join(f.Filters, ", ")))
	}
	s.blank()
	if len(f.Entries) == 0 {
		s.cut("no change is planned")
	} else {
		s.entries(f, k)
	}
	s.blank()
	s.timeline(f)
	s.windows(f, k)
	s.clashes(f, k)
	if len(f.Unread) > 0 {
		s.blank()
		s.text(s.paint(yellow, "not read")+"  ", 10, "in full; what these plan may be missing or incomplete: "+strings.Join(f.Unread, ", "))
	}
	return write(w, append([]byte(strings.TrimRight(s.buf.String(), "\n")), '\n'), nil)
}

// ScheduleJSON writes the model.
func ScheduleJSON(w io.Writer, f schedule.Forward) error {
	out, err := verdict.Print(f)
	return write(w, out, err)
}

// calendarClock shows instants in the reader's zone.
func calendarClock(f schedule.Forward) clock {
	return clock{zone: f.From.Location(), year: f.Now.In(f.From.Location()).Year()}
}

// zoneWords is the zone and its offset, and where the offset changes.
func zoneWords(f schedule.Forward) string {
	k := clock{zone: f.From.Location()}
	out := f.Zone
	if k.offset(f.From.Time) != "UTC" || f.Zone != "UTC" {
		out += " " + f.From.Format("-07:00")
	}
	for at := f.From.Time; ; {
		_, next := at.ZoneBounds()
		if next.IsZero() || !next.Before(f.To.Time) {
			return out
		}
		at = next
		out += ", " + next.Format("-07:00") + " from " + next.Format("2 Jan")
	}
}

// stretch is two days, the end not inside.
func (k clock) stretch(from, to time.Time) string {
	return k.when(from) + " – " + k.when(to)
}

// when is an instant without its offset; midnight goes without saying.
func (k clock) when(t time.Time) string {
	t = t.In(k.zone)
	out := plainSpaces(k.day(t))
	if t.Hour() != 0 || t.Minute() != 0 || t.Second() != 0 {
		out += " " + hour(t)
	}
	return out
}

// hours is a span without offsets, for a page that says its zone once.
func (k clock) hours(from, to time.Time) string {
	from, to = from.In(k.zone), to.In(k.zone)
	if k.day(from) == k.day(to.Add(-1)) && to.After(from) {
		return plainSpaces(k.day(from)) + " " + hour(from) + "–" + hour(to)
	}
	return plainSpaces(k.day(from)) + " " + hour(from) + " – " + plainSpaces(k.day(to)) + " " + hour(to)
}

func plainSpaces(s string) string { return strings.ReplaceAll(s, nbsp, " ") }

// cut writes one line that is ours or escaped already, as much of it as fits.
func (s *screen) cut(line string) { s.raw(clip(line, s.width)) }

// clip is as much of a line as fits a width. Colour is taken out of what does
// not fit, so that none is left open.
func clip(line string, width int) string {
	bare := uncolored(line)
	if displaywidth.String(bare) <= width {
		return line
	}
	head, _ := split(bare, width-1)
	return strings.TrimRight(head, " ") + "…"
}

// uncolored takes our own colours out; foreign text has none.
func uncolored(line string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(line, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, line, _ = strings.Cut(rest, "m")
	}
}

// wide is from how many columns on an entry has one line.
const wide = 120

// entries is the table of changes: a line each on a wide terminal, two on a
// narrow one.
func (s *screen) entries(f schedule.Forward, k clock) {
	var rows [][]string
	for _, e := range f.Entries {
		rows = append(rows, []string{
			k.hours(e.Start.Time, e.End.Time), terminal(e.ID), riskWords(e), stateWords(e),
			terminal(strings.Join(e.Services, ", ")), terminal(e.Title),
		})
	}
	if s.width < wide {
		s.twoLines(f, rows)
		return
	}
	head := []string{"WHEN", "CHANGE", "RISK", "STATE", "SERVICES", "TITLE"}
	widths := make([]int, len(head)-1)
	for i := range widths {
		cells := []string{head[i]}
		for _, r := range rows {
			cells = append(cells, r[i])
		}
		widths[i] = min(widest(cells), []int{40, 24, 13, 24, 36}[i])
	}
	for i, r := range append([][]string{head}, rows...) {
		var line strings.Builder
		for j, n := range widths {
			cell := pad(clip(r[j], n), n)
			if i > 0 && j == 3 {
				cell = s.paint(stateColor(f.Entries[i-1]), cell)
			}
			line.WriteString(cell + "  ")
		}
		s.cut(line.String() + r[len(widths)])
	}
}

func (s *screen) twoLines(f schedule.Forward, rows [][]string) {
	var when, ids, risks []string
	for _, r := range rows {
		when, ids, risks = append(when, r[0]), append(ids, r[1]), append(risks, r[2])
	}
	first, second, third := min(widest(when), 36), min(widest(ids), 20), widest(risks)
	for i, r := range rows {
		s.cut(pad(clip(r[0], first), first) + "  " + pad(clip(r[1], second), second) + "  " + pad(r[2], third) + "  " +
			s.paint(stateColor(f.Entries[i]), firmness(f.Entries[i])))
		what := r[5]
		if marks := troubles(f.Entries[i]); len(marks) > 0 {
			what = s.paint(stateColor(f.Entries[i]), strings.Join(marks, ", ")) + ": " + what
		}
		if r[4] != "" {
			what += "  (" + r[4] + ")"
		}
		s.cut("  " + what)
	}
}

func riskWords(e schedule.Entry) string {
	if e.Level == "" {
		return "risk unknown"
	}
	return fmt.Sprintf("%d %s", e.Score, strings.ReplaceAll(e.Level, "_", " "))
}

// stateWords is how firm a change is, and what is in its way.
func stateWords(e schedule.Entry) string {
	return strings.Join(append([]string{firmness(e)}, troubles(e)...), ", ")
}

// firmness is how firm a change is, or how far it is.
func firmness(e schedule.Entry) string {
	out := e.State
	switch e.Status {
	case schedule.Draft, schedule.Scheduled:
	case schedule.InProgress:
		out = "in progress"
	case schedule.OnHold:
		out = "on hold"
	default:
		out = e.Status
	}
	if e.PullRequest > 0 {
		out += fmt.Sprintf(" #%d", e.PullRequest)
	}
	return out
}

// troubles are what is in a change's way, and what open changes would do to it.
func troubles(e schedule.Entry) []string {
	var out []string
	if len(e.Frozen) > 0 {
		out = append(out, "frozen")
	}
	if len(e.Collisions) > 0 {
		out = append(out, "collides")
	}
	for _, p := range e.Proposed {
		out = append(out, "to be "+p.What)
	}
	return out
}

func stateColor(e schedule.Entry) string {
	switch {
	case len(e.Frozen) > 0, len(e.Collisions) > 0:
		return red
	case e.State == schedule.Tentative:
		return yellow
	}
	return green
}

func (s *screen) windows(f schedule.Forward, k clock) {
	if len(f.Windows) == 0 {
		return
	}
	s.blank()
	s.cut("windows")
	for _, v := range f.Windows {
		name := v.Title
		if v.Title != v.ID {
			name += " (" + v.ID + ")"
		}
		s.cut(fmt.Sprintf("  %-11s  %s", v.Kind, k.hours(v.Start.Time, v.End.Time)))
		s.text(strings.Repeat(" ", 15), 15, name+": "+v.Why)
	}
}

func (s *screen) clashes(f schedule.Forward, k clock) {
	if len(f.Collisions) == 0 {
		return
	}
	s.blank()
	s.cut("collisions")
	for _, c := range f.Collisions {
		weight := "to talk about"
		switch {
		case c.Accepted:
			weight = "accepted"
		case c.Blocks:
			weight = "in the way"
		}
		s.cut(fmt.Sprintf("  %s × %s  %s  %d min, %s", terminal(c.A), terminal(c.B), k.hours(c.From.Time, c.To.Time), c.Minutes, weight))
		s.text("    ", 4, viaWords(c))
	}
}

func viaWords(c schedule.Clash) string {
	joint := ", "
	if c.Kind == "dependency" {
		joint = " → "
	}
	out := kindOfCollision(c.Kind)
	if len(c.Via) > 0 {
		out += ": " + strings.Join(c.Via, joint)
	}
	return out
}

// of lists the entries that change a service.
func of(f schedule.Forward, service string) []schedule.Entry {
	return slices.DeleteFunc(slices.Clone(f.Entries), func(e schedule.Entry) bool { return !slices.Contains(e.Services, service) })
}
