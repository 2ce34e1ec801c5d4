package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// writeText prints a report for people.
func writeText(out io.Writer, r *Report) error {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("THE HARNESS: AUC of lines added alone, as known")
	for _, p := range r.Proofs {
		line("  %-10s %-9s %.4f, known is %.4f", p.Set, p.Window, p.Got, p.Want)
	}
	line("\nTHE FACTOR: a point for each step\n  %s", listed(r.Steps))
	line("\nRANKING")
	line("  %-10s %-9s %7s %-58s %5s %6s %7s", "", "", "changes", "", "AUC", "tied", "capture")
	for _, s := range r.Sets {
		for _, w := range s.Windows {
			row := func(name string, k Ranking) {
				line("  %-10s %-9s %7d %-58s %.4f %5.1f%% %6.1f%%  %s", s.Name, w.Window, k.Changes, name, k.AUC, 100*k.Tied, 100*k.Capture, against(k, w.Lines))
			}
			row("lines added alone", w.Lines)
			row("the factor", w.Factor)
			row("steps chosen without it", w.LeftOut)
			for _, v := range w.Without {
				row("the factor without "+v.Name, v.Ranking)
			}
			for _, v := range w.Other {
				row("the factor, "+v.Name, v.Ranking)
			}
		}
	}
	line("\nSTEPS CHOSEN WITHOUT THE PROJECT, and without what shares changes with it")
	for _, s := range r.Sets {
		line("  %-10s %s", s.Name, listed(s.LeftOut))
	}
	line("\nGOALS: steps chosen without the project; in brackets the factor, whose steps were chosen on all")
	for _, g := range r.Goals {
		verdict := "reached"
		if !g.Reached {
			verdict = "NOT REACHED"
		}
		line("  %-11s %-58s %+.4f, %s (%+.4f)", verdict, g.Name, g.LeftOut, g.Bound, g.Factor)
	}
	reliabilityText(line, r.Sets)
	line("\nFRIDAY against Monday to Thursday, share later fixed (times are UTC but for real diffs)")
	for _, s := range r.Sets {
		f := s.Friday
		line("  %-10s %5.1f%% of %d, %5.1f%% of %d, z = %+.1f", s.Name, 100*f.Friday.Rate, f.Friday.Changes, 100*f.Before.Rate, f.Before.Changes, f.Z)
	}
	if r.Chosen != nil {
		chosenText(line, r.Chosen)
	}
	_, err := out.Write(b.Bytes())
	return err
}

// against says how far a ranking is from lines added alone.
func against(k, lines Ranking) string {
	if k == lines {
		return fmt.Sprintf("± %.3f", k.Error)
	}
	return fmt.Sprintf("%+.4f, capture %+.1f%%", k.AUC-lines.AUC, 100*(k.Capture-lines.Capture))
}

// bands are the scores that the text shows together.
var bands = [][2]int{{0, 1}, {2, 3}, {4, 5}, {6, 7}, {8, 9}, {10, 11}, {12, 13}, {14, 15}}

func reliabilityText(line func(string, ...any), sets []SetReport) {
	line("\nRELIABILITY: share of changes that were later fixed, by what the factor counts")
	head := "  points "
	for _, s := range sets {
		head += fmt.Sprintf(" %16s", s.Name)
	}
	line("%s", head)
	for _, band := range bands {
		row := fmt.Sprintf("  %2d…%-4d", band[0], band[1])
		for _, s := range sets {
			changes, fixed := 0, 0
			for _, bin := range s.Reliability[band[0] : band[1]+1] {
				changes, fixed = changes+bin.Changes, fixed+bin.Fixed
			}
			row += fmt.Sprintf("  %5.1f%% of %5d", 100*float64(fixed)/float64(max(changes, 1)), changes)
		}
		line("%s", row)
	}
}

func chosenText(line func(string, ...any), c *Chosen) {
	same := "as the product has them"
	if !c.Same {
		same = "NOT those of the product"
	}
	line("\nCHOSEN ANEW on all projects, %s\n  %s", same, listed(c.Steps))
	line("\nWHAT FACTS EARN: mean AUC over lines added alone, each project scored by steps chosen without it")
	line("  %-50s %13s %13s %13s %13s %8s %6s", "", "tables whole", "tables last", "diffs whole", "diffs last", "least", "tied")
	for _, e := range c.Facts {
		line("  %-50s %+13.4f %+13.4f %+13.4f %+13.4f %+8.4f %5.1f%%", e.Facts, e.Mean[0], e.Mean[1], e.Mean[2], e.Mean[3], e.Least, 100*e.Tied)
		line("    chosen on all: %s", listed(e.Steps))
	}
}

func listed(names []Named) string {
	var parts []string
	for _, n := range names {
		parts = append(parts, n.Fact+" "+strings.Trim(fmt.Sprint(n.Steps), "[]"))
	}
	return strings.Join(parts, "; ")
}
