// Package policy holds the rules that come with mergeseal, one file each, as
// they are written in Rego, and the control packs that they serve. It decides nothing; package rego compiles them.
package policy

import "embed"

// FS holds the rules, their helpers and their tests at its root.
//
//go:embed *.rego
var FS embed.FS

// Packs holds the control packs, one file each, named as in policy.packs.
//
//go:embed packs/*.yaml
var Packs embed.FS
