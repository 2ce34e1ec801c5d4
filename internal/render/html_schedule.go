package render

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

// scheduleView is the page of a forward schedule.
type scheduleView struct {
	sheet
	Range                  spanView
	Only                   string // what filters left over
	Count, Freezes         int
	Unread                 []string
	Levels                 []countView // that occur, the highest first
	Legend                 []countView
	Clashes                struct{ Open, Accepted int }
	Services, Environments []string // to choose from
	Days                   []dayView
	ManyDays               bool
	Now                    *struct{ Class string }
	Calendar               []tagView
	CalendarRows           string
	Lanes                  []laneView
	Idle                   string
	Collisions             []clashView
	Entries                []entryView
	Windows                []windowView
}

type countView struct {
	Class, Name, Sign string
	Count             int
}

type entryView struct {
	riskView
	Anchor, ID, Title            string
	Window                       spanView
	Services, Environments       string
	ServiceKeys, EnvironmentKeys string // JSON, for the filter
	Rollback, State              string
	Notes                        []string // what is in the way
	Facts                        []factView
	Tentative, Clash             bool
	from, to                     time.Time
	services, environments       []string
}

// factView is one line of a card.
type factView struct {
	Name, Text string
	Window     *spanView
	List       []string
	Links      []linkView
}

type refView struct{ Anchor, ID, Title string }

type clashView struct {
	A, B             refView
	What             string
	Window           spanView
	Accepted, Blocks bool
}

type windowView struct {
	When                           spanView
	ID, Title, Kind, Scope, Owners string
}

// ScheduleHTML writes a forward schedule as a page of one file, which needs
// neither a network nor a script to be read. Instants are in o.Zone, else in
// that of f.From. It writes nothing when it fails.
func ScheduleHTML(w io.Writer, f schedule.Forward, o Options) error {
	k := readersClock(o, f.Now.Time, f.From.Location())
	p := newPlaces(f.From.Time, f.To.Time)
	v := scheduleView{Range: k.spanOf(f.From.Time, f.To.Time), Only: htmlList(f.Filters), Count: len(f.Entries), Unread: htmlTexts(f.Unread)}
	v.entries(f, k)
	v.clashes(f, k)
	v.windows(f, k)
	v.counts()
	v.timeline(f, k, p)
	for i := range v.Entries {
		v.Entries[i].Facts = facts(f.Entries[i], v.Entries[i])
	}

	var err error
	if v.sheet, err = newSheet("schedule", p.css.String()); err != nil {
		return err
	}
	v.Title = "Forward schedule, " + v.Range.Text
	v.about(k, f.Now.Time, f.Zone, f.Repository, o)
	return fillPage(w, "schedule.html", v)
}

// about says when and from what a page was made, and in which zone.
func (s *sheet) about(k clock, made time.Time, zone, repository string, o Options) {
	s.Made = k.view("Made ", made)
	if s.Zone, s.ZoneText = k.zoneNames(made); s.Zone == "" && o.Zone == nil && strings.Contains(zone, "/") {
		s.Zone, s.ZoneText = htmlText(zone), htmlText(zone)+" ("+k.offset(made)+")"
	}
	s.Repository = htmlText(repository)
	s.Origin = " by mergeseal"
	if o.Tool != "" {
		s.Origin = " by mergeseal " + htmlText(o.Tool)
	}
}

// anchorSafe is an id that may stand in an address and a style as it is.
var anchorSafe = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

// anchor names a card. Ids that are no names, or are there twice, get a number.
func anchor(id string, n int, used map[string]bool) string {
	name := "card-" + id
	if !anchorSafe.MatchString(id) || htmlText(id) != id || used[name] {
		name = "card." + strconv.Itoa(n+1)
	}
	used[name] = true
	return name
}

func (v *scheduleView) entries(f schedule.Forward, k clock) {
	used := map[string]bool{}
	for i, e := range f.Entries {
		x := entryView{
			riskView: riskOf(e.Level, e.Score), Anchor: anchor(e.ID, i, used), ID: htmlText(e.ID), Title: htmlText(e.Title),
			Window: k.spanOf(e.Start.Time, e.End.Time), Services: htmlList(e.Services), Environments: htmlList(e.Environments),
			ServiceKeys: keys(e.Services), EnvironmentKeys: keys(e.Environments),
			Rollback: orElse(htmlText(e.Rollback), "no plan"), State: stateOf(e), Tentative: e.State == schedule.Tentative,
			from: e.Start.Time, to: e.End.Time, services: htmlTexts(e.Services), environments: htmlTexts(e.Environments),
		}
		if x.ID == "" {
			x.ID = htmlText(e.Path)
		}
		for _, id := range e.Frozen {
			x.Notes = append(x.Notes, inTheWay(f, id))
		}
		v.Entries = append(v.Entries, x)
	}
}

// inTheWay says what denies a change its planned time.
func inTheWay(f schedule.Forward, id string) string {
	for _, w := range f.Windows {
		if w.ID == id && w.Kind == "maintenance" {
			return "outside of its window " + htmlText(id)
		}
		if w.ID == id {
			return "inside the freeze " + htmlText(w.Title)
		}
	}
	return "not free for it: " + htmlText(id)
}

// keys is a list for the script, as JSON in an attribute.
func keys(list []string) string {
	b, err := json.Marshal(htmlTexts(list))
	if err != nil { // strings always have a form in JSON
		return "[]"
	}
	return string(b)
}

// stateOf is how firm a change's place is, and where it is in its life.
func stateOf(e schedule.Entry) string {
	switch e.Status {
	case "", schedule.Draft, schedule.Scheduled: // as the state says
		return htmlText(spaced(e.State))
	}
	return htmlText(spaced(e.State)) + ", " + htmlText(spaced(e.Status))
}

func (v *scheduleView) clashes(f schedule.Forward, k clock) {
	byID := map[string]*entryView{}
	for i, e := range f.Entries {
		if byID[field.Fold(e.ID)] == nil {
			byID[field.Fold(e.ID)] = &v.Entries[i]
		}
	}
	ref := func(id string, open bool, other string) refView {
		e := byID[field.Fold(id)]
		if e == nil {
			return refView{ID: htmlText(id)}
		}
		if open {
			e.Clash = true
			e.Notes = append(e.Notes, "collides with "+htmlText(other))
		}
		return refView{Anchor: e.Anchor, ID: e.ID, Title: e.Title}
	}
	for _, c := range f.Collisions {
		open := c.Blocks && !c.Accepted
		switch {
		case open:
			v.Clashes.Open++
		case c.Accepted:
			v.Clashes.Accepted++
		}
		what := htmlText(kindOfCollision(c.Kind))
		if len(c.Via) > 0 {
			between := ", "
			if c.Kind == "dependency" {
				between = " → "
			}
			what += " (" + strings.Join(htmlTexts(c.Via), between) + ")"
		}
		v.Collisions = append(v.Collisions, clashView{A: ref(c.A, open, c.B), B: ref(c.B, open, c.A), What: what,
			Window: k.spanOf(c.From.Time, c.To.Time), Accepted: c.Accepted, Blocks: c.Blocks})
	}
}

func (v *scheduleView) windows(f schedule.Forward, k clock) {
	for _, x := range f.Windows {
		scope := htmlList(x.Scope)
		if scope == "" {
			scope = "everything"
		}
		if len(x.Exempt) > 0 {
			scope += "; not for " + htmlList(x.Exempt)
		}
		if x.Kind != "maintenance" {
			v.Freezes++
		}
		v.Windows = append(v.Windows, windowView{When: k.spanOf(x.Start.Time, x.End.Time), ID: htmlText(x.ID), Title: htmlText(x.Title),
			Kind: windowKind(x.Kind), Scope: scope, Owners: htmlText(x.Owners)})
	}
}

// windowKind is a class of the style as well; a window of no known kind is
// shown as a freeze.
func windowKind(kind string) string {
	if kind == "maintenance" {
		return kind
	}
	return "freeze"
}

func (v *scheduleView) counts() {
	for _, l := range levelViews() {
		c := countView{Class: l.Level, Name: l.LevelName, Sign: l.Sign}
		for _, e := range v.Entries {
			if e.Level == l.Level {
				c.Count++
			}
		}
		if l.Level != "unscored" || c.Count > 0 {
			v.Legend = append(v.Legend, c)
		}
		if c.Count > 0 {
			v.Levels = append(v.Levels, c)
		}
	}
}

// facts are the lines of a change's card.
func facts(e schedule.Entry, x entryView) []factView {
	all := []factView{
		{Name: "Window", Window: &x.Window},
		{Name: "In the way", List: x.Notes},
		{Name: "Services", Text: x.Services},
		{Name: "Environments", Text: x.Environments},
		{Name: "Why", Text: htmlText(e.Reason)},
		{Name: "Rollback", Text: x.Rollback},
		{Name: "State", Text: x.State},
		{Name: "Type", Text: htmlText(e.Type)},
		{Name: "Owner", Text: htmlText(e.Owner)},
		{Name: "Work by", Text: htmlList(e.Implementers)},
		{Name: "Record", Text: htmlText(e.Path)},
	}
	if e.PullRequest > 0 {
		all = append(all, factView{Name: "Pull request", Text: fmt.Sprintf("number %d", e.PullRequest)})
	}
	urls := make([]string, 0, len(e.Links))
	for _, l := range e.Links {
		urls = append(urls, l.URL)
	}
	return filled(append(all, factView{Name: "Links", Links: links(urls...)})...)
}
