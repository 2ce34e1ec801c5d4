package change

import "time"

// ReviewLimits are how long a review may wait. They come from the law's
// settings, which keep both at 1 or more.
type ReviewLimits struct {
	RetroHours int            // hours from the end of an emergency
	ReviewDays int            // business days from the end of a change that failed
	Zone       *time.Location // whose days count; nil is UTC
}

// End is when the change was over: as it happened, else as planned. Zero when
// neither is said.
func (r *Record) End() time.Time {
	switch {
	case r.Actual != nil && !r.Actual.End.IsZero():
		return r.Actual.End.Time
	case r.Schedule != nil:
		return r.Schedule.End.Time
	}
	return time.Time{}
}

// NeverRan reports whether the record says that the change was called off and
// did not run. One that is called off and has actual times ran.
func (r *Record) NeverRan() bool {
	calledOff := r.Canceled != nil || r.Outcome != nil && r.Outcome.Result == ResultCanceled
	return calledOff && r.Actual == nil
}

// ReviewDue is the instant at which the review of the change falls due, and
// whether the change owes one.
//
// An emergency owes one RetroHours hours after its end, by the clock and on any
// day: fewer people approved it beforehand, so others look at it at once. Any
// other change that failed or was backed out owes one with the end of the
// ReviewDays-th business day after the day on which it ended. Business days are
// Monday to Friday in Zone; public holidays are not known.
//
// A change that never ran owes none, nor does one whose end nobody stated.
func (r *Record) ReviewDue(l ReviewLimits) (time.Time, bool) {
	end := r.End()
	if end.IsZero() || r.NeverRan() {
		return time.Time{}, false
	}
	if r.Type == Emergency {
		return end.Add(time.Duration(l.RetroHours) * time.Hour), true
	}
	if r.Outcome != nil && (r.Outcome.Result == Failed || r.Outcome.Result == BackedOut) {
		return endOfBusinessDay(end, l.ReviewDays, l.Zone), true
	}
	return time.Time{}, false
}

// ReviewOverdue reports whether the change owes a review that was due at now or
// before and has not been held. A review that was held late was held.
func (r *Record) ReviewOverdue(now time.Time, l ReviewLimits) bool {
	due, owed := r.ReviewDue(l)
	return owed && !now.Before(due) && !r.reviewHeld(now)
}

// reviewHeld reports whether a review is said to have been held, after the end
// and not in the future. Nobody says where its date was counted, so it is held
// against the days of the whole world, UTC+14 to UTC-12.
func (r *Record) reviewHeld(now time.Time) bool {
	if r.Review == nil || r.Review.Held.IsZero() {
		return false
	}
	day := r.Review.Held.In(time.UTC)
	return !now.Before(day.Add(-14*time.Hour)) && day.Add((24+12)*time.Hour).After(r.End())
}

// endOfBusinessDay is the first instant after the n-th business day that
// follows the day of t.
func endOfBusinessDay(t time.Time, n int, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	// Days are counted in UTC, where each has 24 hours.
	y, m, d := t.In(zone).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if w := day.Weekday(); w != time.Saturday && w != time.Sunday {
			n--
		}
	}
	return dayBegins(day.AddDate(0, 0, 1), zone)
}

// dayBegins is the first instant of a day in a zone. Where clocks go forward at
// midnight the day has no midnight, and time.Date may answer with the evening
// before.
func dayBegins(day time.Time, zone *time.Location) time.Time {
	t := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	if t.Day() != day.Day() {
		_, t = t.ZoneBounds()
	}
	return t.In(time.UTC)
}
