// Package control says which controls a control pack has, which rules serve
// each, and what of a change speaks for it.
//
// It judges nothing: it groups what the rules said by the controls that their
// METADATA names. What a rule left open, and what could not be judged, speaks
// for no control.
package control

import (
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// Pack is a standard, or a part of one, as far as changes can speak for it.
type Pack struct {
	Name     string    `json:"pack"`
	Title    string    `json:"title"`
	Source   string    `json:"source"` // the text that the ids are of
	Controls []Control `json:"controls"`
}

// Control is one of them. Title and Evidence are our words, not the standard's.
type Control struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Evidence string `json:"evidence"` // what speaks for it, in general
}

// ReadPack reads a pack.
func ReadPack(file string, src []byte) (Pack, diag.List) {
	var p Pack
	doc, found := yamldoc.Parse(file, src, yamldoc.Standard())
	if doc == nil {
		return p, found
	}
	return p, append(found, yamldoc.Decode(doc, &p)...)
}
