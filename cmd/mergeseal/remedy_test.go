package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/remedy"
	"github.com/mergeseal/mergeseal/internal/splice"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

const remedyLaw = `version: 1
timezone: Europe/Berlin
environments: [staging, production]
records: changes/*.yaml
services:
  - {name: db, tier: 0, owner: store, environments: [staging, production], paths: ["db/**"]}
  - {name: web, tier: 1, owner: front, environments: [staging, production], depends_on: [db], paths: ["web/**"], maintenance: [nights]}
  - {name: mail, tier: 3, owner: front, environments: [staging, production], paths: ["mail/**"]}
groups:
  - {name: store, members: [sam, sue, tom]}
  - {name: front, members: [fay, fritz, gus]}
  - {name: cab, private: true, members: [hidden-one, hidden-two, hidden-three]}
  - {name: managers, members: [mia, max]}
calendars:
  - {id: freeze, kind: freeze, title: Freeze, start: 2026-12-01T00:00:00+01:00, end: 2026-12-03T00:00:00+01:00, owners: managers, scope: {environments: [production]}}
  - {id: closed, kind: freeze, title: Closed, start: 2026-12-05T00:00:00+01:00, end: 2026-12-06T00:00:00+01:00, scope: {services: [mail]}}
  - {id: nights, kind: maintenance, title: Nights, repeat: {rrule: FREQ=DAILY, time: '20:00', duration: 9h, timezone: Europe/Berlin}, scope: {services: [web]}}
coverage:
  - {paths: ["db/**", "web/**", "mail/**"], environments: [production]}
`

// drawn is where a drawn record lies.
const drawn = "changes/CHG-2026-0009.yaml"

const remedyBooked = `id: CHG-2026-0001
title: Something else that is booked
type: normal
owner: sam
services: [db]
environments: [production]
schedule: {start: 2026-12-03T21:00:00+01:00, end: 2026-12-03T23:00:00+01:00}
`

// dice are numbers drawn at once.
type dice []uint64

// Intn is the next number, below n.
func (d *dice) Intn(n int) int {
	next := (*d)[0]
	*d = (*d)[1:]
	return int(next * 0x9E3779B97F4A7C15 >> 33 % uint64(n)) // small ones are as likely as any: spread them
}

// drawRecord is a change with problems of many kinds, and what its branch
// touches.
func drawRecord(r *dice) (record string, touched []string) {
	pick := func(list ...string) string { return list[r.Intn(len(list))] }
	start := time.Date(2026, 11, 22+r.Intn(16), 18+r.Intn(6), 0, 0, 0, time.FixedZone("", 3600))
	minutes := []int{30, 60, 120}[r.Intn(3)]
	rollback := pick("revert", "restore", "none")
	var b strings.Builder
	fmt.Fprintf(&b, `id: CHG-2026-0009
title: A change that was drawn by lot
type: normal
owner: ada # who answers for it
services: %s
environments: %s
reason: It is asked for by everybody who was asked.
impact: {users: %s, outage: %s, minutes: 5}
data: {migration: false, sensitive: false}
schedule:
  start: %s
  end: %s
implementation_plan:
  - Put the new version next to the old one
test_plan:
  before: [%s]
  after: [The front page answers]
rollback_plan:
  method: %s
  trigger: Errors above one per cent
  steps: [Put the old version back]
  minutes: %d
  verify: The old version answers
`, pick("[db]", "[web]", "[mail]", "[web, mail]", "[db, mail]"), pick("[production]", "[staging, production]", "[staging]"),
		pick("none", "some", "all"), pick("none", "degraded", "down"), start.Format(time.RFC3339), start.Add(time.Duration(minutes)*time.Minute).Format(time.RFC3339),
		pick("The suite runs", "The suite runs", "TBD"), rollback, []int{10, 45, 90}[r.Intn(3)])
	if rollback == "none" {
		b.WriteString("  justification: There is no way back from this\n")
	}
	if r.Intn(3) == 0 {
		b.WriteString("  rehearsed: {date: 2026-11-10, evidence: https://ci.example.com/runs/1}\n")
	}
	if r.Intn(2) == 0 {
		b.WriteString("communication_plan: {audience: [support], text: It will be slow for a minute}\n")
	}
	if r.Intn(4) == 0 {
		b.WriteString("links: [{kind: fixes_incident, ref: INC-311}]\n")
	}
	for _, p := range []string{"db/schema.sql", "web/app.go", "mail/send.go"} {
		if r.Intn(3) == 0 {
			touched = append(touched, p)
		}
	}
	return b.String(), touched
}

// drawWorld lays a drawn record over a base, with what people said of it, if
// anybody did.
func drawWorld(seed int64) (world, *evidence.Document) {
	r := dice(rapid.SliceOfN(rapid.Uint64(), 64, 64).Example(int(seed)))
	record, touched := drawRecord(&r)
	w := world{base: heap{"mergeseal.yaml": remedyLaw, "changes/CHG-2026-0001.yaml": remedyBooked}, head: heap{}}
	for p, text := range w.base {
		w.head[p] = text
	}
	w.head[drawn] = record
	for _, p := range touched {
		w.head[p] = "new\n"
	}
	if r.Intn(2) == 0 {
		return w, nil
	}
	ada := field.Login("ada")
	head := judge.Worktree
	ev := &evidence.Document{Version: 1, PullRequest: evidence.PullRequest{Number: 7, Author: ada, Head: head, Pushers: []field.Login{ada},
		Commits: []evidence.Commit{{SHA: head, Author: &ada, Committer: &ada}}}}
	for i, who := range []field.Login{"sam", "fay", "hidden-one", "peer"} {
		if r.Intn(3) == 0 {
			ev.Reviews = append(ev.Reviews, evidence.Review{ID: int64(i + 1), By: who, Type: "User", Permission: evidence.CanWrite,
				State:  []evidence.State{evidence.Approved, evidence.Approved, evidence.Approved, evidence.Approved, evidence.ChangesRequested}[r.Intn(5)],
				Commit: head, SubmittedAt: field.Instant{Time: time.Date(2026, 11, 20, 9, 0, i, 0, time.UTC)}})
		}
	}
	return w, ev
}

// TestRemedyEverySuggestionPassesAndNoPartOfOneDoes: K9. What explain suggests
// for 500 drawn records is applied from outside and judged by check's own line;
// so is every proper subset.
func TestRemedyEverySuggestionPassesAndNoPartOfOneDoes(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the binary does
	l := newLine(t, "minimal")
	if _, found := l.target.Compile(l.target.Builtin); found.Errors() { // once, for both
		t.Fatal(found)
	}
	const shards, seeds = 2, drawnRecords
	counts := make([]tally, shards)
	var wait sync.WaitGroup
	for shard := range shards {
		wait.Go(func() {
			counts[shard].kinds = map[string]int{}
			for seed := int64(shard); seed < seeds; seed += shards {
				if err := counts[shard].holds(l, seed); err != nil {
					t.Errorf("seed %d: %v", seed, err)
					return
				}
			}
		})
	}
	wait.Wait()
	all := tally{kinds: map[string]int{}}
	for _, c := range counts {
		all.sets, all.parts, all.judged = all.sets+c.sets, all.parts+c.parts, all.judged+c.judged
		for k, n := range c.kinds {
			all.kinds[k] += n
		}
	}
	t.Logf("%d candidates, %d sets, %d parts of them; %v", all.judged, all.sets, all.parts, all.kinds)
	if all.sets < drawnRecords*3/5 || len(all.kinds) < 7 {
		t.Errorf("only %d sets of %v were seen", all.sets, all.kinds)
	}
}

// tally is what was seen.
type tally struct {
	sets, parts, judged int
	kinds               map[string]int
}

// holds checks every suggestion for one drawn record, and the parts of it.
func (c *tally) holds(l *line, seed int64) error {
	w, ev := drawWorld(seed)
	target := judge.Target{Repo: w, Compile: l.target.Compile, Builtin: l.target.Builtin, Evidence: ev, Tool: "test",
		Now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	e, err := judge.Explain(context.Background(), target, drawn)
	if err != nil {
		return err
	}
	if e.Remedies == nil {
		return fmt.Errorf("nothing was sought: %v", e.Verdict.Findings)
	}
	if n := len(e.Remedies.Sets); n > remedy.Shown || n > 0 && e.Remedies.Outcome == verdict.OutcomePass {
		return fmt.Errorf("%d sets for %s", n, e.Remedies.Outcome)
	}
	c.judged += e.Remedies.Judged
	for _, s := range e.Remedies.Sets {
		c.sets++
		for _, m := range s.Moves {
			c.kinds[m.Kind.String()]++
		}
		if got, err := outcomeOf(target, s, s.Moves, s.Approvals); err != nil || got != s.Outcome {
			return fmt.Errorf("%s becomes %s, not %s: %w\n%s", names(s), got, s.Outcome, err, s.After)
		}
		n, m := len(s.Moves), len(s.Approvals)
		if s.Outcome == verdict.OutcomePending {
			m = 0 // nobody knows who could give them
		}
		for sub := range 1<<(n+m) - 1 {
			if n+m > 3 && few(sub, n+m) && seed%10 > 0 {
				continue // those that lack one part tell most; one record in ten tells all
			}
			c.parts++
			some := s.Approvals
			if m > 0 {
				some = bits(s.Approvals, sub>>n)
			}
			if got, err := outcomeOf(target, s, bits(s.Moves, sub&(1<<n-1)), some); err != nil || got >= s.Outcome {
				return fmt.Errorf("of %s a part is enough: moves %b, %d approvals: %s: %w", names(s), sub&(1<<n-1), len(some), got, err)
			}
		}
	}
	return nil
}

// few reports whether more than one part of many is missing.
func few(sub, parts int) bool {
	lacks := 0
	for i := range parts {
		if sub&(1<<i) == 0 {
			lacks++
		}
	}
	return lacks > 1
}

func bits[T any](list []T, set int) []T {
	var out []T
	for i, x := range list {
		if set&(1<<i) != 0 {
			out = append(out, x)
		}
	}
	return out
}

func names(r judge.Remedy) string {
	var out []string
	for _, m := range r.Moves {
		out = append(out, m.Kind.String())
	}
	for _, a := range r.Approvals {
		out = append(out, a.Who)
	}
	return strings.Join(out, " + ")
}

// outcomeOf makes some moves and approvals and judges as check does: what an
// edit leaves of earlier approvals is nothing. Errors come before what waits.
func outcomeOf(target judge.Target, s judge.Remedy, moves []remedy.Move, approvals []remedy.Approval) (verdict.Outcome, error) {
	var edits []splice.Edit
	for _, m := range moves {
		edits = append(edits, m.Edits(nil)...)
	}
	after, err := splice.Apply(s.Before, edits)
	if err != nil {
		return verdict.OutcomeError, err
	}
	w := target.Repo.(world)
	head := heap{}
	for p, text := range w.head {
		head[p] = text
	}
	head[drawn] = string(after)
	target.Repo = world{w.base, head}
	if target.Evidence != nil {
		ev := *target.Evidence
		ev.Reviews = slices.Clone(ev.Reviews)
		if len(moves) > 0 {
			ev.Reviews = slices.DeleteFunc(ev.Reviews, func(v evidence.Review) bool { return v.State == evidence.Approved })
		}
		if s.Outcome == verdict.OutcomePass {
			for i, a := range approvals {
				ev.Reviews = append(ev.Reviews, evidence.Review{ID: int64(100 + i), By: field.Login(a.By), Type: "User", Permission: evidence.CanWrite,
					State: evidence.Approved, Commit: judge.Worktree, SubmittedAt: field.Instant{Time: target.Now}})
			}
		}
		target.Evidence = &ev
	}
	res, err := judge.Judge(context.Background(), target)
	if err != nil {
		return verdict.OutcomeError, err
	}
	return res.Verdict.Outcome, nil
}
