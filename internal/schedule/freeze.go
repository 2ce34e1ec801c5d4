package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/law"
)

// Ahead is how far after the planned end the next freeze is still shown.
const Ahead = 30 * 24 * time.Hour

// Freezes lists every freeze in the target's scope that its planned window
// overlaps, and the next one that begins within Ahead of the planned end,
// which is not a hit. The list is sorted by begin, then by id.
//
// A window without a usable period, and one of no kind, count as freezes that
// are on. So does every freeze in scope for a target without dates.
func Freezes(windows []law.Window, t Target) []FreezeHit {
	var on, next []placed
	for _, w := range windows {
		if w.Kind == law.Maintenance || !t.in(w.Scope) {
			continue
		}
		period, sound := windowSpan(w)
		p := placed{period, hitOf(w, t)}
		switch {
		case !sound || !t.dated():
			p.hit.Hit = true
		case period.overlaps(t.span()):
			p.hit.Minutes = period.common(t.span()).minutes()
			p.hit.Overrun = w.Overrun == "allow" && t.Sound() && t.Start.Before(period.from) && !t.End.After(period.to)
			p.hit.Hit = !p.hit.Overrun
		case period.from.Before(t.span().to) || !period.from.Before(t.span().to.Add(Ahead)):
			continue
		default:
			next = append(next, p)
			continue
		}
		p.hit.Exception, p.hit.Why = exception(w, t)
		on = append(on, p)
	}
	slices.SortFunc(next, placed.compare)
	for _, p := range next {
		if p.period.from.Equal(next[0].period.from) {
			on = append(on, p)
		}
	}
	slices.SortFunc(on, placed.compare)
	out := make([]FreezeHit, len(on))
	for i, p := range on {
		out[i] = p.hit
	}
	return out
}

// placed is a freeze and when it is on.
type placed struct {
	period span
	hit    FreezeHit
}

func (p placed) compare(o placed) int {
	return cmp.Or(byTime(p.period.from, o.period.from), cmp.Compare(p.hit.ID, o.hit.ID),
		byTime(p.period.to, o.period.to), cmp.Compare(p.hit.At, o.hit.At))
}

func hitOf(w law.Window, t Target) FreezeHit {
	return FreezeHit{
		ID: w.ID, Title: w.Title, Kind: law.Freeze.String(),
		From: w.Start.String(), To: w.End.String(),
		Exempt:    slices.Contains(w.Exempt.Types, t.Type),
		Exception: "none", Owners: w.Owners, At: w.At.String(),
	}
}

// exception says whether the target asks for one that would cover the whole
// plan, and if one was asked for and does not, why.
func exception(w law.Window, t Target) (state, why string) {
	e := t.Exception
	switch {
	case e == nil || e.Window != w.ID:
		return "none", ""
	case !given(e.Reason):
		return "none", "the exception gives no reason"
	case !t.Sound():
		return "none", "the planned end is not after the start, so no exception can cover it"
	case e.Expires.IsZero():
		return "none", "the exception does not say when it expires"
	case e.Expires.Before(t.End):
		return "none", fmt.Sprintf("the exception expires at %s, before the planned end at %s", e.Expires, stamp(t.End))
	}
	return "asked", ""
}
