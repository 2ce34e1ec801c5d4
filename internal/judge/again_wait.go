package judge

import (
	"context"
	"slices"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// longest is how far ahead wait looks.
const longest = 60 * 24 * time.Hour

// wait is how much later a change would have to begin, in whole hours, for the
// errors that only this run's rules see to fall away: found by asking the rules
// themselves, with the window moved and all else left as it was. It is 0 where
// they do not fall away, or where anything else has become worse.
func (r *run) wait(ctx context.Context, o, before *opinion) time.Duration {
	fresh := newErrors(o, before)
	in := o.facts.input
	if len(fresh) == 0 || in == nil || in.Schedule == nil || o.facts.record.Schedule == nil {
		return 0
	}
	passes := func(hours int) bool {
		d := time.Duration(hours) * time.Hour
		later, plan := *in, *in.Schedule
		plan.StartNS, plan.EndNS = plan.StartNS+int64(d), plan.EndNS+int64(d)
		plan.NoticeSeconds += int64(d / time.Second)
		later.Schedule = &plan
		answers, broken := r.rules.Evaluate(ctx, &later)
		if broken.Errors() {
			return false
		}
		for _, e := range answers.Deny {
			if slices.Contains(fresh, e.Code) && !r.disabled(e.Code) && !r.observing(e.Code) {
				return false
			}
		}
		return true
	}
	low, high := 0, 1
	for !passes(high) {
		if low, high = high, 2*high; time.Duration(high)*time.Hour > longest {
			return 0
		}
	}
	for high-low > 1 {
		if mid := (low + high) / 2; passes(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return time.Duration(high) * time.Hour
}

// newErrors are the codes of errors that only the first opinion holds.
func newErrors(o, before *opinion) []string {
	var out []string
	for _, f := range o.found {
		if f.Severity == diag.Error && !slices.ContainsFunc(before.found, func(b diag.Finding) bool { return b.Severity == diag.Error && b.Code == f.Code }) {
			out = append(out, f.Code)
		}
	}
	return out
}
