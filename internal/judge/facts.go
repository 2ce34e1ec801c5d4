package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// scene is what all records of one run share.
type scene struct {
	records  *records
	work     *work
	calendar *schedule.Index
	drafts   *schedule.Index // the calendar with what is only open; nil where that is nothing
	past     []risk.Past
	days     map[ownersDay][]other
	edges    []schedule.Edge
	declared map[string]bool // services that some judged record names
	settings verdict.Settings
	now      verdict.Now
}

// facts are one record's input and what the judge keeps beside it.
type facts struct {
	subject *subject
	input   *verdict.Input
	record  change.Record // its model's values filled in
	model   *law.Model
	target  schedule.Target

	rollback change.RollbackFacts
	found    diag.List // about the record, from Go
}

// gatherFacts works out everything policies see of one record.
func (r *run) gatherFacts(s *subject, sc *scene) (*facts, error) {
	f := &facts{subject: s, record: s.current().Record}
	f.found = append(f.found, s.current().Found...)
	if s.file != nil {
		f.found = append(f.found, references(r.law, s.file)...)
		f.found = append(f.found, misplaced(r.law, s.file)...)
	}
	if m, ok := r.law.Find(f.record.Model); ok && f.record.Type == change.Standard {
		f.model, f.record = m, m.Apply(&f.record)
	}
	declared := f.record.Type.String()
	in := r.emptyInput(sc)
	in.Scope = "change"
	in.Amendment = &verdict.Amendment{Class: s.amend.Class.String(), Fields: nonNil(s.amend.Fields), Reason: s.amend.Reason}
	in.Services = r.services(f, sc)
	f.input = in
	f.target = r.target(f, sc)
	in.Change = &verdict.Change{Record: f.record, DeclaredType: declared, Path: s.path, Extensions: free(f.record.Extensions)}
	if p := r.planned(f); p != nil {
		in.Schedule = &verdict.Schedule{
			StartNS: p.Start.UnixNano(), EndNS: p.End.UnixNano(), Minutes: p.Minutes(),
			NoticeSeconds: int64(p.Start.Sub(r.Now) / time.Second),
		}
		f.target.Start, f.target.End = p.Start.Time, p.End.Time
		in.Freezes = schedule.Freezes(r.law.Windows, f.target)
		in.Maintenance = schedule.MaintenanceFor(r.law.Windows, r.maintenance(in.Services), f.target)
	}
	in.Plans.Empty = nonNil(change.EmptyPlans(&f.record))
	f.rollback = change.Rollback(&f.record)
	if f.record.RollbackPlan != nil {
		in.Rollback = &f.rollback
	}
	tests, bad := change.Tests(&f.record, r.testResult)
	for i := range bad {
		bad[i].At = r.place(f, bad[i].At.File)
	}
	in.Tests, f.found = tests, append(f.found, bad...)
	in.Questionnaire = r.questions(&f.record)
	in.SameDay = r.sameDay(f, sc)
	in.Emergencies.Overdue = nonNil(r.overdue(f, sc))
	r.score(f, sc)
	if in.Schedule != nil {
		// Limits of capacity ask for the level, and a collision may raise it.
		f.target.Level = in.Risk.Level
		in.Collisions = sc.near(f.target)
		for i := range in.Collisions {
			c := &in.Collisions[i]
			c.OwnersOf = nonNil(slices.DeleteFunc(slices.Clone(c.OwnersOf), func(s string) bool {
				return !r.law.Groups.Defined(r.law.Groups.OwnerOf(s))
			}))
		}
		r.score(f, sc)
	}
	return f, nil
}

// planned is the record's window, nil where it has none that can be judged. A
// standard change need not name one: it is judged as if it began now.
func (r *run) planned(f *facts) *change.Period {
	p := f.record.Schedule
	switch {
	case p != nil && !p.Start.IsZero() && !p.End.IsZero():
		return p
	case p == nil && f.record.Type == change.Standard:
		return &change.Period{Start: field.Instant{Time: r.Now}, End: field.Instant{Time: r.Now.Add(time.Minute)}}
	}
	return nil
}

// ownersDay is one owner's day in the configured zone.
type ownersDay struct{ owner, day string }

func (r *run) dayOf(c *change.Record) ownersDay {
	return ownersDay{c.Owner.Fold(), c.Schedule.Start.In(r.law.Location()).Format(time.DateOnly)}
}

// days sorts the records beside by their owner's day, once for all.
func (r *run) days(rec *records) map[ownersDay][]other {
	out := map[ownersDay][]other{}
	for _, o := range rec.others {
		if c := &o.file.Record; c.Schedule != nil && c.Canceled == nil {
			out[r.dayOf(c)] = append(out[r.dayOf(c)], o)
		}
	}
	return out
}

// sameDay sums what the owner plans for a service of this change on its day:
// one large change cut into many small ones is still one day's work (T84).
func (r *run) sameDay(f *facts, sc *scene) verdict.SameDay {
	out := verdict.SameDay{Changes: []string{}}
	if f.record.Schedule == nil || f.record.Owner == "" {
		return out
	}
	add := func(c *change.Record) {
		out.Changes = append(out.Changes, change.Redact(c.ID))
		out.Minutes += c.Schedule.Minutes()
	}
	add(&f.record)
	for _, o := range sc.days[r.dayOf(&f.record)] {
		c := &o.file.Record
		if o.file.Path != f.subject.path && slices.ContainsFunc(c.Services, func(s string) bool { return slices.Contains(f.record.Services, s) }) {
			add(c)
		}
	}
	slices.Sort(out.Changes)
	return out
}

// emptyInput is what every input of the run has.
func (r *run) emptyInput(sc *scene) *verdict.Input {
	return &verdict.Input{
		Version:     verdict.InputVersion,
		Now:         sc.now,
		Diff:        sc.work.facts,
		PullRequest: r.pullRequest(),
		Services:    []verdict.Service{}, Freezes: []schedule.FreezeHit{}, Collisions: []schedule.Collision{},
		Maintenance: schedule.Maintenance{Required: []string{}, Inside: true},
		Plans:       verdict.Plans{Empty: []change.EmptyText{}}, Questionnaire: []verdict.Answer{},
		SameDay:     verdict.SameDay{Changes: []string{}},
		Emergencies: verdict.Emergencies{Overdue: []string{}},
		Groups:      nonNil(r.law.Groups.Names()), Reviews: r.reviews(),
		Law:      verdict.LawFacts{Owners: r.law.Config.LawOwners, Packs: nonNil(r.law.Config.Policy.Packs)},
		Settings: sc.settings,
	}
}

// services is the used scope: what the record names and what the diff touches,
// but for services that another record of this head stands for.
func (r *run) services(f *facts, sc *scene) []verdict.Service {
	derived := map[string]bool{}
	if f.subject.full() {
		for _, t := range sc.work.touched {
			if slices.Contains(f.record.Services, t.Service) || !sc.declared[t.Service] {
				derived[t.Service] = true
			}
		}
	}
	names := slices.Clone(f.record.Services)
	for n := range derived {
		names = append(names, n)
	}
	slices.Sort(names)
	out := []verdict.Service{}
	for _, n := range slices.Compact(names) {
		v := verdict.Service{Name: n, Declared: slices.Contains(f.record.Services, n), Derived: derived[n],
			DependsOn: []string{}, Dependents: []string{}}
		if svc, ok := r.law.Services.Lookup(n); ok {
			v.Known, v.Owner, v.Data = true, svc.Owner, svc.Data
			v.DependsOn = nonNil(svc.DependsOn)
			v.Dependents = nonNil(r.law.Services.Dependents(n))
			if svc.Tier != nil {
				v.Tier, v.TierKnown = *svc.Tier, true
			}
		}
		out = append(out, v)
	}
	return out
}

// target is the record as the calendar sees it.
func (r *run) target(f *facts, sc *scene) schedule.Target {
	t := booking(&f.record, r.law)
	t.Services, t.Tiers = nil, nil
	for _, s := range f.input.Services {
		t.Services = append(t.Services, s.Name)
		t.Tiers = append(t.Tiers, s.Tier)
	}
	t.Paths, t.PathsKnown = sc.work.facts.Paths, sc.work.facts.Given
	t.Exception, t.Accepted = f.record.FreezeException, f.record.CollisionsAccepted
	return t
}

// booking is a record in the calendar, by what it says itself.
func booking(rec *change.Record, l *law.Law) schedule.Target {
	t := schedule.Target{
		ID: rec.ID, Title: change.Redact(rec.Title), Type: rec.Type, Services: rec.Services, Environments: rec.Environments,
		Owner: rec.Owner, Implementers: rec.Implementers,
	}
	if rec.Schedule != nil {
		t.Start, t.End = rec.Schedule.Start.Time, rec.Schedule.End.Time
	}
	for _, n := range rec.Services {
		tier := 0
		if svc, ok := l.Services.Lookup(n); ok && svc.Tier != nil {
			tier = *svc.Tier
		}
		t.Tiers = append(t.Tiers, tier)
	}
	return t
}

// bookings are all the records beside, as the calendar sees them. Those of this
// very head are booked too: the merge books them together.
func (r *run) bookings(rec *records, sc *scene) []schedule.Booking {
	var out []schedule.Booking
	for _, o := range rec.others {
		c := &o.file.Record
		if c.Schedule == nil || c.ID == "" {
			continue
		}
		out = append(out, schedule.Booking{
			Target: r.leveled(booking(c, r.law), o.file, sc),
			Over:   c.Outcome != nil || c.Canceled != nil,
		})
	}
	return out
}

// maintenance are the windows that the services in scope name.
func (r *run) maintenance(services []verdict.Service) [][]string {
	var out [][]string
	for _, s := range services {
		if svc, ok := r.law.Services.Lookup(s.Name); ok && len(svc.Maintenance) > 0 {
			out = append(out, svc.Maintenance)
		}
	}
	return out
}

const testResultBytes = 16 << 20

// testResult reads a result file of the head, inside the tree only.
func (r *run) testResult(p string) ([]byte, error) {
	if problem := law.CheckPath(p); problem != nil {
		return nil, problem
	}
	b, err := r.ground.head.Read(p, testResultBytes)
	if err != nil {
		return nil, fmt.Errorf("read test result: %w", err)
	}
	return b, nil
}

// questions are the configured ones and what the record says to them.
func (r *run) questions(rec *change.Record) []verdict.Answer {
	out := []verdict.Answer{}
	for _, q := range r.law.Config.Questionnaire {
		a, given := rec.Questionnaire[q.ID]
		out = append(out, verdict.Answer{ID: q.ID, Ask: q.Ask, Mandatory: q.Mandatory, Answered: given, Answer: a})
	}
	return out
}

func nonNil[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

func free(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// clockFacts are the one reading of the time, in the configured zone.
func clockFacts(local time.Time) verdict.Now {
	return verdict.Now{
		EpochNS: local.UnixNano(), RFC3339: field.Instant{Time: local.UTC()}.String(), Timezone: local.Location().String(),
		Weekday: local.Weekday().String(), Hour: local.Hour(), Date: local.Format(time.DateOnly),
	}
}

func settingsOf(s law.Settings) verdict.Settings {
	return verdict.Settings{
		NoticeHours: *s.NoticeHours, RetroHours: *s.RetroHours, ReviewDays: *s.ReviewDays,
		OverdueEmergencies: *s.OverdueEmergencies, Routing: s.Routing, RoutingOwn: law.OwnRouting(s.Routing), Extensions: free(s.Extensions),
	}
}
