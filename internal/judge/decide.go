package judge

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// opinion is what the rules and the reader say of one record, or of the pull
// request as a whole.
type opinion struct {
	facts        *facts // nil for the pull request
	found        diag.List
	requirements []approval.Status
	observed     []verdict.ObservedHit
	usesClock    bool
}

// outcome is the worst that was said: what could not be judged is an error,
// whatever else was found.
func (o *opinion) outcome() verdict.Outcome {
	out := verdict.OutcomePass
	for _, s := range o.requirements {
		if s.Missing > 0 {
			out = verdict.OutcomePending
		}
	}
	for _, f := range o.found {
		switch {
		case f.Undecided:
			return verdict.OutcomeError
		case f.Severity == diag.Error:
			out = verdict.OutcomeFail
		}
	}
	return out
}

// judge judges under the run's law. Found are findings about the law itself.
func (r *run) judge(ctx context.Context, found diag.List) (*Result, error) {
	sc, more, err := r.setScene()
	if err != nil {
		return nil, err
	}
	found = append(found, more...)
	opinions := make([]*opinion, len(sc.records.subjects))
	work, wctx := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, s := range sc.records.subjects {
		work.Go(guarded(func() (err error) {
			opinions[i], err = r.opine(wctx, s, sc)
			return err
		}))
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	whole := r.opineWhole(ctx, sc)
	whole.found = append(whole.found, found...)
	return r.verdict(sc, opinions, whole)
}

// guarded turns a panic of a worker into an error: left alone it would end the
// process with a code that means something else.
func guarded(work func() error) func() error {
	return func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("internal error: %v\n%s", p, debug.Stack())
			}
		}()
		return work()
	}
}

// setScene gathers what all records share, and what is wrong beside them.
func (r *run) setScene() (*scene, diag.List, error) {
	rec, err := r.gather()
	if err != nil {
		return nil, nil, err
	}
	w, err := r.diffFacts()
	if err != nil {
		return nil, nil, err
	}
	if err := r.named(rec); err != nil {
		return nil, nil, err
	}
	found, err := r.sameIDs(rec)
	if err != nil {
		return nil, nil, err
	}
	w.facts.Uncovered = r.uncovered(rec, w)
	sc := &scene{
		records: rec, work: w, declared: map[string]bool{},
		settings: settingsOf(r.law.Config.Policy.Settings),
		now:      clockFacts(r.Now, r.law.Config.Timezone),
	}
	for _, s := range rec.subjects {
		for _, name := range s.current().Record.Services {
			sc.declared[name] = sc.declared[name] || s.full()
		}
	}
	sc.past = closed(rec)
	sc.calendar = schedule.NewIndex(r.bookings(rec, sc), schedule.Rules{
		Graph: r.law.Services, Limits: r.law.Config.Limits, Now: r.Now,
	})
	if r.ground.hasBase {
		for _, p := range rec.unread {
			if !slices.ContainsFunc(rec.subjects, func(s *subject) bool { return s.path == p }) {
				found = append(found, diag.New("MS606", source.InFile(p), "the record on the base branch has errors of its own").
					WithHint("mergeseal lint %s says which; this change is not held up by them", p))
			}
		}
	}
	return sc, found, nil
}

// opine judges one record.
func (r *run) opine(ctx context.Context, s *subject, sc *scene) (*opinion, error) {
	if s.file != nil && s.file.Record.Type == change.TypeNone && len(s.file.Record.ID) == 0 && s.file.Found.Errors() {
		// Nothing of the file could be read: there is nothing for rules to see.
		return &opinion{facts: &facts{subject: s, input: nil}, found: r.about(s, s.file.Found)}, nil
	}
	f, err := r.gatherFacts(s, sc)
	if err != nil {
		return nil, err
	}
	o := &opinion{facts: f, found: r.about(s, f.found)}
	r.ask(ctx, o, f.input, s.id(), func(pointer string) source.Range { return r.place(f, pointer) })
	r.suppress(o, &f.record)
	return o, nil
}

// about writes the record's id into findings about it.
func (r *run) about(s *subject, l diag.List) diag.List {
	out := slices.Clone(l)
	for i := range out {
		out[i].Change = s.id()
		out[i].Message = change.Redact(out[i].Message)
	}
	return out
}

// opineWhole judges the pull request as a whole.
func (r *run) opineWhole(ctx context.Context, sc *scene) *opinion {
	o := &opinion{}
	in := r.emptyInput(sc)
	in.Scope = "pull_request"
	r.ask(ctx, o, in, "", func(string) source.Range { return source.Range{} })
	return o
}

// ask puts an input to the rules and sorts their answers.
func (r *run) ask(ctx context.Context, o *opinion, in *verdict.Input, id string, place func(string) source.Range) {
	answers, broken := r.rules.Evaluate(ctx, in)
	for _, f := range broken {
		o.found = append(o.found, changeFinding(id, f))
	}
	o.usesClock = answers.UsesClock
	add := func(e verdict.Element, sev diag.Severity) {
		switch {
		case r.disabled(e.Code):
			return
		case r.observing(e.Code):
			o.observed = append(o.observed, verdict.ObservedHit{Code: e.Code, Message: change.Redact(e.Message), Change: id})
			return
		}
		f := diag.Finding{Code: e.Code, Severity: sev, Message: change.Redact(e.Message), Hint: change.Redact(e.Hint), Controls: e.Controls, Change: id}
		if e.Path != "" || id != "" {
			f.At = place(e.Path)
		}
		o.found = append(o.found, enrich(f, in))
	}
	for _, e := range answers.Deny {
		add(e, diag.Error)
	}
	for _, e := range answers.Warn {
		sev := diag.Warning
		if diag.Lookup(e.Code).Severity == diag.Note {
			sev = diag.Note
		}
		add(e, sev)
	}
	var needed []approval.Requirement
	for _, q := range answers.Require {
		switch {
		case r.disabled(q.Code):
		case r.observing(q.Code):
			o.observed = append(o.observed, verdict.ObservedHit{Code: q.Code, Message: q.Reason, Change: id})
		default:
			q.Reason = change.Redact(q.Reason)
			needed = append(needed, q)
		}
	}
	sortRequirements(needed)
	statuses, impossible := approval.Unmet(needed, r.law.Groups)
	o.requirements = statuses
	for _, f := range impossible {
		o.found = append(o.found, changeFinding(id, f))
	}
}

func sortRequirements(l []approval.Requirement) {
	slices.SortFunc(l, func(a, b approval.Requirement) int {
		return cmp.Or(cmp.Compare(max(a.Stage, 1), max(b.Stage, 1)), -cmp.Compare(boolInt(a.Peer), boolInt(b.Peer)),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Who(), b.Who()), cmp.Compare(a.Count.String(), b.Count.String()), cmp.Compare(a.Reason, b.Reason))
	})
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (r *run) disabled(code string) bool {
	return slices.ContainsFunc(r.law.Config.Policy.Disable, func(d law.Disable) bool { return d.Code == code })
}

func (r *run) observing(code string) bool {
	return slices.ContainsFunc(r.law.Config.Policy.Observe, func(o law.Observe) bool {
		return o.Code == code && (o.Until.IsZero() || r.Now.Before(r.endOf(o)))
	})
}

// endOf is when an observation ends: with its last day, in the configured zone.
func (r *run) endOf(o law.Observe) time.Time {
	loc, err := law.Zone(r.law.Config.Timezone)
	if err != nil {
		loc = time.UTC
	}
	return o.Until.In(loc).AddDate(0, 0, 1)
}

// suppress drops warnings that the record silences by code.
func (r *run) suppress(o *opinion, rec *change.Record) {
	o.found = slices.DeleteFunc(o.found, func(f diag.Finding) bool {
		return f.Severity != diag.Error && slices.ContainsFunc(rec.Suppress, func(s change.Suppress) bool {
			return s.Code == f.Code && strings.TrimSpace(s.Reason) != ""
		})
	})
}

// place is where a JSON pointer into the record stands: in its file, or in
// the model that gave the value.
func (r *run) place(f *facts, pointer string) source.Range {
	file := f.subject.current()
	if f.model != nil && !file.Index.Has(pointer) && f.model.Index.Has("/locked"+pointer) {
		return f.model.Index.Value("/locked" + pointer)
	}
	return file.Index.Value(pointer)
}

// enrich adds what the facts know to a rule's finding.
func enrich(f diag.Finding, in *verdict.Input) diag.Finding {
	switch f.Code {
	case "MS301":
		for _, z := range in.Freezes {
			if !z.Hit || !strings.Contains(f.Message, z.ID) {
				continue
			}
			about := z.At
			if z.Owners != "" {
				about += ", owners " + z.Owners
			}
			f = f.WithLabel("frozen from %s to %s", z.From, z.To).With("window", "%s", about)
			if z.Why != "" {
				f = f.With("exception", "%s", z.Why)
			} else if z.Owners != "" && z.Exception == "none" {
				f = f.With("or", "ask for an exception: freeze_exception {window: %s, reason, expires}, approved by %s", z.ID, z.Owners)
			}
		}
	case "MS302":
		for _, c := range in.Collisions {
			if strings.Contains(f.Message, c.With) {
				f = f.With("other", "%s %s, %s to %s", c.With, c.Title, c.From, c.To)
			}
		}
	}
	return f
}

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
	edges := r.lawEdges()
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
	for _, o := range sc.records.others {
		if slices.ContainsFunc(res.Findings, func(f diag.Finding) bool { return f.At.File == o.file.Path }) {
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
		ID: rec.ID, Title: change.Redact(rec.Title), Type: rec.Type.String(), Path: f.subject.path, Blob: cur.Blob,
		Class: f.subject.amend.Class.String(), State: state(&rec, f.subject),
		Services: []verdict.Service{}, Environments: nonNil(rec.Environments),
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
	if t := in.Change.Type.String(); t != j.Type {
		j.Type, j.DeclaredType = t, j.Type
	}
	edges := append(schedule.Edges(r.law.Windows, f.target), r.recordEdges(f, sc)...)
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
// falls short, where a closed change leaves the ninety days of history, where
// an emergency's review falls due.
func (r *run) recordEdges(f *facts, sc *scene) []schedule.Edge {
	var out []schedule.Edge
	if p := f.record.Schedule; p != nil {
		out = append(out, schedule.Edge{At: p.Start.Add(-time.Duration(sc.settings.NoticeHours) * time.Hour), Why: "the notice falls short"})
	}
	for _, o := range sc.records.others {
		c := &o.file.Record
		end := ended(c)
		if end.IsZero() {
			continue
		}
		if c.Outcome != nil {
			out = append(out, schedule.Edge{At: end.Add(risk.Lookback), Why: fmt.Sprintf("%s leaves the history", c.ID)})
		}
		if c.Type == change.Emergency && c.Review == nil {
			out = append(out, schedule.Edge{At: end.Add(time.Duration(sc.settings.RetroHours) * time.Hour), Why: fmt.Sprintf("the review of %s falls due", c.ID)})
		}
	}
	return out
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
