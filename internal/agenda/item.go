package agenda

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

// largest is how many lines of a score are told.
const largest = 3

// item is everything about a change but why it is on the agenda.
func (c Case) item() Item {
	r, j := &c.Record, &c.Judged
	i := Item{
		ID: j.ID, Title: j.Title, Type: j.Type, State: schedule.Booked, Owner: change.Redact(string(r.Owner)),
		Why: line(r.Reason), Impact: impact(r.Impact), Services: []string{}, Dependents: []string{}, Environments: j.Environments,
		Rollback: c.Rollback, Score3: []Line{}, Link: c.Link, PullRequest: c.PullRequest, Path: j.Path,
		Reasons: []string{}, Kinds: []Kind{}, Missing: []string{},
	}
	if i.Why == "" && r.Emergency != nil {
		i.Why = line(r.Emergency.Why)
	}
	i.Link = cmp.Or(i.Link, j.Path)
	if r.Schedule != nil {
		i.Start, i.End = r.Schedule.Start, r.Schedule.End
	}
	switch {
	case r.Type == change.Registration:
		i.State = schedule.Registered
	case !c.Merged:
		i.State = schedule.Tentative
	}
	for _, s := range j.Services {
		i.Services = append(i.Services, s.Name)
		i.Dependents = append(i.Dependents, s.Dependents...)
	}
	slices.Sort(i.Dependents)
	i.Dependents = slices.DeleteFunc(slices.Compact(i.Dependents), func(s string) bool { return slices.Contains(i.Services, s) })
	if j.Risk != nil {
		i.Level, i.Score = j.Risk.Level.String(), j.Risk.Total
		i.Score3 = lines(c)
	}
	if !c.Merged {
		for _, s := range j.Requirements {
			if s.Missing > 0 {
				i.Missing = append(i.Missing, missing(s))
			}
		}
		i.Missing = append(i.Missing, c.Errors...)
	}
	if r.Outcome != nil {
		i.Result = r.Outcome.Result.String()
	}
	if r.Review != nil {
		i.Lessons = line(r.Review.Lessons)
	}
	return i
}

func missing(s approval.Status) string {
	if s.Peer {
		return fmt.Sprintf("%d %s", s.Missing, s.Who())
	}
	return fmt.Sprintf("%d of %s", s.Missing, s.Who())
}

// lines are the largest lines of a score, the largest first.
func lines(c Case) []Line {
	factors := slices.Clone(c.Judged.Risk.Factors)
	slices.SortStableFunc(factors, func(a, b risk.Factor) int { return cmp.Compare(b.Points, a.Points) })
	out := []Line{}
	for _, f := range factors[:min(len(factors), largest)] {
		if f.Points > 0 {
			out = append(out, Line{Name: f.Name, Points: f.Points, Why: f.Why})
		}
	}
	return out
}

// impact is who notices what, for how long.
func impact(p *change.Impact) string {
	if p == nil {
		return ""
	}
	parts := []string{}
	if p.Users != change.UsersUnstated {
		parts = append(parts, strings.Replace(p.Users.String()+" users", "none users", "no users", 1))
	}
	if p.Outage != change.OutageUnstated {
		outage := strings.Replace(p.Outage.String(), "none", "no outage", 1)
		if p.Minutes != nil && p.Outage != change.OutageNone {
			outage += fmt.Sprintf(" for %d min", *p.Minutes)
		}
		parts = append(parts, outage)
	}
	if p.Text != "" {
		parts = append(parts, line(p.Text))
	}
	return strings.Join(parts, ", ")
}

// line is a text of several lines as one, without what looks like a secret.
func line(text string) string { return change.Redact(strings.Join(strings.Fields(text), " ")) }

// Pending lists the actions of a change's review that are not known to be done.
// One that refers to a change is done with that change.
func Pending(r *change.Record, done func(id string) bool) []Action {
	if r.Review == nil {
		return nil
	}
	var out []Action
	for _, a := range r.Review.Actions {
		if a.Ref != "" && done(field.Fold(a.Ref)) {
			continue
		}
		out = append(out, Action{ID: change.Redact(r.ID), Title: line(a.Title), Ref: line(a.Ref), Owner: change.Redact(string(a.Owner))})
	}
	return out
}
