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

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// scheduleOptions are the flags of schedule.
type scheduleOptions struct {
	Plans       plansOptions
	From, To    string
	Service     string
	Environment string
	Level       string
	Slot        slotOptions
	Out         output
}

func newSchedule(g *global) *cobra.Command {
	return newScheduleWith(g, runSchedule)
}

func newScheduleWith(g *global, run func(context.Context, *global, scheduleOptions) error) *cobra.Command {
	var o scheduleOptions
	cmd := &cobra.Command{
		Use:     "schedule",
		GroupID: "board",
		Short:   "Show what is planned, what is frozen for whom, and the next free slot",
		Long: `schedule shows the changes of the base branch, which are booked, and those of
heads that are not merged, which are tentative, with the windows that are open
meanwhile and what collides. Without --from it begins today and shows 14 days.
A date begins in the reader's zone: --timezone, else TZ, else the configured one.

With --next it finds the earliest slots within 90 days that pass every window
and every collision: for a record each is proven by judging the record moved
there; for --service and --minutes by what the judge asks of windows and
collisions.

Exit codes: 0 shown, 1 --next found no slot, 2 wrong use, 4 could not read.`,
		Example: `  mergeseal schedule
  mergeseal schedule --service checkout --from 2026-12-01 --to 2027-01-01
  mergeseal schedule --head my-change --format ics -o changes.ics
  mergeseal schedule --next --for CHG-2026-0142
  mergeseal schedule --next --service checkout --environment production --minutes 60`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.Slot.check(cmd.Flags().Changed, o); err != nil {
				return err
			}
			return run(cmd.Context(), g, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.From, "from", "", "first day or instant, YYYY-MM-DD or RFC 3339 (default: today)")
	f.StringVar(&o.To, "to", "", "day or instant at which it ends, not inside (default: 14 days later)")
	f.StringVar(&o.Service, "service", "", "only what touches this service, and why each window does")
	f.StringVar(&o.Environment, "environment", "", "only this environment")
	f.StringVar(&o.Level, "level", "", "only this level of risk and above: low, moderate, high or very_high")
	o.Plans.flags(cmd)
	o.Slot.flags(cmd)
	f.StringVar(&o.Out.format, "format", "text", "text, json, ics, html or markdown")
	f.StringVarP(&o.Out.file, "output", "o", "", "write the result to this file instead of stdout")
	return cmd
}

// scheduleHorizon is how many days are shown when nobody says.
const scheduleHorizon = 14

func runSchedule(ctx context.Context, g *global, o scheduleOptions) error {
	formats := []string{"text", "json", "ics", "html", "markdown"}
	if o.Slot.Next {
		formats = formats[:2]
	}
	if !slices.Contains(formats, o.Out.format) {
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
	if o.Slot.Next {
		return runSlot(ctx, g, o, p)
	}
	v, err := g.view(o, p)
	if err != nil {
		return err
	}
	p.target.From, p.target.Until = v.From, v.To
	out, err := p.look(ctx, g, v.Concerns)
	if err != nil {
		return err
	}
	if err := known(out.Law, o.Service, o.Environment); err != nil {
		return err
	}
	if p.target.Repo != nil && (o.Out.format == "ics" || o.Out.format == "json") {
		switch err := out.Date(p.target.Repo); {
		case errors.Is(err, tree.ErrShallow) && o.Out.format == "ics":
			return failed(fmt.Errorf("date the records: %w; a feed needs the whole history: fetch-depth: 0", err))
		case err != nil && !errors.Is(err, tree.ErrShallow):
			return failed(fmt.Errorf("date the records: %w", err))
		}
	}
	f := out.Forward(v)
	return o.Out.write(g, func(w io.Writer) error {
		switch o.Out.format {
		case "json":
			return render.ScheduleJSON(w, f)
		case "ics":
			return render.ScheduleICS(w, f)
		case "markdown":
			return render.ScheduleMarkdown(w, f)
		case "html":
			return render.ScheduleHTML(w, f, opts)
		}
		return render.ScheduleText(w, f, opts)
	})
}

// view reads what somebody wants to see.
func (g *global) view(o scheduleOptions, p *plans) (judge.View, error) {
	v := judge.View{Zone: p.zone, Now: p.target.Now, Repository: p.target.Repository, Service: o.Service, Environment: o.Environment}
	if o.Level != "" {
		if err := v.Level.ParseScalar(o.Level); err != nil {
			return v, usagef("--level %q: use %s", o.Level, strings.Join(field.Levels(), ", "))
		}
	}
	var err error
	if v.From, err = instant("--from", o.From, p.zone, dayOf(p.target.Now, p.zone, 0)); err != nil {
		return v, err
	}
	if v.To, err = instant("--to", o.To, p.zone, v.From.In(p.zone).AddDate(0, 0, scheduleHorizon)); err != nil {
		return v, err
	}
	if !v.From.Before(v.To) {
		return v, usagef("--to %s is not after --from %s", v.To.In(p.zone).Format(time.RFC3339), v.From.In(p.zone).Format(time.RFC3339))
	}
	if v.To.Sub(v.From) > maxHorizon {
		return v, usagef("--from and --to are more than ten years apart")
	}
	return v, nil
}

// maxHorizon bounds what is expanded and drawn.
const maxHorizon = 10 * 366 * 24 * time.Hour

// instant reads a date, which begins in a zone, or RFC 3339.
func instant(flag, text string, zone *time.Location, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	if d, err := time.Parse(time.DateOnly, text); err == nil {
		return dayOf(time.Date(d.Year(), d.Month(), d.Day(), 12, 0, 0, 0, zone), zone, 0), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, usagef("%s %q is neither a date, such as 2026-12-01, nor RFC 3339", flag, text)
	}
	return t, nil
}

// dayOf is the first instant of the n-th day after an instant's, in a zone.
func dayOf(t time.Time, zone *time.Location, n int) time.Time {
	y, m, d := t.In(zone).Date()
	at := time.Date(y, m, d+n, 0, 0, 0, 0, zone)
	if at.Day() != time.Date(y, m, d+n, 12, 0, 0, 0, time.UTC).Day() {
		_, at = at.ZoneBounds() // the day has no midnight: clocks go forward then
	}
	return at
}

// known refuses names that nobody defined: an empty page would say that all is free.
func known(l *law.Law, service, environment string) error {
	if service != "" && l.Services.Configured() {
		if _, ok := l.Services.Lookup(service); !ok {
			return usagef("--service %q is not in the catalogue: %s", service, strings.Join(l.Services.Names(), ", "))
		}
	}
	if all := l.Config.Environments; environment != "" && len(all) > 0 && !slices.Contains(all, environment) {
		return usagef("--environment %q is not one of %s", environment, strings.Join(all, ", "))
	}
	return nil
}
