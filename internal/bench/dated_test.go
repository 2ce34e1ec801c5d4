package bench

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

// drawn is a record of any time, in a folder that tells the truth about it.
func drawn(rnd *rand.Rand, id string) (name, text string) {
	day := func(n int) time.Duration { return time.Duration(rnd.IntN(2*n+1)-n) * 24 * time.Hour }
	from := today.Add(day(400)).Add(time.Duration(rnd.IntN(24)) * time.Hour)
	if rnd.IntN(3) == 0 {
		from = today.Add(day(12)) // many meet
	}
	to := from.Add(time.Duration(1+rnd.IntN(40)) * time.Hour)
	if rnd.IntN(12) == 0 {
		to = from.Add(time.Duration(20+rnd.IntN(200)) * 24 * time.Hour)
	}
	kind := []string{"normal", "normal", "normal", "emergency"}[rnd.IntN(4)]
	text = fmt.Sprintf("id: %s\ntitle: Raise the pool size once more\ntype: %s\nowner: %s\nservices: [svc-%d]\nenvironments: [production]\n"+
		"reason: Requests queue for a connection.\nimpact: {users: some, outage: none, minutes: 0}\nschedule: {start: %s, end: %s}\n"+
		"implementation_plan: [Set the pool size to 40]\ntest_plan: {before: [Load test in staging], after: [The queue stays short]}\n"+
		"rollback_plan: {method: revert, trigger: Errors above 1 percent, steps: [Revert the commit], minutes: 10, verify: The pool size is 20}\n",
		id, kind, []string{"alice", "bob"}[rnd.IntN(2)], rnd.IntN(4), from.Format(time.RFC3339), to.Format(time.RFC3339))
	if kind == "emergency" {
		text += "links: [{kind: fixes_incident, ref: INC-1}]\nemergency: {incident: INC-1, why: The shop is down}\n"
	}
	times := []time.Time{from, to}
	switch {
	case rnd.IntN(15) == 0:
		text += "canceled: {reason: Not needed any more}\n"
	case to.Before(today) && rnd.IntN(8) > 0:
		began := from.Add(day(25))
		ended := began.Add(3 * time.Hour)
		times = append(times, began, ended)
		text += fmt.Sprintf("actual: {start: %s, end: %s}\noutcome: {result: %s, rollback_used: false}\n", began.Format(time.RFC3339), ended.Format(time.RFC3339),
			[]string{"successful", "successful_with_issues", "failed"}[rnd.IntN(3)])
	}
	shift := time.Duration(rnd.IntN(40)-20) * 24 * time.Hour
	for _, dir := range []string{from.Add(shift).UTC().Format("2006/01"), from.Add(shift).UTC().Format("2006-01"), from.UTC().Format("2006"), "late"} {
		name = "changes/" + dir + "/" + id + ".yaml"
		if rnd.IntN(8) > 0 && truthful(dir, times) {
			return name, text
		}
	}
	return name, text
}

// truthful says by itself what folders may promise: 31 days about.
func truthful(dir string, times []time.Time) bool {
	for layout, next := range map[string][2]int{"2006/01": {0, 1}, "2006-01": {0, 1}, "2006": {1, 0}} {
		begins, err := time.Parse(layout, dir)
		if err != nil {
			continue
		}
		ends := begins.AddDate(next[0], next[1], 31)
		for _, t := range times {
			if t.Before(begins.AddDate(0, 0, -31)) || !t.Before(ends) {
				return false
			}
		}
	}
	return true
}

// TestFoldersHideNothingThatMatters: for records drawn at random in truthful folders,
// reading what can matter says what reading everything says: collisions, risk,
// debts, ids, what trailers name, and the schedule.
func TestFoldersHideNothingThatMatters(t *testing.T) {
	const config = "coverage: [{paths: [\"deploy/**\"]}]\nlimits: [{environment: production, at_once: 3}]\npolicy: {settings: {retro_hours: 48}}\n"
	skipped, met := int64(0), 0
	for seed := range uint64(12) {
		var res [2]*judge.Result
		var plan [2]schedule.Forward
		var opened [2]int64
		for i, on := range []string{"false", "true"} {
			rnd := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // the same each time
			dir := imported(t, func(w *bufio.Writer, commit func(string, string), file func(string, string)) {
				commit("main", "x")
				file("mergeseal.yaml", "version: 1\ndated_folders: "+on+"\n"+config+services)
				file("deploy/a.yaml", "a: 1\n")
				for n := range 60 {
					file(drawn(rnd, fmt.Sprintf("CHG-%d", n)))
				}
				w.WriteString("reset refs/heads/change\nfrom refs/heads/main\n\n") //nolint:errcheck,gosec // the writer keeps its error for Flush
				commit("change", fmt.Sprintf("work\n\nChange: CHG-%d", rnd.IntN(60)))
				file("deploy/a.yaml", "a: 2\n")
				file(drawn(rnd, "CHG-100"))
				file(drawn(rnd, "CHG-101"))
				if rnd.IntN(3) == 0 {
					_, text := drawn(rnd, fmt.Sprintf("CHG-%d", rnd.IntN(60)))
					file("changes/late/"+strings.TrimPrefix(strings.SplitN(text, "\n", 2)[0], "id: ")+"-again.yaml", text)
				}
			})
			res[i], opened[i] = check(t, dir)
			plan[i], _ = fortnight(t, dir)
		}
		same(t, fmt.Sprintf("seed %d: changes", seed), res[0].Verdict.Changes, res[1].Verdict.Changes)
		same(t, fmt.Sprintf("seed %d: findings", seed), res[0].Verdict.Findings, res[1].Verdict.Findings)
		same(t, fmt.Sprintf("seed %d: schedule", seed), plan[0], plan[1])
		if !res[0].Verdict.ValidUntil.Equal(res[1].Verdict.ValidUntil) {
			t.Errorf("seed %d: valid until %s and %s", seed, res[0].Verdict.ValidUntil, res[1].Verdict.ValidUntil)
		}
		skipped += opened[0] - opened[1]
		for _, c := range res[0].Verdict.Changes {
			met += len(c.Collisions)
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d files were not opened, %d collisions met", skipped, met)
	if skipped < 50 || met < 30 {
		t.Errorf("%d files were not opened, %d collisions met: too few to show anything", skipped, met)
	}
}
