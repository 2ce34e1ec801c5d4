package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mergeseal/mergeseal/internal/cli"
	"github.com/mergeseal/mergeseal/internal/example"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mergeseal": func() { os.Exit(cli.Run(cli.System(), os.Args[1:])) }})
}

// TestScripts runs every script below testdata/script: one behaviour that a
// user sees, each. The clock of a script is the instant in $NOW.
func TestScripts(t *testing.T) {
	const dir = "testdata/script"
	if files, err := filepath.Glob(dir + "/*.txtar"); err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s: %v", dir, err)
	}
	p := scripts()
	p.Dir = dir
	testscript.Run(t, p)
}

// scripts are the commands and surroundings of every script.
func scripts() testscript.Params {
	return testscript.Params{
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               hermetic,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"example": writeExample,
			"revs":    fillRevisions,
			"github":  githubCommand,
		},
	}
}

// hermetic keeps the machine's git configuration, zone and names out.
func hermetic(env *testscript.Env) error {
	for k, v := range map[string]string{
		"HOME": filepath.Join(env.WorkDir, ".home"), "USER": "alice", "NOW": "2026-11-21T09:00:00Z", "TZ": "Asia/Kolkata",
		"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.DevNull,
		"GIT_AUTHOR_NAME": "alice", "GIT_AUTHOR_EMAIL": "alice@example.com", "GIT_AUTHOR_DATE": "2026-11-20T10:00:00Z",
		"GIT_COMMITTER_NAME": "alice", "GIT_COMMITTER_EMAIL": "alice@example.com", "GIT_COMMITTER_DATE": "2026-11-20T10:00:00Z",
	} {
		env.Setenv(k, v)
	}
	withForge(env)
	return nil
}

// exits runs a command and holds its exit code to exactly one number.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var e *exec.ExitError
		if !errors.As(err, &e) {
			ts.Fatalf("%v: %v", args[1:], err)
		}
		got = e.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v exits %d, want %d", args[1:], got, want)
	}
}

var revision = regexp.MustCompile(`<rev ([^>]+)>`)

// fillRevisions writes commits' ids into a file, where it says <rev NAME>:
// revs FILE. Examples' ids are known only once they are laid out.
func fillRevisions(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: revs FILE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(fill(ts, ts.ReadFile(args[0]))), 0o600))
}

func fill(ts *testscript.TestScript, text string) string {
	for _, m := range revision.FindAllStringSubmatch(text, -1) {
		ts.Check(ts.Exec("git", "rev-parse", "--verify", m[1]+"^{commit}"))
		text = strings.ReplaceAll(text, m[0], strings.TrimSpace(ts.ReadFile("stdout")))
	}
	return text
}

// writeExample lays out an example as a repository: example NAME DIR.
func writeExample(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: example NAME DIR")
	}
	e, err := example.Load(args[0])
	ts.Check(err)
	ts.Check(e.Write(ts.MkAbs(args[1])))
}
