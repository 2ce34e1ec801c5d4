package render

import (
	"io"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// SlotsText writes the slots that were found, and what proves them; or what is
// in the way of every one.
func SlotsText(w io.Writer, found schedule.Slots, zone *time.Location, now time.Time, proof string) error {
	s := newScreen(Options{})
	k := clock{zone: zone, year: now.In(zone).Year()}
	switch {
	case len(found.Slots) > 0:
		for _, slot := range found.Slots {
			s.raw("free  " + plainSpaces(k.span(slot.Start.String(), slot.End.String())))
		}
		s.text("", 0, proof)
	case len(found.BlockedBy) > 0:
		s.text("no slot within 90 days; in the way: ", 4, strings.Join(found.BlockedBy, ", "))
	default:
		s.raw("no slot within 90 days, though no window and no other change is in the way: a rule says no")
	}
	return write(w, s.buf.Bytes(), nil)
}

// SlotsJSON writes them as a document.
func SlotsJSON(w io.Writer, found schedule.Slots) error {
	out, err := verdict.Print(found)
	return write(w, out, err)
}
