package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/mergeseal/mergeseal/internal/schedule"
)

// ScheduleMarkdown writes the forward schedule for a wiki, a summary or a
// comment.
func ScheduleMarkdown(w io.Writer, f schedule.Forward) error {
	k := calendarClock(f)
	var b strings.Builder
	fmt.Fprintf(&b, "## Forward schedule, %s\n\n%s", markdown(k.stretch(f.From.Time, f.To.Time)), markdown(zoneWords(f)))
	if len(f.Filters) > 0 {
		b.WriteString("; only " + markdown(strings.Join(f.Filters, ", ")))
	}
	b.WriteString("\n\n")
	if len(f.Entries) == 0 {
		b.WriteString("No change is planned.\n")
	} else {
		b.WriteString("| when | change | risk | state | services | rollback |\n| --- | --- | --- | --- | --- | --- |\n")
		for _, e := range f.Entries {
			fmt.Fprintf(&b, "| %s | %s %s | %s | %s | %s | %s |\n", markdown(k.hours(e.Start.Time, e.End.Time)), code(e.ID),
				markdown(e.Title), markdown(riskWords(e)), markdown(stateWords(e)), markdown(strings.Join(e.Services, ", ")), markdown(e.Rollback))
		}
	}
	if len(f.Windows) > 0 {
		b.WriteString("\n| window | kind | when | for whom |\n| --- | --- | --- | --- |\n")
		for _, v := range f.Windows {
			fmt.Fprintf(&b, "| %s %s | %s | %s | %s |\n", code(v.ID), markdown(v.Title), v.Kind, markdown(k.hours(v.Start.Time, v.End.Time)), markdown(v.Why))
		}
	}
	if len(f.Collisions) > 0 {
		b.WriteString("\n| collision | when | why | |\n| --- | --- | --- | --- |\n")
		for _, c := range f.Collisions {
			weight := "to talk about"
			switch {
			case c.Accepted:
				weight = "accepted"
			case c.Blocks:
				weight = "**in the way**"
			}
			fmt.Fprintf(&b, "| %s × %s | %s | %s | %s |\n", code(c.A), code(c.B), markdown(k.hours(c.From.Time, c.To.Time)), markdown(viaWords(c)), weight)
		}
	}
	if len(f.Unread) > 0 {
		b.WriteString("\nNot read in full, so that what these plan may be missing or incomplete: " + markdown(strings.Join(f.Unread, ", ")) + "\n")
	}
	return write(w, []byte(b.String()), nil)
}
