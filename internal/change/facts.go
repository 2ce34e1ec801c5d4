package change

import "github.com/mergeseal/mergeseal/internal/field"

// RollbackFacts is the rollback plan in facts.
type RollbackFacts struct {
	Method        string   `json:"method"`
	Complete      bool     `json:"complete"`
	Missing       []string `json:"missing"`        // trigger, steps, minutes, verify, method
	Minutes       int      `json:"minutes"`        // 0 when unstated
	FitsWindow    bool     `json:"fits_window"`    // minutes ≤ planned minutes
	Rehearsed     bool     `json:"rehearsed"`      // dated at most 90 days before the planned start, and not after it
	RehearsedDays int      `json:"rehearsed_days"` // days between the rehearsal and the planned start, -1 without one
	Irreversible  bool     `json:"irreversible"`
}

// rehearsalDays is how long a rehearsal proves anything.
const rehearsalDays = 90

// Rollback works out the facts of a rollback plan. Nothing counts that is not
// written: texts such as "TBD" are missing, unstated minutes fit no window,
// and a migration is irreversible until somebody says that it is not.
//
// For method none nothing is missing, and the plan is never complete. The day
// of the planned start is taken in the offset it was written with.
func Rollback(r *Record) RollbackFacts {
	p := r.RollbackPlan
	if p == nil {
		p = &RollbackPlan{}
	}
	out := RollbackFacts{
		Method: p.Method.String(), Missing: missing(p), RehearsedDays: -1,
		Irreversible: irreversible(r.Data),
	}
	out.Complete = p.Method != MethodNone && len(out.Missing) == 0
	if p.Minutes != nil && *p.Minutes >= 0 {
		out.Minutes = *p.Minutes
	}
	if s := r.Schedule; s != nil && !s.Start.IsZero() && !s.End.IsZero() {
		out.FitsWindow = p.Minutes != nil && *p.Minutes >= 0 && int64(*p.Minutes) <= s.Minutes()
		if days := rehearsal(p, s); days >= 0 {
			out.RehearsedDays, out.Rehearsed = days, days <= rehearsalDays
		}
	}
	return out
}

func missing(p *RollbackPlan) []string {
	out := []string{}
	if p.Method == MethodNone {
		return out
	}
	steps := false
	for _, s := range p.Steps {
		steps = steps || !contentless(s)
	}
	for _, f := range []struct {
		name string
		ok   bool
	}{
		{"method", p.Method != MethodUnstated},
		{"trigger", !contentless(p.Trigger)},
		{"steps", steps},
		{"minutes", p.Minutes != nil && *p.Minutes >= 0},
		{"verify", !contentless(p.Verify)},
	} {
		if !f.ok {
			out = append(out, f.name)
		}
	}
	return out
}

// rehearsal is the number of days from the rehearsal to the planned start, -1
// when there is none, none that can be seen, or none before the start.
func rehearsal(p *RollbackPlan, s *Period) int {
	x := p.Rehearsed
	if x == nil || x.Date.IsZero() || contentless(x.Evidence) {
		return -1
	}
	return max(x.Date.DaysUntil(field.DateOf(s.Start.Time)), -1)
}

func irreversible(d *Data) bool {
	if d == nil {
		return false
	}
	if d.Reversible != nil {
		return !*d.Reversible
	}
	return d.Migration != nil && *d.Migration
}
