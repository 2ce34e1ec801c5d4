package verdict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

func sample() *Verdict {
	at := time.Date(2026, 11, 20, 11, 0, 0, 0, time.FixedZone("", 3600))
	return &Verdict{
		Schema: Schema, Outcome: OutcomePending, DecidedAt: at, ValidUntil: at.Add(time.Hour),
		Subject: Subject{Base: "3f2a9c1", Head: "worktree"},
		Changes: []Judged{{
			ID: "CHG-2026-0142", Title: "Upgrade", Type: "normal", Path: "changes/a.yaml", Outcome: OutcomePending,
			Risk: &risk.Score{Total: 8, Level: field.Low, Impact: 3, Likelihood: 5,
				Factors: []risk.Factor{{Name: "users", Axis: "impact", Points: 3, Why: "internal", At: "changes/a.yaml:9:1", Lower: "tell nobody"}}},
			Freezes:      []schedule.FreezeHit{{ID: "year-end", From: "2026-12-18T18:00:00+01:00"}},
			Requirements: []approval.Status{{Requirement: approval.Requirement{Group: "cab", Code: "MS311"}, Missing: 1, NotCounted: []approval.NotCounted{{By: "bob", Why: "author"}}}},
			NextEdge:     &Edge{At: at.Add(2 * time.Hour), Why: "the window ends"},
		}},
		Law:      LawReport{Source: "base", Shadow: &Shadow{Outcome: OutcomePass}},
		Findings: []Finding{{Code: "MS206", Severity: diag.Warning, Message: "nobody is told", At: "changes/a.yaml:3:1", Hint: "write a plan"}},
		Inputs:   Inputs{Config: "sha256:00", Tool: "1.0.0+abc"},
	}
}

func digest(t *testing.T, v *Verdict) string {
	t.Helper()
	d, err := Digest(v)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDigestStandsForTheJudgementAndNotForItsWords(t *testing.T) {
	want := digest(t, sample())
	if !strings.HasPrefix(want, "sha256:") || len(want) != len("sha256:")+64 {
		t.Fatalf("digest %q is not sha256: and 64 hex digits", want)
	}
	for name, tc := range map[string]struct {
		edit func(*Verdict)
		same bool
	}{
		"the digest itself":            {func(v *Verdict) { v.Digest = "sha256:ff" }, true},
		"when it was decided":          {func(v *Verdict) { v.DecidedAt = v.DecidedAt.Add(time.Minute) }, true},
		"until when it is valid":       {func(v *Verdict) { v.ValidUntil = v.ValidUntil.Add(time.Minute) }, true},
		"the tool":                     {func(v *Verdict) { v.Inputs.Tool = "2.0.0" }, true},
		"a message":                    {func(v *Verdict) { v.Findings[0].Message = "other words" }, true},
		"a hint":                       {func(v *Verdict) { v.Findings[0].Hint = "" }, true},
		"why a factor counts":          {func(v *Verdict) { v.Changes[0].Risk.Factors[0].Why = "?" }, true},
		"what would lower it":          {func(v *Verdict) { v.Changes[0].Risk.Factors[0].Lower = "?" }, true},
		"why a review does not count":  {func(v *Verdict) { v.Changes[0].Requirements[0].NotCounted[0].Why = "?" }, true},
		"an empty list for none":       {func(v *Verdict) { v.Changes[0].Collisions = []schedule.Collision{} }, true},
		"the zone an edge is given in": {func(v *Verdict) { v.Changes[0].NextEdge.At = v.Changes[0].NextEdge.At.UTC() }, true},
		"the outcome":                  {func(v *Verdict) { v.Outcome = OutcomePass }, false},
		"a code":                       {func(v *Verdict) { v.Findings[0].Code = "MS207" }, false},
		"a severity":                   {func(v *Verdict) { v.Findings[0].Severity = diag.Error }, false},
		"a place":                      {func(v *Verdict) { v.Findings[0].At = "changes/a.yaml:4:1" }, false},
		"points":                       {func(v *Verdict) { v.Changes[0].Risk.Factors[0].Points++ }, false},
		"who is missing":               {func(v *Verdict) { v.Changes[0].Requirements[0].Missing = 0 }, false},
		"who does not count":           {func(v *Verdict) { v.Changes[0].Requirements[0].NotCounted[0].By = "eve" }, false},
		"an edge":                      {func(v *Verdict) { v.Changes[0].NextEdge.At = v.Changes[0].NextEdge.At.Add(1) }, false},
		"another input":                {func(v *Verdict) { v.Inputs.Config = "sha256:01" }, false},
		"the shadow":                   {func(v *Verdict) { v.Law.Shadow.Outcome = OutcomeFail }, false},
		"the title":                    {func(v *Verdict) { v.Changes[0].Title = "Downgrade" }, false},
	} {
		v := sample()
		tc.edit(v)
		if got := digest(t, v); (got == want) != tc.same {
			t.Errorf("%s: same digest is %t, want %t", name, got == want, tc.same)
		}
	}
}

func TestDigestLeavesTheVerdictAlone(t *testing.T) {
	v := sample()
	digest(t, v)
	if _, err := v.JSON(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), v); diff != "" {
		t.Errorf("the verdict changed (-want +got):\n%s", diff)
	}
	if v.Changes[0].Collisions != nil || v.DecidedAt.Location() == time.UTC {
		t.Error("the caller's lists or instants were written to")
	}
}

func TestJSONHasNoNullListsAndOnlyUTC(t *testing.T) {
	out, err := sample().JSON()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(out, []byte("}\n")) {
		t.Error("no newline at the end")
	}
	if bytes.Contains(out, []byte("null")) {
		t.Errorf("a null in\n%s", out)
	}
	for _, want := range []string{`"decided_at": "2026-11-20T10:00:00Z"`, `"at": "2026-11-20T12:00:00Z"`, `"collisions": []`, `"flips": []`} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("%s is missing in\n%s", want, out)
		}
	}
	empty, err := (&Verdict{}).JSON()
	if err != nil || bytes.Contains(empty, []byte("null")) {
		t.Errorf("empty verdict: %v\n%s", err, empty)
	}
}

func TestPrintShowsNothingATerminalOrRunnerObeys_T59_T60(t *testing.T) {
	hostile := "##[add-mask]x <a> & \u001b]52;c;x\u0007 \u009b31m \u202e \u200b \u2028 \U000e0001 é"
	out, err := Print(map[string]string{"title": hostile})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsAny(out, "\u001b\u0007\u009b\u202e\u200b\u2028\U000e0001") {
		t.Errorf("raw control or hidden characters in %q", out)
	}
	if bytes.Contains(out, []byte("##[")) {
		t.Errorf("an old workflow command in %q", out)
	}
	if !bytes.Contains(out, []byte("<a> & ")) || !bytes.Contains(out, []byte("é")) {
		t.Errorf("harmless text was escaped: %q", out)
	}
	var back map[string]string
	if err := json.Unmarshal(out, &back); err != nil || back["title"] != hostile {
		t.Errorf("reads back as %q, %v", back["title"], err)
	}
}

func TestCanonicalIgnoresTheOrderOfKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.MapOf(rapid.String(), rapid.IntRange(-1<<53, 1<<53)).Draw(t, "map")
		var keys []string
		for k := range m {
			keys = append(keys, k)
		}
		object := func(keys []string) json.RawMessage {
			var parts []string
			for _, k := range keys {
				key, err := json.Marshal(k)
				if err != nil {
					t.Fatal(err)
				}
				parts = append(parts, fmt.Sprintf("%s : %d", key, m[k]))
			}
			return json.RawMessage("{" + strings.Join(parts, ", ") + "}")
		}
		a, err := Canonical(object(keys))
		if err != nil {
			t.Fatal(err)
		}
		b, err := Canonical(object(rapid.Permutation(keys).Draw(t, "keys")))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

func TestCanonicalIsRFC8785(t *testing.T) {
	// The sample of RFC 8785, section 3.2.2 and 3.2.3, without its literals that Go would not print.
	got, err := Canonical(json.RawMessage(`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`))
	want := `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestCanonicalRefusesNumbersThatItWouldChange(t *testing.T) {
	for _, n := range []string{"9007199254740993", "9223372036854775807", "123456789012345678901234567890"} {
		if got, err := Canonical(json.RawMessage(n)); err == nil {
			t.Errorf("%s became %s", n, got)
		}
	}
	for _, n := range []int64{0, -1, 1 << 53, time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC).Unix() * 1e9} {
		if got, err := Canonical(n); err != nil || string(got) != fmt.Sprint(n) {
			t.Errorf("%d became %s, %v", n, got, err)
		}
	}
}

func TestTheDocumentHoldsIntegersAndNoMaps(t *testing.T) {
	var walk func(path string, typ reflect.Type)
	walk = func(path string, typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Float32, reflect.Float64:
			t.Errorf("%s is a fraction", path)
		case reflect.Map, reflect.Interface:
			t.Errorf("%s is a %s: its order or shape is open, and lists in it could be null", path, typ.Kind())
		case reflect.Pointer, reflect.Slice:
			walk(path, typ.Elem())
		case reflect.Struct:
			if typ == reflect.TypeFor[time.Time]() {
				return
			}
			for i := range typ.NumField() {
				walk(path+"."+typ.Field(i).Name, typ.Field(i).Type)
			}
		default:
		}
	}
	walk("Verdict", reflect.TypeFor[Verdict]())
}
