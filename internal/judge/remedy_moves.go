package judge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/remedy"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/splice"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// maxMoves bounds the moves of one search; the cheapest stay.
const maxMoves = 14

// moves are what the author of a record could do, as far as its facts go. None
// invents content: what only the author knows is asked for.
func (b *bench) moves(ctx context.Context, f *facts) ([]remedy.Move, error) {
	m := &mover{bench: b, facts: f, rec: &f.subject.current().Record}
	m.services()
	m.environments()
	m.owner()
	m.results()
	if err := m.slot(ctx); err != nil {
		return nil, err
	}
	m.longer()
	m.rehearse()
	m.collisions()
	m.exception()
	m.fewerServices()
	m.fewerEnvironments()
	m.emergency()
	slices.SortStableFunc(m.out, func(x, y remedy.Move) int { return x.Kind.Cost() - y.Kind.Cost() })
	return m.out[:min(len(m.out), maxMoves)], nil
}

type mover struct {
	*bench
	facts *facts
	rec   *change.Record
	out   []remedy.Move
}

// add takes a move whose edits need nothing said by the author.
func (m *mover) add(move remedy.Move, edits ...splice.Edit) {
	move.Edits = func(map[string]string) []splice.Edit { return edits }
	m.out = append(m.out, move)
}

func set(pointer string, v *yamldoc.Node) splice.Edit {
	return splice.Edit{Op: splice.Set, Pointer: pointer, Value: v}
}

func push(pointer string, v *yamldoc.Node) splice.Edit {
	return splice.Edit{Op: splice.Append, Pointer: pointer, Value: v}
}

func mapping(pairs ...any) *yamldoc.Node {
	n := &yamldoc.Node{Kind: yamldoc.Mapping}
	for i := 0; i+1 < len(pairs); i += 2 {
		switch v := pairs[i+1].(type) {
		case *yamldoc.Node:
			n.Set(pairs[i].(string), v)
		case string:
			n.Set(pairs[i].(string), yamldoc.Text(v))
		}
	}
	return n
}

// word is what the author says, or a stand-in that shows what is asked for.
func word(have map[string]string, a remedy.Ask) string {
	if text := have[a.Key]; text != "" {
		return text
	}
	return "<" + a.What + ">"
}

// services names what the diff touches.
func (m *mover) services() {
	var names []string
	for _, s := range m.facts.input.Services {
		if s.Derived && !s.Declared && s.Known {
			names = append(names, s.Name)
		}
	}
	for _, u := range m.scene.work.facts.Uncovered {
		for _, n := range u.Services {
			if _, known := m.run.law.Services.Lookup(n); known && !slices.Contains(m.rec.Services, n) {
				names = append(names, n)
			}
		}
	}
	slices.Sort(names)
	var edits []splice.Edit
	for _, n := range slices.Compact(names) {
		edits = append(edits, push("/services", yamldoc.Text(n)))
	}
	if len(edits) > 0 {
		m.add(remedy.Move{Kind: remedy.NameServices, Place: "services",
			Words: "name what the diff touches: " + strings.Join(slices.Compact(names), ", ")}, edits...)
	}
}

// environments names those that coverage asks for.
func (m *mover) environments() {
	var edits []splice.Edit
	var names []string
	for _, n := range m.covering() {
		if !slices.Contains(m.rec.Environments, n) {
			names, edits = append(names, n), append(edits, push("/environments", yamldoc.Text(n)))
		}
	}
	if len(edits) > 0 {
		m.add(remedy.Move{Kind: remedy.NameEnvironments, Place: "environments",
			Words: "name the environments of what the diff touches: " + strings.Join(names, ", ")}, edits...)
	}
}

// covering are the environments of the covered paths that the diff touches.
func (m *mover) covering() []string {
	var out []string
	for _, p := range m.scene.work.covered {
		for _, c := range m.run.law.CoverageFor(p) {
			out = append(out, c.Environments...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (m *mover) owner() {
	if ev := m.run.Evidence; ev != nil && m.rec.Owner == "" && !m.facts.subject.current().Index.Has("/owner") && ev.PullRequest.Author != "" {
		m.add(remedy.Move{Kind: remedy.NameOwner, Place: "owner", Words: "name the author of the pull request as owner"},
			set("/owner", yamldoc.Text(string(ev.PullRequest.Author))))
	}
}

// results names the test results that the diff brings: all of them, or none.
func (m *mover) results() {
	var edits []splice.Edit
	for _, c := range m.run.ground.diff {
		kind := change.ResultNone
		switch base := strings.ToLower(path.Base(c.Path)); {
		case c.Kind == tree.Deleted:
		case strings.HasSuffix(base, ".sarif"):
			kind = change.SARIF
		case strings.HasSuffix(base, ".xml"):
			kind = change.JUnit
		}
		named := m.rec.TestPlan != nil && slices.ContainsFunc(m.rec.TestPlan.Results, func(r change.TestResult) bool { return r.Path == c.Path })
		if kind == change.ResultNone || named {
			continue
		}
		data, err := m.run.testResult(c.Path)
		if err != nil {
			continue
		}
		sum := sha256.Sum256(data)
		digest := "sha256:" + hex.EncodeToString(sum[:])
		one := change.Record{TestPlan: &change.TestPlan{Results: []change.TestResult{{Kind: kind, Path: c.Path, Digest: digest}}}}
		facts, found := change.Tests(&one, func(string) ([]byte, error) { return data, nil })
		switch {
		case facts.Failed > 0:
			return // naming some and not others would be a choice of what to admit
		case len(found) == 0 && facts.Passed == 1:
			edits = append(edits, push("/test_plan/results", mapping("kind", kind.String(), "path", c.Path, "digest", digest)))
		}
	}
	if len(edits) > 0 && len(edits) <= 5 {
		m.add(remedy.Move{Kind: remedy.AttachTests, Words: "attach the test results that the diff brings"}, edits...)
	}
}

func moved(start, end time.Time) []splice.Edit {
	return []splice.Edit{
		set("/schedule/start", yamldoc.Bare(field.Instant{Time: start}.String())),
		set("/schedule/end", yamldoc.Bare(field.Instant{Time: end}.String())),
	}
}

// long is how long the change must be for its rollback to fit, at least as long
// as it is.
func (m *mover) long() time.Duration {
	t := m.facts.target
	return max(t.End.Sub(t.Start), time.Duration(m.facts.rollback.Minutes)*time.Minute)
}

// slot moves to the first free slot that nothing about time stops.
func (m *mover) slot(ctx context.Context) error {
	t := m.facts.target
	if m.rec.Schedule == nil || !t.Sound() {
		return nil
	}
	t.End = t.Start.Add(m.long())
	calendar := m.scene.calendar
	if m.scene.drafts != nil {
		calendar = m.scene.drafts
	}
	soonest := Earliest(m.run.law, t.Type, m.run.Now)
	zone := t.Start.Location()
	seek := func(from time.Time) (schedule.Slots, error) {
		return schedule.Next(schedule.Seek{
			Windows: m.run.law.Windows, Required: m.run.maintenance(m.facts.input.Services), Calendar: calendar, Target: t, Most: 1,
			From: from, Until: m.run.Now.Add(schedule.SlotHorizon),
			Prove: func(start, end time.Time) (bool, error) {
				src, err := splice.Apply(m.subject.file.Source, moved(start.In(zone), end.In(zone)))
				if err != nil {
					return false, nil //nolint:nilerr // a form that cannot be edited has no proof
				}
				there, err := m.judge(ctx, src, m.run.Evidence)
				return err == nil && !slices.ContainsFunc(there.against, func(f remedy.Finding) bool { return timely(f.Code) }), err
			},
		})
	}
	from := soonest
	if t.Start.After(from) {
		from = t.Start
	}
	found, err := seek(from)
	if err == nil && len(found.Slots) == 0 && from.After(soonest) {
		found, err = seek(soonest)
	}
	if err != nil || len(found.Slots) == 0 {
		return err
	}
	s := found.Slots[0]
	if s.Start.Equal(m.rec.Schedule.Start.Time) && s.End.Equal(m.rec.Schedule.End.Time) {
		return nil
	}
	m.add(remedy.Move{Kind: remedy.NextSlot, Place: "schedule", Words: "move to the next free slot, " + spanWords(s, m.run.Now, zone), Must: m.soon(s.Start.In(zone))},
		moved(s.Start.In(zone), s.End.In(zone))...)
	return nil
}

// soon says by when a change that starts then must be merged, where that is
// within a day: its notice falls short afterwards.
func (m *mover) soon(start time.Time) string {
	notice := Earliest(m.run.law, m.facts.target.Type, m.run.Now).Sub(schedule.RoundUp(m.run.Now))
	if by := start.Add(-notice); notice > 0 && by.Sub(m.run.Now) < 24*time.Hour {
		return "merge it by " + by.Format("2 Jan 15:04 -07:00") + ", or the notice falls short again"
	}
	return ""
}

// longer makes room for the rollback.
func (m *mover) longer() {
	t := m.facts.target
	if m.rec.Schedule == nil || !t.Sound() || m.long() <= t.End.Sub(t.Start) {
		return
	}
	end := t.Start.Add(m.long())
	m.add(remedy.Move{Kind: remedy.LongerWindow, Place: "schedule", Words: "plan long enough for the rollback"},
		set("/schedule/end", yamldoc.Bare(field.Instant{Time: end}.String())))
}
