package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/agenda"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// AgendaJSON writes the model.
func AgendaJSON(w io.Writer, a agenda.Agenda) error {
	out, err := verdict.Print(a)
	return write(w, out, err)
}

// MinutesJSON writes the model.
func MinutesJSON(w io.Writer, m agenda.Minutes) error {
	out, err := verdict.Print(m)
	return write(w, out, err)
}

// AgendaMarkdown writes an agenda: one section a change, the gravest first.
func AgendaMarkdown(w io.Writer, a agenda.Agenda) error {
	k := clock{zone: a.Date.Location(), year: a.Date.Year()}
	var b strings.Builder
	fmt.Fprintf(&b, "# Agenda of %s, %s\n\n", markdown(a.Meeting), markdown(k.when(a.Date.Time)))
	fmt.Fprintf(&b, "%s in %d minutes; changes until %s, and what happened since %s. Times are in %s.\n",
		amountOf(len(a.Items), "item"), a.Minutes, markdown(k.when(a.Until.Time)), markdown(k.when(a.Since.Time)), markdown(a.Zone))
	for n, i := range a.Items {
		agendaItem(&b, k, n+1, i)
	}
	b.WriteString("\n" + routineWords(a) + "\n")
	agendaActions(&b, a.Actions)
	agendaUnread(&b, a.Unread)
	return write(w, []byte(b.String()), nil)
}

func amountOf(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func routineWords(a agenda.Agenda) string {
	if a.Routine == 0 {
		return "No other change is planned."
	}
	return fmt.Sprintf("%s without need of this meeting: %s", amountOf(a.Routine, "change"), markdown(strings.Join(a.RoutineIDs, ", ")))
}

func agendaItem(b *strings.Builder, k clock, n int, i agenda.Item) {
	fmt.Fprintf(b, "\n## %d. %s · %s\n\n", n, markdown(i.ID), markdown(i.Title))
	risk := "risk unknown"
	if i.Level != "" {
		risk = fmt.Sprintf("risk **%d %s**", i.Score, markdown(strings.ReplaceAll(i.Level, "_", " ")))
	}
	facts := []string{risk, markdown(i.Type), markdown(i.State), fmt.Sprintf("%d min", i.Minutes)}
	if i.PullRequest > 0 {
		facts = append(facts, fmt.Sprintf("pull request %d", i.PullRequest))
	}
	b.WriteString(strings.Join(facts, " · ") + "\n\n")
	for _, r := range i.Reasons {
		b.WriteString("- **" + markdown(r) + "**\n")
	}
	row := func(name, text string) {
		if text != "" {
			fmt.Fprintf(b, "- %s: %s\n", name, text)
		}
	}
	row("why", markdown(i.Why))
	row("impact", markdown(i.Impact))
	if !i.Start.IsZero() {
		row("when", markdown(k.hours(i.Start.Time, i.End.Time)))
	}
	row("services", markdown(strings.Join(i.Services, ", "))+" in "+markdown(strings.Join(i.Environments, ", ")))
	row("dependents", markdown(strings.Join(i.Dependents, ", ")))
	row("owner", markdown(i.Owner))
	row("rollback", markdown(i.Rollback))
	var lines []string
	for _, l := range i.Score3 {
		lines = append(lines, fmt.Sprintf("%d %s (%s)", l.Points, markdown(strings.ReplaceAll(l.Name, "_", " ")), markdown(l.Why)))
	}
	row("score", strings.Join(lines, ", "))
	row("result", markdown(strings.ReplaceAll(i.Result, "_", " ")))
	row("lessons", markdown(i.Lessons))
	var missing []string
	for _, m := range i.Missing {
		missing = append(missing, markdown(m))
	}
	row("missing", strings.Join(missing, "; "))
	row("link", link(i.Link))
}

// commitID is a commit's id as something to copy; anything else is escaped.
func commitID(id string) string {
	if len(id) < 12 || strings.Trim(id, "0123456789abcdef") != "" {
		return code(id)
	}
	return "`" + id[:12] + "`"
}

// link is a forge's address as something to click, and a path as it is.
func link(to string) string {
	if strings.HasPrefix(to, "https://") && !slices.ContainsFunc([]rune(to), func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>\"'()[]\\|`", r) }) {
		return "<" + to + ">"
	}
	return code(to)
}

func agendaActions(b *strings.Builder, list []agenda.Action) {
	if len(list) == 0 {
		return
	}
	b.WriteString("\n## Still to be done\n\n")
	for _, a := range list {
		fmt.Fprintf(b, "- %s, %s", markdown(a.Title), markdown(a.Owner))
		if a.Ref != "" {
			b.WriteString(", " + markdown(a.Ref))
		}
		fmt.Fprintf(b, " (from %s)\n", code(a.ID))
	}
}

func agendaUnread(b *strings.Builder, unread []string) {
	if len(unread) > 0 {
		b.WriteString("\nNot read in full, so that what these need may be missing or incomplete: " + markdown(strings.Join(unread, ", ")) + "\n")
	}
}

// MinutesMarkdown writes what was decided.
func MinutesMarkdown(w io.Writer, m agenda.Minutes) error {
	k := clock{zone: m.Until.Location(), year: m.Until.Year()}
	var b strings.Builder
	fmt.Fprintf(&b, "# Minutes of %s, %s – %s\n\n", markdown(m.Meeting), markdown(k.when(m.Since.Time)), markdown(k.when(m.Until.Time)))
	fmt.Fprintf(&b, "What was merged, from git, and who approved it, where a forge said so. Times are in %s.\n", markdown(m.Zone))
	b.WriteString("\n## Decided\n\n")
	if len(m.Decisions) == 0 {
		b.WriteString("Nothing was merged.\n")
	}
	for _, d := range m.Decisions {
		fmt.Fprintf(&b, "- %s %s · **%s** %s, by %s in %s\n", code(d.ID), markdown(d.Title), markdown(d.What), markdown(k.when(d.At.Time)),
			markdown(d.By), commitID(d.Commit))
		for _, r := range d.Reviews {
			fmt.Fprintf(&b, "  - %s: %s, %s\n", markdown(r.By), markdown(strings.ReplaceAll(r.State, "_", " ")), markdown(k.when(r.At.Time)))
		}
		for _, c := range d.Conditions {
			fmt.Fprintf(&b, "  - condition: %s\n", markdown(c))
		}
	}
	if len(m.Open) > 0 {
		b.WriteString("\n## Left open\n\n")
		for _, i := range m.Open {
			fmt.Fprintf(&b, "- %s %s: %s\n", code(i.ID), markdown(i.Title), markdown(strings.Join(i.Reasons, "; ")))
		}
	}
	agendaActions(&b, m.Actions)
	agendaUnread(&b, m.Unread)
	return write(w, []byte(b.String()), nil)
}
