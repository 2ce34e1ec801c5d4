package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/remedy"
	"github.com/mergeseal/mergeseal/internal/splice"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// rehearse is work that somebody must do: the date is today's, and what shows
// it is the author's to say.
func (m *mover) rehearse() {
	r, p := m.facts.rollback, m.rec.RollbackPlan
	if p == nil || !r.Complete || r.Rehearsed || m.rec.Schedule == nil {
		return
	}
	zone := m.rec.Schedule.Start.Location()
	if m.rec.Schedule.Start.Before(m.run.Now) {
		return
	}
	ask := remedy.Ask{Key: "rehearsed", What: "what shows that the rollback was rehearsed"}
	m.out = append(m.out, remedy.Move{
		Kind: remedy.Rehearse, Words: "rehearse the rollback", Asks: []remedy.Ask{ask},
		Must: "rehearse the rollback first, and say what shows it",
		Edits: func(have map[string]string) []splice.Edit {
			today := field.DateOf(m.run.Now.In(zone)).String()
			return []splice.Edit{set("/rollback_plan/rehearsed", mapping("date", yamldoc.Bare(today), "evidence", word(have, ask)))}
		},
	})
}

// collisions accepts each one that stands in the way.
func (m *mover) collisions() {
	seen := map[string]bool{}
	for _, c := range m.facts.input.Collisions {
		until, err := time.Parse(time.RFC3339Nano, c.To)
		if c.Accepted || c.State == "tentative" || c.Kind == "implementer" || c.Kind == "files" || seen[c.With] || err != nil || !change.IsID(c.With) {
			continue
		}
		seen[c.With] = true
		ask := remedy.Ask{Key: "accept-" + c.With, What: "why both can run at once"}
		m.out = append(m.out, remedy.Move{
			Kind: remedy.AcceptCollision, Words: "accept the collision with " + c.With, Asks: []remedy.Ask{ask},
			Must: "talk to those who plan " + c.With,
			Edits: func(have map[string]string) []splice.Edit {
				return []splice.Edit{push("/collisions_accepted", mapping("with", c.With, "reason", word(have, ask),
					"expires", yamldoc.Bare(field.Instant{Time: m.latest(until)}.String())))}
			},
		})
	}
}

// latest is the later of an instant and the planned end, in the record's offset.
func (m *mover) latest(at time.Time) time.Time {
	if end := m.facts.target.End; at.Before(end) {
		at = end
	}
	if m.rec.Schedule != nil {
		at = at.In(m.rec.Schedule.Start.Location())
	}
	return at
}

// exception asks the owners of the one freeze that is in the way.
func (m *mover) exception() {
	var hits []string
	for _, z := range m.facts.input.Freezes {
		if z.Hit && !z.Exempt && z.Exception == "none" && z.Owners != "" && !slices.Contains(hits, z.ID) {
			hits = append(hits, z.ID)
		}
	}
	if len(hits) != 1 || m.rec.FreezeException != nil {
		return // a record asks for one exception
	}
	ask := remedy.Ask{Key: "exception", What: "why the change cannot wait until the freeze is over"}
	m.out = append(m.out, remedy.Move{
		Kind: remedy.AskException, Words: "ask for an exception from " + hits[0], Asks: []remedy.Ask{ask},
		Edits: func(have map[string]string) []splice.Edit {
			return []splice.Edit{set("/freeze_exception", mapping("window", hits[0], "reason", word(have, ask),
				"expires", yamldoc.Bare(field.Instant{Time: m.latest(m.facts.target.End)}.String())))}
		},
	})
}

// fewerServices splits off a service that the diff is known not to touch: one
// with paths, while the diff touches others. One at least stays.
func (m *mover) fewerServices() {
	if m.scene.work.facts.Files == 0 || len(m.rec.Services) < 2 {
		return
	}
	for i, name := range m.rec.Services {
		svc, known := m.run.law.Services.Lookup(name)
		touched := slices.Contains(m.scene.work.facts.ServicesDerived, name)
		if known && len(svc.Paths) > 0 && !touched && m.facts.subject.current().Index.Has(fmt.Sprintf("/services/%d", i)) {
			m.add(remedy.Move{Kind: remedy.SplitService, Place: "services", Words: "split off " + name,
				Must: "work on " + name + " under a change of its own, and take it out of these plans"},
				splice.Edit{Op: splice.Remove, Pointer: fmt.Sprintf("/services/%d", i)})
		}
	}
}

// fewerEnvironments splits off an environment that no covered path asks for.
func (m *mover) fewerEnvironments() {
	needed := m.covering()
	if m.scene.work.facts.Files == 0 || len(m.rec.Environments) < 2 || len(needed) == 0 {
		return
	}
	for i, name := range m.rec.Environments {
		if !slices.Contains(needed, name) && m.facts.subject.current().Index.Has(fmt.Sprintf("/environments/%d", i)) {
			m.add(remedy.Move{Kind: remedy.SplitEnvironment, Place: "environments", Words: "split off " + name,
				Must: "work in " + name + " under a change of its own, and take it out of these plans"},
				splice.Edit{Op: splice.Remove, Pointer: fmt.Sprintf("/environments/%d", i)})
		}
	}
}

// emergency takes the quick path, where an incident is linked already.
func (m *mover) emergency() {
	incident := ""
	for _, l := range m.rec.Links {
		if l.Kind == change.FixesIncident && l.Ref != "" {
			incident = l.Ref
		}
	}
	if incident == "" || m.rec.Type != change.Normal || m.rec.Emergency != nil {
		return
	}
	ask := remedy.Ask{Key: "emergency", What: "why the normal path will not do"}
	m.out = append(m.out, remedy.Move{
		Kind: remedy.TakeEmergencyPath, Words: "take the emergency path, for " + incident, Asks: []remedy.Ask{ask},
		Must: "hold the review of the emergency in time",
		Edits: func(have map[string]string) []splice.Edit {
			return []splice.Edit{set("/type", yamldoc.Text("emergency")), set("/emergency", mapping("incident", incident, "why", word(have, ask)))}
		},
	})
}
