package judge

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/law"
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
	objections   []approval.Objection
	nextEdge     time.Time // of a delegation; zero is none
	observed     []verdict.ObservedHit
	usesClock    bool
	asksOwners   bool // a rule asks for code owners
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
	if len(o.objections) > 0 {
		out = verdict.OutcomePending
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
	set := r.setScene
	if r.scene != nil {
		set = r.scene
	}
	sc, more, err := set()
	if err != nil {
		return nil, err
	}
	found = append(found, more...)
	opinions, whole, err := r.opinions(ctx, sc, found, func(i int) (*facts, error) { return r.gatherFacts(sc.records.subjects[i], sc) })
	if err != nil {
		return nil, err
	}
	if r.keep != nil {
		r.keep(sc, opinions)
	}
	return r.verdict(sc, opinions, whole)
}

// opinions are what the rules say of every record, and of the pull request as a
// whole. Found is what was found beside them; each goes where it belongs.
func (r *run) opinions(ctx context.Context, sc *scene, found diag.List, factsOf func(i int) (*facts, error)) (all []*opinion, whole *opinion, err error) {
	opinions := make([]*opinion, len(sc.records.subjects))
	err = parallel(len(opinions), func(i int) (err error) {
		opinions[i], err = r.opine(ctx, sc.records.subjects[i], func() (*facts, error) { return factsOf(i) })
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if whole, err = r.opineWhole(ctx, sc); err != nil {
		return nil, nil, err
	}
	asksOwners := whole.asksOwners
	home := map[string]*opinion{} // of a finding about a record: by its file, else by its id
	for _, o := range opinions {
		asksOwners = asksOwners || o.asksOwners
		home[o.facts.subject.id()] = o
	}
	for _, o := range opinions {
		home[o.facts.subject.path] = o
	}
	if asksOwners {
		found = append(found, r.ownersFound...)
	}
	for _, f := range found {
		o := whole
		if f.Change != "" && home[f.At.File] != nil {
			o = home[f.At.File]
		} else if f.Change != "" && home[f.Change] != nil {
			o = home[f.Change]
		}
		o.found = append(o.found, f)
	}
	return opinions, whole, nil
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
	if err := r.extend(rec); err != nil {
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
		now:      clockFacts(r.Now.In(r.law.Location())),
	}
	for _, s := range rec.subjects {
		for _, name := range s.current().Record.Services {
			sc.declared[name] = sc.declared[name] || s.stands()
		}
	}
	sc.past, sc.days, sc.edges = closed(rec), r.days(rec), r.pastEdges(rec, sc.settings)
	rules := schedule.Rules{Graph: r.law.Services, Limits: r.law.Config.Limits, Now: r.Now}
	booked := r.bookings(rec, sc)
	sc.calendar = schedule.NewIndex(booked, rules)
	drafts, hidden, err := r.tentative(sc)
	if err != nil {
		return nil, nil, err
	}
	if found = append(found, hidden...); len(drafts) > 0 {
		sc.drafts = schedule.NewIndex(append(drafts, booked...), rules)
	}
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
func (r *run) opine(ctx context.Context, s *subject, factsOf func() (*facts, error)) (*opinion, error) {
	if s.file != nil && s.file.Record.Type == change.TypeNone && len(s.file.Record.ID) == 0 && s.file.Found.Errors() {
		// Nothing of the file could be read: there is nothing for rules to see.
		return &opinion{facts: &facts{subject: s, input: nil}, found: r.about(s, s.file.Found)}, nil
	}
	f, err := factsOf()
	if err != nil {
		return nil, err
	}
	o := &opinion{facts: f, found: r.about(s, f.found)}
	if err := r.ask(ctx, o, f.input, s.id(), func(pointer string) source.Range { return r.place(f, pointer) }); err != nil {
		return nil, err
	}
	r.suppress(o, &f.record)
	if asked := f.input.Change.Type; len(o.requirements) == 0 && s.stands() && asked != change.Standard {
		o.found = append(o.found, diag.Finding{Code: "MS311", Severity: diag.Note, Change: s.id(), At: r.place(f, "/type"),
			Message: "nobody's approval is asked for: the law's routing leads to nobody",
			Hint:    "policy.settings.routing says who approves what; owners and code owners fall away where there are none"})
	}
	return o, nil
}

// about writes the record's id into findings about it.
func (r *run) about(s *subject, l diag.List) diag.List {
	out := slices.Clone(l)
	for i := range out {
		out[i].Change = s.id()
	}
	return out
}

// opineWhole judges the pull request as a whole.
func (r *run) opineWhole(ctx context.Context, sc *scene) (*opinion, error) {
	o := &opinion{}
	in := r.emptyInput(sc)
	in.Scope = "pull_request"
	if err := r.ask(ctx, o, in, "", func(string) source.Range { return source.Range{} }); err != nil {
		return nil, err
	}
	if r.Evidence != nil {
		o.found = append(o.found, r.Evidence.Unattributed()...)
		o.found = append(o.found, r.Evidence.UnknownPusher()...)
	}
	return o, nil
}

// ask puts an input to the rules and sorts their answers.
func (r *run) ask(ctx context.Context, o *opinion, in *verdict.Input, id string, place func(string) source.Range) error {
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
			o.observed = append(o.observed, verdict.ObservedHit{Code: e.Code, Message: change.Redact(e.Message), Change: change.Redact(id)})
			return
		}
		f := diag.Finding{Code: e.Code, Severity: sev, Message: e.Message, Hint: e.Hint, Controls: e.Controls, Change: id}
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
			o.observed = append(o.observed, verdict.ObservedHit{Code: q.Code, Message: q.Reason, Change: change.Redact(id)})
		default:
			q.Reason = change.Redact(q.Reason)
			needed = append(needed, q)
		}
	}
	o.asksOwners = slices.ContainsFunc(needed, func(q approval.Requirement) bool { return q.Codeowners })
	needed = r.ownedOnly(needed)
	sortRequirements(needed)
	q, err := r.question(needed, o.facts)
	if err != nil {
		return err
	}
	weighed := approval.Weigh(q)
	o.requirements, o.objections, o.nextEdge = weighed.Statuses, weighed.Objections, weighed.NextEdge
	for _, f := range weighed.Findings {
		o.found = append(o.found, changeFinding(id, f))
	}
	return nil
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
	return o.Until.In(r.law.Location()).AddDate(0, 0, 1)
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
