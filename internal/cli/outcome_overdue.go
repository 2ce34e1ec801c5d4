package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
)

func runOverdue(g *global, o outcomeOptions) error {
	write := debtsText
	if o.Out.format == "json" {
		write = func(w io.Writer, d *judge.Debts) error { return writeJSON(w, d) }
	}
	now, _, err := g.clock()
	if err != nil {
		return err
	}
	w, t, err := g.here()
	if err != nil {
		return err
	}
	defer w.close()
	debts, err := judge.Overdue(t, now)
	if err != nil {
		return failed(err)
	}
	if n := len(debts.Unread); n > 0 && !g.quiet {
		fmt.Fprintf(g.env.Stderr, "mergeseal: what these records owe may be missing, since they have errors: %s\n", render.Plain(strings.Join(debts.Unread, ", ")))
	}
	return o.Out.write(g, func(out io.Writer) error { return write(out, debts) })
}

// debtsText is a table whose last column, the title, is as long as it is. Its
// first is ours: no line begins with text that a runner could obey.
func debtsText(w io.Writer, d *judge.Debts) error {
	if len(d.Overdue) == 0 {
		said := "nothing is overdue"
		if len(d.Unread) > 0 {
			said += " in the records that can be read"
		}
		_, err := fmt.Fprintln(w, said)
		return err
	}
	rows := [][]string{{"SINCE", "ID", "WHY", "WHO", "TITLE"}}
	for _, o := range d.Overdue {
		who := o.Owner
		if o.Team != "" {
			who = strings.TrimPrefix(who+" of "+o.Team, " of ")
		}
		rows = append(rows, []string{o.Due, o.ID, o.Why, who, o.Title})
	}
	width := make([]int, len(rows[0])-1)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = render.Plain(cell)
			if i < len(width) {
				width[i] = max(width[i], len([]rune(row[i])))
			}
		}
	}
	var failures []error
	for _, row := range rows {
		for i, n := range width {
			row[i] += strings.Repeat(" ", n-len([]rune(row[i])))
		}
		_, err := fmt.Fprintln(w, strings.Join(row, "  "))
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}
