package render

import (
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/backtest"
)

// backtestPage is what the template shows.
type backtestPage struct {
	sheet
	Range, Candidate string
	Counts           []countView
	Figures          []figureView
	Months           []monthView
	Most             int // of one month, what a full bar stands for
	Flips            []flipView
	Missing          []missingView
}

type figureView struct{ Name, Count, Words string }

// monthView is one of the small multiples: a bar for each kind of number. The
// classes are ours, h0 to h20 of the style.
type monthView struct {
	Name  string
	Words string
	Bars  []columnView
}

type columnView struct{ Class, Height, Label string }

type flipView struct{ ID, Path, Commit, Before, After, Codes, Class string }

type missingView struct{ ID, Commit, Why string }

// barSteps is how many heights a bar has.
const barSteps = 20

// BacktestHTML writes a backtest as one page.
func BacktestHTML(w io.Writer, r *backtest.Report, about BacktestAbout, o Options) error {
	k := clock{zone: o.zone(), year: about.Made.In(o.zone()).Year()}
	style, err := asset("base.css", "backtest.css")
	if err != nil {
		return err
	}
	s := sheet{
		Style:  template.CSS(style), //nolint:gosec // ours, from embedded files
		Policy: "default-src 'none'; style-src " + hashed(style) + "; base-uri 'none'; form-action 'none'",
	}
	s.Zone, s.ZoneText = k.zoneNames(about.Made)
	s.Title, s.Made, s.Repository = "Backtest", k.view("", about.Made), htmlText(about.Repository)
	if s.Repository != "" {
		s.Title += " of " + s.Repository
	}
	p := backtestPage{
		sheet: s, Candidate: htmlText(r.Candidate),
		Range: day(r.From, "the beginning", o.zone()) + " … " + day(r.To, "today", o.zone()),
	}
	p.Counts = []countView{
		{Count: r.Judged, Name: "changes judged twice"},
		{Count: len(r.Flips), Name: "flip"},
		{Count: len(r.Stopped), Name: "failures stopped"},
		{Count: len(r.Delayed), Name: "good changes delayed"},
	}
	if n := len(r.Not); n > 0 {
		p.Counts = append(p.Counts, countView{Count: n, Name: "not reconstructable", Class: "bad"})
	}
	p.Figures = []figureView{
		{"Verdicts that flip", fmt.Sprint(len(r.Flips)), flipWords(r.Flips)},
		{"Approvals", fmt.Sprintf("+%d −%d", r.Approvals.Added, r.Approvals.Saved), "asked for, and no longer asked for"},
		{"Failed changes now stopped", share(len(r.Stopped), r.Failures), htmlText(dotted(r.Stopped, true))},
		{"Good changes now delayed", share(len(r.Delayed), r.Good), leadWords(r)},
		{"Judged on a seal", fmt.Sprint(r.Sealed), fmt.Sprintf("%d on what git knows: who approved them is unknown", r.Reconstructed)},
		{"Seals that count for nothing", fmt.Sprint(len(r.Refused)), ""},
		{"Not as it was sealed", fmt.Sprint(len(r.OtherThanSeal)), htmlText(dotted(r.OtherThanSeal, true))},
		{"Not reconstructable", fmt.Sprint(len(r.Not)), ""},
	}
	p.months(r.Months)
	for _, f := range r.Flips {
		class := "looser"
		if f.Worse() {
			class = "stricter"
		}
		p.Flips = append(p.Flips, flipView{htmlText(f.ID), htmlText(f.Path), htmlText(shortCommit(f.Commit)), f.Before.String(), f.After.String(), htmlText(strings.Join(f.Codes, " ")), class})
	}
	for _, m := range append(append([]backtest.Missing{}, r.Not...), r.Refused...) {
		p.Missing = append(p.Missing, missingView{htmlText(m.ID), htmlText(shortCommit(m.Commit)), htmlText(m.Why)})
	}
	return fillPage(w, "backtest.html", p)
}

// months makes the small multiples, all of one scale.
func (p *backtestPage) months(list []backtest.Month) {
	for _, m := range list {
		p.Most = max(p.Most, m.Judged, m.Stricter, m.Looser)
	}
	for _, m := range list {
		name := m.Month
		if t, err := time.Parse("2006-01", m.Month); err == nil {
			name = t.Format("Jan 2006")
		}
		v := monthView{Name: name, Words: fmt.Sprintf("%d judged, %d stricter, %d looser, approvals +%d −%d", m.Judged, m.Stricter, m.Looser, m.Added, m.Saved)}
		for _, b := range []struct {
			class, label string
			n            int
		}{{"judged", "judged", m.Judged}, {"stricter", "stricter", m.Stricter}, {"looser", "looser", m.Looser}} {
			v.Bars = append(v.Bars, columnView{b.class, fmt.Sprintf("h%d", steps(b.n, p.Most)), fmt.Sprint(b.n)})
		}
		p.Months = append(p.Months, v)
	}
}

// steps is a number as a height; what is not nothing is seen.
func steps(n, most int) int {
	if n == 0 || most == 0 {
		return 0
	}
	return max(n*barSteps/most, 1)
}
