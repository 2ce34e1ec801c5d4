package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/example"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

type demoOptions struct {
	Dir  string
	Keep bool
}

func newDemo(g *global) *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:     "demo",
		GroupID: "start",
		Short:   "Lay out an example organisation as a git repository and judge its open changes",
		Long: `demo writes acme, a shop with a year of changes, as a real git repository, and
judges each of its open branches by the law on main. Without --dir it works in
a temporary folder that is removed at the end, unless --keep is given.`,
		Example: `  mergeseal demo
  mergeseal demo --dir acme`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), g, o) },
	}
	cmd.Flags().StringVar(&o.Dir, "dir", "", "folder to write into; it must not exist or be empty")
	cmd.Flags().BoolVar(&o.Keep, "keep", false, "keep the temporary folder")
	return cmd
}

func runDemo(ctx context.Context, g *global, o demoOptions) (err error) {
	opts, err := g.options()
	if err != nil {
		return err
	}
	acme, err := example.Load("acme")
	if err != nil {
		return failed(err)
	}
	dir, keep := g.abs(o.Dir), true
	if o.Dir == "" {
		parent, err := os.MkdirTemp("", "mergeseal-demo-")
		if err != nil {
			return failed(fmt.Errorf("make a temporary folder: %w", err))
		}
		dir, keep = filepath.Join(parent, "acme"), o.Keep
		if !keep {
			defer func() { err = errors.Join(err, os.RemoveAll(parent)) }()
		}
	}
	if err := acme.Write(dir); errors.Is(err, example.ErrNotEmpty) {
		return usagef("%s is not empty: name another folder", o.Dir)
	} else if err != nil {
		return failed(fmt.Errorf("write the example: %w", err))
	}
	out := &printer{w: g.env.Stdout}
	records := 0
	for p := range acme.Base {
		if strings.HasPrefix(p, "changes/") {
			records++
		}
	}
	out.f("acme is a shop with %d changes in its past and %d pull requests open.\nIts repository lies in %s\n", records, len(acme.Branches), dir)
	var last time.Time
	for _, b := range acme.Branches {
		in := *g
		in.repo, in.now, in.replay = dir, b.Now.Format(time.RFC3339), true
		res, err := in.judge(ctx, checkOptions{Base: "refs/heads/main", Head: "refs/heads/" + b.Name, Timeout: time.Second})
		if err != nil {
			return err
		}
		if !b.Now.Equal(last) {
			out.f("\nIts clock stands at %s. The open pull requests, by the law on main:\n\n", b.Now.Format("Mon 2 Jan 2006 15:04 MST"))
			last = b.Now
		}
		out.f("%s  %-20s  %s\n", render.OutcomeWord(res.Verdict.Outcome, opts), b.Name, inOneLine(res))
		for _, line := range gist(res) {
			out.f("%s%s\n", strings.Repeat(" ", 11), line)
		}
	}
	out.f("\nNext:\n")
	at := "--now " + last.Format(time.RFC3339)
	if keep {
		out.f("  cd %s\n", shell(dir))
	} else {
		out.f("  mergeseal demo --dir acme && cd acme      # this one is gone when the command ends\n")
	}
	out.f("  mergeseal check --base main --head normal-moderate %s\n  mergeseal explain MS301\n", at)
	if out.err != nil {
		return failed(fmt.Errorf("write result: %w", out.err))
	}
	return nil
}

// inOneLine names what a branch brings.
func inOneLine(res *judge.Result) string {
	var parts []string
	for _, c := range res.Verdict.Changes {
		level := ""
		if c.Risk != nil {
			level = fmt.Sprintf(" (%s, %d)", strings.ReplaceAll(c.Risk.Level.String(), "_", " "), c.Risk.Total)
		}
		parts = append(parts, render.Plain(c.ID+" "+c.Title)+level)
	}
	if len(parts) == 0 {
		return "no change record"
	}
	return strings.Join(parts, " · ")
}

// gist is why the outcome is what it is, in at most three lines.
func gist(res *judge.Result) []string {
	var out []string
	for _, f := range res.Findings {
		if f.Severity == diag.Error && len(out) < 2 {
			out = append(out, f.Code+" "+render.Plain(f.Message))
		}
	}
	var needs []string
	add := func(v *verdict.Verdict) {
		for _, c := range v.Changes {
			for _, r := range c.Requirements {
				if r.Missing > 0 {
					needs = append(needs, fmt.Sprintf("%d %s", r.Missing, render.Plain(r.Who())))
				}
			}
		}
		for _, r := range v.Requirements {
			if r.Missing > 0 {
				needs = append(needs, fmt.Sprintf("%d %s", r.Missing, render.Plain(r.Who())))
			}
		}
	}
	add(res.Verdict)
	if len(needs) > 0 {
		out = append(out, "needs "+strings.Join(needs, ", "))
	}
	if s := res.Verdict.Law.Shadow; s != nil {
		out = append(out, "its own law would say "+s.Outcome.String()+": not in force")
	}
	return out
}

// printer writes lines and keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) f(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// shell quotes a path for a shell where it needs it.
func shell(path string) string {
	if strings.Trim(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") == "" {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
