package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

type policyEvalOptions struct {
	Subject    string // path or id, "" with Input alone
	Input      string
	Base, Head string
	Evidence   string
	PolicyDirs []string
	Timeout    time.Duration
	Out        output
}

func newPolicyEval(g *global) *cobra.Command {
	var o policyEvalOptions
	cmd := &cobra.Command{
		Use:   "eval PATH | ID",
		Short: "Show what rules see of a record, and what each of them answers",
		Long: `eval shows the input that rules see of a record and the answer of every package
of rules, the silent ones too. With --input they are asked about a document of
yours instead, such as an input that was edited: what it leaves out is undefined.

It exits 0 once the rules have answered, whatever they say, and 4 where they
could not.`,
		Example: `  mergeseal policy eval CHG-2026-0142
  mergeseal policy eval CHG-2026-0142 --format json > answer.json
  mergeseal policy eval --input input.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.Subject = args[0]
			}
			return runPolicyEval(cmd.Context(), g, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Input, "input", "", "file with the input to ask about instead (see: mergeseal schema input)")
	f.StringVar(&o.Base, "base", "", "branch or commit that the law comes from (default: as in check)")
	f.StringVar(&o.Head, "head", judge.Worktree, "commit whose records are read, or worktree: the files as they lie")
	f.StringVar(&o.Evidence, "evidence", "", "file that says who reviewed, committed and belongs to which team")
	f.StringArrayVar(&o.PolicyDirs, "policy-dir", nil, "folder of rules to try beside those in force")
	f.DurationVar(&o.Timeout, "policy-timeout", lintTimeout, "longest time one evaluation of the policies may take")
	o.Out.plainFlags(cmd)
	return cmd
}

const maxInput = 16 << 20

func runPolicyEval(ctx context.Context, g *global, o policyEvalOptions) error {
	if err := o.Out.plain(); err != nil {
		return err
	}
	if (o.Subject == "") == (o.Input == "") {
		return usagef("name a record, or a document with --input")
	}
	e, err := g.evaluate(ctx, o)
	if err != nil {
		return err
	}
	if e.Found.Errors() || e.Input == nil {
		for _, f := range e.Found {
			g.tell(f)
		}
		return failed(errors.New("the rules could not be asked"))
	}
	return o.Out.write(g, func(w io.Writer) error {
		if o.Out.format == "json" {
			return writeJSON(w, evaluationJSON(e))
		}
		return writeEvaluation(w, e)
	})
}

func (g *global) evaluate(ctx context.Context, o policyEvalOptions) (*judge.Evaluation, error) {
	var path string
	var document []byte
	var err error
	if o.Input != "" {
		if document, err = g.inputFile(o.Input); err != nil {
			return nil, err
		}
	} else if path, err = g.recordPath(o.Subject); err != nil {
		return nil, err
	}
	now, replay, err := g.clock()
	if err != nil {
		return nil, err
	}
	w, err := g.open()
	if err != nil {
		return nil, err
	}
	defer w.close()
	if w.repo == nil && (o.Base != "" || o.Head != judge.Worktree) {
		return nil, usagef("--base and --head need a git repository, and %s is not in one", g.dir())
	}
	t := w.target(o.Timeout)
	t.Base, t.Head, t.Now, t.Replay, t.Tool = o.Base, o.Head, now, replay, g.env.Version
	if t.Builtin, err = builtin(); err != nil {
		return nil, failed(err)
	}
	if t.Extra, err = g.policyDirs(o.PolicyDirs); err != nil {
		return nil, err
	}
	if o.Evidence != "" {
		if t.Evidence, t.EvidenceFound, err = g.evidence(o.Evidence); err != nil {
			return nil, err
		}
	}
	if path != "" {
		paths, err := w.paths(g, []string{path})
		if err != nil {
			return nil, err
		}
		path = paths[0]
	}
	e, err := judge.Evaluate(ctx, t, path, document)
	switch {
	case errors.Is(err, tree.ErrRef), errors.Is(err, judge.ErrNoSuchPath):
		return nil, &exit{code: ExitUsage, err: err}
	case err != nil:
		return nil, failed(fmt.Errorf("evaluate: %w", err))
	}
	return e, nil
}

// inputFile reads a document of at most maxInput bytes.
func (g *global) inputFile(file string) ([]byte, error) {
	f, err := os.Open(g.abs(file))
	if err != nil {
		return nil, usagef("--input: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	b, err := io.ReadAll(io.LimitReader(f, maxInput+1))
	if err != nil || len(b) > maxInput {
		return nil, usagef("--input %s cannot be read, or has more than %d bytes", file, maxInput)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, usagef("--input %s: %w", file, err)
	}
	if inner, ok := doc["input"].(map[string]any); ok && len(doc) == 2 { // what eval itself wrote
		return json.Marshal(inner)
	}
	return b, nil
}

type ruleJSON struct {
	Package string `json:"package"`
	Title   string `json:"title"`
	Deny    any    `json:"deny"`
	Warn    any    `json:"warn"`
	Require any    `json:"require"`
}

func evaluationJSON(e *judge.Evaluation) any {
	rules := make([]ruleJSON, len(e.Rules))
	for i, r := range e.Rules {
		rules[i] = ruleJSON{r.Package, r.Title, elements(r.Deny), elements(r.Warn), elements(r.Require)}
	}
	return struct {
		Input json.RawMessage `json:"input"`
		Rules []ruleJSON      `json:"rules"`
	}{e.Input, rules}
}

func elements[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// writeEvaluation writes the answers, and then the input they are about.
func writeEvaluation(w io.Writer, e *judge.Evaluation) error {
	var b bytes.Buffer
	say := func(format string, args ...any) {
		b.WriteString(render.Plain(fmt.Sprintf(format, args...)) + "\n")
	}
	var silent []string
	for _, r := range e.Rules {
		if len(r.Deny)+len(r.Warn)+len(r.Require) == 0 {
			silent = append(silent, strings.TrimPrefix(r.Package, "mergeseal.rules."))
			continue
		}
		say("%s  %s", r.Package, r.Title)
		for _, x := range r.Deny {
			say("  deny     %s", element(x))
		}
		for _, x := range r.Warn {
			say("  warn     %s", element(x))
		}
		for _, q := range r.Require {
			say("  require  %s  %s of %s: %s", q.Code, q.Count, q.Who(), q.Reason)
		}
	}
	say("silent: %s", strings.Join(silent, ", "))
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, e.Input, "", "  "); err != nil {
		return err
	}
	say("input")
	for line := range strings.Lines(pretty.String()) {
		say("  %s", strings.TrimRight(line, "\n"))
	}
	_, err := w.Write(b.Bytes())
	return err
}

func element(x verdict.Element) string {
	out := x.Code + "  " + x.Message
	if x.Path != "" {
		out += "  at " + x.Path
	}
	return out
}
