package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/judge"
)

// slotRecord is a change of one service at a time.
const slotRecord = `id: %s
title: A change of the service %s, as anybody plans it
type: normal
owner: %s
services: [%s]
environments: [production]
reason: The test needs a change that is complete in itself.
impact: {users: none, outage: none, minutes: 0}
schedule: {start: %s, end: %s}
implementation_plan: [Change the configuration and restart the service]
test_plan: {before: [Run the suite in staging], after: [Look at the error rate]}
rollback_plan: {method: revert, trigger: The error rate rises above one percent, steps: [Revert the commit], minutes: 5, verify: The error rate falls again, rehearsed: {date: 2026-11-20, evidence: "https://ci.example.com/runs/1"}}
`

// TestW12EverySlotPassesWhenTheRecordIsMovedThere draws a law, a calendar and
// bookings, asks for slots, writes the record with each and judges it anew.
func TestW12EverySlotPassesWhenTheRecordIsMovedThere(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	mine := newLine(t, "minimal").target // for its compiler, which compiles once
	found, ran, failing := 0, 0, false
	const most = 30 // each compiles nothing, and still judges four times
	rapid.Check(t, func(r *rapid.T) {
		if ran++; ran > most && !failing {
			return
		}
		defer func() { failing = failing || r.Failed() }()
		at := func(label string) time.Time {
			return now.Add(time.Duration(rapid.IntRange(30, 110).Draw(r, label)) * time.Hour)
		}
		dir := t.TempDir()
		write := func(name, text string) {
			file := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				r.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				r.Fatal(err)
			}
		}
		record := func(id, owner, service string, start, end time.Time) string {
			return fmt.Sprintf(slotRecord, id, service, owner, service, start.Format(time.RFC3339), end.Format(time.RFC3339))
		}
		var law strings.Builder
		law.WriteString("version: 1\nservices:\n  - {name: disk, tier: 1}\n  - {name: db, tier: 1, depends_on: [disk]}\n  - {name: web, tier: 3, depends_on: [db]")
		maintained := rapid.Bool().Draw(r, "maintained")
		if maintained {
			law.WriteString(", maintenance: [upkeep]")
		}
		law.WriteString("}\nlimits: [{environment: production, level: low, at_once: 2}]\ncalendars:\n")
		if maintained {
			from := at("upkeep")
			fmt.Fprintf(&law, "  - {id: upkeep, kind: maintenance, title: Upkeep, start: %s, end: %s}\n", from.Format(time.RFC3339), from.Add(12*time.Hour).Format(time.RFC3339))
		}
		for i := range rapid.IntRange(1, 3).Draw(r, "freezes") {
			from := at("freeze")
			fmt.Fprintf(&law, "  - {id: freeze-%d, kind: freeze, title: Freeze, start: %s, end: %s, scope: {tiers: [%d]}}\n", i, from.Format(time.RFC3339),
				from.Add(time.Duration(rapid.IntRange(1, 24).Draw(r, "lasts"))*time.Hour).Format(time.RFC3339), 1+2*rapid.IntRange(0, 1).Draw(r, "tier"))
		}
		write("mergeseal.yaml", law.String())
		for i := range rapid.IntRange(0, 6).Draw(r, "booked") {
			from := at("booked")
			write(fmt.Sprintf("changes/CHG-%d.yaml", i), record(fmt.Sprintf("CHG-%d", i), fmt.Sprintf("owner%d", i),
				rapid.SampledFrom([]string{"disk", "db", "web"}).Draw(r, "service"), from, from.Add(time.Duration(rapid.IntRange(1, 9).Draw(r, "hours"))*time.Hour)))
		}
		service := rapid.SampledFrom([]string{"disk", "db", "web"}).Draw(r, "mine")
		start := at("start")
		length := time.Duration(rapid.IntRange(1, 5).Draw(r, "takes")) * time.Hour
		write("changes/CHG-99.yaml", record("CHG-99", "zoe", service, start, start.Add(length)))

		target := judge.Target{Compile: mine.Compile, Builtin: mine.Builtin, Now: now, Tool: "test"}
		folder := func() judge.Target {
			tree, err := gitrepo.Folder(dir)
			if err != nil {
				r.Fatal(err)
			}
			next := target
			next.Folder = tree
			return next
		}
		look := folder()
		out, err := judge.Look(context.Background(), look, nil, func(f *change.File) bool { return f.Record.ID == "CHG-99" })
		if err != nil || len(out.Blocked) > 0 {
			r.Fatal(err, out.Blocked)
		}
		slots, err := out.Slots(context.Background(), look, "CHG-99", 2)
		if err != nil {
			r.Fatal(err)
		}
		for _, s := range slots.Slots {
			found++
			write("changes/CHG-99.yaml", record("CHG-99", "zoe", service, s.Start.Time, s.End.Time))
			again := folder()
			again.Paths = []string{"changes/CHG-99.yaml"}
			res, err := judge.Judge(context.Background(), again)
			if err != nil || len(res.Verdict.Changes) != 1 {
				r.Fatal(err, res)
			}
			for _, f := range res.Findings {
				if f.Severity == diag.Error {
					r.Fatalf("%s–%s: %s %s", s.Start, s.End, f.Code, f.Message)
				}
			}
		}
	})
	if found == 0 {
		t.Error("no slot was ever found: nothing was shown")
	}
}
