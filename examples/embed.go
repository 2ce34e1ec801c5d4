// Package examples holds small organisations as files: their law, their change
// records and their open branches. Tests judge each of them, and demo shows one.
//
// It only embeds the files. Package internal/example knows the layout and turns
// an example into a git repository.
package examples

import "embed"

// FS is the examples, a folder each. All files, those whose names begin with a
// dot included.
//
//go:embed all:acme all:broken-policy all:emergency all:freeze all:minimal all:monorepo all:standard
var FS embed.FS

// Workflows are ready workflows for GitHub Actions, to be copied.
//
//go:embed workflows/*.yml
var Workflows embed.FS
