package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/backtest"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// BacktestAbout is what a backtest's page says besides its figures.
type BacktestAbout struct {
	Repository string
	Made       time.Time
	Verbose    bool // list what is only counted otherwise
}

// Backtest writes a backtest's figures for a terminal.
func Backtest(w io.Writer, r *backtest.Report, about BacktestAbout, o Options) error {
	s := newScreen(o)
	s.text("", 0, backtestTitle(r, o.zone()))
	s.figure("verdicts that flip", strconv.Itoa(len(r.Flips)), flipWords(r.Flips))
	s.figure("approvals", fmt.Sprintf("+%d −%d", r.Approvals.Added, r.Approvals.Saved), "asked for, and no longer asked for")
	s.figure("failed changes now stopped", share(len(r.Stopped), r.Failures), dotted(r.Stopped, about.Verbose))
	s.figure("good changes now delayed", share(len(r.Delayed), r.Good), leadWords(r))
	s.figure("judged on a seal", strconv.Itoa(r.Sealed), fmt.Sprintf("%d on what git knows: who approved them is unknown", r.Reconstructed))
	if n := len(r.Refused); n > 0 {
		s.figure("seals that count for nothing", strconv.Itoa(n), listed(about.Verbose))
	}
	if n := len(r.OtherThanSeal); n > 0 {
		s.figure("not as it was sealed", strconv.Itoa(n), "judged again by the law of then, the verdict is another one: "+dotted(r.OtherThanSeal, about.Verbose))
	}
	s.figure("not reconstructable", strconv.Itoa(len(r.Not)), listed(about.Verbose && len(r.Not) > 0))
	if len(r.Flips) > 0 {
		s.blank()
		s.flips(r.Flips)
	}
	if about.Verbose {
		s.missing("not reconstructable", r.Not)
		s.missing("seals that count for nothing", r.Refused)
	}
	return write(w, append([]byte(strings.TrimRight(s.buf.String(), "\n")), '\n'), nil)
}

func (o Options) zone() *time.Location {
	if o.Zone != nil {
		return o.Zone
	}
	return time.UTC
}

func backtestTitle(r *backtest.Report, zone *time.Location) string {
	return fmt.Sprintf("candidate %s against the law in force, %s merged %s … %s", r.Candidate, number(r.Judged, "change", "changes"),
		day(r.From, "the beginning", zone), day(r.To, "today", zone))
}

// day is an instant's day, as it is written there.
func day(instant, unset string, zone *time.Location) string {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		return unset
	}
	return t.In(zone).Format(time.DateOnly)
}

const figureName, figureNumber = 30, 10

// figure is one line: a name, a number, and what it says.
func (s *screen) figure(name, number, words string) {
	s.text("  "+pad(name, figureName)+pad(number, figureNumber), 2+figureName+figureNumber, words)
}

// flipWords counts flips by their kind, those that let less through first.
func flipWords(flips []backtest.Flip) string {
	var out []string
	all := []verdict.Outcome{verdict.OutcomePass, verdict.OutcomePending, verdict.OutcomeFail, verdict.OutcomeError}
	for _, worse := range []bool{true, false} {
		for _, before := range all {
			for _, after := range all {
				n := 0
				for _, f := range flips {
					if f.Before == before && f.After == after && f.Worse() == worse {
						n++
					}
				}
				if n > 0 {
					out = append(out, fmt.Sprintf("%s → %s %d", before, after, n))
				}
			}
		}
	}
	return strings.Join(out, " · ")
}

func share(n, of int) string { return fmt.Sprintf("%d of %d", n, of) }

func dotted(ids []string, all bool) string {
	const most = 6
	if !all && len(ids) > most {
		return strings.Join(ids[:most], " · ") + fmt.Sprintf(" · %d more", len(ids)-most)
	}
	return strings.Join(ids, " · ")
}

func leadWords(r *backtest.Report) string {
	if len(r.Delayed) == 0 {
		return ""
	}
	out := fmt.Sprintf("%.1f %%", 100*float64(len(r.Delayed))/float64(r.Good))
	if r.Lead.Known == 0 {
		return out + ", by how long is not known"
	}
	out += fmt.Sprintf(", median + %s h of lead time", strconv.FormatFloat(r.Lead.MedianHours, 'f', -1, 64))
	if n := len(r.Delayed) - r.Lead.Known; n > 0 {
		out += fmt.Sprintf(", not known for %d", n)
	}
	return out
}

func listed(here bool) string {
	if here {
		return "listed below"
	}
	return "listed with --verbose"
}

// flips lists changes whose outcome differs.
func (s *screen) flips(flips []backtest.Flip) {
	ids, ways := make([]string, len(flips)), make([]string, len(flips))
	for i, f := range flips {
		ids[i], ways[i] = terminal(f.ID), fmt.Sprintf("%s → %s", f.Before, f.After)
	}
	wide, far := widest(ids)+2, widest(ways)+2
	for i, f := range flips {
		where := f.Path
		if f.Commit != "" {
			where = shortCommit(f.Commit)
		}
		s.text("  "+pad(ids[i], wide)+pad(ways[i], far), 2+wide+far, strings.TrimSpace(strings.Join(f.Codes, " ")+"  "+where))
	}
}

func shortCommit(id string) string { return id[:min(len(id), 7)] }

func (s *screen) missing(title string, list []backtest.Missing) {
	if len(list) == 0 {
		return
	}
	s.blank()
	s.text("", 0, title)
	for _, m := range list {
		s.text("  "+shortCommit(m.Commit)+"  ", 11, strings.TrimSpace(m.ID+"  "+m.Why))
	}
}
