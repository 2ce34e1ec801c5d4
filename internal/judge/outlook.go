package judge

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Head is a change that is not merged: a branch, a commit or the working tree.
type Head struct {
	Rev         string             // as in Target.Head
	PullRequest int                // 0 without one
	Evidence    *evidence.Document // nil when nobody asked: every approval is missing
}

// Planned is one change as a calendar and a board see it.
type Planned struct {
	File     *change.File
	Record   change.Record // its model's values filled in
	Judged   verdict.Judged
	Findings diag.List        // about this change
	Booking  schedule.Booking // with its level of risk, and the files it touches when it is open
	Class    change.Class     // what its head does to it; new for what is merged
	Merged   bool
	Head     Head // that brings it; zero when it is merged
}

// Outlook is all that is planned at one moment, merged or not.
type Outlook struct {
	Law     *law.Law // in force; nil when it cannot be read
	Merged  []Planned
	Open    []Planned          // from the heads, in their order
	Booked  []schedule.Booking // every record of the base that is not over, wanted or not
	Unread  []string           // records and heads that could not be read, sorted
	Base    string             // commit of the base, "" without git
	BaseRef string
	// Revisions are what git knows of records, by path; filled in by Date.
	Revisions map[string]schedule.Revision
	// Blocked is why nothing can be said: the law or the ground has errors.
	Blocked diag.List
	Sources map[string][]byte // files that Blocked points into

	over map[string]bool // ids of the base's changes that are closed or canceled, folded
}

// Look judges the base's own records, those that are wanted, and what the
// heads bring, all by the law of the base. Rules are asked about the heads
// alone, and only where the target brings them: what is merged was approved.
//
// A head that is not in this clone is listed in Unread. Errors are our own
// failures, but for those that wrap tree.ErrRef.
func Look(ctx context.Context, t Target, heads []Head, wanted func(*change.File) bool) (*Outlook, error) {
	out := &Outlook{Unread: []string{}}
	t.shelf = newShelf()
	rules := t.Compile
	if len(t.Builtin) == 0 {
		rules = silent
	}
	merged := t
	merged.Evidence, merged.EvidenceFound, merged.Compile, merged.Builtin = nil, nil, silent, nil
	merged.Head, merged.Paths = "", []string{"."}
	if t.Repo != nil {
		ref, id, err := baseOf(t)
		switch {
		case err == nil:
			merged.Base, merged.Head, out.BaseRef, out.Base = id, id, ref, id
		case t.Base == "" && errors.Is(err, tree.ErrNotFound) && !errors.Is(err, tree.ErrShallow):
			heads = nil // the files as they lie are all there is
		}
	}
	if err := out.look(ctx, merged, Head{}, wanted); err != nil || len(out.Blocked) > 0 {
		return out, err
	}
	t.Compile = once(rules)
	for _, h := range heads {
		next := t
		next.Head, next.Evidence, next.Paths = h.Rev, h.Evidence, nil
		if len(t.Builtin) == 0 {
			next.Evidence = nil // nobody's approval is asked about
		}
		if err := out.look(ctx, next, h, func(*change.File) bool { return false }); err != nil {
			return out, err
		}
	}
	slices.Sort(out.Unread)
	out.Unread = slices.Compact(out.Unread)
	return out, nil
}

// look adds what one judgement sees.
func (out *Outlook) look(ctx context.Context, t Target, h Head, wanted func(*change.File) bool) error {
	isMerged := h.Rev == ""
	g, err := ground(t)
	if err != nil {
		return err
	}
	r := &run{Target: t, ground: g, wanted: wanted}
	var failed error
	r.keep = func(sc *scene, opinions []*opinion) {
		if isMerged {
			out.Law = r.law
			out.Booked = slices.DeleteFunc(r.bookings(sc.records, sc), func(b schedule.Booking) bool { return b.Over })
			out.Unread = append(out.Unread, sc.records.unread...)
			out.over = map[string]bool{}
			for _, o := range sc.records.others {
				if c := &o.file.Record; c.Outcome != nil || c.Canceled != nil {
					out.over[field.Fold(c.ID)] = true
				}
			}
		} else if err := out.book(r, sc); err != nil {
			failed = err
		}
		for _, o := range opinions {
			p, readable := r.seen(o, sc)
			switch {
			case !readable:
				out.Unread = append(out.Unread, o.facts.subject.path)
			case isMerged:
				p.Merged = true
				out.Merged = append(out.Merged, p)
			default:
				p.Head, p.Booking.Tentative = h, true
				out.Open = append(out.Open, p)
			}
		}
	}
	res, err := r.whole(ctx)
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	undecided := res.Verdict.Outcome == verdict.OutcomeError
	switch {
	case isMerged && r.law == nil, isMerged && undecided && out.Law == nil:
		out.Blocked, out.Sources = res.Findings, res.Sources
	case !isMerged && undecided && len(res.Verdict.Changes) == 0:
		out.Unread = append(out.Unread, h.name())
		if t.Evidence != nil { // what it plans is known even where its reviews are not
			t.Evidence = nil
			return out.look(ctx, t, h, wanted)
		}
	}
	return nil
}

// book adds what the base has in the way of a head, or the head amends, and
// nobody had read before.
func (out *Outlook) book(r *run, sc *scene) error {
	have := map[string]bool{}
	for _, b := range out.Booked {
		have[field.Fold(b.ID)] = true
	}
	var beside records
	add := func(f *change.File) {
		if id := field.Fold(f.Record.ID); !have[id] && !out.over[id] {
			beside.others = append(beside.others, other{file: f})
		}
	}
	for _, o := range sc.records.others {
		if !o.tentative && !sc.subjectOf(o.file.Record.ID) {
			add(o.file)
		}
	}
	for _, s := range sc.records.subjects {
		at := s.path
		if s.old != nil {
			at = s.old.Path
		}
		f, err := r.shelf.record(r.ground.law, at)
		if errors.Is(err, tree.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		add(f)
	}
	for _, b := range r.bookings(&beside, sc) {
		if !b.Over {
			out.Booked = append(out.Booked, b)
		}
	}
	return nil
}

func (h Head) name() string {
	if h.PullRequest > 0 {
		return fmt.Sprintf("#%d %s", h.PullRequest, h.Rev)
	}
	return h.Rev
}

// seen is one opinion, and whether anything of its record could be read.
func (r *run) seen(o *opinion, sc *scene) (Planned, bool) {
	f := o.facts
	if f.input == nil || f.subject.id() == "" {
		return Planned{}, false
	}
	j, _ := r.judged(o, sc)
	p := Planned{File: f.subject.current(), Record: f.record, Judged: j, Findings: o.found, Class: f.subject.amend.Class}
	p.Booking = schedule.Booking{Target: f.target, Over: f.record.Outcome != nil || f.record.Canceled != nil}
	if f.record.Schedule == nil {
		p.Booking.Start, p.Booking.End = time.Time{}, time.Time{} // no window of its own: nowhere in the calendar
	}
	redact(p.Findings)
	return p, true
}

// quiet are rules that say nothing, for questions that need none.
type quiet struct{}

func (quiet) Evaluate(context.Context, *verdict.Input) (verdict.Answers, diag.List) {
	return verdict.Answers{}, nil
}
func (quiet) Digest() string            { return "" }
func (quiet) Groups() []verdict.Mention { return nil }

func silent([]Module) (Rules, diag.List) { return quiet{}, nil }

// once compiles the same modules once: every head is judged by the same law.
func once(compile Compile) Compile {
	var mods []Module
	var rules Rules
	var found diag.List
	return func(m []Module) (Rules, diag.List) {
		same := slices.EqualFunc(mods, m, func(a, b Module) bool {
			return a.Path == b.Path && a.Builtin == b.Builtin && bytes.Equal(a.Source, b.Source)
		})
		if rules == nil || !same {
			rules, found = compile(m)
			mods = m
		}
		return rules, found
	}
}

// Bookings is the calendar of the outlook: what is merged, and what is open and
// not merged. Where an open change moves a merged one, the merged one counts.
func (out *Outlook) Bookings() []schedule.Booking {
	list := slices.Clone(out.Booked)
	have := map[string]bool{}
	for _, b := range list {
		have[field.Fold(b.ID)] = true
	}
	for _, p := range out.Open {
		if id := field.Fold(p.Record.ID); !have[id] && !p.Booking.Over && p.Record.Schedule != nil {
			have[id] = true
			list = append(list, p.Booking)
		}
	}
	slices.SortStableFunc(list, func(a, b schedule.Booking) int { return cmp.Compare(field.Fold(a.ID), field.Fold(b.ID)) })
	return list
}
