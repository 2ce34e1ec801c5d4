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
// which is not a hit. Each time that a repeat is on counts by itself. The list
// is sorted by begin, then by id.
//
// A window without a usable period, and one of no kind, count as freezes that
// are on. So does every freeze in scope for a target without dates.
func Freezes(windows []law.Window, t Target) []FreezeHit {
	var on, next []placed
	for _, w := range windows {
		if w.Kind == law.Maintenance || !t.in(w.Scope) {
			continue
		}
		hits, later := lay(w, t)
		on, next = append(on, hits...), append(next, later...)
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

// lay holds one freeze beside the plan: when it is in its way, and the first
// time that it would be afterwards.
func lay(w law.Window, t Target) (on, next []placed) {
	periods, sound := near(w, t.span(), Ahead)
	if !sound || !t.dated() {
		p := placed{span{w.Start.Time, w.End.Time}, hitOf(w, t)}
		p.hit.Hit = true
		p.hit.Exception, p.hit.Why = exception(w, t)
		return []placed{p}, nil
	}
	for _, period := range periods {
		p := placed{period, hitOf(w, t)}
		p.hit.From, p.hit.To = stamp(period.from), stamp(period.to)
		if !period.overlaps(t.span()) {
			if !period.from.Before(t.span().to) {
				return on, []placed{p}
			}
			continue
		}
		p.hit.Minutes = period.common(t.span()).minutes()
		p.hit.Overrun = w.Overrun == "allow" && t.Sound() && t.Start.Before(period.from) && !t.End.After(period.to)
		p.hit.Hit = !p.hit.Overrun
		p.hit.Exception, p.hit.Why = exception(w, t)
		on = append(on, p)
		if len(on) == maxHits {
			on[maxHits-1].hit.Hit, on[maxHits-1].hit.Overrun = true, false
			return on, nil
		}
	}
	return on, nil
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
