package law

import "time"

// wall is what a clock on a wall shows, in seconds as if its zone were UTC:
// arithmetic on it is arithmetic on the calendar.
type wall int64

const day = 24 * 60 * 60

// reach is how far two readings of one clock can lie apart: no zone is more
// than a day from UTC, and Samoa once left out a whole day.
const reach = 36 * 60 * 60

func wallOf(t time.Time) wall {
	_, offset := t.Zone()
	return wall(t.Unix() + int64(offset))
}

// days is the number of days since 1970-01-01.
func (w wall) days() int {
	d := int(w / day)
	if w%day < 0 {
		d--
	}
	return d
}

// date is the reading as a time in UTC.
func (w wall) date() time.Time { return time.Unix(int64(w), 0).UTC() }

// reading is when a wall clock shows something: twice when the clocks go back.
// When they go forward over it both are the instant after the gap.
type reading struct {
	early, late time.Time
	odd         bool // shown never or twice
}

// read finds the instants at which clocks of a zone show w.
func (w wall) read(loc *time.Location) reading {
	var out reading
	at := time.Unix(int64(w)-reach, 0).In(loc)
	for {
		_, offset := at.Zone()
		begin, end := at.ZoneBounds()
		shown := time.Unix(int64(w)-int64(offset), 0).In(loc)
		if (begin.IsZero() || !shown.Before(begin)) && (end.IsZero() || shown.Before(end)) {
			if out.early.IsZero() {
				out.early = shown
			} else {
				out.odd = true
			}
			out.late = shown
		}
		if end.IsZero() || end.Unix() > int64(w)+reach {
			return out
		}
		if _, next := end.Zone(); out.early.IsZero() && end.Unix()+int64(offset) <= int64(w) && int64(w) < end.Unix()+int64(next) {
			out = reading{end, end, true}
			return out
		}
		at = end
	}
}

// start is when a window of a kind begins that is said to begin at w, and end
// when it ends. The reading is the cautious one: of two, a freeze takes the
// earlier start and the later end, a maintenance window the other way round.
func (w wall) start(loc *time.Location, kind WindowKind) (at time.Time, odd bool) {
	r := w.read(loc)
	if kind == Maintenance {
		return r.late, r.odd
	}
	return r.early, r.odd
}

func (w wall) end(loc *time.Location, kind WindowKind) (at time.Time, odd bool) {
	r := w.read(loc)
	if kind == Maintenance {
		return r.early, r.odd
	}
	return r.late, r.odd
}
