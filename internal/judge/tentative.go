package judge

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// What is looked at of other open pull requests. Nobody should be able to slow
// down everybody by opening one.
const (
	maxOpenHeads   = 200
	maxOpenRecords = 1000
)

// tentative are the records that other open pull requests would book. They
// warn and never block, nor do they count for the risk, since they may still
// move and anybody can open one. So what cannot be read of them is a warning
// as well: with it, no answer is better than without.
func (r *run) tentative(sc *scene) ([]schedule.Booking, diag.List, error) {
	if r.Evidence == nil || r.Repo == nil || !r.ground.hasBase {
		return nil, nil, nil
	}
	var out []schedule.Booking
	var hidden []string
	heads, records := 0, 0
	for _, o := range r.Evidence.OpenPullRequests {
		paths := slices.DeleteFunc(slices.Clone(o.Records), func(p string) bool { return !isRecord(r.law, p) })
		if o.Number == r.Evidence.PullRequest.Number || len(paths) == 0 || slices.Contains(r.Together, o.Head) {
			continue
		}
		if heads++; heads > maxOpenHeads || records+len(paths) > maxOpenRecords {
			hidden = append(hidden, fmt.Sprintf("#%d", o.Number))
			continue
		}
		records += len(paths)
		booked, err := r.bookedBy(o, paths, sc)
		switch {
		case errors.Is(err, tree.ErrNotFound), errors.Is(err, tree.ErrShallow):
			hidden = append(hidden, fmt.Sprintf("#%d", o.Number))
		case err != nil:
			return nil, nil, fmt.Errorf("read records of pull request %d: %w", o.Number, err)
		}
		out = append(out, booked...)
	}
	return out, unseen(hidden), nil
}

// bookedBy reads the records that a pull request writes. One that its head does
// not hold is removed there; one that is as the base has it is booked already.
func (r *run) bookedBy(o evidence.Open, paths []string, sc *scene) ([]schedule.Booking, error) {
	head, err := r.Repo.Tree(o.Head)
	if err != nil {
		return nil, err
	}
	var out []schedule.Booking
	for _, p := range paths {
		theirs, err := head.Entry(p)
		if errors.Is(err, tree.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if ours, err := r.ground.law.Entry(p); err == nil && ours.Blob == theirs.Blob {
			continue
		}
		file, err := readRecord(head, p)
		if err != nil {
			return nil, err
		}
		c := &file.Record
		if c.Schedule == nil || c.ID == "" || c.Outcome != nil || c.Canceled != nil || sc.subjectOf(c.ID) {
			continue
		}
		out = append(out, schedule.Booking{Target: r.leveled(booking(c, r.law), file, sc), Tentative: true})
	}
	return out, nil
}

// subjectOf reports whether a record with the id is judged here: the other
// pull request has another version of it.
func (sc *scene) subjectOf(id string) bool {
	return slices.ContainsFunc(sc.records.subjects, func(s *subject) bool { return field.Fold(s.id()) == field.Fold(id) })
}

func unseen(hidden []string) diag.List {
	if len(hidden) == 0 {
		return nil
	}
	const named = 10
	who := strings.Join(hidden[:min(len(hidden), named)], ", ")
	if n := len(hidden) - named; n > 0 {
		who += fmt.Sprintf(" and %d more", n)
	}
	return diag.List{diag.New("MS616", source.Range{}, "records of other open pull requests cannot be read, so a collision with them would not be seen: %s", who).
		WithHint("fetch their heads (refs/pull/N/head), or judge with --pr, which does")}
}

// near are the collisions with what is booked, and then those with what is
// only open.
func (sc *scene) near(t schedule.Target) []schedule.Collision {
	out := sc.calendar.Collisions(t)
	if sc.drafts == nil {
		return out
	}
	for _, c := range sc.drafts.Collisions(t) {
		if c.State == "tentative" {
			out = append(out, c)
		}
	}
	return out
}
