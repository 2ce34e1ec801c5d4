// Command bench measures mergeseal against conftest on the same records with
// rules that find the same mistakes. It prints ratios of medians from runs
// that alternate, after a warm-up and after both have found the same records
// at fault: absolute times mean nothing on a shared machine.
//
//	go run ./internal/bench --conftest "$(command -v conftest)" --records 1000
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

//go:embed conftest.rego
var conftestPolicy []byte

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	conftest := flag.String("conftest", "", "path of conftest")
	records := flag.Int("records", 1000, "how many records")
	pairs := flag.Int("pairs", 5, "how many alternating pairs")
	flag.Parse()
	if *conftest == "" {
		return errors.New("name conftest with --conftest: go install github.com/open-policy-agent/conftest@latest")
	}
	dir, err := os.MkdirTemp("", "mergeseal-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ours := filepath.Join(dir, "mergeseal")
	if out, err := exec.Command("go", "build", "-o", ours, "./cmd/mergeseal").CombinedOutput(); err != nil {
		return fmt.Errorf("build mergeseal: %w\n%s", err, out)
	}
	at := filepath.Join(dir, "repo")
	bad, err := write(at, *records)
	if err != nil {
		return err
	}
	a := command{"mergeseal", at, []string{ours, "check", "--format", "json", "--now", "2026-11-21T09:00:00Z"}}
	b := command{"conftest", at, []string{*conftest, "test", "--no-color", "--output", "json", "--policy", filepath.Join(at, "conftest"), "changes"}}
	if err := agree(a, b, bad); err != nil {
		return err
	}
	return measure(a, b, *records, *pairs)
}

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

func (c command) run() (out []byte, wall, cpu time.Duration, rss int64, err error) {
	cmd := exec.Command(c.args[0], c.args[1:]...) //nolint:gosec // the two programs to compare
	cmd.Dir = c.dir
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	began := time.Now()
	err = cmd.Run()
	wall = time.Since(began)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = nil // both say no: records are at fault
	}
	s := cmd.ProcessState
	return stdout.Bytes(), wall, s.UserTime() + s.SystemTime(), peak(s), err
}

// agree holds both programs to the number of records at fault.
func agree(a, b command, bad int) error {
	out, _, _, _, err := a.run()
	if err != nil {
		return err
	}
	var v struct{ Changes []struct{ Outcome string } }
	if err := json.Unmarshal(out, &v); err != nil {
		return fmt.Errorf("read %s: %w", a.name, err)
	}
	failed := 0
	for _, c := range v.Changes {
		if c.Outcome == "fail" {
			failed++
		}
	}
	if out, _, _, _, err = b.run(); err != nil {
		return err
	}
	var files []struct{ Failures []struct{ Msg string } }
	if err := json.Unmarshal(out, &files); err != nil {
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

func measure(a, b command, records, pairs int) error {
	type series struct{ wall, cpu, rss []float64 }
	var s [2]series
	for range pairs {
		for i, c := range []command{a, b} {
			_, wall, cpu, rss, err := c.run()
			if err != nil {
				return fmt.Errorf("run %s: %w", c.name, err)
			}
			s[i].wall = append(s[i].wall, wall.Seconds())
			s[i].cpu = append(s[i].cpu, cpu.Seconds())
			s[i].rss = append(s[i].rss, float64(rss))
		}
	}
	fmt.Printf("%d records, %d pairs, medians; ratio is %s / %s\n", records, pairs, a.name, b.name)
	for _, row := range []struct {
		name string
		a, b []float64
		unit string
	}{{"cpu", s[0].cpu, s[1].cpu, "s"}, {"wall", s[0].wall, s[1].wall, "s"}, {"memory", s[0].rss, s[1].rss, "KiB"}} {
		fmt.Printf("%-7s %10.3f %10.3f %-4s ratio %.2f\n", row.name, median(row.a), median(row.b), row.unit, median(row.a)/median(row.b))
	}
	return nil
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}
