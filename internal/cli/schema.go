package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/schema"
)

func newSchema(g *global) *cobra.Command {
	return &cobra.Command{
		Use:       "schema " + strings.Join(schema.Names(), "|"),
		GroupID:   "more",
		Short:     "Print a JSON Schema, for editors and for people who write policies",
		ValidArgs: schema.Names(),
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		RunE: func(_ *cobra.Command, args []string) error {
			b, err := schema.For(args[0])
			if err != nil {
				return failed(fmt.Errorf("make schema of %s: %w", args[0], err))
			}
			_, err = g.env.Stdout.Write(b)
			return err
		},
	}
}
