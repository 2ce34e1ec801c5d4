package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
)

type outcomeOptions struct {
	Overdue bool
	Out     output
}

func newOutcome(g *global) *cobra.Command {
	var o outcomeOptions
	cmd := &cobra.Command{
		Use:     "outcome --overdue",
		GroupID: "author",
		Short:   "List the outcomes and reviews that changes owe",
		Long: `outcome --overdue reads the working tree and lists what is late: changes whose
window is over without an outcome, emergencies without a review in time, and
changes that failed or were backed out without a review in time.

Exit codes: 0 it listed, whatever it found, 2 wrong use, 4 could not read.`,
		Example: `  mergeseal outcome --overdue
  mergeseal outcome --overdue --format json`,
		RunE: func(_ *cobra.Command, args []string) error {
			if !o.Overdue || len(args) > 0 {
				return usagef("outcome has --overdue and nothing else yet: to close a change, write actual and outcome into its record")
			}
			return runOutcome(g, o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.Overdue, "overdue", false, "list what is late")
	f.StringVar(&o.Out.format, "format", "text", "text or json")
	f.StringVarP(&o.Out.file, "output", "o", "", "write the result to this file instead of stdout")
	return cmd
}

func runOutcome(g *global, o outcomeOptions) error {
	write := debtsText
	switch o.Out.format {
	case "text":
	case "json":
		write = debtsJSON
	default:
		return usagef("--format %q: use text or json", o.Out.format)
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

func debtsJSON(w io.Writer, d *judge.Debts) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(d)
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
