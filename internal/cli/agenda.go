package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/agenda"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
)

// agendaOptions are the flags of agenda.
type agendaOptions struct {
	Plans              plansOptions
	Meeting            string
	Chosen             bool // the meeting was named
	Date, Since, Until string
	Minutes            bool
	Out                output
}

func newAgenda(g *global) *cobra.Command {
	return newAgendaWith(g, runAgenda)
}

func newAgendaWith(g *global, run func(context.Context, *global, agendaOptions) error) *cobra.Command {
	var o agendaOptions
	cmd := &cobra.Command{
		Use:     "agenda",
		GroupID: "board",
		Short:   "List the changes that need people at a meeting, and afterwards what was decided",
		Long: `agenda lists what a board talks about: open changes that a rule sends to it,
changes in each other's way, exceptions from freezes, emergencies and failures
since the last meeting, and overdue reviews; by risk, then by start. Everything
else is one line.

--minutes says afterwards what became of it: what the base branch merged since,
with commits, and who approved, where --evidence says so.

Exit codes: 0 shown, 2 wrong use, 4 could not read.`,
		Example: `  mergeseal agenda --evidence pr-42.json
  mergeseal agenda --meeting cab --date 2026-12-01 --head my-change --format html -o agenda.html
  mergeseal agenda --minutes --since 2026-11-24`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Chosen = cmd.Flags().Changed("meeting")
			return run(cmd.Context(), g, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Meeting, "meeting", "cab", "group that meets")
	f.StringVar(&o.Date, "date", "", "when it meets, YYYY-MM-DD or RFC 3339 (default: now)")
	f.StringVar(&o.Since, "since", "", "the meeting before (default: 7 days earlier)")
	f.StringVar(&o.Until, "until", "", "changes that start before this (default: 14 days later)")
	f.BoolVar(&o.Minutes, "minutes", false, "what was decided since, instead")
	o.Plans.flags(cmd)
	f.StringVar(&o.Out.format, "format", "markdown", "markdown, html or json")
	f.StringVarP(&o.Out.file, "output", "o", "", "write the result to this file instead of stdout")
	return cmd
}

// How far an agenda looks back and ahead when nobody says, in days.
const (
	agendaBack  = 7
	agendaAhead = 14
)

func runAgenda(ctx context.Context, g *global, o agendaOptions) error {
	if formats := []string{"markdown", "html", "json"}; !slices.Contains(formats, o.Out.format) {
		return usagef("--format %q: use %s", o.Out.format, strings.Join(formats, ", "))
	}
	opts, err := g.options()
	if err != nil {
		return err
	}
	p, err := g.plans(o.Plans)
	if err != nil {
		return err
	}
	defer p.place.close()
	if p.target.Builtin, err = builtin(); err != nil {
		return failed(err)
	}
	q, err := agendaQuestion(o, p)
	if err != nil {
		return err
	}
	out, err := p.look(ctx, g, judge.Board(q))
	if err != nil {
		return err
	}
	if err := out.Group(o.Meeting); err != nil {
		if o.Chosen {
			return usagef("--meeting: %w", err)
		}
		if !g.quiet {
			fmt.Fprintf(g.env.Stderr, "mergeseal: no rule sends anything to this meeting: %s\n", render.Plain(err.Error()))
		}
	}
	server := g.env.Getenv("GITHUB_SERVER_URL")
	if !strings.HasPrefix(server, "https://") {
		server = "https://github.com"
	}
	a := out.Agenda(q, strings.TrimSuffix(server, "/"), p.target.Now)
	if !o.Minutes {
		return o.Out.write(g, func(w io.Writer) error {
			switch o.Out.format {
			case "json":
				return render.AgendaJSON(w, a)
			case "html":
				return render.AgendaHTML(w, a, opts)
			}
			return render.AgendaMarkdown(w, a)
		})
	}
	m, err := minutes(out, a, q, p)
	if err != nil {
		return err
	}
	return o.Out.write(g, func(w io.Writer) error {
		switch o.Out.format {
		case "json":
			return render.MinutesJSON(w, m)
		case "html":
			return render.MinutesHTML(w, m, opts)
		}
		return render.MinutesMarkdown(w, m)
	})
}

func agendaQuestion(o agendaOptions, p *plans) (agenda.Question, error) {
	q := agenda.Question{Meeting: o.Meeting, Repository: p.target.Repository}
	var err error
	if q.Date, err = instant("--date", o.Date, p.zone, p.target.Now); err != nil {
		return q, err
	}
	q.Date = q.Date.In(p.zone)
	if q.Since, err = instant("--since", o.Since, p.zone, q.Date.AddDate(0, 0, -agendaBack)); err != nil {
		return q, err
	}
	if q.Until, err = instant("--until", o.Until, p.zone, q.Date.AddDate(0, 0, agendaAhead)); err != nil {
		return q, err
	}
	show := func(t time.Time) string { return t.In(p.zone).Format(time.RFC3339) }
	switch {
	case q.Since.After(q.Date):
		return q, usagef("--since %s is after the meeting at %s", show(q.Since), show(q.Date))
	case !q.Until.After(q.Date):
		return q, usagef("--until %s is not after the meeting at %s", show(q.Until), show(q.Date))
	}
	return q, nil
}

// minutes are what was merged from the meeting before until now, and what is
// left of the agenda.
func minutes(out *judge.Outlook, a agenda.Agenda, q agenda.Question, p *plans) (agenda.Minutes, error) {
	until := p.target.Now.In(p.zone)
	m := agenda.Minutes{
		Meeting: a.Meeting, Since: a.Since, Until: field.Instant{Time: until}, Zone: a.Zone, Repository: a.Repository,
		Decisions: []agenda.Decision{}, Open: a.Items, Actions: a.Actions, Unread: a.Unread,
	}
	if p.target.Repo == nil {
		return m, failed(errors.New("write minutes: what was decided is in git, and this folder is in no repository"))
	}
	var documents []*evidence.Document
	for _, h := range p.heads {
		if h.Evidence != nil {
			documents = append(documents, h.Evidence)
		}
	}
	var err error
	if m.Decisions, err = out.Decisions(p.target.Repo, q.Since, until, p.zone, documents); err != nil {
		return m, failed(fmt.Errorf("write minutes: %w", err))
	}
	return m, nil
}
