package change

import (
	"strings"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
)

// times holds the planned and the actual period to one that exists.
func (c *checker) times() {
	for _, p := range []struct {
		pointer string
		period  *Period
	}{{"/schedule", c.r.Schedule}, {"/actual", c.r.Actual}} {
		if p.period == nil || p.period.Start.IsZero() || p.period.End.IsZero() {
			continue
		}
		if !p.period.End.After(p.period.Start.Time) {
			f := diag.New("MS106", c.f.Index.Value(p.pointer+"/end"), "%s ends at %s, which is not after its start", p.pointer[1:], p.period.End)
			c.add(f.WithHint("look at the day and the offset of both").With("start", "%s", p.period.Start))
		}
	}
}

func (c *checker) rollback() {
	p := c.r.RollbackPlan
	if p == nil || p.Method != MethodNone {
		return
	}
	if !c.f.Index.Has("/rollback_plan/justification") || c.readable("/rollback_plan/justification") && strings.TrimSpace(p.Justification) == "" {
		c.at("MS115", "/rollback_plan/method", "add justification: and say why nothing can bring the old state back", "is none, and nothing says why")
	}
}

// closure looks for statements about the end that cannot all be true. Which
// closures must come with a review is for the rules that know the clock.
func (c *checker) closure() {
	bad := func(pointer, hint, format string, args ...any) { c.at("MS118", pointer, hint, format, args...) }
	o := c.r.Outcome
	has := c.f.Index.Has
	if o == nil {
		if has("/actual") && !has("/outcome") {
			bad("/actual", "add outcome: {result: successful} or what became of it", "says when the change ran, and no outcome says how it ended")
		}
		if has("/review") && !has("/outcome") {
			bad("/review", "add outcome: with the result that was reviewed", "is there without an outcome")
		}
	} else if o.Result != ResultOpen {
		switch {
		case o.Result != ResultCanceled && !has("/actual"):
			bad("/outcome", "add actual: with start and end", "is %s, and actual does not say when the change ran", o.Result)
		case o.Result == ResultCanceled && has("/actual"):
			bad("/actual", "a change that ran was backed_out or failed", "says when the change ran, and the outcome is canceled")
		}
		if o.Result != ResultCanceled && has("/canceled") {
			bad("/canceled", "keep the one that is true", "contradicts the outcome %s", o.Result)
		}
		if (o.Result == Successful || o.Result == ResultCanceled) && o.RollbackUsed {
			bad("/outcome/rollback_used", "a change that was rolled back is backed_out or failed", "is true, and the outcome is %s", o.Result)
		}
	}
	c.reviewed()
}

func (c *checker) reviewed() {
	v := c.r.Review
	if v == nil {
		return
	}
	if c.readable("/review/by") && len(v.By) == 0 {
		c.at("MS118", "/review/by", "name the logins of those who held it", "names nobody")
	}
	if a := c.r.Actual; a != nil && !a.Start.IsZero() && !v.Held.IsZero() && v.Held.DaysUntil(field.DateOf(a.Start.Time)) > 1 {
		c.at("MS118", "/review/held", "correct the year or the day", "is before the change began")
	}
}
