package judge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/remedy"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// nowhere is a commit that no review is worth anything for: an edit makes a new
// head, and what was approved before it was other bytes.
var nowhere = strings.Repeat("0", 40)

// assumed is the evidence as it would be after an edit, if there is one, with
// more approvals. Nil stays nil: without evidence nothing is assumed of people.
func (b *bench) assumed(edited bool, by []field.Login) *evidence.Document {
	ev := b.run.Evidence
	if ev == nil {
		return nil
	}
	out := *ev
	out.Reviews = slices.Clone(ev.Reviews)
	var last int64
	at := b.run.Now
	for i := range out.Reviews {
		v := &out.Reviews[i]
		last = max(last, v.ID)
		if v.SubmittedAt.After(at) {
			at = v.SubmittedAt.Time
		}
		if edited && v.State == evidence.Approved {
			v.Commit = nowhere
		}
	}
	if t := ev.PullRequest.BaseChangedAt; t.After(at) {
		at = t.Time
	}
	for i, who := range by {
		out.Reviews = append(out.Reviews, evidence.Review{
			ID: last + int64(i) + 1, By: who, Type: "User", Permission: evidence.CanWrite, State: evidence.Approved,
			Commit: ev.PullRequest.Head, SubmittedAt: field.Instant{Time: at.Add(time.Second)},
		})
	}
	return &out
}

// approve finds people whose approvals would meet what a trial lacks, one by
// one, each of whom brings it nearer. Who they are is told to nobody: they stand
// for the group. Without ok it cannot be met by people who are known.
func (w *workshop) approve(m *made, t *trial) (list []remedy.Approval, ok bool, err error) {
	for lacks := lacking(t); lacks > 0; {
		one, with, err := w.nearer(m, t, list)
		if err != nil || with == nil {
			return nil, false, err
		}
		list, t, lacks = append(list, one), with, lacking(with)
	}
	return list, t.outcome == verdict.OutcomePass && !t.harms, nil
}

// nearer is one more approval and the trial with it, nil where nobody's brings
// it nearer.
func (w *workshop) nearer(m *made, t *trial, have []remedy.Approval) (remedy.Approval, *trial, error) {
	for _, lacks := range t.missing {
		for _, who := range w.candidates(lacks.of(t.res.Verdict, w.subject.path), logins(have)) {
			with, err := w.try(m, append(logins(have), who))
			if err != nil {
				return remedy.Approval{}, nil, err
			}
			if lacking(with) < lacking(t) {
				return remedy.Approval{Who: lacks.who, Code: lacks.code, By: string(who)}, with, nil
			}
		}
	}
	return remedy.Approval{}, nil, nil
}

// logins are those who were assumed to approve.
func logins(list []remedy.Approval) []field.Login {
	out := make([]field.Login, len(list))
	for i, a := range list {
		out[i] = field.Login(a.By)
	}
	return out
}

// lacking is how many approvals a trial lacks in all.
func lacking(t *trial) int {
	n := 0
	for _, m := range t.missing {
		n += m.people
	}
	return n
}

// of is the requirement that is missing.
func (m missing) of(v *verdict.Verdict, path string) approval.Requirement {
	if m.status < 0 {
		return v.Requirements[m.status+1+len(v.Requirements)].Requirement
	}
	for _, c := range v.Changes {
		if m.status < len(c.Requirements) && c.Path == path {
			return c.Requirements[m.status].Requirement
		}
	}
	return approval.Requirement{}
}

// candidates are people who could meet a requirement and have not approved yet.
// Those who had a hand in the change come last.
func (b *bench) candidates(q approval.Requirement, have []field.Login) []field.Login {
	groups := slices.Clone(q.AnyOf)
	if q.Group != "" {
		groups = append(groups, q.Group)
	}
	for _, s := range q.OwnersOf {
		groups = append(groups, b.run.law.Groups.OwnerOf(s))
	}
	var out []field.Login
	add := func(people []field.Login, teams []string) {
		out = append(out, people...)
		for _, t := range teams {
			for name, team := range b.run.Evidence.Teams {
				if field.Fold(name) == field.Fold(t) {
					out = append(out, team.Members...)
				}
			}
		}
	}
	for _, name := range groups {
		people, teams, _ := b.run.law.Groups.Members(name)
		add(people, teams)
		for _, d := range b.run.law.Groups.Delegations(name) {
			out = append(out, d.To)
		}
	}
	if q.Codeowners {
		for _, set := range b.run.owners {
			add(set.People, set.Teams)
		}
	}
	for _, who := range q.Or {
		out = append(out, field.Login(who))
	}
	if q.Peer {
		out = append(out, field.Login(fmt.Sprintf("somebody-%d", len(have)+1)))
	}
	seen := map[string]bool{}
	for _, who := range have {
		seen[who.Fold()] = true
	}
	out = slices.DeleteFunc(out, func(who field.Login) bool {
		again := seen[who.Fold()]
		seen[who.Fold()] = true
		return again || b.objects(who)
	})
	slices.SortStableFunc(out, func(x, y field.Login) int { return boolInt(b.involved(x)) - boolInt(b.involved(y)) })
	return out
}

// objects reports whether somebody asks for changes: nobody assumes that they
// change their mind.
func (b *bench) objects(who field.Login) bool {
	return slices.ContainsFunc(b.run.Evidence.Reviews, func(v evidence.Review) bool {
		return v.State == evidence.ChangesRequested && v.By.Same(who)
	})
}

// involved reports whether somebody had a hand in the change, and so hardly
// ever counts.
func (b *bench) involved(who field.Login) bool {
	pr, rec := b.run.Evidence.PullRequest, b.subject.current().Record
	mine := slices.Concat([]field.Login{pr.Author, rec.Owner}, rec.Implementers, pr.Pushers)
	for _, c := range pr.Commits {
		for _, p := range []*field.Login{c.Author, c.Committer} {
			if p != nil {
				mine = append(mine, *p)
			}
		}
	}
	return slices.ContainsFunc(mine, who.Same)
}

// approvals are the missing ones, a person each, without their names.
func approvals(t *trial) []remedy.Approval {
	var out []remedy.Approval
	for _, m := range t.missing {
		for range m.people {
			out = append(out, remedy.Approval{Who: m.who, Code: m.code})
		}
	}
	return out
}
