package field_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
)

func refused(t *testing.T, text, code string, err error) {
	t.Helper()
	var p *diag.Problem
	if !errors.As(err, &p) || p.Code != code || p.Hint == "" {
		t.Errorf("%q: %v, want a problem %s with a hint", text, err, code)
	}
}

func TestT47OnlyTimesThatMeanOneInstantAreRead(t *testing.T) {
	for _, text := range []string{
		"", "2026-12-01", "2026-12-01T22:00:00", "2026-12-01 22:00:00", "2026-12-01 22:00:00+01:00", "2025-02-13 19:00 PDT",
		"2026-12-01T22:00:00 CET", "2026-12-01T22:00:00PDT", "2026-12-01T22:00+01:00", "2026-12-01T9:00:00Z", "2026-12-01T22:00:00z",
		"2026-12-01t22:00:00Z", "2026-12-01T22:00:00,5Z", "2026-12-01T22:00:00+0100", "2026-12-01T22:00:00+99:00", "2026-12-01T22:00:00+01:60",
		"2026-12-01T24:00:00Z", "2026-12-01T23:59:60Z", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "0026-12-01T00:00:00Z",
		"1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z", " 2026-12-01T22:00:00Z", "2026-12-01T22:00:00Z\n", "1:30", "now", "1764622800",
		"2026-12-01T22:00:00.1234567890Z", "２026-12-01T22:00:00Z",
	} {
		var i field.Instant
		refused(t, text, "MS011", i.ParseScalar(text))
		if !i.IsZero() || i.String() != "" {
			t.Errorf("%q was refused and left %v behind", text, i)
		}
	}
	for text, want := range map[string]int64{
		"2026-12-01T22:00:00+01:00": 1796158800, "2026-12-01T21:00:00Z": 1796158800, "2026-12-01T16:00:00-05:00": 1796158800,
		"1970-01-01T00:00:00Z": 0, "2026-12-02T02:45:00+05:45": 1796158800,
	} {
		var i field.Instant
		if err := i.ParseScalar(text); err != nil || i.Unix() != want || i.String() != text {
			t.Errorf("%q: %v (%d), %v", text, i, i.Unix(), err)
		}
	}
}

func TestInstantsKeepTheirOffsetThroughJSON(t *testing.T) {
	var v struct {
		A field.Instant `json:"a"`
		B field.Instant `json:"b,omitzero"`
		D field.Date    `json:"d,omitzero"`
		L field.Level   `json:"l"`
	}
	if err := errors.Join(v.A.ParseScalar("2026-12-01T22:00:00.5+01:00"), v.L.ParseScalar("very_high")); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(v)
	if want := `{"a":"2026-12-01T22:00:00.5+01:00","l":"very_high"}`; err != nil || string(got) != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
}

// T48: what is read never points to the machine's zone, so that nothing later can print it.
func TestT48InstantsDoNotTakeOnTheMachinesZone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("", rapid.IntRange(-12*4, 14*4).Draw(t, "quarters")*15*60)
		text := time.Unix(rapid.Int64Range(1e6, 7e9).Draw(t, "unix"), 0).In(zone).Format(time.RFC3339)
		var i field.Instant
		if err := i.ParseScalar(text); err != nil {
			t.Fatal(err)
		}
		if i.String() != text || i.Location() == time.Local {
			t.Fatalf("%s became %s in %s", text, i, i.Location())
		}
	})
}

func TestDatesAreDaysThatExist(t *testing.T) {
	for _, text := range []string{"", "2026-02-30", "2023-14-05", "2026-2-3", "26-02-03", "2026-02-03T00:00:00Z", "2026/02/03", "03.02.2026", "0226-02-03", "2026-02-29"} {
		var d field.Date
		refused(t, text, "MS011", d.ParseScalar(text))
		if !d.IsZero() || d.String() != "" {
			t.Errorf("%q was refused and left %v behind", text, d)
		}
	}
	var leap, later field.Date
	if err := errors.Join(leap.ParseScalar("2028-02-29"), later.ParseScalar("2028-05-29")); err != nil {
		t.Fatal(err)
	}
	if leap.String() != "2028-02-29" || leap.DaysUntil(later) != 90 || later.DaysUntil(leap) != -90 {
		t.Errorf("%v, %v, %d days", leap, later, leap.DaysUntil(later))
	}
	if got := leap.In(time.FixedZone("", 3600)).Format(time.RFC3339); got != "2028-02-29T00:00:00+01:00" {
		t.Error(got)
	}
	if d := field.DateOf(time.Date(2026, 12, 1, 0, 30, 0, 0, time.FixedZone("", 3600))); d.String() != "2026-12-01" {
		t.Error(d)
	}
}

func TestT26LoginsAreASCIIAndFoldOnlyASCII(t *testing.T) {
	for _, text := range []string{"", "\u212aelly", "\u017fam", "-a", "a-", "a--b", "a_b", "_corp", "a-_corp", "a_-corp", "a__corp", "a_corp_corp", "a_corp-b", "a_corp[bot]", "a_\u0441orp", "a\uff3fcorp", "a_longenterprise", "abcdefghijklmnopqrstuvwxyz0123456789_corp", "a.b", "a b", "@alice", "alice[bot", "[bot]", "alice[BOT]", "élise", "a\u0430", "team/alice", "abcdefghijklmnopqrstuvwxyz01234567890123"} {
		var l field.Login
		refused(t, text, "MS109", l.ParseScalar(text))
		if l != "" {
			t.Errorf("%q was refused and left %q behind", text, l)
		}
	}
	for _, text := range []string{"a", "Alice", "a-b-c", "0", "mona-cat_octo", "octo_admin", "a_12345678", "abcdefghijklmnopqrstuvwxyz01234567_corp", "dependabot[bot]", "abcdefghijklmnopqrstuvwxyz0123456789012"} {
		var l field.Login
		if err := l.ParseScalar(text); err != nil || string(l) != text {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, c := range []struct {
		a, b field.Login
		same bool
	}{{"Alice", "aLICE", true}, {"kelly", "\u212aelly", false}, {"sam", "\u017fam", false}, {"a", "b", false}, {"a", "a[bot]", false}, {"a_corp", "A_CORP", true}, {"a_corp", "a-corp", false}, {"a_corp", "a", false}, {"a_corp", "a_cor\u0440", false}} {
		if c.a.Same(c.b) != c.same || c.b.Same(c.a) != c.same {
			t.Errorf("%q and %q: same is not %v", c.a, c.b, c.same)
		}
	}
}

func TestLevelsHaveNamesInRisingOrder(t *testing.T) {
	last := field.LevelNone
	for _, name := range field.Levels() {
		var l field.Level
		if err := l.ParseScalar(name); err != nil || l.String() != name || l <= last {
			t.Errorf("%s: %v after %v, %v", name, l, last, err)
		}
		last = l
	}
	for _, text := range []string{"", "Low", "LOW", "none", "very high", "medium"} {
		var l field.Level
		refused(t, text, "MS104", l.ParseScalar(text))
		if l != field.LevelNone {
			t.Errorf("%q was refused and left %v behind", text, l)
		}
	}
	if field.LevelNone.String() != "" || field.Level(9).String() != "" {
		t.Error("a level that does not exist has a name")
	}
}

func FuzzScalars(f *testing.F) {
	for _, s := range []string{"2026-12-01T22:00:00+01:00", "2026-12-01", "alice", "high", "2025-02-13 19:00 PDT", "\u212aelly"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var i, i2 field.Instant
		if i.ParseScalar(text) == nil {
			if err := i2.ParseScalar(i.String()); err != nil || !i.Equal(i2.Time) {
				t.Fatalf("%q is printed as %q, which is another instant: %v", text, i, err)
			}
		} else if !i.IsZero() {
			t.Fatalf("%q is refused and leaves %v", text, i)
		}
		var d field.Date
		if d.ParseScalar(text) == nil && d.String() != text {
			t.Fatalf("%q is printed as %q", text, d)
		}
		var l field.Login
		if l.ParseScalar(text) == nil {
			for _, r := range string(l) {
				if r > 126 {
					t.Fatalf("%q is a login", text)
				}
			}
		}
		if d := cmp.Diff(field.Fold(text), field.Fold(field.Fold(text))); d != "" {
			t.Fatal(d)
		}
	})
}
