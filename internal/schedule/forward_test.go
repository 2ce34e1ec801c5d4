package schedule

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/law"
)

// shelves are services by name; one that is not there is not known.
type shelves map[string]law.Service

func (s shelves) Names() []string { return slices.Sorted(maps.Keys(s)) }

func (s shelves) Lookup(name string) (*law.Service, bool) {
	found, known := s[name]
	return &found, known
}

func TestOpenSaysWhichWindowsTouchAServiceAndWhy(t *testing.T) {
	tier := func(n int) *int { return &n }
	services := shelves{"db": {Name: "db", Tier: tier(0), Maintenance: []string{"night"}}, "mail": {Name: "mail", Tier: tier(3)}, "new": {Name: "new"}}
	window := func(id string, kind law.WindowKind, scope law.Scope) law.Window {
		w := law.Window{ID: id, Kind: kind, Scope: scope, Start: instant(t, "2026-12-01T00:00:00Z"), End: instant(t, "2026-12-02T00:00:00Z")}
		return w
	}
	all := window("all", law.Freeze, law.Scope{})
	owned := window("owned", law.Freeze, law.Scope{Environments: []string{"production"}, Tiers: []int{0, 1}})
	owned.Owners, owned.Exempt.Types = "cab", []change.Type{change.Emergency}
	night := window("night", law.Maintenance, law.Scope{})
	nobody := window("nobody", law.Maintenance, law.Scope{})
	mail := window("only-mail", law.Freeze, law.Scope{Services: []string{"mail"}, Paths: []string{"mail/**"}, Types: []change.Type{change.Normal}})
	nameless := window("nameless", law.WindowNone, law.Scope{Services: []string{"mail"}})
	windows := []law.Window{all, owned, night, nobody, mail, nameless}
	for _, c := range []struct {
		name, service, environment string
		want                       []string
	}{
		{"all of them", "", "", []string{
			"freeze all [db mail new]: every service; nobody can grant an exception",
			"freeze nameless [mail]: mail; nobody can grant an exception",
			"maintenance night [db]: db is changed only inside a window that it names",
			"maintenance nobody []: no service names it",
			"freeze only-mail [mail]: mail, for normal changes, where files mail/** change; nobody can grant an exception",
			"freeze owned [db new]: every service of tier 0 or 1, in production, but not for emergency changes; cab can grant an exception",
		}},
		{"a service in an environment", "db", "production", []string{
			"freeze all [db mail new]: it is for every service; nobody can grant an exception",
			"maintenance night [db]: db is changed only inside a window that it names",
			"freeze owned [db new]: db is tier 0, in production, but not for emergency changes; cab can grant an exception",
		}},
		{"in another one", "db", "staging", []string{
			"freeze all [db mail new]: it is for every service; nobody can grant an exception",
			"maintenance night [db]: db is changed only inside a window that it names",
		}},
		{"a service without a tier counts as the most critical", "new", "PRODUCTION", []string{
			"freeze all [db mail new]: it is for every service; nobody can grant an exception",
			"freeze owned [db new]: new has no known tier and counts as tier 0, in production, but not for emergency changes; cab can grant an exception",
		}},
		{"one that a freeze names", "mail", "", []string{
			"freeze all [db mail new]: it is for every service; nobody can grant an exception",
			"freeze nameless [mail]: it names mail; nobody can grant an exception",
			"freeze only-mail [mail]: it names mail, for normal changes, where files mail/** change; nobody can grant an exception",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, w := range Open(windows, all.Start.Time, all.End.Time, services, c.service, c.environment) {
				got = append(got, fmt.Sprintf("%s %s %v: %s", w.Kind, w.ID, w.Services, w.Why))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
	if got := Open(windows, all.End.Time, all.End.AddDate(0, 0, 1), services, "", ""); len(got) != 0 {
		t.Errorf("open after its end: %+v", got)
	}
}

func TestARepeatIsCalledOneWhereverItIsWritten(t *testing.T) {
	w := law.Window{ID: "weekly", Kind: law.Freeze, Repeat: &law.Repeat{RRule: "FREQ=WEEKLY;BYDAY=FR", Time: "15:00", Duration: "9h", Timezone: "UTC"}}
	from := instant(t, "2026-12-01T00:00:00Z")
	got := Open([]law.Window{w, {ID: "once", Kind: law.Freeze, Start: from, End: instant(t, "2026-12-02T00:00:00Z")}}, from.Time, from.AddDate(0, 0, 7), nil, "", "")
	if len(got) != 2 || got[0].Recurring || !got[1].Recurring {
		t.Errorf("got %+v", got)
	}
}

func TestEveryTwoThatClashAreToldOnceAndEitherMayHaveAccepted(t *testing.T) {
	booking := func(id, start, end string, edit func(*Booking)) Booking {
		b := Booking{Target: plan(t, "2026-11-01T"+start+":00Z", "2026-11-01T"+end+":00Z")}
		b.ID, b.Owner = id, ""
		if edit != nil {
			edit(&b)
		}
		return b
	}
	accepts := func(with, expires string) func(*Booking) {
		return func(b *Booking) {
			b.Accepted = []change.CollisionAccepted{{With: with, Reason: "both know", Expires: instant(t, expires)}}
		}
	}
	apart := func(b *Booking) { b.Services, b.Paths = []string{"mail"}, []string{"shared.tf"} }
	first := booking("A", "09:00", "10:00", nil)
	for _, c := range []struct {
		name     string
		bookings []Booking
		now      string
		want     []string
	}{
		{"W8 two of one service", []Booking{booking("B", "09:30", "11:00", nil), first}, "", []string{"A B service 30 accepted false blocks true"}},
		{"T49 back to back", []Booking{first, booking("B", "10:00", "11:00", nil)}, "", []string{}},
		{"accepted by the first", []Booking{booking("A", "09:00", "10:00", accepts("b", "2026-11-01T10:00:00Z")), booking("B", "09:30", "11:00", nil)}, "",
			[]string{"A B service 30 accepted true blocks false"}},
		{"accepted by the second", []Booking{first, booking("B", "09:30", "11:00", accepts("A", "2026-11-01T10:00:00Z"))}, "",
			[]string{"A B service 30 accepted true blocks false"}},
		{"accepted a second too short", []Booking{first, booking("B", "09:30", "11:00", accepts("A", "2026-11-01T09:59:59Z"))}, "",
			[]string{"A B service 30 accepted false blocks true"}},
		{"accepted, and expired by now", []Booking{first, booking("B", "09:30", "11:00", accepts("A", "2026-11-01T10:00:00Z"))}, "2026-11-01T10:00:00Z",
			[]string{"A B service 30 accepted false blocks true"}},
		{"files are a reason to talk", []Booking{booking("A", "09:00", "10:00", func(b *Booking) { b.Paths = []string{"shared.tf"} }), booking("B", "09:30", "11:00", apart)}, "",
			[]string{"A B files 30 accepted false blocks false"}},
		{"R13 one that is over", []Booking{first, booking("B", "09:30", "11:00", func(b *Booking) { b.Over = true })}, "", []string{}},
		{"neither is shown", []Booking{booking("X", "09:00", "10:00", nil), booking("Y", "09:30", "11:00", nil)}, "", []string{}},
		{"one of the two is shown", []Booking{booking("X", "09:00", "10:00", nil), first}, "", []string{"A X service 60 accepted false blocks true"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rules Rules
			if c.now != "" {
				rules.Now = instant(t, c.now).Time
			}
			got := []string{}
			for _, x := range Clashes(c.bookings, rules, func(id string) bool { return id == "A" || id == "B" }) {
				got = append(got, fmt.Sprintf("%s %s %s %d accepted %t blocks %t", x.A, x.B, x.Kind, x.Minutes, x.Accepted, x.Blocks))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
