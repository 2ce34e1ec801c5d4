package render

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/schedule"
)

type dayView struct {
	Class, Number, Name string
	Rest                bool // Saturday or Sunday
}

type tagView struct {
	Kind, Class, Title string
	Out, Left          bool
}

type laneView struct {
	Name, Note, Rows string
	Bands            []bandView
	Bars             []barView
}

type bandView struct{ Kind, Class string }

type barView struct {
	riskView
	Class, Row, Side  string
	Anchor, ID, Title string
	Window            spanView
	Begins            instantView // at which hour
	Tentative, Clash  bool
}

// Labels take so many percent of a narrow track: 13.2 rem of 52.
const (
	barLabel = 27.0
	tagRune  = 0.75 // a character of a window's title
)

// noService is the lane of changes that name none.
const noService = "no service named"

// timeline fills the lanes: one for windows, then one for each service on which
// something is planned.
func (v *scheduleView) timeline(f schedule.Forward, k clock, p *places) {
	v.days(k, p)
	if !f.Now.Before(f.From.Time) && f.Now.Before(f.To.Time) {
		at := p.share(f.Now.Time)
		v.Now = &struct{ Class string }{p.style("left:" + percent(at))}
	}
	v.tags(f, p)

	on := map[string][]int{} // entries by service
	for i, e := range v.Entries {
		v.Environments = append(v.Environments, e.environments...)
		names := e.services
		if len(names) == 0 {
			names = []string{noService}
		}
		for _, s := range slices.Compact(slices.Sorted(slices.Values(names))) {
			on[s] = append(on[s], i)
		}
	}
	v.Environments = slices.Compact(slices.Sorted(slices.Values(v.Environments)))
	order := htmlTexts(f.Services)
	for s := range on {
		order = append(order, s)
	}
	slices.Sort(order)
	var idle []string
	for _, s := range slices.Compact(order) {
		lane := v.lane(s, on[s], f, k, p)
		if len(lane.Bars) == 0 {
			idle = append(idle, s)
			continue
		}
		v.Lanes, v.Services = append(v.Lanes, lane), append(v.Services, s)
	}
	v.Idle = strings.Join(idle, ", ")
}

// days are the columns. Each begins at midnight of the reader's zone, so that
// one with a change of clocks is as wide as it is long.
func (v *scheduleView) days(k clock, p *places) {
	const most = 400 // of columns; a longer time has none
	v.ManyDays = p.to.Sub(p.from) > 21*24*time.Hour
	for at := p.from.In(k.zone); at.Before(p.to) && len(v.Days) < most; {
		next := time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, k.zone)
		if !next.After(at) { // a day without a midnight
			next = at.Add(24 * time.Hour)
		}
		left, right, shown := p.stretch(at, next)
		if shown {
			name := at.Format("Mon")
			switch first := len(v.Days) == 0 || at.Day() == 1; {
			case first && v.ManyDays: // too narrow for both
				name = at.Format("Jan")
			case first:
				name += " " + at.Format("Jan")
			}
			v.Days = append(v.Days, dayView{Class: p.class(left, right), Number: strconv.Itoa(at.Day()), Name: name,
				Rest: at.Weekday() == time.Saturday || at.Weekday() == time.Sunday})
		}
		at = next
	}
}

// tags name the windows in a lane of their own.
func (v *scheduleView) tags(f schedule.Forward, p *places) {
	var rows packing
	for i, w := range f.Windows {
		left, right, shown := p.stretch(w.Start.Time, w.End.Time)
		if !shown {
			continue
		}
		x := v.Windows[i]
		side, from, to := labelled(left, right, min(tagRune*float64(len([]rune(x.Title)))+2, 30))
		v.Calendar = append(v.Calendar, tagView{Kind: x.Kind, Class: p.tag(left, right, rows.place(from, to)), Title: x.Title,
			Out: side != "inside", Left: side == "left"})
	}
	v.CalendarRows = p.tags(len(rows.rows))
}

// lane is one service with its changes, by start, and the windows that cover it.
func (v *scheduleView) lane(name string, entries []int, f schedule.Forward, k clock, p *places) laneView {
	l := laneView{Name: name}
	for _, w := range f.Windows {
		left, right, shown := p.stretch(w.Start.Time, w.End.Time)
		if shown && (w.All || slices.Contains(htmlTexts(w.Services), name)) {
			l.Bands = append(l.Bands, bandView{Kind: windowKind(w.Kind), Class: p.class(left, right)})
		}
	}
	var rows packing
	for _, i := range entries {
		e := v.Entries[i]
		left, right, shown := p.stretch(e.from, e.to)
		if !shown {
			continue
		}
		side, from, to := labelled(left, right, barLabel)
		l.Bars = append(l.Bars, barView{riskView: e.riskView, Class: p.class(left, right), Row: p.row(rows.place(from, to)), Side: side,
			Anchor: e.Anchor, ID: e.ID, Title: e.Title, Window: e.Window, Begins: instantView{At: e.Window.FromAt, Text: hour(e.from.In(k.zone))}, Tentative: e.Tentative, Clash: e.Clash})
	}
	l.Rows = p.rows(len(rows.rows))
	return l
}
