package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// verdict writes the document.
func (r *run) verdict(sc *scene, opinions []*opinion, whole *opinion) (*Result, error) {
	v := r.document()
	v.Law.Touched = nonNil(sc.work.facts.LawTouched)
	v.Law.Disabled = []verdict.Disabled{}
	for _, d := range r.law.Config.Policy.Disable {
		v.Law.Disabled = append(v.Law.Disabled, verdict.Disabled{Code: d.Code, Reason: d.Reason})
	}
	v.Requirements = nonNil(whole.requirements)
	v.Outcome = whole.outcome()
	res := &Result{Verdict: v, Findings: whole.found, Sources: r.sources}
	v.Objections = whole.objections
	edges := append(r.lawEdges(), delegationEdge(whole.nextEdge)...)
	clock := whole.usesClock
	v.Law.Observed = nonNil(whole.observed)
	for _, o := range opinions {
		j, more := r.judged(o, sc)
		v.Changes = append(v.Changes, j)
		v.Outcome = min(v.Outcome, j.Outcome)
		v.Law.Observed = append(v.Law.Observed, o.observed...)
		res.Findings = append(res.Findings, o.found...)
		edges = append(edges, more...)
		clock = clock || o.usesClock
		cur := o.facts.subject.current()
		r.sources[cur.Path] = cur.Source
	}
	pointed := map[string]bool{}
	for _, f := range res.Findings {
		pointed[f.At.File] = true
	}
	for _, o := range sc.records.others {
		if pointed[o.file.Path] {
			r.sources[o.file.Path] = o.file.Source
		}
	}
	if len(opinions) == 0 && v.Outcome == verdict.OutcomePass {
		res.Findings = append(res.Findings, diag.New("MS604", source.Range{}, "%s", nothing(r.ground.hasBase)))
	}
	if clock {
		edges = append(edges, schedule.Edge{At: r.Now.Add(time.Hour), Why: "a rule reads the clock"})
	}
	v.ValidUntil, _ = schedule.ValidUntil(r.Now, edges...)
	v.ValidUntil = v.ValidUntil.UTC()
	d := r.law.Digests
	v.Inputs = verdict.Inputs{
		Config: d.Config, Policy: r.rules.Digest(), Calendar: d.Calendar, Services: d.Services,
		Groups: d.Groups, Models: d.Models, Tool: r.Tool,
	}
	if r.people != nil {
		v.Inputs.Evidence = r.people.digest
	}
	return res, nil
}

func nothing(hasBase bool) string {
	if hasBase {
		return "no change record differs from the base: there is nothing to judge"
	}
	return "there is no change record here: there is nothing to judge"
}

// judged is one record in the document, and the instants at which time alone
// changes what is said of it.
func (r *run) judged(o *opinion, sc *scene) (verdict.Judged, []schedule.Edge) {
	f := o.facts
	cur := f.subject.current()
	rec := cur.Record
	j := verdict.Judged{
		ID: change.Redact(rec.ID), Title: change.Redact(rec.Title), Type: rec.Type.String(), Path: change.Redact(f.subject.path), Blob: cur.Blob,
		Class: f.subject.amend.Class.String(), State: state(&rec, f.subject),
		Services: []verdict.Service{}, Environments: redacted(rec.Environments),
		Outcome: o.outcome(), Freezes: []schedule.FreezeHit{}, Collisions: []schedule.Collision{},
		Maintenance: schedule.Maintenance{Required: []string{}, Inside: true}, Requirements: nonNil(o.requirements),
	}
	if rec.Schedule != nil {
		j.Start, j.End = rec.Schedule.Start.String(), rec.Schedule.End.String()
	}
	if f.input == nil {
		return j, nil
	}
	in := f.input
	j.Services, j.Freezes, j.Collisions, j.Maintenance, j.Risk = in.Services, in.Freezes, in.Collisions, in.Maintenance, in.Risk
	j.Services = slices.Clone(j.Services)
	for i := range j.Services {
		j.Services[i].Name = change.Redact(j.Services[i].Name)
	}
	if t := in.Change.Type.String(); t != j.Type {
		j.Type, j.DeclaredType = t, j.Type
	}
	j.Objections = o.objections
	j.Freezes = granted(j.Freezes, o.requirements)
	edges := append(schedule.Edges(r.law.Windows, f.target, r.Now), r.recordEdges(f, sc)...)
	edges = append(edges, delegationEdge(o.nextEdge)...)
	if _, ahead := schedule.ValidUntil(r.Now, edges...); len(ahead) > 0 {
		j.NextEdge = &verdict.Edge{At: ahead[0].At.UTC(), Why: ahead[0].Why}
	}
	return j, edges
}

// state is what can be said of a record from git and its own fields.
func state(rec *change.Record, s *subject) string {
	switch {
	case s.file == nil:
		return "removed"
	case rec.Canceled != nil:
		return "canceled"
	case rec.Outcome != nil:
		return "closed"
	case rec.Hold != nil:
		return "on_hold"
	case s.fromBase:
		return "approved"
	}
	return "draft"
}

// recordEdges are instants that the calendar does not know: where the notice
// falls short, and the next of pastEdges.
func (r *run) recordEdges(f *facts, sc *scene) []schedule.Edge {
	var out []schedule.Edge
	if p := f.record.Schedule; p != nil {
		out = append(out, schedule.Edge{At: p.Start.Add(-time.Duration(sc.settings.NoticeHours) * time.Hour), Why: "the notice falls short"})
	}
	return append(out, sc.edges...)
}

// pastEdges is the next instant at which what became of earlier changes tells
// another story; it is the same for every record of the run.
func (r *run) pastEdges(rec *records, s verdict.Settings) []schedule.Edge {
	var out []schedule.Edge
	for _, o := range rec.others {
		c := &o.file.Record
		end := ended(c)
		if end.IsZero() || end.After(r.Now.Add(schedule.MaxValid)) {
			continue // what is to come is no past
		}
		if c.Outcome != nil {
			out = append(out, schedule.Edge{At: end.Add(risk.Lookback), Why: fmt.Sprintf("%s leaves the history", c.ID)})
		}
		if c.Type == change.Emergency {
			out = append(out, schedule.Edge{At: end.Add(time.Duration(s.RetroHours) * time.Hour), Why: fmt.Sprintf("the review of %s falls due", c.ID)})
		}
	}
	_, ahead := schedule.ValidUntil(r.Now, out...)
	return ahead[:min(len(ahead), 1)]
}

// lawEdges are instants at which the law itself changes what it says.
func (r *run) lawEdges() []schedule.Edge {
	var out []schedule.Edge
	for _, o := range r.law.Config.Policy.Observe {
		if !o.Until.IsZero() {
			out = append(out, schedule.Edge{At: r.endOf(o), Why: "the observation of " + o.Code + " ends"})
		}
	}
	return out
}

func redacted(l []string) []string {
	out := make([]string, len(l))
	for i, s := range l {
		out[i] = change.Redact(s)
	}
	return out
}
