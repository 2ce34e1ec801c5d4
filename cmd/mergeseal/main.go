// Command mergeseal judges change records on pull requests: merging is the approval.
package main

import (
	"os"
	_ "time/tzdata" // zones never depend on the machine

	"github.com/mergeseal/mergeseal/internal/cli"
)

func main() {
	os.Exit(cli.Run(cli.System(), os.Args[1:]))
}
