package approval

import (
	"testing"
	"time"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
)

func TestT07ApprovalsOnTheWayIntoAnotherBaseDoNotCount(t *testing.T) {
	changed := day(12).Time
	for name, tt := range map[string]struct {
		state evidence.State
		after time.Duration // of the review, after the change
		met   bool
		why   string
	}{
		"before":                            {evidence.Approved, -time.Second, false, "approved before the base changed"},
		"in the same second":                {evidence.Approved, 0, false, "approved before the base changed"},
		"after":                             {evidence.Approved, time.Second, true, ""},
		"a veto stays, as it always does":   {evidence.ChangesRequested, -time.Second, false, "requests changes"},
		"a dismissal is none the less one":  {evidence.Dismissed, -time.Second, false, "dismissed"},
		"a comment decides nothing as ever": {evidence.Commented, time.Second, false, "a comment decides nothing"},
	} {
		r := reviewWords(t, 1, "bob approves")
		r.State, r.SubmittedAt = tt.state, field.Instant{Time: changed.Add(tt.after)}
		q := peers(t, 1, r)
		q.Evidence.PullRequest.BaseChangedAt = field.Instant{Time: changed.In(time.FixedZone("", 3600))}
		got := Weigh(q)
		why := ""
		if len(got.Ignored) > 0 {
			why = got.Ignored[0].Why
		}
		if got.Met() != tt.met || why != tt.why {
			t.Errorf("%s: met %v, ignored for %q", name, got.Met(), why)
		}
		if q.Evidence.PullRequest.BaseChangedAt = (field.Instant{}); tt.state == evidence.Approved && !Weigh(q).Met() {
			t.Errorf("%s: a base that never changed voids a review", name)
		}
	}
}
