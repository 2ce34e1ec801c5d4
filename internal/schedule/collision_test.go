package schedule

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
)

// graph maps a service to those it depends on.
type graph map[string][]string

func (g graph) Lookup(name string) (*law.Service, bool) {
	on, ok := g[name]
	return &law.Service{Name: name, DependsOn: on}, ok
}

// path is the slow way down from one service to another.
func (g graph) path(from, to string, depth int) []string {
	paths := [][]string{{from}}
	for range depth {
		var longer [][]string
		for _, p := range paths {
			for _, next := range g[p[len(p)-1]] {
				q := append(slices.Clone(p), next)
				if next == to {
					return q
				}
				longer = append(longer, q)
			}
		}
		paths = longer
	}
	return nil
}

// shop: web and admin depend on api, api on db, db on disk; a and b on each other.
var shop = graph{"web": {"api"}, "admin": {"api"}, "api": {"db"}, "db": {"disk"}, "a": {"b"}, "b": {"a"}}

func other(t testing.TB, edit func(*Booking)) Booking {
	b := Booking{Target: plan(t, "2026-11-01T10:30:00+01:00", "2026-11-01T12:00:00+01:00")}
	b.ID, b.Title, b.Owner = "CHG-2", "Another", "bob"
	edit(&b)
	return b
}

func TestTwoChangesCollideWhenTheyMeetInTimeEnvironmentAndSomethingElse(t *testing.T) {
	const start, end = "2026-11-01T09:00:00Z", "2026-11-01T10:00:00Z"
	clash := func(kind string, minutes int64, via ...string) *Collision {
		c := &Collision{With: "CHG-2", Title: "Another", State: "booked", Kind: kind, Via: append([]string{}, via...), Minutes: minutes,
			From: "2026-11-01T10:30:00+01:00", To: "2026-11-01T12:00:00+01:00", Owner: "bob", OwnersOf: []string{}}
		switch kind {
		case "service":
			c.OwnersOf = via
		case "dependency":
			c.OwnersOf = via[len(via)-1:]
		}
		return c
	}
	for _, c := range []struct {
		name string
		ours func(*Target)
		edit func(*Booking)
		want *Collision
	}{
		{"W8 the same service", nil, func(*Booking) {}, clash("service", 30, "checkout")},
		{"T82 the same service in other case", nil, func(b *Booking) { b.Services = []string{"Checkout"} }, clash("service", 30, "checkout")},
		{"two shared services", func(t *Target) { t.Services = []string{"z", "checkout", "a"} },
			func(b *Booking) { b.Services = []string{"checkout", "z"} }, clash("service", 30, "checkout", "z")},
		{"another environment", nil, func(b *Booking) { b.Environments = []string{"staging"} }, nil},
		{"an environment that is not known", nil, func(b *Booking) { b.Environments = nil }, clash("service", 30, "checkout")},
		{"nothing shared", nil, func(b *Booking) { b.Services = []string{"mail"} }, nil},
		{"W9 ours depends on theirs", func(t *Target) { t.Services = []string{"web"} },
			func(b *Booking) { b.Services = []string{"api"} }, clash("dependency", 30, "web", "api")},
		{"W9 theirs depends on ours, two steps", func(t *Target) { t.Services = []string{"db"} },
			func(b *Booking) { b.Services = []string{"web"} }, clash("dependency", 30, "db", "api", "web")},
		{"W9 three steps are too far", func(t *Target) { t.Services = []string{"disk"} }, func(b *Booking) { b.Services = []string{"web"} }, nil},
		{"W9 a common dependency is none", func(t *Target) { t.Services = []string{"web"} }, func(b *Booking) { b.Services = []string{"admin"} }, nil},
		{"W9 a cycle ends", func(t *Target) { t.Services = []string{"a"} }, func(b *Booking) { b.Services = []string{"b"} }, clash("dependency", 30, "a", "b")},
		{"W11 the same implementer", func(t *Target) { t.Implementers = []field.Login{"Erin", "frank"} },
			func(b *Booking) { b.Services, b.Implementers = []string{"mail"}, []field.Login{"erin"} }, clash("implementer", 30)},
		{"W11 the owner implements when nobody is named", func(t *Target) { t.Owner = "bob" },
			func(b *Booking) { b.Services = []string{"mail"} }, clash("implementer", 30)},
		{"W11 an owner who has implementers does not", func(t *Target) { t.Owner, t.Implementers = "bob", []field.Login{"erin"} },
			func(b *Booking) { b.Services = []string{"mail"} }, nil},
		{"W11 nobody is not the same person twice", func(t *Target) { t.Owner = "" },
			func(b *Booking) { b.Services, b.Owner = []string{"mail"}, "" }, nil},
		{"W11 the same file", func(t *Target) { t.Paths = []string{"x", "deploy/a.tf"} },
			func(b *Booking) { b.Services, b.Paths = []string{"mail"}, []string{"deploy/a.tf"} }, clash("files", 30)},
		{"files weigh more than hands", func(t *Target) { t.Owner, t.Paths = "bob", []string{"f"} },
			func(b *Booking) { b.Services, b.Paths = []string{"mail"}, []string{"f"} }, clash("files", 30)},
		{"a service weighs more than a dependency", func(t *Target) { t.Services = []string{"web", "api"} },
			func(b *Booking) { b.Services = []string{"api"} }, clash("service", 30, "api")},
		{"T49 back to back, theirs after ours", nil, func(b *Booking) { b.Start = instant(t, end).Time }, nil},
		{"T49 back to back, ours after theirs", nil, func(b *Booking) { b.Start, b.End = instant(t, "2026-11-01T08:00:00Z").Time, instant(t, start).Time }, nil},
		{"T49 a second too many is a minute", nil, func(b *Booking) { b.Start = instant(t, "2026-11-01T09:59:59Z").Time }, func() *Collision {
			c := clash("service", 1, "checkout")
			c.From = "2026-11-01T09:59:59Z"
			return c
		}()},
		{"an open pull request is tentative", nil, func(b *Booking) { b.Tentative = true }, func() *Collision {
			c := clash("service", 30, "checkout")
			c.State = "tentative"
			return c
		}()},
		{"R13 a closed or canceled change", nil, func(b *Booking) { b.Over = true }, nil},
		{"the change itself in other case", nil, func(b *Booking) { b.ID = "chg-1" }, nil},
		{"a booking without an end is nowhere", nil, func(b *Booking) { b.End = time.Time{} }, nil},
		{"R12 a vendor's change counts", nil, func(b *Booking) { b.Type = change.Registration }, clash("service", 30, "checkout")},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := plan(t, start, end)
			if c.ours != nil {
				c.ours(&target)
			}
			want := []Collision{}
			if c.want != nil {
				want = append(want, *c.want)
			}
			if d := cmp.Diff(want, Collisions(target, []Booking{other(t, c.edit)}, Rules{Graph: shop})); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestACollisionIsAcceptedOnlyByNameWithAReasonUntilItIsOver(t *testing.T) {
	accept := func(with, reason, expires string) change.CollisionAccepted {
		a := change.CollisionAccepted{With: with, Reason: reason}
		if expires != "" {
			a.Expires = instant(t, expires)
		}
		return a
	}
	for _, c := range []struct {
		name   string
		accept change.CollisionAccepted
		now    string
		want   bool
	}{
		{"until the overlap ends", accept("CHG-2", "both know", "2026-11-01T10:00:00Z"), "", true},
		{"the id in other case", accept("chg-2", "both know", "2026-11-01T10:00:00Z"), "", true},
		{"a second too short", accept("CHG-2", "both know", "2026-11-01T09:59:59Z"), "", false},
		{"another change", accept("CHG-3", "both know", "2026-11-01T10:00:00Z"), "", false},
		{"no reason", accept("CHG-2", " ", "2026-11-01T10:00:00Z"), "", false},
		{"no end", accept("CHG-2", "both know", ""), "", false},
		{"not expired yet", accept("CHG-2", "both know", "2026-11-01T10:00:00Z"), "2026-11-01T09:59:59Z", true},
		{"expired", accept("CHG-2", "both know", "2026-11-01T10:00:00Z"), "2026-11-01T10:00:00Z", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := plan(t, "2026-11-01T09:00:00Z", "2026-11-01T10:00:00Z")
			target.Accepted = []change.CollisionAccepted{c.accept}
			rules := Rules{}
			if c.now != "" {
				rules.Now = instant(t, c.now).Time
			}
			if got := Collisions(target, []Booking{other(t, func(*Booking) {})}, rules)[0]; got.Accepted != c.want {
				t.Errorf("accepted: %t, want %t", got.Accepted, c.want)
			}
		})
	}
}

func TestW11MoreChangesAtOnceThanALimitAllowsCollide(t *testing.T) {
	at := func(id, start, end string, level field.Level, env string) Booking {
		b := Booking{Target: plan(t, "2026-11-01T"+start+":00Z", "2026-11-01T"+end+":00Z")}
		b.ID, b.Level, b.Owner, b.Services, b.Environments = id, level, field.Login(id), []string{"of-" + id}, []string{env}
		return b
	}
	ours := at("CHG-1", "09:00", "11:00", field.High, "production").Target
	high := law.Limit{Environment: "production", Level: field.High, AtOnce: 1}
	two := law.Limit{Environment: "production", Level: field.High, AtOnce: 2}
	first, second := at("A", "09:00", "10:00", field.High, "production"), at("B", "10:00", "11:00", field.High, "production")
	for _, c := range []struct {
		name   string
		limit  law.Limit
		booked []Booking
		want   string
	}{
		{"one more than allowed", high, []Booking{first, second}, "A B"},
		{"never three at the same instant", two, []Booking{first, second}, ""},
		{"three at one instant, the fourth elsewhere in time", two,
			[]Booking{first, at("C", "09:59", "10:00", field.High, "production"), at("D", "10:00", "11:00", field.High, "production")}, "A C"},
		{"a lower level does not count", high, []Booking{at("A", "09:00", "10:00", field.Moderate, "production")}, ""},
		{"a graver level does", high, []Booking{at("A", "09:00", "10:00", field.VeryHigh, "production")}, "A"},
		{"a level that is not known does", high, []Booking{at("A", "09:00", "10:00", field.LevelNone, "production")}, "A"},
		{"another environment does not", high, []Booking{at("A", "09:00", "10:00", field.High, "staging")}, ""},
		{"a limit of every environment counts each by itself", law.Limit{AtOnce: 1}, []Booking{at("A", "09:00", "10:00", field.Low, "staging"), first}, "A"},
		{"a limit elsewhere is not ours", law.Limit{Environment: "staging", AtOnce: 1}, []Booking{first}, ""},
		{"nothing at once lets nobody run beside us", law.Limit{}, []Booking{first}, "A"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, found := range Collisions(ours, c.booked, Rules{Limits: []law.Limit{c.limit}}) {
				if found.Kind != "capacity" {
					t.Errorf("got kind %s, want capacity", found.Kind)
				}
				got = append(got, found.With)
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
	low := ours
	low.Level = field.Low
	if got := Collisions(low, []Booking{first}, Rules{Limits: []law.Limit{high}}); len(got) != 0 {
		t.Errorf("a low change is held to the limit of high ones: %+v", got)
	}
}

func TestAnUnsoundPlanCollidesWithWhatItTouches(t *testing.T) {
	target := plan(t, "2026-11-01T11:00:00Z", "2026-11-01T09:00:00Z")
	if got := Collisions(target, []Booking{other(t, func(*Booking) {})}, Rules{}); len(got) != 1 {
		t.Errorf("got %+v, want one collision", got)
	}
	target.End = time.Time{}
	if got := Collisions(target, []Booking{other(t, func(*Booking) {})}, Rules{}); got == nil || len(got) != 0 {
		t.Errorf("got %#v, want an empty list", got)
	}
}
