package backtest

import (
	"cmp"
	"slices"

	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Comparison is what two laws say of the changes that are open.
type Comparison struct {
	Base   string   `json:"base"` // the commits of the laws
	Head   string   `json:"head"`
	Judged int      `json:"judged"`
	Flips  []Flip   `json:"flips"`
	Asks   []Asked  `json:"asks"`   // whose approvals differ, though the outcome is the same
	Unread []string `json:"unread"` // what could not be judged, sorted
}

// Asked is a change of which another approval is asked for. What is listed is
// "1 of cab", or a code.
type Asked struct {
	ID      string   `json:"id"`
	Path    string   `json:"path"`
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
}

// Compare adds up pairs. Unread are changes that are not among them.
func Compare(base, head string, pairs []Pair, unread []string) *Comparison {
	c := &Comparison{Base: base, Head: head, Judged: len(pairs), Flips: []Flip{}, Asks: []Asked{}, Unread: []string{}}
	for i := range pairs {
		p := &pairs[i]
		if p.Flips() {
			c.Flips = append(c.Flips, p.Flip())
			continue
		}
		gone, come := Differ(whats(p.Before.Blocks), whats(p.After.Blocks))
		if len(gone)+len(come) > 0 {
			c.Asks = append(c.Asks, Asked{ID: p.ID, Path: p.Path, Added: words(come), Removed: words(gone)})
		}
	}
	slices.SortFunc(c.Flips, func(a, b Flip) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Path, b.Path)) })
	slices.SortFunc(c.Asks, func(a, b Asked) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Path, b.Path)) })
	c.Unread = append(c.Unread, unread...)
	slices.Sort(c.Unread)
	c.Unread = slices.Compact(c.Unread)
	return c
}

// whats are blocks without how far each is met: only what is asked counts.
func whats(l []Block) []Block {
	out := slices.Clone(l)
	for i := range out {
		if out[i].What != "" {
			out[i].Level = verdict.OutcomePass
		}
	}
	return out
}

func words(l []Block) []string {
	out := []string{}
	for _, b := range l {
		out = append(out, cmp.Or(b.What, b.Code))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
