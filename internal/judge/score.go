package judge

import (
	"fmt"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// score works out the risk, and with it whether a standard change is inside
// its model: the model's limit is judged, not assumed. A change that left its
// model is scored and judged as a normal one.
func (r *run) score(f *facts, sc *scene) {
	in := f.input
	rf := r.riskFacts(&f.record, f.subject.current(), in.Services, sc)
	rf.Rollback, rf.Tests = f.rollback, in.Tests
	rf.Diff = sc.work.diff
	if f.subject.fromBase {
		rf.Diff = risk.Diff{}
	}
	for _, c := range in.Collisions {
		if !c.Accepted && c.State != "tentative" && c.Kind != "implementer" && c.Kind != "files" {
			rf.Collisions = append(rf.Collisions, c.With)
		}
	}
	for _, z := range in.Freezes {
		if z.Hit && z.Exception != "none" {
			rf.Exceptions = append(rf.Exceptions, z.ID)
		}
	}
	for _, s := range in.Services {
		if s.Derived && !s.Declared {
			rf.Understated = append(rf.Understated, s.Name)
		}
	}
	if f.model != nil {
		rf.ModelIndex = f.model.Index
	}
	score := r.throughModel(f, sc, rf)
	for i := range score.Factors {
		score.Factors[i].Why, score.Factors[i].Lower = change.Redact(score.Factors[i].Why), change.Redact(score.Factors[i].Lower)
	}
	for i := range score.Floors {
		score.Floors[i].Why = change.Redact(score.Floors[i].Why)
	}
	in.Risk, in.History = &score, rf.History
}

// throughModel scores a change, as a standard one while it is inside its model.
func (r *run) throughModel(f *facts, sc *scene, rf risk.Facts) risk.Score {
	if f.record.Type != change.Standard {
		return risk.Compute(rf, r.risks)
	}
	in := f.input
	if f.model != nil {
		m := &verdict.Model{Name: f.model.Name, Version: f.model.Version, At: f.model.At.String(), Left: []verdict.Left{}}
		written := f.subject.current()
		for _, l := range f.model.Leaves(&written.Record, written.Index.Has, sc.work.covered) {
			m.Left = append(m.Left, verdict.Left(l))
		}
		for _, s := range in.Services {
			if s.Derived && !s.Declared {
				m.Left = append(m.Left, verdict.Left{Path: "/services", Message: fmt.Sprintf("the diff touches %s, which the change does not name", s.Name)})
			}
		}
		in.Model = m
		if len(m.Left) == 0 {
			rf.ApprovedModel = f.model.Ref()
			score := risk.Compute(rf, r.risks)
			over, above := f.model.OverRisk(score.Level)
			if !above || r.lint {
				m.Inside = true
				return score
			}
			m.Left = append(m.Left, verdict.Left(over))
			rf.ApprovedModel = ""
		}
	}
	rf.Type, in.Change.Type, f.record.Type, f.target.Type = change.Normal, change.Normal, change.Normal, change.Normal
	in.Freezes = schedule.Freezes(r.law.Windows, f.target)
	return risk.Compute(rf, r.risks)
}

// riskFacts are the facts that any record has, judged or beside.
func (r *run) riskFacts(rec *change.Record, file *change.File, services []verdict.Service, sc *scene) risk.Facts {
	rf := risk.Facts{
		Record: rec, Index: file.Index, Type: rec.Type,
		Graph: r.law.Services.HasGraph(), Questions: r.law.Config.Questionnaire,
	}
	var names []string
	for _, s := range services {
		v := risk.Service{Name: s.Name, Tier: s.Tier, TierKnown: s.TierKnown, Known: s.Known, Sensitive: s.Data == "sensitive"}
		if svc, ok := r.law.Services.Lookup(s.Name); ok {
			v.At = svc.At
		}
		rf.Services = append(rf.Services, v)
		names = append(names, s.Name)
	}
	rf.Blast = r.law.Services.Blast(names)
	rf.History = risk.HistoryOf(sc.past, names, r.Now)
	return rf
}

// closed are the base's finished changes, as the history of services sees them.
func closed(rec *records) []risk.Past {
	var out []risk.Past
	for _, o := range rec.others {
		c := &o.file.Record
		if o.tentative || c.Outcome == nil {
			continue
		}
		out = append(out, risk.Past{Services: c.Services, Result: c.Outcome.Result, Incidents: c.Outcome.Incidents, Ended: ended(c)})
	}
	return out
}

// leveled adds the risk level that limits of capacity ask for. Without limits
// nobody asks.
func (r *run) leveled(t schedule.Target, file *change.File, sc *scene) schedule.Target {
	if len(r.law.Config.Limits) == 0 || file.Record.Outcome != nil || file.Record.Canceled != nil {
		return t
	}
	rec := file.Record
	if m, ok := r.law.Find(rec.Model); ok && rec.Type == change.Standard {
		rec = m.Apply(&rec)
	}
	services := r.services(&facts{subject: &subject{file: file, amend: change.Amendment{Class: change.ClassEditorial}}, record: rec}, sc)
	rf := r.riskFacts(&rec, file, services, sc)
	rf.Rollback = change.Rollback(&rec)
	rf.Tests, _ = change.Tests(&rec, r.testResult) // its own pull request was told what is wrong
	t.Level = risk.Compute(rf, r.risks).Level
	return t
}
