package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"charm.land/huh/v2"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// answers is what the form asks. Lists of steps are one step a line.
type answers struct {
	title, kind, owner, reason    string
	services, environments        []string
	servicesTyped                 string
	start, end                    string
	users, outage, minutes        string
	steps, before, after          string
	method, trigger, back, verify string
	backMinutes                   string
}

// ask fills a draft from a form on the terminal.
func ask(ctx context.Context, g *global, l *law.Law, d *draft, now time.Time) error {
	start := now.Truncate(time.Hour).Add(time.Duration(*l.Config.Policy.Settings.NoticeHours+24) * time.Hour)
	a := answers{
		kind: change.Normal.String(), owner: g.login(), environments: l.Config.Environments,
		start: start.Format(time.RFC3339), end: start.Add(time.Hour).Format(time.RFC3339),
		users: "some", outage: "degraded", minutes: "0", method: "revert",
	}
	form := huh.NewForm(a.what(l), a.when(), a.how(), a.backOut()).WithInput(g.env.Stdin).WithOutput(g.env.Stderr)
	run := func() error { return form.RunWithContext(ctx) }
	if g.env.Getenv("TERM") == "dumb" || g.env.Getenv("ACCESSIBLE") != "" {
		run = lineByLine(ctx, form, g.env.Stdin)
	}
	if err := run(); errors.Is(err, huh.ErrUserAborted) || errors.Is(err, io.EOF) {
		return usagef("the form was not filled in: nothing was written")
	} else if err != nil {
		return failed(fmt.Errorf("ask on the terminal: %w", err))
	}
	a.fill(d)
	return nil
}

// lineByLine asks one question a line, as screen readers want it. The form
// would ask for ever at the end of its input, so that end ends it.
func lineByLine(ctx context.Context, form *huh.Form, in io.Reader) func() error {
	return func() error {
		lines := &lineReader{in: bufio.NewReader(in), ended: make(chan struct{})}
		done := make(chan error, 1)
		go func() { done <- form.WithAccessible(true).WithInput(lines).RunWithContext(ctx) }()
		select {
		case err := <-done:
			return err
		case <-lines.ended:
			return io.EOF
		}
	}
}

// lineReader gives out at most a line at a time, as a terminal does: each
// question reads with a buffer of its own. At the end it says so and sleeps.
type lineReader struct {
	in    *bufio.Reader
	rest  []byte
	ended chan struct{}
}

func (r *lineReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		line, err := r.in.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			close(r.ended)
			select {}
		}
		r.rest = line
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (a *answers) what(l *law.Law) *huh.Group {
	var services huh.Field = huh.NewInput().Title("Services").Description("names, separated by commas").Value(&a.servicesTyped).Validate(wanted)
	if names := l.Services.Names(); len(names) > 0 {
		services = huh.NewMultiSelect[string]().Title("Services").Options(huh.NewOptions(names...)...).Value(&a.services).
			Validate(func(v []string) error {
				if len(v) == 0 {
					return errors.New("choose at least one")
				}
				return nil
			})
	}
	return huh.NewGroup(
		huh.NewInput().Title("Title").Description("what changes, in one line").Value(&a.title).Validate(between(8, 160)),
		huh.NewSelect[string]().Title("Type").Options(huh.NewOptions("normal", "emergency", "registration")...).Value(&a.kind),
		services,
		huh.NewMultiSelect[string]().Title("Environments").Options(huh.NewOptions(l.Config.Environments...)...).Value(&a.environments),
		huh.NewInput().Title("Owner").Description("the accountable person's login").Value(&a.owner).Validate(parses(new(field.Login))),
		huh.NewInput().Title("Reason").Value(&a.reason).Validate(between(10, 2000)),
	)
}

func (a *answers) when() *huh.Group {
	return huh.NewGroup(
		huh.NewInput().Title("Planned start").Value(&a.start).Validate(parses(new(field.Instant))),
		huh.NewInput().Title("Planned end").Value(&a.end).Validate(parses(new(field.Instant))),
		huh.NewSelect[string]().Title("Who notices").Options(huh.NewOptions(change.UsersNames()...)...).Value(&a.users),
		huh.NewSelect[string]().Title("How badly").Options(huh.NewOptions(change.OutageNames()...)...).Value(&a.outage),
		huh.NewInput().Title("For how many minutes").Value(&a.minutes).Validate(number),
	)
}

func (a *answers) how() *huh.Group {
	return huh.NewGroup(
		huh.NewText().Title("Implementation").Description("one step a line").Lines(4).Value(&a.steps).Validate(wanted),
		huh.NewText().Title("Tests before").Description("one a line").Lines(3).Value(&a.before).Validate(wanted),
		huh.NewText().Title("Tests after").Description("one a line").Lines(3).Value(&a.after).Validate(wanted),
	)
}

func (a *answers) backOut() *huh.Group {
	return huh.NewGroup(
		huh.NewSelect[string]().Title("Rollback by").Options(huh.NewOptions("revert", "restore", "failover", "feature_flag", "roll_forward")...).Value(&a.method),
		huh.NewInput().Title("When do you roll back").Value(&a.trigger).Validate(wanted),
		huh.NewText().Title("Steps back").Description("one a line").Lines(3).Value(&a.back).Validate(wanted),
		huh.NewInput().Title("Minutes it takes").Value(&a.backMinutes).Validate(number),
		huh.NewInput().Title("How do you know that it worked").Value(&a.verify).Validate(wanted),
	)
}

func (a *answers) fill(d *draft) {
	if a.servicesTyped != "" {
		a.services = splitOn(a.servicesTyped, ",")
	}
	d.text("/title", a.title)
	d.text("/type", a.kind)
	d.text("/owner", a.owner)
	d.list("/services", a.services)
	d.list("/environments", a.environments)
	d.text("/reason", a.reason)
	d.text("/schedule/start", a.start)
	d.text("/schedule/end", a.end)
	if a.kind == change.Registration.String() {
		return
	}
	d.text("/impact/users", a.users)
	d.text("/impact/outage", a.outage)
	d.mustSet("/impact/minutes", yamldoc.Bare(a.minutes))
	d.list("/implementation_plan", splitOn(a.steps, "\n"))
	d.list("/test_plan/before", splitOn(a.before, "\n"))
	d.list("/test_plan/after", splitOn(a.after, "\n"))
	d.text("/rollback_plan/method", a.method)
	d.text("/rollback_plan/trigger", a.trigger)
	d.list("/rollback_plan/steps", splitOn(a.back, "\n"))
	d.mustSet("/rollback_plan/minutes", yamldoc.Bare(a.backMinutes))
	d.text("/rollback_plan/verify", a.verify)
}

// splitOn are the parts of a text that say something.
func splitOn(text, sep string) []string {
	var out []string
	for part := range strings.SplitSeq(text, sep) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func wanted(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("this is needed")
	}
	return nil
}

func between(low, high int) func(string) error {
	return func(s string) error {
		if n := len([]rune(strings.TrimSpace(s))); n < low || n > high {
			return fmt.Errorf("between %d and %d characters", low, high)
		}
		return nil
	}
}

func number(s string) error {
	if s == "" || strings.Trim(s, "0123456789") != "" || len(s) > 6 || len(s) > 1 && s[0] == '0' {
		return errors.New("a whole number")
	}
	return nil
}

// parses holds a form's text to the same rule as the file's.
func parses(into yamldoc.ScalarParser) func(string) error {
	return func(s string) error {
		err := into.ParseScalar(s)
		var p *diag.Problem
		if errors.As(err, &p) && p.Hint != "" {
			return errors.New(p.Hint)
		}
		return err
	}
}
