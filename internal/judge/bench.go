package judge

import (
	"context"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/remedy"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// bench judges one record again and again with other bytes and other reviews.
// Law, rules, history and the other records are read once; what is judged is
// judged by the same code as ever.
type bench struct {
	run     *run
	subject *subject
	scene   *scene
	found   diag.List // beside the records
	before  map[string]verdict.Outcome
}

// objection is somebody who asks for changes; the codes of findings stand
// beside it.
const objection = "objection"

// bench is made of a run that has judged.
func (r *run) bench(s *subject, inForce *verdict.Verdict) (*bench, error) {
	plain := *r
	plain.keep, plain.sources = nil, map[string][]byte{}
	b := &bench{run: &plain, subject: s, before: map[string]verdict.Outcome{}}
	for _, c := range inForce.Changes {
		b.before[c.Path] = c.Outcome
	}
	var err error
	b.scene, b.found, err = plain.setScene()
	return b, err
}

// trial is one judgement on a bench: of the record and of the pull request.
type trial struct {
	res     *Result
	outcome verdict.Outcome
	missing []missing
	against []remedy.Finding // what is against it besides, objections among it
	harms   bool             // another change of the pull request fares worse than before
}

// missing is a requirement that is not met, and how many people it lacks.
type missing struct {
	who, code string
	people    int
	status    int // index among all statuses, those of the record first
}

// judge judges the record with these bytes, nil for its own, under this
// evidence.
func (b *bench) judge(ctx context.Context, src []byte, ev *evidence.Document) (*trial, error) {
	again := *b.run
	again.Evidence, again.sources = ev, map[string][]byte{}
	again.scene = func() (*scene, diag.List, error) { return b.scene, b.found, nil }
	if src != nil {
		again.ground = b.run.ground.with(b.subject.path, src)
		f := change.Parse(b.subject.path, "", src)
		again.scene = func() (*scene, diag.List, error) { return b.staged(&again, f), b.found, nil }
	}
	res, err := again.judge(ctx, nil)
	if err != nil {
		return nil, err
	}
	redact(res.Findings)
	return b.trialOf(res), nil
}

// staged is the scene with the record replaced.
func (b *bench) staged(r *run, f *change.File) *scene {
	sc := *b.scene
	rec := *sc.records
	rec.subjects, rec.others = slices.Clone(rec.subjects), slices.Clone(rec.others)
	for i, s := range rec.subjects {
		if s.path != b.subject.path {
			continue
		}
		now := *s
		now.file = f
		if r.ground.hasBase && !s.fromBase {
			now.amend = change.Classify(s.old, f)
		}
		rec.subjects[i] = &now
	}
	for i, o := range rec.others {
		if o.file.Path == f.Path {
			rec.others[i].file = f
		}
	}
	w := *sc.work
	sc.records, sc.work, sc.declared = &rec, &w, map[string]bool{}
	for _, s := range rec.subjects {
		for _, name := range s.current().Record.Services {
			sc.declared[name] = sc.declared[name] || s.stands()
		}
	}
	w.facts.Uncovered = r.uncovered(&rec, &w)
	sc.days, sc.edges = r.days(&rec), r.pastEdges(&rec, sc.settings)
	if len(rec.subjects) > 1 { // a record is in nobody's way but the others'
		rules := schedule.Rules{Graph: r.law.Services, Limits: r.law.Config.Limits, Now: r.Now}
		sc.calendar = schedule.NewIndex(r.bookings(&rec, &sc), rules)
	}
	return &sc
}

// trialOf reads a judgement for the record and the pull request as a whole.
func (b *bench) trialOf(res *Result) *trial {
	t := &trial{res: res, outcome: verdict.OutcomePass}
	path := change.Redact(b.subject.path)
	id, judged := "", false
	add := func(j verdict.Judged) {
		for i, s := range j.Requirements {
			if s.Missing > 0 {
				t.missing = append(t.missing, missing{s.Who(), s.Code, s.Missing, i})
			}
		}
		for _, o := range j.Objections {
			t.against = append(t.against, remedy.Finding{Code: objection, Text: o.By})
		}
	}
	for _, c := range res.Verdict.Changes {
		if c.Path != path {
			t.harms = t.harms || c.Outcome < b.before[c.Path]
			continue
		}
		id, judged = c.ID, true
		add(c)
	}
	own := len(t.missing)
	add(verdict.Judged{Requirements: res.Verdict.Requirements, Objections: res.Verdict.Objections})
	for i := own; i < len(t.missing); i++ {
		t.missing[i].status -= 1 + len(res.Verdict.Requirements) // below zero: of the pull request
	}
	for _, f := range res.Findings {
		if f.Severity == diag.Error && (f.Change == "" || field.Fold(f.Change) == field.Fold(id)) {
			t.against = append(t.against, remedy.Finding{Code: f.Code, Text: f.Message})
		}
	}
	switch {
	case !judged || slices.ContainsFunc(res.Findings, func(f diag.Finding) bool {
		return f.Undecided && (f.Change == "" || field.Fold(f.Change) == field.Fold(id))
	}):
		t.outcome = verdict.OutcomeError
	case slices.ContainsFunc(t.against, func(f remedy.Finding) bool { return f.Code != objection }):
		t.outcome = verdict.OutcomeFail
	case len(t.against) > 0 || len(t.missing) > 0:
		t.outcome = verdict.OutcomePending
	}
	return t
}

// objected reports whether somebody asks for changes.
func (t *trial) objected() bool {
	return slices.ContainsFunc(t.against, func(f remedy.Finding) bool { return f.Code == objection })
}

// whole judges the same from the ground up, as check would.
func (b *bench) whole(ctx context.Context, src []byte, ev *evidence.Document) (*trial, error) {
	again := &run{Target: b.run.Target, ground: b.run.ground}
	if src != nil {
		again.ground = b.run.ground.with(b.subject.path, src)
	}
	again.Evidence = ev
	again.Compile = func([]Module) (Rules, diag.List) { return b.run.rules, nil }
	res, err := again.whole(ctx)
	if err != nil {
		return nil, fmt.Errorf("judge as a whole: %w", err)
	}
	return b.trialOf(res), nil
}
