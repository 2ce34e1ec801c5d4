package bench

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

//go:embed conftest.rego
var conftestPolicy []byte

// BenchmarkAgainstConftest reports the ratios of medians, ours to conftest's,
// from runs that alternate, after both have found the same records at fault.
// MERGESEAL_CONFTEST names the program, MERGESEAL_RECORDS how many records.
func BenchmarkAgainstConftest(b *testing.B) {
	conftest := os.Getenv("MERGESEAL_CONFTEST")
	if conftest == "" {
		b.Log("did not run: MERGESEAL_CONFTEST names no conftest")
		return
	}
	records := 1000
	if n, err := strconv.Atoi(os.Getenv("MERGESEAL_RECORDS")); err == nil && n > 0 {
		records = n
	}
	dir := b.TempDir()
	program := filepath.Join(dir, "mergeseal")
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/mergeseal").CombinedOutput(); err != nil {
		b.Fatalf("build mergeseal: %v\n%s", err, out)
	}
	at := filepath.Join(dir, "repo")
	bad, err := write(at, records)
	if err != nil {
		b.Fatal(err)
	}
	ours := command{"mergeseal", at, []string{program, "check", "--format", "json", "--now", "2026-11-21T09:00:00Z", "--replay"}}
	theirs := command{"conftest", at, []string{conftest, "test", "--no-color", "--output", "json", "--policy", filepath.Join(at, "conftest"), "changes"}}
	if err := agree(ours, theirs, bad); err != nil {
		b.Fatal(err)
	}
	var s [2]series
	for b.Loop() {
		for i, c := range []command{ours, theirs} {
			r, err := c.run()
			if err != nil {
				b.Fatal(err)
			}
			s[i].wall, s[i].cpu, s[i].rss = append(s[i].wall, r.wall), append(s[i].cpu, r.cpu), append(s[i].rss, r.rss)
		}
	}
	b.ReportMetric(median(s[0].cpu)/median(s[1].cpu), "cpu-ratio")
	b.ReportMetric(median(s[0].wall)/median(s[1].wall), "wall-ratio")
	b.ReportMetric(median(s[0].rss)/median(s[1].rss), "memory-ratio")
	b.ReportMetric(median(s[0].cpu)*1000, "cpu-ms")
}

// series are seconds, seconds and KiB.
type series struct{ wall, cpu, rss []float64 }

// write lays out the records; every tenth has no trigger in its rollback plan.
func write(at string, n int) (bad int, err error) {
	files := map[string][]byte{"mergeseal.yaml": []byte("version: 1\n" + services), "conftest/policy.rego": conftestPolicy}
	start := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		trigger := "trigger: Error rate above 1 % for five minutes"
		if i%10 == 0 {
			trigger, bad = `trigger: ""`, bad+1
		}
		from := start.Add(time.Duration(i) * time.Hour)
		files[fmt.Sprintf("changes/2026/CHG-%d.yaml", i+1)] = fmt.Appendf(nil, record, i+1, i+1, i%12, from.Format(time.RFC3339), from.Add(time.Hour).Format(time.RFC3339), trigger)
	}
	for name, data := range files {
		p := filepath.Join(at, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o750), os.WriteFile(p, data, 0o600)); err != nil {
			return 0, err
		}
	}
	return bad, nil
}

type command struct {
	name, dir string
	args      []string
}

// ran is what one run took, in seconds, seconds and KiB, and what it said.
type ran struct {
	wall, cpu, rss float64
	out            []byte
}

func (c command) run() (ran, error) {
	cmd := exec.Command(c.args[0], c.args[1:]...) //nolint:gosec // the two programs to compare
	cmd.Dir = c.dir
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	began := time.Now()
	err := cmd.Run()
	wall := time.Since(began)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = nil // both say no: records are at fault
	}
	if err != nil {
		return ran{}, fmt.Errorf("run %s: %w", c.name, err)
	}
	s := cmd.ProcessState
	return ran{wall.Seconds(), (s.UserTime() + s.SystemTime()).Seconds(), float64(peak(s)), stdout.Bytes()}, nil
}

// agree holds both programs to the number of records at fault.
func agree(a, b command, bad int) error {
	r, err := a.run()
	if err != nil {
		return err
	}
	var v struct{ Changes []struct{ Outcome string } }
	if err := json.Unmarshal(r.out, &v); err != nil {
		return fmt.Errorf("read %s: %w", a.name, err)
	}
	failed := 0
	for _, c := range v.Changes {
		if c.Outcome == "fail" {
			failed++
		}
	}
	if r, err = b.run(); err != nil {
		return err
	}
	var files []struct{ Failures []struct{ Msg string } }
	if err := json.Unmarshal(r.out, &files); err != nil {
		return fmt.Errorf("read %s: %w", b.name, err)
	}
	refused := 0
	for _, f := range files {
		if len(f.Failures) > 0 {
			refused++
		}
	}
	if failed != bad || refused != bad {
		return fmt.Errorf("%d records are at fault; %s finds %d, %s finds %d", bad, a.name, failed, b.name, refused)
	}
	return nil
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}
