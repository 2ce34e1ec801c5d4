package law

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	rrule "github.com/teambition/rrule-go"

	"github.com/mergeseal/mergeseal/internal/diag"
)

// change is an instant at which the clocks of a zone change, and to which offset.
type clockChange struct {
	at     int64
	offset int
	summer bool
}

// defined builds a zone from its VTIMEZONE (RFC 5545, 3.6.5), for names that
// are not those of IANA.
func defined(id string, part *icsPart) (*time.Location, *diag.Problem) {
	var all []clockChange
	standard := false
	for _, p := range part.parts {
		if p.name != "STANDARD" && p.name != "DAYLIGHT" {
			continue
		}
		standard = standard || p.name == "STANDARD"
		changes, ok := changesOf(p)
		if !ok {
			return nil, diag.Problemf("MS413", "use an IANA name such as Europe/Berlin as TZID", "the calendar's own definition of %s cannot be read", diag.Quote(id))
		}
		all = append(all, changes...)
	}
	if !standard || len(all) == 0 {
		return nil, diag.Problemf("MS413", "use an IANA name such as Europe/Berlin as TZID", "the calendar's own definition of %s says nothing", diag.Quote(id))
	}
	slices.SortStableFunc(all, func(a, b clockChange) int { return cmp.Compare(a.at, b.at) })
	all = slices.CompactFunc(all, func(a, b clockChange) bool { return a.at == b.at })
	loc, err := time.LoadLocationFromTZData(id, zoneFile(all))
	if err != nil {
		return nil, diag.Problemf("MS413", "use an IANA name such as Europe/Berlin as TZID", "the calendar's own definition of %s cannot be used", diag.Quote(id))
	}
	return loc, nil
}

// changesOf lists when an observance begins, up to the last year of instants.
func changesOf(p *icsPart) ([]clockChange, bool) {
	from, to, start := p.line("TZOFFSETFROM"), p.line("TZOFFSETTO"), p.line("DTSTART")
	if from == nil || to == nil || start == nil || p.line("EXDATE") != nil {
		return nil, false
	}
	before, ok := icsOffset(from.value)
	after, fine := icsOffset(to.value)
	t, err := time.Parse(icsClock, start.value)
	if !ok || !fine || err != nil {
		return nil, false
	}
	walls := []wall{wallOf(t)}
	if l := p.line("RRULE"); l != nil {
		option, until, bad := readRRule(l.value)
		if bad != nil || option.Freq != rrule.YEARLY {
			return nil, false
		}
		r := &Rule{option: option, anchor: wallOf(t), first: max(wallOf(t), minWall-maxLength*day), last: maxWall, loc: time.UTC}
		if until != "" {
			end, err := time.Parse(icsClock+"Z", until)
			if err != nil {
				return nil, false
			}
			r.last = wallOf(end) + wall(before)
		}
		if r.last >= r.first && r.settle() == nil { // what ended before 1970 changes nothing
			walls = append(walls, r.starts(r.first, r.last)...)
		}
	}
	for _, l := range p.lines {
		if l.name != "RDATE" {
			continue
		}
		for _, value := range icsList(l.value) {
			t, err := time.Parse(icsClock, value)
			if err != nil {
				return nil, false
			}
			walls = append(walls, wallOf(t))
		}
	}
	var out []clockChange
	for _, w := range walls {
		out = append(out, clockChange{int64(w) - int64(before), after, p.name == "DAYLIGHT"})
	}
	return out, true
}

// zoneFile writes changes in the format of zone files (RFC 8536, version 2),
// which is the one way to make a time.Location. Times before the first change
// have the first standard offset.
func zoneFile(all []clockChange) []byte {
	type kind struct {
		offset int
		summer bool
	}
	var kinds []kind
	first := slices.IndexFunc(all, func(c clockChange) bool { return !c.summer })
	for _, c := range append([]clockChange{all[max(first, 0)]}, all...) {
		if k := (kind{c.offset, c.summer}); !slices.Contains(kinds, k) && len(kinds) < 255 {
			kinds = append(kinds, k)
		}
	}
	b := append(zoneHeader(nil, 0, 1), 0, 0, 0, 0, 0, 0, 'z', 'o', 'n', 0)
	b = zoneHeader(b, len(all), len(kinds))
	for _, c := range all {
		b = binary.BigEndian.AppendUint64(b, uint64(c.at)) //nolint:gosec // two's complement, as the format has it
	}
	for _, c := range all {
		b = append(b, byte(max(slices.Index(kinds, kind{c.offset, c.summer}), 0)))
	}
	for _, k := range kinds {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(k.offset))) //nolint:gosec // less than a day
		summer := byte(0)
		if k.summer {
			summer = 1
		}
		b = append(b, summer, 0)
	}
	return append(b, "zon\x00\n\n"...)
}

func zoneHeader(b []byte, changes, types int) []byte {
	b = append(append(b, "TZif2"...), make([]byte, 15)...)
	for _, n := range []int{0, 0, 0, changes, types, len("zon\x00")} {
		b = binary.BigEndian.AppendUint32(b, uint32(n)) //nolint:gosec // small and not negative
	}
	return b
}
