package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/rego"
)

const workerCommand = "policy-worker"

// newWorker is the other end of isolated: this program again, with nothing but
// a pipe each way.
func newWorker(g *global) *cobra.Command {
	return &cobra.Command{
		Use:    workerCommand,
		Short:  "Evaluate policies for another mergeseal, over stdin and stdout",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// Whoever is too large ends at once, wherever in OPA that is.
			err := rego.Serve(cmd.Context(), g.env.Stdin, g.env.Stdout, rego.Sleep(g.env.Sleep), func(err error) { panic(err) })
			if err != nil {
				return failed(fmt.Errorf("serve policies: %w", err))
			}
			return nil
		},
	}
}

// isolated compiles policies that are not law in a process of its own; nil
// where this program does not know its own file.
func (g *global) isolated(limits rego.Limits) judge.Compile {
	if g.env.Executable == "" {
		return nil
	}
	limits.Sleep = rego.Sleep(g.env.Sleep)
	return func(mods []judge.Module) (judge.Rules, diag.List) {
		a, found := rego.Isolated(g.env.Executable, []string{workerCommand}, limits, regoModules(mods))
		if a == nil {
			return nil, found
		}
		return a, found
	}
}

func regoModules(mods []judge.Module) []rego.Module {
	out := make([]rego.Module, len(mods))
	for i, m := range mods {
		out[i] = rego.Module(m)
	}
	return out
}

// apart is isolated with the limits of a shadow verdict.
func (g *global) apart(timeout time.Duration) judge.Compile {
	return g.isolated(rego.Limits{Timeout: timeout})
}

// foreignWall is how long policies that are not law may take over all open
// changes: many more than one branch has.
const foreignWall = 30 * time.Second

// foreign compiles policies that are not law for a command that asks about many
// changes. What it compiled ends with done.
func (g *global) foreign(timeout time.Duration) (compile judge.Compile, done func()) {
	inner := g.isolated(rego.Limits{Timeout: timeout, Wall: foreignWall})
	if inner == nil {
		return compiler(timeout), func() {}
	}
	var running []interface{ Close() }
	return func(mods []judge.Module) (judge.Rules, diag.List) {
			rules, found := inner(mods)
			if c, ok := rules.(interface{ Close() }); ok {
				running = append(running, c)
			}
			return rules, found
		}, func() {
			for _, c := range running {
				c.Close()
			}
		}
}
