package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func newPolicy(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "policy",
		GroupID: "law",
		Short:   "Test rules, and see what they would change, now and in the past",
		Long: `policy treats rules as code with a past: it runs their tests, shows what they
say of one record, which open changes a new law would judge otherwise, and what
it would have changed for everything that was merged.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPolicyTest(g), newPolicyEval(g), newPolicyDiff(g), newPolicyBacktest(g))
	return cmd
}

// formatFlags are those of a command with formats of its own.
func (out *output) formatFlags(cmd *cobra.Command, formats ...string) {
	cmd.Flags().StringVar(&out.format, "format", "text", formatNames(formats))
	cmd.Flags().StringVarP(&out.file, "output", "o", "", "write the result to this file instead of stdout")
}

func formatNames(formats []string) string {
	last := len(formats) - 1
	return strings.Join(formats[:last], ", ") + " or " + formats[last]
}

// oneOf refuses any other format.
func (out *output) oneOf(formats ...string) error {
	if !slices.Contains(formats, out.format) {
		return usagef("--format %q: use %s", out.format, formatNames(formats))
	}
	return nil
}
