// Package backtest adds up what two laws say of the same changes: which
// verdicts flip, which approvals come and go, which failures would have been
// stopped and which good changes delayed. It judges nothing itself, and what
// nobody knows it counts as unknown.
package backtest

import (
	"cmp"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Said is what one law says of a change.
type Said struct {
	Outcome verdict.Outcome
	Blocks  []Block // what keeps it from passing, and what approvals it asks for
	Asks    int     // approvals it asks for, given or not
}

// Block is one thing that a law holds against a change or asks for it.
type Block struct {
	Code  string
	What  string          // of an approval: who and how many; of a finding: ""
	Level verdict.Outcome // what the change comes to by this alone; pass for an approval that was given
}

// Pair is one change under two laws.
type Pair struct {
	ID, Title, Path string
	Commit          string    // that merged it, "" for one that is not merged
	At              time.Time // when it was merged
	Sealed          bool      // judged on sealed evidence; else nobody knows who approved
	Before, After   Said
	// Wait is how much later the change would have to begin for what is newly
	// held against it to fall away, 0 where that is not the reason or not known.
	Wait time.Duration
}

// Flip is a change whose outcome differs between the laws.
type Flip struct {
	ID     string          `json:"id"`
	Path   string          `json:"path"`
	Commit string          `json:"commit,omitempty"`
	Before verdict.Outcome `json:"before"`
	After  verdict.Outcome `json:"after"`
	Codes  []string        `json:"codes"` // of what made the difference, sorted
}

// Worse reports whether the second law lets less through.
func (f Flip) Worse() bool { return f.After < f.Before }

// Flips reports whether the outcomes differ.
func (p *Pair) Flips() bool { return p.Before.Outcome != p.After.Outcome }

// Flip is the pair as a flip.
func (p *Pair) Flip() Flip {
	f := Flip{ID: p.ID, Path: p.Path, Commit: p.Commit, Before: p.Before.Outcome, After: p.After.Outcome, Codes: []string{}}
	gone, come := Differ(p.Before.Blocks, p.After.Blocks)
	side, level := come, f.After
	if !f.Worse() {
		side, level = gone, f.Before
	}
	for _, b := range side {
		if b.Level == level {
			f.Codes = append(f.Codes, b.Code)
		}
	}
	slices.Sort(f.Codes)
	f.Codes = slices.Compact(f.Codes)
	return f
}

// Differ is what only the first of two lists holds, and what only the second.
func Differ(a, b []Block) (onlyA, onlyB []Block) {
	for _, x := range a {
		if !slices.Contains(b, x) {
			onlyA = append(onlyA, x)
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			onlyB = append(onlyB, x)
		}
	}
	return onlyA, onlyB
}

// SortBlocks sorts blocks and drops what is there twice.
func SortBlocks(l []Block) []Block {
	slices.SortFunc(l, func(a, b Block) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.What, b.What)) })
	return slices.Compact(l)
}

// Ends are how changes ended, by folded id.
type Ends map[string]change.Result

// bad reports whether a change failed.
func bad(r change.Result) bool { return r == change.Failed || r == change.BackedOut }

// good reports whether a change ended well.
func good(r change.Result) bool { return r == change.Successful || r == change.SuccessfulWithIssues }
