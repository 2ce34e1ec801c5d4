package change_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/change"
)

func emptyPaths(r record) []string {
	var out []string
	for _, e := range change.EmptyPlans(&r.parse().Record) {
		out = append(out, e.Path)
	}
	return out
}

func step(text string) record {
	return of("normal").with("implementation_plan", "["+quote(text)+"]")
}

func quote(text string) string {
	out := `"`
	for _, r := range text {
		switch r {
		case '"', '\\':
			out += `\` + string(r)
		case '\n':
			out += `\n`
		default:
			out += string(r)
		}
	}
	return out + `"`
}

// R6. Many of these are taken from the rollback answers of Kubernetes'
// enhancement proposals.
func TestR6TextsThatSayNothingAreFound(t *testing.T) {
	for _, text := range []string{
		"", " ", "\n", "-", "--", "...", "…", "?", "???", "*", "- ", "_", "\U0001f937", "x", "XXX", "1", "1.",
		"TBD", "tbd", "T.B.D", "TBD.", "- TBD", "**TBD**", "(TBD)", "TBD, TBD", "TBD after alpha.", "TBD (when targeting beta).", "Not yet. TBD.",
		"TODO", "To do", "TODO: write this", "to be done", "To be determined", "FIXME", "WIP", "work in progress", "pending", "later", "will be added",
		"n/a", "N/A", "N/A.", "na", "n.a.", "N / A", "n\\a", "- N/A.", "Not applicable", "Not applicable.", "No (Not applicable)", "N/A, feature is removed", "n/a - client-side only",
		"none", "None.", "- None", "NONE", "nothing", "NOTHING", "Nothing special.", "null", "no", "No.", "No\nNo.", "Yes.", "ok", "done",
		"see ticket", "See the ticket.", "see ticket PAY-123", "see Jira", "see JIRA-123", "see #12", "See PR #12", "cf. issue 12", "as per ticket", "refer to the linked issue", "see above", "see description",
		"as usual", "As usual.", "as always", "same as above", "Same as above!", "same as before", "as above", "ditto", "usual", "standard procedure", "as expected", "business as usual",
		"asdf", "foo", "placeholder", "lorem ipsum", "test",
	} {
		if got := emptyPaths(step(text)); !slices.Equal(got, []string{"/implementation_plan/0/do"}) {
			t.Errorf("%q passes for a plan: %v", text, got)
		}
	}
}

func TestR6ShortIsNotEmpty(t *testing.T) {
	for _, text := range []string{
		"Revert", "revert it", "Restart", "git revert", "Roll back", "kubectl rollout undo", "Flip the flag", "Yes, via the feature gate.", "No, but: restart the pods",
		"Unit tests.", "Tested by hand.", "See https://wiki.example.com/failover and run steps 1 to 4", "See runbook failover.md, section 2", "Restore the backup (see ticket PAY-12 for where it is)",
		"Do nothing until the queue is empty, then switch", "To do a rollback, promote the old primary", "Run the same steps backwards", "5xx > 1 %", "p99 > 2 s", "HTTP 200", "戻す", "戻", "Zurückrollen", "Вернуть", "Standard failover by the script",
		"None of the pods restart", "Nothing but the pool is touched; point it back", "Note the NA region last", "ok rate above 99 %", "Check that /healthz says ok",
	} {
		if got := emptyPaths(step(text)); len(got) != 0 {
			t.Errorf("%q is taken for empty", text)
		}
	}
}

func TestR6EveryPlanAndReasonIsLookedAt(t *testing.T) {
	r := of("emergency").with(
		"reason", "to be determined", "implementation_plan", "[TBD, {do: n/a}]",
		"test_plan", "{before: [none], after: [Smoke test, '-']}",
		"rollback_plan", "{method: none, trigger: TBD, steps: [as usual], verify: tbd, rehearsed: {date: 2026-11-01, evidence: n/a}, justification: none}",
		"communication_plan", "{audience: [none], text: see ticket}",
		"freeze_exception", "{window: w, reason: as usual, expires: 2026-12-05T00:00:00Z}",
		"collisions_accepted", "[{with: CHG-2, reason: ok, expires: 2026-12-05T00:00:00Z}]",
		"emergency", "{incident: INC-1, why: n/a}", "hold", "{reason: tbd}", "canceled", "{reason: '-'}")
	want := []string{
		"/reason", "/implementation_plan/0/do", "/implementation_plan/1/do", "/test_plan/before/0", "/test_plan/after/1",
		"/rollback_plan/trigger", "/rollback_plan/steps/0", "/rollback_plan/verify", "/rollback_plan/rehearsed/evidence", "/rollback_plan/justification",
		"/communication_plan/audience/0", "/communication_plan/text", "/freeze_exception/reason", "/collisions_accepted/0/reason", "/emergency/why", "/hold/reason", "/canceled/reason",
	}
	if d := cmp.Diff(want, emptyPaths(r)); d != "" {
		t.Error(d)
	}
	if got := emptyPaths(of("normal")); got != nil {
		t.Errorf("a good record: %v", got)
	}
	if got := change.EmptyPlans(&change.Record{}); got != nil {
		t.Errorf("an absent text is not an empty one: %v", got)
	}
}

func TestRollbackFactsCountOnlyWhatIsWritten(t *testing.T) {
	good := change.RollbackFacts{Method: "failover", Complete: true, Missing: []string{}, Minutes: 10, FitsWindow: true, Rehearsed: true, RehearsedDays: 11}
	plan := func(s string) record { return of("normal").with("rollback_plan", s) }
	full := func(rest string) record {
		return plan("{method: failover, trigger: Errors, steps: [Fail over], minutes: 10, verify: Smoke test" + rest + "}")
	}
	rehearsed := func(date string) record { return full(", rehearsed: {date: " + date + ", evidence: run 881}") }
	for _, c := range []struct {
		name string
		r    record
		edit func(*change.RollbackFacts)
	}{
		{"complete and rehearsed", of("normal"), func(*change.RollbackFacts) {}},
		{"nothing at all", of("normal").without("rollback_plan"), func(f *change.RollbackFacts) {
			*f = change.RollbackFacts{Missing: []string{"method", "trigger", "steps", "minutes", "verify"}, RehearsedDays: -1}
		}},
		{"texts without content are missing", plan("{method: revert, trigger: TBD, steps: [n/a, '-'], minutes: 10, verify: see ticket}"), func(f *change.RollbackFacts) {
			*f = change.RollbackFacts{Method: "revert", Missing: []string{"trigger", "steps", "verify"}, Minutes: 10, FitsWindow: true, RehearsedDays: -1}
		}},
		{"one step with content is enough", plan("{method: revert, trigger: Errors, steps: [TBD, Revert], minutes: 10, verify: Smoke test}"), func(f *change.RollbackFacts) {
			f.Method, f.Rehearsed, f.RehearsedDays = "revert", false, -1
		}},
		{"no minutes fit no window", plan("{method: revert, trigger: Errors, steps: [Revert], verify: Smoke test}"), func(f *change.RollbackFacts) {
			*f = change.RollbackFacts{Method: "revert", Missing: []string{"minutes"}, RehearsedDays: -1}
		}},
		{"method none misses nothing and is never complete", plan("{method: none, justification: The vendor deletes it}"), func(f *change.RollbackFacts) {
			*f = change.RollbackFacts{Method: "none", Missing: []string{}, RehearsedDays: -1}
		}},
		{"as long as the window", full("").with("schedule", "{start: 2026-12-01T22:00:00Z, end: 2026-12-01T22:10:00Z}"), func(f *change.RollbackFacts) { f.Rehearsed, f.RehearsedDays = false, -1 }},
		{"a second longer than the window", full("").with("schedule", "{start: 2026-12-01T22:00:01Z, end: 2026-12-01T22:10:00Z}"), func(f *change.RollbackFacts) {
			f.Rehearsed, f.RehearsedDays, f.FitsWindow = false, -1, false
		}},
		{"no schedule", of("normal").without("schedule"), func(f *change.RollbackFacts) { f.FitsWindow, f.Rehearsed, f.RehearsedDays = false, false, -1 }},
		{"rehearsed on the day", rehearsed("2026-12-01"), func(f *change.RollbackFacts) { f.RehearsedDays = 0 }},
		{"rehearsed 90 days before", rehearsed("2026-09-02"), func(f *change.RollbackFacts) { f.RehearsedDays = 90 }},
		{"rehearsed 91 days before", rehearsed("2026-09-01"), func(f *change.RollbackFacts) { f.RehearsedDays, f.Rehearsed = 91, false }},
		{"rehearsed after the start", rehearsed("2026-12-02"), func(f *change.RollbackFacts) { f.RehearsedDays, f.Rehearsed = -1, false }},
		{"rehearsed long after the start", rehearsed("2027-12-02"), func(f *change.RollbackFacts) { f.RehearsedDays, f.Rehearsed = -1, false }},
		{"rehearsed on no evidence", full(", rehearsed: {date: 2026-11-20, evidence: n/a}"), func(f *change.RollbackFacts) { f.RehearsedDays, f.Rehearsed = -1, false }},
		{"irreversible", of("normal").with("data", "{reversible: false}"), func(f *change.RollbackFacts) { f.Irreversible = true }},
		{"a migration of which nothing else is said", of("normal").with("data", "{migration: true}"), func(f *change.RollbackFacts) { f.Irreversible = true }},
		{"a reversible migration", of("normal").with("data", "{migration: true, reversible: true}"), func(*change.RollbackFacts) {}},
		{"no migration", of("normal").with("data", "{migration: false}"), func(*change.RollbackFacts) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := good
			want.Missing = []string{}
			c.edit(&want)
			if d := cmp.Diff(want, change.Rollback(&c.r.parse().Record)); d != "" {
				t.Error(d)
			}
		})
	}
}
