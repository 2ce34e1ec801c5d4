package diag_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

// finding draws one that differs from the others in at most two fields, so
// that every field in turn has to break a tie.
func finding() *rapid.Generator[diag.Finding] {
	return rapid.Custom(func(t *rapid.T) diag.Finding {
		f := diag.Finding{Code: "MS101", Message: "b", At: source.Range{File: "b.yaml", Start: source.Pos{Line: 2, Col: 2}, End: source.Pos{Line: 2, Col: 4}}}
		for range 2 {
			switch rapid.IntRange(0, 11).Draw(t, "field") {
			case 0:
				f.Code = rapid.SampledFrom([]string{"MS001", "ACME1"}).Draw(t, "code")
			case 1:
				f.Severity = rapid.SampledFrom([]diag.Severity{diag.Warning, diag.Note}).Draw(t, "severity")
			case 2:
				f.Message = rapid.SampledFrom([]string{"a", "c"}).Draw(t, "message")
			case 3:
				f.At.File = rapid.SampledFrom([]string{"", "c.yaml"}).Draw(t, "file")
			case 4:
				f.At.Start = source.Pos{Line: rapid.IntRange(0, 3).Draw(t, "line"), Col: rapid.IntRange(0, 3).Draw(t, "column")}
			case 5:
				f.At.End = source.Pos{Line: rapid.IntRange(2, 3).Draw(t, "end line"), Col: rapid.IntRange(3, 5).Draw(t, "end column")}
			case 6:
				f.Label = "here"
			case 7:
				f.Hint = "do"
			case 8:
				f.Change = "CHG-1"
			case 9:
				f.Undecided = true
			}
		}
		return f
	})
}

func TestTheOrderOfWorkNeverShowsInTheOrderOfFindings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := rapid.SliceOfN(finding(), 1, 12).Draw(t, "findings")
		list, shuffled := diag.List(drawn), diag.List(rapid.Permutation(drawn).Draw(t, "shuffled"))
		list.Sort()
		shuffled.Sort()
		if diff := cmp.Diff(list, shuffled); diff != "" {
			t.Fatalf("two orders of work give two lists (-one +other):\n%s", diff)
		}
	})
}

func TestWhatIsGravestComesFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := diag.List(rapid.SliceOfN(finding(), 2, 12).Draw(t, "findings"))
		list.Sort()
		for i := range len(list) - 1 {
			a, b := list[i], list[i+1]
			if !a.Undecided && b.Undecided {
				t.Fatalf("%+v stands before %+v, which kept us from judging", a, b)
			}
			if a.Undecided == b.Undecided && a.Severity > b.Severity {
				t.Fatalf("%+v stands before %+v, which is graver", a, b)
			}
		}
	})
}

func TestSeverity(t *testing.T) {
	var forgotten diag.Severity
	if forgotten != diag.Error {
		t.Error("a forgotten severity is not an error")
	}
	got, err := json.Marshal([]diag.Severity{diag.Error, diag.Warning, diag.Note, 9})
	if err != nil || string(got) != `["error","warning","note","error"]` {
		t.Errorf("got %s, %v; an unknown severity must read as an error", got, err)
	}
}

func TestAFindingIsBuiltWithoutTouchingTheOneItCameFrom(t *testing.T) {
	at := source.InFile("a.yaml")
	base := diag.New("MS422", at, "%s has no tier", "checkout").With("owner", "shop")
	one := base.WithHint("add %s", "tier").WithLabel("here").With("window", "one")
	two := base.With("window", "two")
	want := diag.Finding{
		Code: "MS422", Severity: diag.Warning, Message: "checkout has no tier", At: at, Hint: "add tier", Label: "here",
		Asides: []diag.Aside{{Label: "owner", Text: "shop"}, {Label: "window", Text: "one"}},
	}
	if diff := cmp.Diff(want, one); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]diag.Aside{{Label: "owner", Text: "shop"}, {Label: "window", Text: "two"}}, two.Asides); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(base.Asides) != 1 || base.Hint != "" || base.Label != "" {
		t.Errorf("the first finding changed: %+v", base)
	}
}

func TestOnlyErrorsKeepFromJudging(t *testing.T) {
	list := diag.List{{Code: "MS422", Severity: diag.Warning}, {Code: "MS401", Severity: diag.Error}, {Code: "MS603", Severity: diag.Note}}
	before := slices.Clone(list)
	var undecided []string
	for _, f := range list.Undecided() {
		if f.Undecided {
			undecided = append(undecided, f.Code)
		}
	}
	if diff := cmp.Diff([]string{"MS401"}, undecided); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, list); diff != "" {
		t.Errorf("Undecided changed its list:\n%s", diff)
	}
	if !list.Errors() || list[:1].Errors() || (diag.List{}).Errors() {
		t.Error("Errors does not find exactly the errors")
	}
}

func TestAProblemReadsAsAnError(t *testing.T) {
	var err error = diag.Problemf("MS011", "add an offset", "%s is no time", diag.Quote("noon"))
	if err.Error() != `"noon" is no time` {
		t.Errorf("got %q", err)
	}
}
