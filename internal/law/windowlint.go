package law

import (
	"fmt"
	"strconv"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
)

// How far ahead lint looks at repeats, and at how many occurrences in all:
// what it says are warnings, and a calendar may be hostile.
const (
	lintAhead = 400 * 24 * time.Hour
	lintMost  = 100_000
)

// LintWindows finds what needs a clock to be seen: windows that lie wholly in
// the past, and repeats which in the months to come overlap themselves, leave
// no gap, or meet a change of the clocks.
func (l *Law) LintWindows(now time.Time) diag.List {
	var c checker
	left := lintMost
	for i := range l.Windows {
		w := &l.Windows[i]
		if w.Rule == nil {
			if !w.End.IsZero() && !w.End.After(now) {
				c.add("MS414", w.At, "take it out, or correct the year", "the window %s ended at %s", diag.Quote(w.ID), w.End)
			}
			continue
		}
		if last, over := w.Rule.over(now); over {
			c.add("MS414", w.At, "take it out, or correct the year", "the window %s ended at %s", diag.Quote(w.ID), last)
			continue
		}
		if left > 0 {
			left -= c.ahead(w, now)
		}
	}
	return c.found
}

// over reports whether no occurrence ends after now, and when the last one did.
func (r *Rule) over(now time.Time) (last field.Instant, over bool) {
	for _, p := range r.extra {
		if p.End.After(last.Time) {
			last.Time = p.End
		}
	}
	if !r.none {
		if r.last > clamp(now)+reach {
			return last, false
		}
		if starts := r.starts(r.last-generations*366*day, r.last); len(starts) > 0 {
			if end := r.period(starts[len(starts)-1]).End; end.After(last.Time) {
				last.Time = end
			}
		}
	}
	return last, !last.IsZero() && !last.After(now)
}

// ahead looks at the occurrences to come and says how many it saw.
func (c *checker) ahead(w *Window, now time.Time) int {
	from := now
	if first := w.Rule.first.date(); first.After(now) {
		from = first.Add(-reach * time.Second)
	}
	seen := w.Rule.between(from, from.Add(lintAhead))
	at := w.At
	if len(seen) > 1 {
		c.gaps(w, seen)
	}
	odd, shown := 0, ""
	for _, p := range seen {
		if p.Odd {
			if odd++; odd == 1 {
				shown = fmt.Sprintf("from %s to %s", field.Instant{Time: p.Start}, field.Instant{Time: p.End})
			}
		}
	}
	if odd > 0 {
		f := diag.New("MS416", at, "the clocks of %s change at an edge of %s: it is in force %s", w.Rule.loc, diag.Quote(w.ID), shown).
			WithHint("choose a time of day that every day has once, or leave it: the cautious reading holds")
		if odd > 1 {
			f = f.With("more", "%d further occurrences within 400 days", odd-1)
		}
		c.found = append(c.found, f)
	}
	return len(seen)
}

// gaps reports a repeat that runs into itself, with the hours it really is in
// force.
func (c *checker) gaps(w *Window, seen []Period) {
	var joined []Period
	var said time.Duration
	overlap := -1
	for i, p := range seen {
		said += p.End.Sub(p.Start)
		last := len(joined) - 1
		if last < 0 || p.Start.After(joined[last].End) {
			joined = append(joined, p)
			continue
		}
		if p.Start.Before(joined[last].End) && overlap < 0 {
			overlap = i
		}
		if p.End.After(joined[last].End) {
			joined[last].End = p.End
		}
	}
	var really time.Duration
	for _, p := range joined {
		really += p.End.Sub(p.Start)
	}
	hint := "make the duration shorter, or say the whole stretch as one window"
	effective := fmt.Sprintf("%d occurrences of %s in all are in force for %s", len(seen), hoursText(said), hoursText(really))
	var f diag.Finding
	switch {
	case len(joined) == 1:
		f = diag.New("MS415", w.At, "the repeat of %s leaves no gap from %s to %s", diag.Quote(w.ID),
			field.Instant{Time: joined[0].Start}, field.Instant{Time: joined[0].End})
	case overlap >= 0:
		f = diag.New("MS415", w.At, "the occurrence of %s at %s begins before the one before it ends at %s", diag.Quote(w.ID),
			field.Instant{Time: seen[overlap].Start}, field.Instant{Time: seen[overlap-1].End})
	default:
		return
	}
	c.found = append(c.found, f.WithHint("%s", hint).With("effective hours", "%s", effective))
}

func hoursText(d time.Duration) string { return strconv.FormatFloat(d.Hours(), 'f', -1, 64) + " h" }

// finer reports a rule that begins more than once a day.
func (c *checker) finer(r *Rule, at source.Range) {
	if n := len(r.times); n > 1 {
		c.add("MS415", at, "one start a day and a longer duration say the same", "the rule begins up to %d times a day", n)
	}
}

// began reports whether the rule would begin on a day if that were not excluded.
func (r *Rule) began(d field.Date) bool {
	w := wallOf(d.In(time.UTC))
	free := *r
	free.skip = nil
	return len(free.starts(w, w+day-1)) > 0
}
