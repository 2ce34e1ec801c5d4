package render

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/mergeseal/mergeseal/internal/agenda"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// forwardSample is two weeks with something of everything.
func forwardSample(t testing.TB) schedule.Forward {
	zone := berlin(t)
	at := func(month time.Month, day, hour, minute int) field.Instant {
		return field.Instant{Time: time.Date(2026, month, day, hour, minute, 0, 0, zone)}
	}
	entry := func(id, title, level string, score int, state string, start, end field.Instant, services ...string) schedule.Entry {
		return schedule.Entry{ID: id, Title: title, Path: "changes/2026/" + id + ".yaml", Type: "normal", Level: level, Score: score,
			Status: schedule.Scheduled, State: state, Services: services, Environments: []string{"production"}, Start: start, End: end,
			Owner: "alice", Implementers: []string{"alice", "bob"}, Rollback: "fail over to the old primary, 10 min, rehearsed 20 Nov",
			Reason: "PostgreSQL 15 gets no fixes after November.", Links: []schedule.EntryLink{{Kind: "runbook", URL: "https://wiki.acme.example/runbooks/" + id}}}
	}
	f := schedule.Forward{
		From: at(11, 21, 0, 0), To: at(12, 5, 0, 0), Zone: "Europe/Berlin", Now: at(11, 22, 10, 30), Repository: "acme/shop",
		Entries: []schedule.Entry{
			entry("CHG-2026-0130", "Patch the mail relays", "low", 12, schedule.Booked, at(11, 21, 20, 0), at(11, 21, 22, 0), "mail"),
			entry("CHG-2026-0131", "Move the search index to the new cluster", "moderate", 38, schedule.Booked, at(11, 23, 9, 0), at(11, 27, 17, 0), "search", "catalogue"),
			entry("CHG-2026-0144", "Replace the controllers of the storage arrays", "very_high", 84, schedule.Tentative, at(11, 24, 21, 0), at(11, 25, 3, 0), "storage"),
			entry("CHG-2026-0142", "Upgrade the payments database to PostgreSQL 17", "high", 61, schedule.Booked, at(11, 24, 22, 0), at(11, 25, 0, 0), "payments-db", "storage"),
			entry("CHG-2026-0143", "Rotate the edge certificates", "moderate", 33, schedule.Tentative, at(11, 27, 6, 0), at(11, 27, 6, 30), "edge"),
			entry("CHG-2026-0150", "A vendor's change of its payment gateway", "", 0, schedule.Registered, at(12, 2, 1, 0), at(12, 2, 5, 0), "payments-api"),
			entry("CHG-2026-0151", "Widen a column of the orders", "low", 18, schedule.Tentative, at(12, 4, 20, 0), at(12, 4, 21, 0), "orders"),
		},
		Windows: []schedule.Window{
			{ID: "black-friday-2026", Title: "Black Friday to Cyber Monday", Kind: "freeze", Start: at(11, 26, 18, 0), End: at(12, 1, 8, 0),
				Scope: []string{"production", "tier 0 or 1"}, Exempt: []string{"emergency"}, Owners: "change-managers",
				Services: []string{"checkout", "edge", "payments-api", "payments-db", "storage"}},
			{ID: "storage-nights", Title: "Storage nights", Kind: "maintenance", Start: at(11, 24, 20, 0), End: at(11, 25, 4, 0), Scope: []string{"production", "storage"}, Owners: "platform", Services: []string{"storage"}},
			{ID: "storage-nights", Title: "Storage nights", Kind: "maintenance", Start: at(12, 1, 20, 0), End: at(12, 2, 4, 0), Scope: []string{"production", "storage"}, Owners: "platform", Services: []string{"storage"}},
		},
		Collisions: []schedule.Clash{
			{A: "CHG-2026-0142", B: "CHG-2026-0144", Kind: "service", Via: []string{"storage"}, From: at(11, 24, 22, 0), To: at(11, 25, 0, 0), Minutes: 120, Blocks: true},
		},
		Services: []string{"catalogue", "checkout", "edge", "identity", "mail", "orders", "payments-api", "payments-db", "reporting", "search", "storage"},
	}
	f.Entries[4].Frozen = []string{"black-friday-2026"}
	f.Entries[6].Environments = []string{"staging"}
	return f
}

// agendaSample is one meeting with something of everything.
func agendaSample(t testing.TB) agenda.Agenda {
	zone := berlin(t)
	at := func(month time.Month, day, hour, minute int) field.Instant {
		return field.Instant{Time: time.Date(2026, month, day, hour, minute, 0, 0, zone)}
	}
	a := agenda.Agenda{
		Meeting: "cab", Date: at(11, 24, 14, 0), Since: at(11, 17, 14, 0), Until: at(12, 8, 0, 0), Zone: "Europe/Berlin", Repository: "acme/shop",
		Minutes: 16, Routine: 7, RoutineIDs: []string{"CHG-2026-0130", "CHG-2026-0132", "CHG-2026-0133", "CHG-2026-0134", "CHG-2026-0135", "CHG-2026-0136", "CHG-2026-0137"},
		Items: []agenda.Item{
			{ID: "CHG-2026-0144", Title: "Replace the controllers of the storage arrays", Type: "normal", Level: "very_high", Score: 84,
				Start: at(11, 24, 21, 0), End: at(11, 25, 3, 0), Reasons: []string{"very high risk: the board's two", "collides with CHG-2026-0142 on storage"},
				Kinds: []agenda.Kind{agenda.Routed, agenda.Collides}, Missing: []string{"2 of cab", "collision with CHG-2026-0142 is not accepted"},
				State: schedule.Tentative, Owner: "ivan", Why: "The old controllers get no firmware after December.",
				Impact: "all users, degraded for 60 min", Services: []string{"storage"}, Dependents: []string{"catalogue", "checkout", "identity", "orders", "payments-api", "payments-db"},
				Environments: []string{"production"}, Rollback: "cable the old controllers again, 45 min, never rehearsed",
				Score3: []agenda.Line{{Name: "service tier", Points: 20, Why: "storage is tier 0"}, {Name: "blast radius", Points: 18, Why: "6 services depend on it"}, {Name: "rollback", Points: 14, Why: "not rehearsed"}},
				Link:   "https://github.com/acme/shop/pull/45", PullRequest: 45, Path: "changes/2026/CHG-2026-0144.yaml", Minutes: 8},
			{ID: "CHG-2026-0143", Title: "Rotate the edge certificates", Type: "normal", Level: "moderate", Score: 33,
				Start: at(11, 27, 6, 0), End: at(11, 27, 6, 30), Reasons: []string{"asks to work in black-friday-2026"}, Kinds: []agenda.Kind{agenda.Exception},
				Missing: []string{"1 of change-managers"}, State: schedule.Tentative, Owner: "bob", Why: "They run out on 28 November.", Impact: "no users",
				Services: []string{"edge"}, Environments: []string{"production"}, Rollback: "the old certificates, 2 min",
				Score3: []agenda.Line{{Name: "service tier", Points: 12, Why: "edge is tier 1"}, {Name: "windows", Points: 10, Why: "inside a freeze"}},
				Link:   "https://github.com/acme/shop/pull/44", Path: "changes/2026/CHG-2026-0143.yaml", Minutes: 5},
			{ID: "CHG-2026-0121", Title: "New mail relay", Type: "normal", Level: "low", Score: 14, Start: at(11, 18, 20, 0), End: at(11, 18, 21, 0),
				Reasons: []string{"was backed out"}, Kinds: []agenda.Kind{agenda.Failed}, State: schedule.Booked, Owner: "carol", Services: []string{"mail"}, Environments: []string{"production"},
				Result: "backed_out", Lessons: "The relay's address was not on the partner's list.", Link: "changes/2026/CHG-2026-0121.yaml", Path: "changes/2026/CHG-2026-0121.yaml", Minutes: 3},
		},
		Actions: []agenda.Action{{ID: "CHG-2026-0117", Title: "Renew the relay's key", Ref: "https://github.com/acme/shop/issues/31", Owner: "carol"}},
	}
	for i := range a.Items { // as the model promises
		a.Items[i].Missing = append([]string{}, a.Items[i].Missing...)
		a.Items[i].Dependents = append([]string{}, a.Items[i].Dependents...)
		a.Items[i].Score3 = append([]agenda.Line{}, a.Items[i].Score3...)
	}
	return a
}

// minutesSample is what became of agendaSample.
func minutesSample(t testing.TB) agenda.Minutes {
	a := agendaSample(t)
	at := field.Instant{Time: a.Date.Add(90 * time.Minute)}
	return agenda.Minutes{
		Meeting: a.Meeting, Since: a.Date, Until: field.Instant{Time: a.Date.Add(24 * time.Hour)}, Zone: a.Zone, Repository: a.Repository,
		Decisions: []agenda.Decision{{ID: "CHG-2026-0143", Title: "Rotate the edge certificates", What: "approved", At: at, Commit: "5d6e7f8", By: "erin",
			Subject: "Rotate the edge certificates (#44)", Reviews: []agenda.Review{{By: "carol", State: "approved", At: at, Commit: "5d6e7f8"}},
			Conditions: []string{"if support knows of it the day before"}}},
		Open: a.Items[:1], Actions: a.Actions,
	}
}
