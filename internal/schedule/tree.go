package schedule

import (
	"slices"
	"time"
)

// timeline holds spans by their start, with the latest end of each half
// beside it: an interval tree without pointers. Finding the k spans that
// overlap another one costs O(log n + k) steps for k that lie together, and
// never more than O(k log n).
type timeline struct {
	spans  []span
	owner  []int       // who each span belongs to
	latest []time.Time // latest[mid] is the latest end in the half that mid is the middle of
}

// newTimeline takes the spans of some owners, in any order.
func newTimeline(spans []span, owners []int) *timeline {
	order := slices.Clone(owners)
	slices.SortStableFunc(order, func(a, b int) int { return byTime(spans[a].from, spans[b].from) })
	t := &timeline{spans: make([]span, len(order)), owner: order, latest: make([]time.Time, len(order))}
	for i, o := range order {
		t.spans[i] = spans[o]
	}
	t.measure(0, len(order))
	return t
}

func (t *timeline) measure(lo, hi int) time.Time {
	if lo >= hi {
		return time.Time{}
	}
	mid := int(uint(lo+hi) >> 1)
	late := t.spans[mid].to
	for _, other := range []time.Time{t.measure(lo, mid), t.measure(mid+1, hi)} {
		if other.After(late) {
			late = other
		}
	}
	t.latest[mid] = late
	return late
}

// each calls visit with the owner of every span that overlaps s, by start.
func (t *timeline) each(s span, visit func(owner int)) {
	if t != nil {
		t.within(0, len(t.spans), s, visit)
	}
}

func (t *timeline) within(lo, hi int, s span, visit func(owner int)) {
	if lo >= hi {
		return
	}
	mid := int(uint(lo+hi) >> 1)
	if !t.latest[mid].After(s.from) {
		return
	}
	t.within(lo, mid, s, visit)
	if !t.spans[mid].from.Before(s.to) {
		return
	}
	if t.spans[mid].overlaps(s) {
		visit(t.owner[mid])
	}
	t.within(mid+1, hi, s, visit)
}
