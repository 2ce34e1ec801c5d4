package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/agenda"
)

// agendaView is the page of a meeting, before it or after it.
type agendaView struct {
	sheet
	Heading         string
	Since, Until    instantView
	Counts          []countView
	Unread          []string
	Minutes         bool // what was decided, not what is to be
	Decisions       []decisionView
	Items           []itemView
	Actions         []actionView
	Routine, Footer string
}

type itemView struct {
	riskView
	Number, Minutes  int
	ID, Title, About string
	Reasons, Missing []string
	Facts, More      []factView
	Lines            []lineView
}

type lineView struct{ Points, Name, Why string }

type actionView struct {
	ID, Title, Owner string
	Ref              linkView
}

type decisionView struct {
	ID, Title, What, By, Commit, Subject string
	At                                   instantView
	Reviews                              []reviewView
	Conditions                           []string
}

type reviewView struct {
	By, State, Commit string
	At                instantView
}

// AgendaHTML writes what a board talks about as a page of one file, which needs
// neither a network nor a script to be read, and has boxes to tick on paper.
// Instants are in o.Zone, else in that of a.Date. It writes nothing when it
// fails.
func AgendaHTML(w io.Writer, a agenda.Agenda, o Options) error {
	k := readersClock(o, a.Date.Time, a.Date.Location())
	v := agendaView{Heading: "Agenda", Since: k.view("", a.Since.Time), Until: k.view("", a.Until.Time),
		Items: k.items(a.Items), Actions: actions(a.Actions), Unread: htmlTexts(a.Unread)}
	if a.Meeting != "" {
		v.Heading += " of " + htmlText(a.Meeting)
	}
	missing := 0
	for _, i := range a.Items {
		if len(i.Missing) > 0 {
			missing++
		}
	}
	v.Counts = []countView{{Name: nounOf(len(a.Items), "change to talk about", "changes to talk about"), Count: len(a.Items)},
		{Name: nounOf(a.Minutes, "minute", "minutes"), Count: a.Minutes}, {Name: "with something missing", Count: missing},
		{Name: "routine", Count: a.Routine}}
	if missing > 0 {
		v.Counts[2].Class = "bad"
	}
	v.Routine = number(a.Routine, "change needs", "changes need") + " nobody's word"
	if len(a.RoutineIDs) > 0 {
		v.Routine += ": " + htmlList(a.RoutineIDs)
	}
	v.Routine += "."
	v.Footer = fmt.Sprintf("%s in %s.", number(len(a.Items), "item", "items"), number(a.Minutes, "minute", "minutes"))
	return v.write(w, k, a.Date.Time, a.Zone, a.Repository, o)
}

// MinutesHTML writes what was decided, as AgendaHTML writes what is to be.
// Instants are in o.Zone, else in that of m.Until.
func MinutesHTML(w io.Writer, m agenda.Minutes, o Options) error {
	k := readersClock(o, m.Until.Time, m.Until.Location())
	v := agendaView{Minutes: true, Heading: "Minutes", Since: k.view("", m.Since.Time), Until: k.view("", m.Until.Time),
		Items: k.items(m.Open), Actions: actions(m.Actions), Unread: htmlTexts(m.Unread)}
	if m.Meeting != "" {
		v.Heading += " of " + htmlText(m.Meeting)
	}
	for _, d := range m.Decisions {
		x := decisionView{ID: htmlText(d.ID), Title: htmlText(d.Title), What: htmlText(d.What), By: htmlText(d.By), Commit: htmlText(d.Commit),
			Subject: htmlText(d.Subject), At: k.view("", d.At.Time), Conditions: htmlTexts(d.Conditions)}
		for _, r := range d.Reviews {
			x.Reviews = append(x.Reviews, reviewView{By: htmlText(r.By), State: htmlText(spaced(r.State)), Commit: htmlText(r.Commit), At: k.view("", r.At.Time)})
		}
		v.Decisions = append(v.Decisions, x)
	}
	v.Counts = []countView{{Name: "decided", Count: len(m.Decisions)}, {Name: "left open", Count: len(m.Open)},
		{Name: nounOf(len(m.Actions), "action to do", "actions to do"), Count: len(m.Actions)}}
	v.Footer = fmt.Sprintf("%s, %d left open.", number(len(m.Decisions), "decision", "decisions"), len(m.Open))
	return v.write(w, k, m.Until.Time, m.Zone, m.Repository, o)
}

func (v *agendaView) write(w io.Writer, k clock, made time.Time, zone, repository string, o Options) error {
	s, err := newSheet("agenda", "")
	if err != nil {
		return err
	}
	v.sheet = s
	v.about(k, made, zone, repository, o)
	v.Title = v.Heading + ", " + v.Made.Text
	return fillPage(w, "agenda.html", v)
}

// nounOf is the noun for a number that stands elsewhere.
func nounOf(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func (k clock) items(list []agenda.Item) []itemView {
	var out []itemView
	for n, i := range list {
		x := itemView{riskView: riskOf(i.Level, i.Score), Number: n + 1, Minutes: i.Minutes, ID: htmlText(i.ID), Title: htmlText(i.Title),
			Reasons: htmlTexts(i.Reasons), Missing: htmlTexts(i.Missing)}
		if x.ID == "" {
			x.ID = htmlText(i.Path)
		}
		x.About = strings.Join(htmlTexts([]string{i.Type, spaced(i.State), strings.Join(i.Environments, ", ")}), " · ")
		window := k.spanOf(i.Start.Time, i.End.Time)
		x.Facts = filled(factView{Name: "Window", Window: &window}, factView{Name: "Why", Text: htmlText(i.Why)},
			factView{Name: "Impact", Text: htmlText(i.Impact)}, factView{Name: "Rollback", Text: orElse(htmlText(i.Rollback), "no plan")},
			factView{Name: "Result", Text: htmlText(spaced(i.Result))}, factView{Name: "Lessons", Text: htmlText(i.Lessons)})
		x.More = filled(factView{Name: "Services", Text: orElse(htmlList(i.Services), "none named")},
			factView{Name: "Dependents", Text: orElse(htmlList(i.Dependents), "none")}, factView{Name: "Owner", Text: htmlText(i.Owner)},
			factView{Name: "Link", Links: links(i.Link)})
		for _, l := range i.Score3 {
			x.Lines = append(x.Lines, lineView{Points: fmt.Sprintf("%+d", l.Points), Name: htmlText(spaced(l.Name)), Why: htmlText(l.Why)})
		}
		out = append(out, x)
	}
	return out
}

func actions(list []agenda.Action) []actionView {
	var out []actionView
	for _, a := range list {
		out = append(out, actionView{ID: htmlText(a.ID), Title: htmlText(a.Title), Owner: htmlText(a.Owner), Ref: htmlLink(a.Ref)})
	}
	return out
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func links(addresses ...string) []linkView {
	var out []linkView
	for _, a := range addresses {
		if a != "" {
			out = append(out, htmlLink(a))
		}
	}
	return out
}

// filled leaves out the lines that say nothing.
func filled(all ...factView) []factView {
	out := all[:0]
	for _, f := range all {
		if f.Text != "" || f.Window != nil || len(f.List) > 0 || len(f.Links) > 0 {
			out = append(out, f)
		}
	}
	return out
}
