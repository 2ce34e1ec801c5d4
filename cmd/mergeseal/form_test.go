package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/cli"
	"github.com/mergeseal/mergeseal/internal/example"
)

// TestTheFormWritesARecordThatLintAccepts answers the form of new as somebody
// with a screen reader does: one line a question.
func TestTheFormWritesARecordThatLintAccepts(t *testing.T) {
	e, err := example.Load("acme")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "acme")
	if err := e.Write(dir); err != nil {
		t.Fatal(err)
	}
	typed := []string{
		"Raise", // too short: asked again
		"Raise the pool size of checkout",
		"1",      // normal
		"2", "0", // the second service, done
		"0", // the environments as they are
		"frank",
		"Requests queue for a connection at noon",
		"2026-12-01T10:00", // no offset: asked again
		"2026-12-01T10:00:00+01:00",
		"2026-12-01T11:00:00+01:00",
		"1", "1", "0", // none, none, no minutes
		"Set the pool size to 40", "Load test in staging", "The queue stays short",
		"1", "More than 200 connections", "Revert the commit", "10", "The pool size is 20 again",
	}
	var out, errs bytes.Buffer
	env := cli.Env{
		Stdin: strings.NewReader(strings.Join(typed, "\n") + "\n"), Stdout: &out, Stderr: &errs, Dir: dir, Version: "test",
		Getenv: func(k string) string { return map[string]string{"ACCESSIBLE": "1", "USER": "frank"}[k] },
		Now:    func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) },
		Random: strings.NewReader("random"), Terminals: cli.Terminals{In: true, Out: true},
	}
	if exit := cli.Run(env, []string{"new"}); exit != 0 {
		t.Fatalf("exit %d\n%s%s", exit, out.String(), errs.String())
	}
	path := strings.TrimSpace(out.String())
	b, err := os.ReadFile(filepath.Join(dir, path))
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	f := change.Parse(path, "", b)
	if len(f.Found) > 0 || f.Record.Services[0] != "checkout" || f.Record.Impact.Users != change.UsersNone {
		t.Errorf("%v\n%s", f.Found, b)
	}
	if strings.Contains(errs.String(), "still owes") {
		t.Error(errs.String())
	}
	if exit, out, errs := run(t, dir, "lint", path); exit != 0 {
		t.Errorf("lint exits %d\n%s%s", exit, out, errs)
	}
}

func TestAFormThatIsNotFilledInWritesNothing(t *testing.T) {
	var out, errs bytes.Buffer
	dir := t.TempDir()
	env := cli.Env{
		Stdin: strings.NewReader("Raise the pool size\n1\n"), Stdout: &out, Stderr: &errs, Dir: dir, Version: "test",
		Getenv: func(k string) string { return map[string]string{"ACCESSIBLE": "1"}[k] },
		Now:    func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) },
		Random: strings.NewReader("random"), Terminals: cli.Terminals{In: true, Out: true},
	}
	if exit := cli.Run(env, []string{"new"}); exit != cli.ExitUsage || !strings.Contains(errs.String(), "nothing was written") {
		t.Errorf("exit %d\n%s", exit, errs.String())
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 || out.Len() > 0 {
		t.Errorf("%v %v %s", left, err, out.String())
	}
}
