package risk

import (
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/change"
)

// rollback is how surely the change can be taken back. A plan without a
// trigger, steps or a way to verify it is no plan.
func (f *Facts) rollback() line {
	r, at := f.Rollback, f.at("/rollback_plan")
	lacks := slices.DeleteFunc(slices.Clone(r.Missing), func(what string) bool { return what == "minutes" })
	switch {
	case f.noMethod():
		return say("none", "there is no way back", at)
	case f.irreversible():
		l := say("none", f.whyIrreversible(), f.at("/data"))
		l.lower = "make the change of data one that can be taken back, and state data.reversible"
		return l
	case len(lacks) > 0:
		return say("none", "the plan lacks "+list(lacks), at)
	case !r.Complete && len(r.Missing) == 0:
		return say("none", "the plan is not complete", at)
	case !r.Rehearsed && r.RehearsedDays > 0:
		return say("not_rehearsed", fmt.Sprintf("%s, rehearsed %s before the start, which is too long ago", r.Method, count(r.RehearsedDays, "day")), at)
	case !r.Rehearsed:
		return say("not_rehearsed", r.Method+", never rehearsed in time", at)
	case r.Complete && quick(r.Method):
		return say("rehearsed", fmt.Sprintf("%s, rehearsed %s before the start", r.Method, count(r.RehearsedDays, "day")), at)
	}
	return say("written_and_rehearsed", fmt.Sprintf("%s, written and rehearsed", r.Method), at)
}

// quick are the methods that put back what was there, as it was.
func quick(method string) bool {
	return method == change.Revert.String() || method == change.Failover.String() || method == change.FeatureFlag.String()
}

// tests is what is known to work.
func (f *Facts) tests() line {
	t, at := f.Tests, f.at("/test_plan")
	switch {
	case t.Failed > 0:
		return say("failing", fmt.Sprintf("%s of %d failed", count(t.Failed, "result"), t.Attached), f.at("/test_plan/results"))
	case t.Attached > 0 && t.Passed == t.Attached:
		return say("passed", fmt.Sprintf("%s attached, all pass", count(t.Attached, "result")), f.at("/test_plan/results"))
	case t.Before && t.After:
		return say("planned", "tests before and after are written, no results are attached", at)
	case t.Before:
		return say("partly", "tests after the change are not written", at)
	case t.After:
		return say("partly", "tests before the change are not written", at)
	}
	return say("none", "no tests are written", at)
}

// familiarFrom is how many successful changes make services familiar.
const familiarFrom = 3

// novelty is how well this kind of change is known.
func (f *Facts) novelty() line {
	switch n := f.History.Familiar; {
	case f.ApprovedModel != "":
		return say("approved_model", "it follows "+f.ApprovedModel+", which is approved", f.at("/model"))
	case n >= familiarFrom:
		return say("familiar", count(n, "successful change")+" to the same services in 90 days", "")
	case n == 0:
		return say("new", "no successful change to the same services in 90 days", "")
	default:
		return say("new", "only "+count(n, "successful change")+" to the same services in 90 days", "")
	}
}

// enoughHistory is how many changes make a rate.
const enoughHistory = 5

// history is how changes to the same services went.
func (f *Facts) history() line {
	h := f.History
	why := fmt.Sprintf("of %s to the services in 90 days %d failed, %d had issues", count(h.Changes, "change"), h.Failed, h.Issues)
	switch {
	case h.Changes < enoughHistory:
		return say("few_changes", count(h.Changes, "change")+" to the services in 90 days, too few for a rate", "")
	case h.RatePermille < 50:
		return say("under_5_percent", why, "")
	case h.RatePermille < 150:
		return say("under_15_percent", why, "")
	case h.RatePermille < 300:
		return say("under_30_percent", why, "")
	}
	return say("30_percent_or_more", why, "")
}
