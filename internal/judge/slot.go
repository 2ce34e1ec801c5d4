package judge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// ErrNoSuchChange means that no record, merged or open, has the id.
var ErrNoSuchChange = errors.New("no such change")

// ErrNoWindow means that a record does not say how long it takes.
var ErrNoWindow = errors.New("the record has no planned window that could be moved")

// timely are the findings that another time may cure.
func timely(code string) bool {
	return slices.Contains([]string{"MS231", "MS232", "MS301", "MS302"}, code)
}

// Slots finds the earliest times at which a change of the outlook passes every
// window and collision. Each was judged: the record was moved there, as data,
// and no rule denied it that does not deny it for another reason today.
func (out *Outlook) Slots(ctx context.Context, t Target, id string, most int) (schedule.Slots, error) {
	none := schedule.Slots{}
	p, err := out.find(id)
	if err != nil {
		return none, err
	}
	next := t
	next.Evidence, next.EvidenceFound, next.Paths = nil, nil, nil
	if next.Head = p.Head.Rev; p.Merged {
		next.Head = out.Base
		if out.Base == "" {
			next.Paths = []string{p.File.Path}
		}
	}
	g, err := ground(next)
	if err != nil {
		return none, err
	}
	r := &run{Target: next, ground: g, law: out.Law}
	r.Compile = once(t.Compile)
	return r.slots(ctx, p.File, p.Booking.Target, r.maintenance(p.Judged.Services), schedule.NewIndex(out.Bookings(), out.Rules(t.Now)), Earliest(out.Law, p.Booking.Type, t.Now), most)
}

// find is the version of a change that would be moved: the open one, where
// there is one.
func (out *Outlook) find(id string) (Planned, error) {
	for _, p := range slices.Concat(out.Open, out.Merged) {
		if field.Fold(p.Record.ID) != field.Fold(id) {
			continue
		}
		if p.Class == change.ClassRemoval || !p.Booking.Sound() {
			return p, fmt.Errorf("%w: %s", ErrNoWindow, p.Judged.ID)
		}
		return p, nil
	}
	return Planned{}, fmt.Errorf("%w: %s", ErrNoSuchChange, id)
}

// slots seeks slots for a record and proves each.
func (r *run) slots(ctx context.Context, f *change.File, t schedule.Target, required [][]string, calendar *schedule.Index, from time.Time, most int) (schedule.Slots, error) {
	before, err := r.errorsAt(ctx, f, t.Start, t.End)
	if err != nil {
		return schedule.Slots{}, err
	}
	return schedule.Next(schedule.Seek{
		Windows: r.law.Windows, Required: required, Calendar: calendar, Target: t, Most: most,
		From: from, Until: r.Now.Add(schedule.SlotHorizon),
		Prove: func(start, end time.Time) (bool, error) {
			zone := r.law.Location()
			now, err := r.errorsAt(ctx, f, start.In(zone), end.In(zone))
			return !slices.ContainsFunc(now, func(code string) bool { return timely(code) || !slices.Contains(before, code) }), err
		},
	})
}

// Earliest is when a change of a type may begin by the law's notice at the
// earliest, rounded up to a quarter of an hour.
func Earliest(l *law.Law, t change.Type, now time.Time) time.Time {
	disabled := slices.ContainsFunc(l.Config.Policy.Disable, func(d law.Disable) bool { return d.Code == "MS232" })
	if (t == change.Normal || t == change.TypeNone) && !disabled {
		now = now.Add(time.Duration(*l.Config.Policy.Settings.NoticeHours) * time.Hour)
	}
	return schedule.RoundUp(now)
}

// errorsAt judges the record as it would be at another time, and lists the
// codes of what would stop it, and MS000 where nothing could be decided.
func (r *run) errorsAt(ctx context.Context, f *change.File, start, end time.Time) ([]string, error) {
	moved, err := movedTo(f, start, end)
	if err != nil {
		return nil, err
	}
	again := &run{Target: r.Target, ground: r.ground.with(f.Path, moved)}
	again.Evidence, again.EvidenceFound = nil, nil
	res, err := again.whole(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	if res.Verdict.Outcome == verdict.OutcomeError {
		out = append(out, "MS000")
	}
	judged := false
	for _, c := range res.Verdict.Changes {
		judged = judged || c.Path == change.Redact(f.Path)
	}
	if !judged {
		return append(out, "MS000"), nil
	}
	for _, x := range res.Findings {
		if x.Severity == diag.Error && (x.Change == "" || field.Fold(x.Change) == field.Fold(change.Redact(f.Record.ID))) {
			out = append(out, x.Code)
		}
	}
	return out, nil
}

// suggest writes the first free slot beside a finding that it would cure. Calm
// judgements never come here, and nothing that is digested changes.
func (r *run) suggest(ctx context.Context, res *Result, sc *scene, opinions []*opinion) error {
	calendar := sc.calendar
	if sc.drafts != nil {
		calendar = sc.drafts
	}
	said := map[int]string{}
	for i := range res.Findings {
		x := &res.Findings[i]
		if x.Severity != diag.Error || x.Undecided || !slices.Contains([]string{"MS231", "MS301", "MS302"}, x.Code) {
			continue
		}
		at := slices.IndexFunc(opinions, func(o *opinion) bool { return change.Redact(o.facts.subject.id()) == x.Change })
		if at < 0 || opinions[at].facts.input == nil || opinions[at].facts.subject.file == nil || !opinions[at].facts.target.Sound() {
			continue
		}
		if _, known := said[at]; !known {
			words, err := r.slotWords(ctx, opinions[at].facts, calendar)
			if err != nil {
				return err
			}
			said[at] = change.Redact(words)
		}
		first := slices.IndexFunc(x.Asides, func(a diag.Aside) bool { return a.Label == "or" })
		if first < 0 {
			first = len(x.Asides)
		}
		x.Asides = slices.Insert(slices.Clone(x.Asides), first, diag.Aside{Label: "free", Text: said[at]})
	}
	return nil
}

// slotWords is the first free slot of a change, in words.
func (r *run) slotWords(ctx context.Context, f *facts, calendar *schedule.Index) (string, error) {
	again := &run{Target: r.Target, ground: r.ground, law: r.law}
	again.Compile = func([]Module) (Rules, diag.List) { return r.rules, nil }
	required, soonest := r.maintenance(f.input.Services), Earliest(r.law, f.target.Type, r.Now)
	from := soonest
	if f.target.Start.After(from) {
		from = f.target.Start // somebody chose the time: what follows it is nearest
	}
	found, err := again.slots(ctx, f.subject.file, f.target, required, calendar, from, 1)
	if err == nil && len(found.Slots) == 0 && from.After(soonest) {
		found, err = again.slots(ctx, f.subject.file, f.target, required, calendar, soonest, 1)
	}
	switch {
	case err != nil:
		return "", err
	case len(found.Slots) > 0:
		return spanWords(found.Slots[0], r.Now, r.law.Location()) + " is the next slot that passes", nil
	case len(found.BlockedBy) > 0:
		return "no slot within 90 days; in the way: " + strings.Join(found.BlockedBy, ", "), nil
	}
	return "no slot within 90 days", nil
}

// spanWords is a slot in words, with the year where it is not this one.
func spanWords(s schedule.Slot, now time.Time, zone *time.Location) string {
	from, to := s.Start.In(zone), s.End.In(zone)
	day, last := "2 Jan", "15:04 -07:00"
	if from.Year() != now.In(zone).Year() || to.Year() != from.Year() {
		day = "2 Jan 2006"
	}
	if inside := to.Add(-1); from.YearDay() != inside.YearDay() || from.Year() != inside.Year() {
		last = day + " 15:04 -07:00"
	}
	return from.Format(day+" 15:04") + "–" + to.Format(last)
}
