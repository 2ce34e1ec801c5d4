// Command riskeval measures the diff factor of the risk score on labelled
// changes, and can run the procedure that chose its steps once more.
//
//	go run ./internal/riskeval --data DIR [--format text|json] [--choose]
//
// It is for maintainers; nothing of it ships. It first reproduces figures that
// are known, and stops with an error where it cannot: a harness that is wrong
// about lines added is wrong about everything else. internal/risk/README.md
// says what the labels are and what the figures mean.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			_, _ = fmt.Fprintln(os.Stderr, "riskeval:", err)
		}
		os.Exit(1)
	}
}

func run(args []string, out, talk io.Writer) error {
	flags := flag.NewFlagSet("riskeval", flag.ContinueOnError)
	flags.SetOutput(talk)
	data := flags.String("data", "", "the folder that holds jit-issta21/dev and jit-diffs/dev")
	format := flags.String("format", "text", "text or json")
	choose := flags.Bool("choose", false, "also choose the steps anew, and ask what other facts would earn")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("read arguments: %q is one too many", flags.Arg(0))
	case *data == "":
		return errors.New("read arguments: --data names no folder")
	case *format != "text" && *format != "json":
		return fmt.Errorf("read arguments: the format %q is not text or json", *format)
	}
	sets, err := load(os.DirFS(*data))
	if err != nil {
		return err
	}
	proofs, err := prove(sets, known)
	if err != nil {
		return err
	}
	report, err := measure(sets, *choose)
	if err != nil {
		return err
	}
	report.Proofs = proofs
	if *format == "json" {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(report)
	}
	return writeText(out, report)
}
