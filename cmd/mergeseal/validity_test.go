package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/example"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// heap is a folder in memory.
type heap map[string]string

func (heap) ID() string { return "" }

func (h heap) Entries(folder string) ([]tree.Entry, error) {
	var out []tree.Entry
	for p := range h {
		if folder == "" || p == folder || strings.HasPrefix(p, folder+"/") {
			out = append(out, h.entry(p))
		}
	}
	slices.SortFunc(out, func(a, b tree.Entry) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}

func (h heap) entry(p string) tree.Entry { return tree.Entry{Path: p, Mode: tree.ModeFile, Blob: p} }

func (h heap) Entry(p string) (tree.Entry, error) {
	if _, ok := h[p]; !ok {
		return tree.Entry{}, fmt.Errorf("find %s: %w", p, tree.ErrNotFound)
	}
	return h.entry(p), nil
}

func (h heap) Read(p string, _ int64) ([]byte, error) {
	if _, ok := h[p]; !ok {
		return nil, fmt.Errorf("read %s: %w", p, tree.ErrNotFound)
	}
	return []byte(h[p]), nil
}

// drawCalendar is a law whose windows repeat, in YAML, around a week in which
// Berlin's clocks change.
func drawCalendar(t *rapid.T) string {
	law := "version: 1\nservices: [{name: web, tier: 3, maintenance: [nights], environments: [production]}]\ncalendars:\n" +
		rapid.SampledFrom([]string{
			"  - {id: nights, kind: maintenance, repeat: {rrule: FREQ=DAILY, time: '01:00', duration: 22h, timezone: Europe/Berlin}}\n",
			"  - {id: nights, kind: maintenance, long: true, start: 2026-10-01T00:00:00Z, end: 2026-12-01T00:00:00Z}\n",
		}).Draw(t, "nights")
	for i := range rapid.IntRange(0, 3).Draw(t, "freezes") {
		law += fmt.Sprintf("  - {id: f%d, kind: freeze, overrun: %s, repeat: {rrule: 'FREQ=WEEKLY;BYDAY=%s', time: '%02d:30', duration: %dh, timezone: %s}}\n", i,
			rapid.SampledFrom([]string{"allow", "deny"}).Draw(t, "overrun"),
			rapid.SampledFrom([]string{"SU", "MO,WE", "SA", "FR,SU"}).Draw(t, "days"),
			rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{1, 9, 30}).Draw(t, "hours"),
			rapid.SampledFrom([]string{"Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe"}).Draw(t, "zone"))
	}
	return law
}

// TestW13NoVerdictOutlivesItsTruth: judged again at any instant before
// valid_until, a change has the same outcome for the same reasons.
func TestW13NoVerdictOutlivesItsTruth(t *testing.T) {
	l := newLine(t, "freeze")
	i := slices.IndexFunc(l.example.Branches, func(b example.Branch) bool { return b.Name == "friday-noon" })
	record := string(l.example.Branches[i].Files["changes/CHG-2026-0011.yaml"])
	week := time.Date(2026, 10, 23, 0, 0, 0, 0, time.UTC)
	type scene struct {
		folder heap
		now    time.Time
		later  float64
	}
	scenes := rapid.Custom(func(rt *rapid.T) scene {
		start := week.Add(time.Duration(rapid.IntRange(0, 4*24*60).Draw(rt, "start")) * time.Minute)
		end := start.Add(time.Duration(rapid.IntRange(1, 600).Draw(rt, "minutes")) * time.Minute)
		text := strings.NewReplacer("2027-01-15T14:30:00+01:00", start.Format(time.RFC3339), "2027-01-15T15:00:00+01:00", end.Format(time.RFC3339)).Replace(record)
		folder := heap{"mergeseal.yaml": drawCalendar(rt), "changes/CHG-2026-0011.yaml": text}
		before := rapid.SampledFrom([]int{-300, 5, 300, 1500, 2500, 2900, 3000, 3600, 4200}).Draw(rt, "before")
		now := start.Add(-time.Duration(before) * time.Minute)
		return scene{folder, now, rapid.Float64Range(0, 0.999).Draw(rt, "later")}
	})
	for seed := range 25 { // each is a handful of whole judgements
		s := scenes.Example(seed)
		now := s.now
		answer := func(at time.Time) (string, time.Time) {
			target := judge.Target{Folder: s.folder, Compile: l.target.Compile, Builtin: l.target.Builtin, Tool: "test", Now: at}
			res, err := judge.Judge(context.Background(), target)
			if err != nil {
				t.Fatal(err)
			}
			v := res.Verdict
			if len(v.Changes) != 1 {
				t.Fatalf("%d changes: %+v", len(v.Changes), v.Findings)
			}
			out := fmt.Sprint(v.Outcome, v.Changes[0].Outcome, v.Changes[0].Maintenance.Inside)
			for _, f := range v.Changes[0].Freezes {
				out += fmt.Sprint(" ", f.ID, f.From, f.Hit)
			}
			for _, f := range v.Findings {
				out += " " + f.Code
			}
			return out, v.ValidUntil
		}
		first, until := answer(now)
		if !until.After(now) {
			t.Fatalf("judged at %s, valid until %s", now, until)
		}
		for _, at := range []time.Time{now.Add(time.Duration(s.later * float64(until.Sub(now)))), until.Add(-1)} {
			if got, _ := answer(at); got != first {
				t.Fatalf("at %s: %s\nat %s: %s\nvalid until %s", now, first, at, got, until)
			}
		}
	}
}
