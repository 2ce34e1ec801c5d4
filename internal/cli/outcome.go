package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/tree"
)

type outcomeOptions struct {
	ID             string
	Result         string
	Start, End     string
	Incidents      []string
	RollbackUsed   bool
	Notes          string
	ObjectivesMet  string
	ReviewedBy     []string
	Deployment     int64
	PR             bool
	Base           string
	Overdue        bool
	Forge          forgeFlags
	Out            output
	rollbackStated bool
}

func newOutcome(g *global) *cobra.Command {
	var o outcomeOptions
	cmd := &cobra.Command{
		Use:     "outcome ID --result RESULT | --overdue",
		GroupID: "author",
		Short:   "Say how a change ended, or list the outcomes and reviews that are owed",
		Long: `outcome writes actual and outcome into the change's record and leaves every
other byte of it as it is, then says what to type next. With --pr it opens the
pull request instead, on top of the base branch as the forge has it, and
touches no file here.

Without --start and --end the times are those of the deployment log, else of
the plan, no later than now.

outcome --overdue reads the working tree and lists what is late: changes whose
window is over without an outcome, emergencies without a review in time, and
changes that failed or were backed out without a review in time.

Exit codes: 0 done or listed, 1 the record cannot be closed like that, 2 wrong
use, 4 could not read or write.`,
		Example: `  mergeseal outcome CHG-2026-0142 --result successful
  mergeseal outcome CHG-2026-0142 --result backed_out --incident INC-7:p2 --notes "Replica lagged"
  mergeseal outcome CHG-2026-0142 --from-deployment 4711 --pr
  mergeseal outcome --overdue --format json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.ID = args[0]
			}
			o.rollbackStated = cmd.Flags().Changed("rollback-used")
			if err := o.check(cmd); err != nil {
				return err
			}
			if o.Overdue {
				return runOverdue(g, o)
			}
			return runOutcome(cmd.Context(), g, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Result, "result", "", "successful, successful_with_issues, backed_out, failed or canceled")
	f.StringVar(&o.Start, "start", "", "when the work began, RFC 3339")
	f.StringVar(&o.End, "end", "", "when the work ended, RFC 3339")
	f.StringArrayVar(&o.Incidents, "incident", nil, "incident that the change caused, REF:SEVERITY such as INC-7:p2")
	f.BoolVar(&o.RollbackUsed, "rollback-used", false, "the change was rolled back (default: it was if it is backed_out)")
	f.StringVar(&o.Notes, "notes", "", "what else is to be known")
	f.StringVar(&o.ObjectivesMet, "objectives-met", "", "yes or no, as the review found; wants --reviewed-by")
	f.StringArrayVar(&o.ReviewedBy, "reviewed-by", nil, "login of who held the review today")
	f.Int64Var(&o.Deployment, "from-deployment", 0, "number of the forge's deployment that says times and result")
	f.BoolVar(&o.PR, "pr", false, "open a pull request instead of editing the file")
	f.StringVar(&o.Base, "base", "", "branch that the pull request goes to, and whose law says what is trusted (default: the remote's default branch, else main or master)")
	f.BoolVar(&o.Overdue, "overdue", false, "list what is late")
	o.Forge.flags(cmd)
	o.Out.plainFlags(cmd)
	return cmd
}

// check refuses flags that contradict each other.
func (o *outcomeOptions) check(cmd *cobra.Command) error {
	if o.Overdue {
		for _, name := range []string{"result", "start", "end", "incident", "rollback-used", "notes", "objectives-met", "reviewed-by", "from-deployment", "pr"} {
			if cmd.Flags().Changed(name) {
				return usagef("--overdue lists and closes nothing: leave --%s out", name)
			}
		}
		if o.ID != "" {
			return usagef("--overdue lists all changes: leave %s out", o.ID)
		}
		return o.Out.plain()
	}
	switch {
	case o.ID == "":
		return usagef("name the change: mergeseal outcome CHG-2026-0142 --result successful; or list what is late with --overdue")
	case o.Result == "" && o.Deployment == 0:
		return usagef("say how it ended with --result: %s", listed(change.Results()))
	case o.Result != "" && !slices.Contains(change.Results(), o.Result):
		return usagef("--result %q: %s", o.Result, diag.DidYouMean(o.Result, change.Results()))
	case cmd.Flags().Changed("from-deployment") && o.Deployment <= 0:
		return usagef("--from-deployment wants the number of a deployment")
	case o.Deployment != 0 && (o.Start != "" || o.End != ""):
		return usagef("--from-deployment says the times itself: leave --start and --end out")
	case (o.ObjectivesMet == "") != (len(o.ReviewedBy) == 0):
		return usagef("--objectives-met and --reviewed-by go together: a review has people who held it")
	case !slices.Contains([]string{"", "yes", "no"}, o.ObjectivesMet):
		return usagef("--objectives-met %q: use yes or no", o.ObjectivesMet)
	}
	return o.Out.plain()
}

func listed(names []string) string {
	out := names[0]
	for i, n := range names[1:] {
		if i == len(names)-2 {
			out += " or " + n
		} else {
			out += ", " + n
		}
	}
	return out
}

func runOutcome(ctx context.Context, g *global, o outcomeOptions) error {
	if o.PR {
		return runOutcomePR(ctx, g, o)
	}
	w, t, err := g.here()
	if err != nil {
		return err
	}
	defer w.close()
	c, found, err := g.close(ctx, o, t)
	if err != nil || len(found) > 0 {
		return g.refuse(o, found, c, err)
	}
	file := filepath.Join(w.root, filepath.FromSlash(c.Path))
	if err := rewrite(file, c.before.Source, c.text); err != nil {
		return failed(fmt.Errorf("write %s: %w", c.Path, err))
	}
	c.Edited = true
	c.Next = c.commands(w.repo != nil)
	return o.Out.write(g, func(out io.Writer) error { return c.write(out, o.Out.format) })
}

// refuse shows why a record cannot be closed, and ends in 1.
func (g *global) refuse(o outcomeOptions, found diag.List, c *closing, err error) error {
	if err != nil {
		return err
	}
	format, opts := render.Text, render.Options{}
	if o.Out.format == "json" {
		format = render.JSON
	} else if opts, err = g.options(); err != nil {
		return err
	}
	sources := map[string][]byte{}
	if c != nil && c.before != nil {
		sources[c.before.Path] = c.before.Source
		if c.text != nil {
			sources[c.before.Path] = c.text
		}
	}
	if err := o.Out.write(g, func(w io.Writer) error { return render.Findings(w, format, found, sources, opts) }); err != nil {
		return err
	}
	return ended(ExitFail)
}

// record is the one record of an id. Several are findings, none is wrong use.
func record(t tree.Tree, id string) (*change.File, diag.List, error) {
	same, ids, err := judge.RecordsOf(t, id)
	switch {
	case err != nil:
		return nil, nil, failed(err)
	case len(same) == 0:
		hint := ""
		if s := diag.Suggest(id, ids); s != "" {
			hint = "; did you mean " + s + "?"
		}
		return nil, nil, usagef("no record has the id %s%s", diag.Quote(id), hint)
	case len(same) > 1:
		var found diag.List
		for _, f := range same[1:] {
			found = append(found, diag.New("MS103", f.Index.Value("/id"), "the id %s is used twice, also in %s", f.Record.ID, same[0].Path).
				WithHint("give one of the two another id, and name its file by it"))
		}
		return same[0], found, nil
	}
	return same[0], nil, nil
}
