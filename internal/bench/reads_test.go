package bench

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

const dated = "dated_folders: true\n"

// check judges the branch and says how many files that opened.
func check(tb testing.TB, dir string) (*judge.Result, int64) {
	tb.Helper()
	t, opened := target(tb, dir)
	res, err := judge.Judge(context.Background(), t)
	if err != nil {
		tb.Fatal(err)
	}
	return res, opened.Load()
}

// fortnight is the schedule of two weeks.
func fortnight(tb testing.TB, dir string) (schedule.Forward, int64) {
	tb.Helper()
	t, opened := target(tb, dir)
	heads := []judge.Head{{Rev: t.Head}}
	t.Head, t.Builtin, t.From, t.Until = "", nil, today, today.AddDate(0, 0, 14)
	v := judge.View{From: t.From, To: t.Until, Zone: today.Location(), Now: today}
	out, err := judge.Look(context.Background(), t, heads, v.Concerns)
	if err != nil || len(out.Blocked) > 0 {
		tb.Fatal(err, out.Blocked)
	}
	return out.Forward(v), opened.Load()
}

func same(tb testing.TB, what string, a, b any) {
	tb.Helper()
	one, err := json.Marshal(a)
	if err != nil {
		tb.Fatal(err)
	}
	two, err := json.Marshal(b)
	if err != nil {
		tb.Fatal(err)
	}
	if d := cmp.Diff(string(one), string(two)); d != "" {
		tb.Errorf("%s:\n%s", what, d)
	}
}

// However many years lie behind, as many files are opened, and what is said is
// what reading all of them says.
func TestWhatIsOpenedDoesNotGrowWithTheYears(t *testing.T) {
	const perMonth = 30
	few, many := years{records: 12 * perMonth, perMonth: perMonth, config: dated}, years{records: 48 * perMonth, perMonth: perMonth, config: dated}
	all := many
	all.config = "dated_folders: false\n"
	fewDir, manyDir, allDir := few.write(t), many.write(t), all.write(t)

	_, short := check(t, fewDir)
	res, long := check(t, manyDir)
	whole, every := check(t, allDir)
	t.Logf("check: %d and %d files, all are %d", short, long, every)
	if short != long || long > 12*perMonth || every < 48*perMonth {
		t.Errorf("check opens %d files of %d records and %d of %d; all are %d", short, few.records, long, many.records, every)
	}
	if len(res.Verdict.Changes) != 2 {
		t.Fatalf("%d changes", len(res.Verdict.Changes))
	}
	same(t, "changes", res.Verdict.Changes, whole.Verdict.Changes)
	same(t, "findings", res.Verdict.Findings, whole.Verdict.Findings)

	_, short = fortnight(t, fewDir)
	fw, long := fortnight(t, manyDir)
	plain, every := fortnight(t, allDir)
	t.Logf("schedule: %d and %d files, all are %d", short, long, every)
	if short != long || long > 12*perMonth || every < 48*perMonth {
		t.Errorf("schedule opens %d files of %d records and %d of %d; all are %d", short, few.records, long, many.records, every)
	}
	if len(fw.Entries) < perMonth/3 {
		t.Errorf("%d entries", len(fw.Entries))
	}
	same(t, "schedule", fw, plain)
}

// BenchmarkYears reports how many files are opened, in a repository of
// MERGESEAL_RECORDS records, a thousand a month, each in a commit of its own.
func BenchmarkYears(b *testing.B) {
	records := 2000
	if n, err := strconv.Atoi(os.Getenv("MERGESEAL_RECORDS")); err == nil && n > 0 {
		records = n
	}
	for _, y := range []struct {
		name string
		years
	}{
		{"dated", years{records: records, perMonth: 1000, config: dated, squashed: os.Getenv("MERGESEAL_SQUASHED") != ""}},
		{"undated", years{records: records, perMonth: 1000, squashed: os.Getenv("MERGESEAL_SQUASHED") != ""}},
	} {
		b.Run(y.name, func(b *testing.B) {
			dir := y.write(b)
			for name, run := range map[string]func() int64{
				"check":    func() int64 { _, n := check(b, dir); return n },
				"schedule": func() int64 { _, n := fortnight(b, dir); return n },
			} {
				b.Run(name, func(b *testing.B) {
					var n int64
					for b.Loop() {
						n = run()
					}
					b.ReportMetric(float64(n), "files/op")
				})
			}
		})
	}
}
