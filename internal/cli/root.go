package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/render"
)

// Exit codes, the same with every flag.
const (
	ExitPass    = 0
	ExitFail    = 1
	ExitUsage   = 2
	ExitPending = 3
	ExitError   = 4
)

// exit ends a command with a code once its result is written.
type exit struct {
	code int
	err  error // shown on stderr, nil to stay quiet
}

func (e *exit) Error() string {
	if e.err != nil {
		return e.err.Error()
	}
	return fmt.Sprintf("exit %d", e.code)
}

func (e *exit) Unwrap() error { return e.err }

// usagef is wrong use: flags or arguments.
func usagef(format string, args ...any) error {
	return &exit{code: ExitUsage, err: fmt.Errorf(format, args...)}
}

// failed is our own failure: the answer is not known.
func failed(err error) error { return &exit{code: ExitError, err: err} }

// ended ends with a code and nothing more to say.
func ended(code int) error {
	if code == ExitPass {
		return nil
	}
	return &exit{code: code}
}

// global are the flags that every command has.
type global struct {
	env     Env
	repo    string
	now     string
	replay  bool
	color   string
	quiet   bool
	verbose bool
}

// Run runs one command line and returns the process's exit code. A panic is a
// failure to decide, never a pass.
func Run(env Env, args []string) (code int) {
	defer func() {
		if p := recover(); p != nil {
			buf := make([]byte, 16<<10)
			buf = buf[:runtime.Stack(buf, false)]
			fmt.Fprintf(env.Stderr, "mergeseal: internal error: %s\n%s\nThis is a defect: nothing was decided.\n", render.Plain(fmt.Sprint(p)), buf)
			code = ExitError
		}
	}()
	g := &global{env: env}
	root := newRoot(g)
	root.SetArgs(args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	cmd, err := root.ExecuteC()
	var e *exit
	switch {
	case err == nil:
		return ExitPass
	case errors.As(err, &e):
		if e.err != nil {
			fmt.Fprintf(env.Stderr, "mergeseal: %s\n", render.Plain(e.err.Error()))
		}
		return e.code
	}
	// What cobra refuses: an unknown command, a wrong number of arguments.
	fmt.Fprintf(env.Stderr, "mergeseal: %s\nsee %s --help\n", render.Plain(err.Error()), cmd.CommandPath())
	return ExitUsage
}

func newRoot(g *global) *cobra.Command {
	root := &cobra.Command{
		Use:   "mergeseal",
		Short: "Change enablement where the work is: merging is the approval",
		Long: `mergeseal judges change records, YAML files in git: it scores the risk,
evaluates approval policies, checks freezes, collisions and rollback plans,
and gives one verdict. Merging the pull request is the approval.

Exit codes: 0 pass, 1 fail, 2 wrong use, 3 pending, 4 could not decide.`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
	}
	f := root.PersistentFlags()
	f.StringVarP(&g.repo, "repo", "C", "", "folder of the repository (default: the one around the current folder)")
	f.StringVar(&g.now, "now", "", "judge at this instant, RFC 3339 (for tests and replays)")
	f.BoolVar(&g.replay, "replay", false, "allow --now where CI is set")
	f.StringVar(&g.color, "color", "auto", "auto, always or never")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "say nothing on stderr but errors")
	f.BoolVarP(&g.verbose, "verbose", "v", false, "say more")
	root.AddGroup(
		&cobra.Group{ID: "start", Title: "Start:"},
		&cobra.Group{ID: "author", Title: "Write changes:"},
		&cobra.Group{ID: "board", Title: "Plan and meet:"},
		&cobra.Group{ID: "deploy", Title: "Seal and deploy:"},
		&cobra.Group{ID: "law", Title: "Change the rules:"},
		&cobra.Group{ID: "more", Title: "More:"},
	)
	root.SetHelpCommandGroupID("more")
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(
		newDemo(g), newInit(g),
		newNew(g), newLint(g), newCheck(g), newExplain(g), newOutcome(g),
		newSchedule(g), newAgenda(g),
		newGate(g), newSeal(g), newVerify(g), newKey(g),
		newPolicy(g),
		newWorker(g), newDoctor(g), newSchema(g), newVersion(g), newCompletion(g),
	)
	return root
}

// clock is the one reading of the time, and whether it was given by hand.
func (g *global) clock() (time.Time, bool, error) {
	if g.now == "" {
		return g.env.Now().UTC(), false, nil
	}
	if g.env.Getenv("CI") != "" && !g.replay {
		return time.Time{}, false, usagef("--now is refused where CI is set: add --replay if this is a replay")
	}
	t, err := time.Parse(time.RFC3339Nano, g.now)
	if err != nil {
		return time.Time{}, false, usagef("--now %q is not RFC 3339, such as 2026-12-01T22:00:00+01:00", g.now)
	}
	return t.UTC(), true, nil
}

// running is the clock from here on: it begins at the one reading and goes on,
// for waiting and for comparing it with other clocks.
func (g *global) running() (func() time.Time, error) {
	now, _, err := g.clock()
	if err != nil {
		return nil, err
	}
	start := g.env.Now()
	return func() time.Time { return now.Add(g.env.Now().Sub(start)) }, nil
}

// dir is the folder a command works in.
func (g *global) dir() string {
	if g.repo == "" {
		return g.env.Dir
	}
	return g.abs(g.repo)
}

func (g *global) abs(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(g.env.Dir, path)
}

func (g *global) options() (render.Options, error) {
	o := render.Options{Width: g.env.Terminals.Width, Tool: g.env.Version}
	switch g.color {
	case "auto":
		o.Color = g.env.Terminals.Out && g.env.Getenv("NO_COLOR") == "" && g.env.Getenv("TERM") != "dumb"
	case "always":
		o.Color = true
	case "never":
	default:
		return o, usagef("--color %q: use auto, always or never", g.color)
	}
	return o, nil
}

// output is where a command's result goes: stdout, or a file that appears
// whole or not at all.
type output struct {
	file   string
	format string
}

func (out *output) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&out.format, "format", "text", "text, json, markdown, sarif, junit or github")
	cmd.Flags().StringVarP(&out.file, "output", "o", "", "write the result to this file instead of stdout")
}

func (out *output) parse() (render.Format, error) {
	f, err := render.ParseFormat(out.format)
	if err != nil {
		return f, usagef("--format: %w", err)
	}
	return f, nil
}

func (out *output) write(g *global, to func(io.Writer) error) error {
	if out.file == "" {
		if err := to(g.env.Stdout); err != nil {
			return failed(fmt.Errorf("write result: %w", err))
		}
		return nil
	}
	if err := writeFile(g.abs(out.file), to); err != nil {
		return failed(fmt.Errorf("write %s: %w", out.file, err))
	}
	return nil
}

// writeFile writes beside, then renames, so that nobody reads half a file.
func writeFile(path string, to func(io.Writer) error) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	if err := errors.Join(to(tmp), tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
