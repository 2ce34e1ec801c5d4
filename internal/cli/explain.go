package cli

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
)

type explainOptions struct {
	Subject  string
	Base     string
	Evidence string
	Apply    int
	Controls bool
	With     []string
	Out      output
}

func newExplain(g *global) *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:     "explain CODE | PATH | ID",
		GroupID: "author",
		Short:   "Explain a code, or a record's score, rules and requirements",
		Long: `explain shows a code's page: what is wrong, what is right, and why the rule is
there.

Given a record's path or id, it judges the record and shows every line of its
score and what would lower it, the answer of every rule and the facts it read,
who counts for which approval, and when time alone changes the answer. Then it
says what would make the record pass: at most three sets of moves, each of them
applied and judged, and of none can a part be left out.

--apply N writes the N-th of them into the record in the working tree. What only
its author can say is said by --with KEY=TEXT. The code is 0 once it has
explained, whatever the outcome.`,
		Example: `  mergeseal explain MS301
  mergeseal explain changes/2026/CHG-2026-0142.yaml
  mergeseal explain CHG-2026-0142 --controls
  mergeseal explain CHG-2026-0142 --apply 1 --with rehearsed=https://ci.example.com/runs/4711`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Subject = args[0]
			return runExplain(cmd.Context(), g, o)
		},
	}
	cmd.Flags().StringVar(&o.Base, "base", "", "branch or commit that the law comes from")
	cmd.Flags().StringVar(&o.Evidence, "evidence", "", "file that says who reviewed, committed and belongs to which team")
	cmd.Flags().IntVar(&o.Apply, "apply", 0, "write what would make it pass, by its number, into the record")
	cmd.Flags().BoolVar(&o.Controls, "controls", false, "show what of the record speaks for the controls of policy.packs, and what is missing")
	cmd.Flags().StringArrayVar(&o.With, "with", nil, "what only the author can say, KEY=TEXT, for --apply")
	o.Out.flags(cmd)
	return cmd
}

func runExplain(ctx context.Context, g *global, o explainOptions) error {
	opts, err := g.options()
	if err != nil {
		return err
	}
	format, err := o.Out.parse()
	if err != nil {
		return err
	}
	code := diag.Lookup(strings.ToUpper(o.Subject))
	if code.Title != "" {
		page, err := code.Page()
		if err != nil {
			return failed(err)
		}
		if format != render.Text && format != render.Markdown {
			return usagef("--format %s: a code's page is text or markdown", o.Out.format)
		}
		return o.Out.write(g, func(w io.Writer) error {
			if format == render.Markdown {
				_, err := io.WriteString(w, page)
				return err
			}
			return render.Page(w, page, opts)
		})
	}
	if looksLikeCode(o.Subject) {
		var codes []string
		for _, c := range diag.Catalogue() {
			codes = append(codes, c.Code)
		}
		return usagef("no such code: %s; %s", o.Subject, diag.DidYouMean(strings.ToUpper(o.Subject), codes))
	}
	if o.Controls {
		return runExplainControls(ctx, g, o, format, opts)
	}
	return runExplainRecord(ctx, g, o, format, opts)
}

// looksLikeCode: two capital letters and digits alone.
func looksLikeCode(s string) bool {
	rest, ok := strings.CutPrefix(strings.ToUpper(s), "MS")
	return ok && rest != "" && strings.Trim(rest, "0123456789") == ""
}

// recordPath finds the record that a path or an id names in the files as they lie.
func (g *global) recordPath(subject string) (string, error) {
	w, t, err := g.here()
	if err != nil {
		return "", err
	}
	defer w.close()
	if strings.ContainsAny(subject, "/.") {
		return subject, nil
	}
	path, err := judge.FindRecord(t, subject)
	if err != nil {
		return "", &exit{code: ExitUsage, err: err}
	}
	return filepath.Join(w.root, filepath.FromSlash(path)), nil
}
