package schedule

import (
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
)

// SlotHorizon is how far ahead a slot is looked for.
const SlotHorizon = 90 * 24 * time.Hour

// Seek asks for the earliest times at which a change could run.
type Seek struct {
	Windows  []law.Window
	Required [][]string // as for MaintenanceFor
	Calendar *Index     // nil holds nothing
	Target   Target     // its Start and End say how long it takes, and no more
	From     time.Time  // no slot begins earlier
	Until    time.Time  // no slot ends later
	Most     int        // how many to find
	// Prove judges the change as it would be at another time; nil takes the rules
	// of windows and collisions for proof enough. Where it disagrees with them,
	// the same time of the next day is tried.
	Prove func(start, end time.Time) (bool, error)
}

// Slot is a time at which a change could run, half-open.
type Slot struct {
	Start field.Instant `json:"start"`
	End   field.Instant `json:"end"`
}

// Slots is the answer. BlockedBy are the windows and changes in the way of
// every time when there is none, by id, sorted; it is empty when there is one.
type Slots struct {
	Slots     []Slot   `json:"slots"`
	BlockedBy []string `json:"blocked_by"`
}

// Next finds the earliest slots, none of which overlap. A slot begins at From,
// where a freeze or another change ends, where a maintenance window begins, or
// where the slot before it ends: whatever is in the way of one time is in the
// way of every later one until it ends.
//
// Open pull requests count like booked changes here, and so do exceptions and
// acceptances as if nobody had asked for them: a slot needs none.
func Next(s Seek) (Slots, error) {
	out := Slots{Slots: []Slot{}, BlockedBy: []string{}}
	length := s.Target.End.Sub(s.Target.Start)
	if !s.Target.Sound() || s.Most < 1 {
		return out, nil
	}
	plan := s.Target
	plan.Exception, plan.Accepted = nil, nil
	blocked := map[string]bool{}
	for at := s.From; !at.Add(length).After(s.Until) && len(out.Slots) < s.Most; {
		plan.Start, plan.End = at, at.Add(length)
		next, ids, free := s.after(plan)
		for _, id := range ids {
			blocked[id] = true
		}
		if !free {
			if next.IsZero() {
				break
			}
			if !next.After(at) { // a booking that ends before it begins
				next = at.Add(time.Minute)
			}
			at = next
			continue
		}
		if s.Prove != nil {
			proven, err := s.Prove(plan.Start, plan.End)
			if err != nil {
				return out, err
			}
			if !proven {
				at = at.AddDate(0, 0, 1)
				continue
			}
		}
		out.Slots = append(out.Slots, Slot{field.Instant{Time: plan.Start}, field.Instant{Time: plan.End}})
		at = plan.End
	}
	if len(out.Slots) == 0 {
		for id := range blocked {
			out.BlockedBy = append(out.BlockedBy, id)
		}
		slices.Sort(out.BlockedBy)
	}
	return out, nil
}

// after says whether a plan is free, else by what it is blocked and the first
// instant at which it might not be; zero for never.
func (s Seek) after(t Target) (next time.Time, ids []string, free bool) {
	free = true
	if t.Type == change.Registration {
		return next, nil, true // a vendor's change: nobody here moves it
	}
	later := func(id string, end time.Time) {
		free, ids = false, append(ids, id)
		if end.IsZero() || next.Equal(never) {
			next = never
		} else {
			next = latest(next, end)
		}
	}
	for _, f := range Freezes(s.Windows, t) {
		if (f.Hit || f.Overrun) && !f.Exempt {
			later(f.ID, parsed(f.To))
		}
	}
	if t.Type == change.Emergency {
		return ending(next), ids, free // it waits for freezes alone
	}
	if m := MaintenanceFor(s.Windows, s.Required, t); !m.Inside {
		for _, id := range m.Required {
			later(id, parsed(m.Next))
		}
	}
	if s.Calendar == nil {
		return ending(next), ids, free
	}
	var room time.Time // where the first of them ends, and with it gives a place in a full calendar
	full := false
	for _, c := range s.Calendar.Collisions(t) {
		end := latest(parsed(c.To), t.Start.Add(time.Second))
		if room.IsZero() || end.Before(room) {
			room = end // whatever its kind: a change is told by its gravest alone
		}
		switch c.Kind {
		case byFiles.String(), byImplementer.String():
		case byCapacity.String():
			free, full, ids = false, true, append(ids, c.With)
		default:
			later(c.With, end)
		}
	}
	if full && !next.Equal(never) {
		next = latest(next, room)
	}
	return ending(next), ids, free
}

// never is later than every instant.
var never = time.Unix(1<<62, 0)

func ending(t time.Time) time.Time {
	if t.Equal(never) {
		return time.Time{}
	}
	return t
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// parsed reads what stamp writes; zero for anything else.
func parsed(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// RoundUp is the first quarter of an hour that is not before an instant.
func RoundUp(t time.Time) time.Time {
	const quarter = 15 * time.Minute
	if r := t.Truncate(quarter); r.Before(t) {
		return r.Add(quarter)
	}
	return t
}
