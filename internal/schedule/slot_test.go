package schedule

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
)

// drawSeek makes a crowded calendar of whole hours and a change to place in it.
func drawSeek(t *rapid.T) Seek {
	hour := func(label string, most int) time.Time {
		return epoch.Add(time.Duration(rapid.IntRange(0, most).Draw(t, label)) * time.Hour)
	}
	var windows []law.Window
	for i := range rapid.IntRange(0, 4).Draw(t, "windows") {
		w := law.Window{ID: string(rune('a' + i)), Kind: rapid.SampledFrom([]law.WindowKind{law.Freeze, law.Maintenance}).Draw(t, "kind")}
		w.Start = field.Instant{Time: hour("window", 20)}
		w.End = field.Instant{Time: w.Start.Add(time.Duration(rapid.IntRange(1, 6).Draw(t, "length")) * time.Hour)}
		windows = append(windows, w)
	}
	var required [][]string
	if rapid.Bool().Draw(t, "maintained") {
		required = [][]string{{"a", "b"}}
	}
	target := Target{ID: "CHG-NEW", Type: rapid.SampledFrom([]change.Type{change.Normal, change.Emergency}).Draw(t, "type"), Owner: "zoe",
		Services: []string{rapid.SampledFrom([]string{"web", "api", "db"}).Draw(t, "service")}, Environments: []string{"production"},
		Level: field.High, Start: epoch, End: epoch.Add(time.Duration(rapid.IntRange(1, 3).Draw(t, "takes")) * time.Hour)}
	return Seek{Windows: windows, Required: required, Calendar: NewIndex(drawBookings(t), crowded), Target: target,
		From: hour("from", 4), Until: epoch.Add(36 * time.Hour), Most: rapid.IntRange(1, 3).Draw(t, "most")}
}

// passes asks the functions that the judge asks, one by one.
func passes(s Seek, at time.Time) bool {
	p := s.Target
	p.Start, p.End = at, at.Add(s.Target.End.Sub(s.Target.Start))
	for _, f := range Freezes(s.Windows, p) {
		if f.Hit && !f.Exempt {
			return false
		}
	}
	if p.Type == change.Emergency {
		return true
	}
	for _, c := range s.Calendar.Collisions(p) {
		if c.Kind != "files" && c.Kind != "implementer" {
			return false
		}
	}
	return MaintenanceFor(s.Windows, s.Required, p).Inside
}

func TestW12EverySlotPassesAndNoneIsEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSeek(t)
		got, err := Next(s)
		if err != nil {
			t.Fatal(err)
		}
		length := s.Target.End.Sub(s.Target.Start)
		end := s.From
		for _, slot := range got.Slots {
			if !passes(s, slot.Start.Time) || slot.End.Sub(slot.Start.Time) != length || slot.Start.Before(end) || slot.End.After(s.Until) {
				t.Fatalf("%s–%s does not pass, or is out of order", slot.Start, slot.End)
			}
			for at := end; at.Before(slot.Start.Time); at = at.Add(time.Hour) {
				if passes(s, at) {
					t.Fatalf("%s passes and %s was found", at, slot.Start)
				}
			}
			end = slot.End.Time
		}
		if len(got.Slots) == 0 {
			for at := s.From; !at.Add(length).After(s.Until); at = at.Add(time.Hour) {
				if passes(s, at) {
					t.Fatalf("%s passes and none was found", at)
				}
			}
		}
		if (len(got.Slots) > 0) != (len(got.BlockedBy) == 0) {
			t.Fatalf("%d slots, blocked by %v", len(got.Slots), got.BlockedBy)
		}
	})
}

func TestARuleThatRefusesATimeMovesTheSlotToAnotherDay(t *testing.T) {
	target := plan(t, "2026-11-01T09:00:00Z", "2026-11-01T10:00:00Z")
	s := Seek{Target: target, From: target.Start, Until: target.Start.AddDate(0, 0, 90), Most: 1,
		Prove: func(start, _ time.Time) (bool, error) { return start.Weekday() == time.Wednesday, nil }}
	got, err := Next(s)
	if err != nil || len(got.Slots) != 1 || got.Slots[0].Start.String() != "2026-11-04T09:00:00Z" {
		t.Errorf("got %+v, %v", got, err)
	}
	broken := errors.New("broken")
	s.Prove = func(time.Time, time.Time) (bool, error) { return true, broken }
	if _, err := Next(s); !errors.Is(err, broken) {
		t.Errorf("a proof that fails is no slot: %v", err)
	}
	s.Target.End = s.Target.Start
	if got, err := Next(s); err != nil || len(got.Slots) != 0 {
		t.Errorf("a plan without length has no slot: %+v, %v", got, err)
	}
}

func TestAWindowThatCannotBePlacedBlocksForEver(t *testing.T) {
	target := plan(t, "2026-11-01T09:00:00Z", "2026-11-01T10:00:00Z")
	got, err := Next(Seek{Windows: []law.Window{{ID: "strange", Kind: law.Freeze}}, Target: target, From: target.Start,
		Until: target.Start.AddDate(0, 0, 90), Most: 1})
	if d := cmp.Diff(Slots{Slots: []Slot{}, BlockedBy: []string{"strange"}}, got); d != "" || err != nil {
		t.Error(d, err)
	}
}

func TestQuartersOfAnHour(t *testing.T) {
	for in, want := range map[string]string{
		"2026-11-01T09:00:00Z": "2026-11-01T09:00:00Z", "2026-11-01T09:00:01Z": "2026-11-01T09:15:00Z", "2026-11-01T23:59:59Z": "2026-11-02T00:00:00Z",
	} {
		if got := RoundUp(instant(t, in).Time); !got.Equal(instant(t, want).Time) {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// A change is told by its gravest reason alone. One that shares a service also
// takes a place in a full calendar, and gives it back when it ends.
func TestW12APlaceIsFreeWhenAnyChangeOfAFullCalendarEnds(t *testing.T) {
	hours := func(from, to int) (time.Time, time.Time) {
		return epoch.Add(time.Duration(from) * time.Hour), epoch.Add(time.Duration(to) * time.Hour)
	}
	at := func(id, service string, from, to int) Booking {
		b := Booking{Target: Target{ID: id, Services: []string{service}, Environments: []string{"production"}, Level: field.High}}
		b.Start, b.End = hours(from, to)
		return b
	}
	calendar := NewIndex([]Booking{at("CHG-1", "web", 0, 1), at("CHG-2", "disk", 0, 4)}, Rules{Limits: []law.Limit{{AtOnce: 2}}})
	want := at("CHG-3", "web", 0, 1).Target
	got, err := Next(Seek{Calendar: calendar, Target: want, From: epoch, Until: epoch.AddDate(0, 0, 1), Most: 1})
	if from, _ := hours(1, 2); err != nil || len(got.Slots) != 1 || !got.Slots[0].Start.Equal(from) {
		t.Errorf("got %+v, %v", got, err)
	}
}
