package judge

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// Debt is something that a change owes and that is late.
type Debt struct {
	ID    string `json:"id"`
	Path  string `json:"path"`
	Title string `json:"title"`
	Kind  string `json:"kind"` // DebtOutcome or DebtReview
	Why   string `json:"why"`
	Due   string `json:"due"` // RFC 3339, in the configured zone
	Owner string `json:"owner"`
	Team  string `json:"team"`

	due time.Time
}

// What a change can owe.
const (
	DebtOutcome = "outcome" // the window is over and nothing says how it ended
	DebtReview  = "review"  // an emergency or a failure that nobody looked back at
)

// Debts are what records owe at one moment.
type Debts struct {
	Overdue []Debt   `json:"overdue"` // by when they fell due, then by id
	Unread  []string `json:"unread"`  // records with errors: what they owe may be missing
}

// ErrLaw means that the law cannot be read, so that nothing can be said.
var ErrLaw = errors.New("the law has errors: mergeseal lint says which")

// Overdue lists what the records of a tree owe at now, by the tree's own law.
// The error wraps ErrLaw when that law has errors.
func Overdue(t tree.Tree, now time.Time) (*Debts, error) {
	l, found, err := ReadLaw(t)
	switch {
	case err != nil:
		return nil, err
	case l == nil || found.Errors():
		return nil, fmt.Errorf("list what is overdue: %w", ErrLaw)
	}
	entries, err := t.Entries("")
	if err != nil {
		return nil, fmt.Errorf("list records: %w", err)
	}
	out := &Debts{Overdue: []Debt{}, Unread: []string{}}
	limits := reviewLimits(l)
	for _, e := range entries {
		if !isRecord(l, e.Path) {
			continue
		}
		f, err := readRecord(t, e.Path)
		if err != nil {
			return nil, err
		}
		if f.Found.Errors() {
			out.Unread = append(out.Unread, e.Path)
		}
		out.Overdue = append(out.Overdue, debtsOf(f, now, limits)...)
	}
	slices.Sort(out.Unread)
	slices.SortFunc(out.Overdue, func(a, b Debt) int {
		return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
	})
	return out, nil
}

// debtsOf is what one record owes.
func debtsOf(f *change.File, now time.Time, limits change.ReviewLimits) []Debt {
	rec := &f.Record
	var out []Debt
	add := func(kind, why string, due time.Time) {
		due = due.In(limits.Zone)
		out = append(out, Debt{
			ID: rec.ID, Path: f.Path, Title: change.Redact(rec.Title), Kind: kind, Why: why,
			Due: field.Instant{Time: due}.String(), Owner: string(rec.Owner), Team: rec.Team, due: due,
		})
	}
	if p := rec.Schedule; p != nil && !p.End.IsZero() && !now.Before(p.End.Time) && rec.Outcome == nil && rec.Canceled == nil {
		add(DebtOutcome, "no outcome", p.End.Time)
	}
	if rec.ReviewOverdue(now, limits) {
		due, _ := rec.ReviewDue(limits)
		why := "emergency without a review"
		if rec.Type != change.Emergency {
			why = rec.Outcome.Result.String() + " without a review"
		}
		add(DebtReview, why, due)
	}
	return out
}

// reviewLimits are how long the law lets reviews wait.
func reviewLimits(l *law.Law) change.ReviewLimits {
	s := l.Config.Policy.Settings
	return change.ReviewLimits{RetroHours: *s.RetroHours, ReviewDays: *s.ReviewDays, Zone: l.Location()}
}

// overdue are the ids of the other emergencies of a record's team whose review
// is overdue. Records that only this head brings do not count.
func (r *run) overdue(f *facts, sc *scene) []string {
	var out []string
	limits := reviewLimits(r.law)
	for _, o := range sc.records.others {
		c := &o.file.Record
		if o.tentative || o.file.Path == f.subject.path || c.Type != change.Emergency || !sameTeam(c, &f.record) {
			continue
		}
		if c.ReviewOverdue(r.Now, limits) {
			out = append(out, c.ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sameTeam reports whether two records have one team, or one owner where either
// names no team: leaving the team out must not shed its debt.
func sameTeam(a, b *change.Record) bool {
	if a.Team != "" && b.Team != "" {
		return field.Fold(a.Team) == field.Fold(b.Team)
	}
	return a.Owner.Same(b.Owner)
}

// ended is when a change was over: as it happened, else as planned.
func ended(c *change.Record) time.Time { return c.End() }
