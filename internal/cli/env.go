// Package cli is the command line: flags in, one result on stdout, an exit
// code out. Whatever a command may touch of the process is in Env.
package cli

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"runtime/debug"
	"time"

	"golang.org/x/term"
)

// Env is everything of the process that a command may touch.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string // "" when unset
	Dir            string              // where relative paths begin
	Now            func() time.Time
	Sleep          func(context.Context, time.Duration) error // ends early with its context
	Random         io.Reader
	Terminals      Terminals
	Version        string
	Executable     string // this program's own file, "" when unknown
}

// Terminals says which streams are terminals, and how wide stdout is.
type Terminals struct {
	In, Out, Err bool
	Width        int // of stdout in columns; 0 when unknown
}

// System is the real process.
func System() Env {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	t := Terminals{
		In:  term.IsTerminal(int(os.Stdin.Fd())),
		Out: term.IsTerminal(int(os.Stdout.Fd())),
		Err: term.IsTerminal(int(os.Stderr.Fd())),
	}
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		t.Width = w
	}
	tuneCollector()
	self, err := os.Executable()
	if err != nil {
		self = ""
	}
	return Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Dir: dir, Now: time.Now, Sleep: sleep, Random: rand.Reader, Terminals: t, Version: buildVersion(),
		Executable: self,
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-t.Done()
	return ctx.Err()
}

// tuneCollector trades memory for time in a process that lives for
// milliseconds, unless the user has said what they want.
func tuneCollector() {
	const gib = 1 << 30
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(2 * gib)
	}
}

// builtFrom is the commit of a build without git's own data, such as that of the
// action. Only the linker sets it.
var builtFrom string

// buildVersion is the module's version and commit as the toolchain stamped them.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version, commit, dirty := info.Main.Version, "", ""
	if version == "" || version == "(devel)" {
		version = "devel"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = "+" + s.Value
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "+dirty"
			}
		}
	}
	if commit == "" && builtFrom != "" {
		commit = "+" + builtFrom
	}
	return version + commit + dirty
}
