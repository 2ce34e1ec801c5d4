//go:build unix

package history_test

import (
	"runtime"
	"runtime/debug"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/gitrepo"
)

// BenchmarkBacktest reports ratios of medians of processor time from runs that
// alternate: of four times as many changes, and of two laws to one. Each run
// opens the repository anew.
func BenchmarkBacktest(b *testing.B) {
	small, large := generated(b, 1000, 8, false), generated(b, 4000, 8, false)
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the program does
	var times [3][]float64
	var peak uint64
	once := func(dir string, two bool, changes int) float64 {
		repo, err := gitrepo.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		o := over(b, repo)
		o.Progress = func(done, _ int) {
			if done%1000 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			}
		}
		if two {
			candidate(b, &o, stricter)
		}
		runtime.GC()
		start := processor(b)
		judged, flips := run(b, o)
		spent := (processor(b) - start).Seconds()
		if err := repo.Close(); err != nil {
			b.Fatal(err)
		}
		if judged != changes || two && flips != changes/10 {
			b.Fatalf("judged %d of %d, %d flips", judged, changes, flips)
		}
		return spent
	}
	for b.Loop() {
		for i, job := range []struct {
			dir     string
			two     bool
			changes int
		}{{small, true, 1000}, {large, true, 4000}, {small, false, 1000}} {
			times[i] = append(times[i], once(job.dir, job.two, job.changes))
		}
	}
	b.ReportMetric(median(times[1])/median(times[0]), "growth-4x")
	b.ReportMetric(median(times[0])/median(times[2]), "two-to-one")
	b.ReportMetric(median(times[0])*1000, "ms-1000")
	b.ReportMetric(median(times[1])*1000, "ms-4000")
	b.ReportMetric(median(times[2])*1000, "ms-1000-one")
	b.ReportMetric(float64(peak)/(1<<20), "heap-MiB")
}

// processor is the time that this process has computed.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(l []float64) float64 {
	s := slices.Sorted(slices.Values(l))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}
