package cli

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/mergeseal/mergeseal/internal/verdict"
)

// plainFlags are those of a command that speaks text or JSON and nothing else.
func (out *output) plainFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&out.format, "format", "text", "text or json")
	cmd.Flags().StringVarP(&out.file, "output", "o", "", "write the result to this file instead of stdout")
}

// plain refuses any other format.
func (out *output) plain() error {
	if out.format != "text" && out.format != "json" {
		return usagef("--format %q: use text or json", out.format)
	}
	return nil
}

func writeJSON(w io.Writer, v any) error {
	b, err := verdict.Print(v)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}
