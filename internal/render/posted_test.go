package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
)

func checkOf(t *testing.T, r Report) Check {
	t.Helper()
	c, err := CheckOf(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestChecksLookLikeTheirGoldenFiles(t *testing.T) {
	for name, r := range samples() {
		t.Run(name, func(t *testing.T) {
			c := checkOf(t, r)
			var b bytes.Buffer
			fmt.Fprintf(&b, "status: %s\ntitle:  %s\n\n%s\n----- text\n\n%s\n----- annotations\n\n", StatusLine(r), c.Title, c.Summary, c.Text)
			for _, a := range c.Annotations {
				line, err := json.Marshal(a)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&b, "%s\n", line)
			}
			golden(t, name+".check.txt", b.Bytes())
		})
	}
}

func TestCommentIsTheMarkdownPage(t *testing.T) {
	for name, r := range samples() {
		got, err := Comment(r, Options{})
		if err != nil || got != string(verdictIn(t, Markdown, r, Options{})) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Comment(Report{}, Options{}); err == nil {
		t.Error("a comment without a verdict")
	}
	if _, err := CheckOf(Report{}, Options{}); err == nil {
		t.Error("a check without a verdict")
	}
	if StatusLine(Report{}) != "" {
		t.Error("a status without a verdict")
	}
}

func TestWhoIsMissingAndWhyStandsAboveEveryFold(t *testing.T) {
	for name, r := range samples() {
		if name == "hostile" {
			continue
		}
		text, err := Comment(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c := checkOf(t, r)
		for _, shown := range []string{text, c.Summary} {
			open, _, _ := strings.Cut(shown, "<details>")
			for _, j := range r.Verdict.Changes {
				for _, s := range j.Requirements {
					if s.Missing > 0 && (!strings.Contains(open, "Missing: "+md(lacks(s))) || !strings.Contains(open, md(s.Reason)) || !strings.Contains(open, s.Could[0])) {
						t.Errorf("%s: who is missing is not seen in\n%s", name, open)
					}
				}
			}
			for _, f := range r.Findings {
				if f.Severity == diag.Error && !strings.Contains(open, md(f.Message)) {
					t.Errorf("%s: %s is below a fold", name, f.Message)
				}
			}
		}
	}
}

// The moment of judging is in nothing that is posted: a second run with the
// same answer must find nothing to write.
func TestTheMomentOfJudgingChangesNothingThatIsPosted(t *testing.T) {
	for name := range samples() {
		early, late := samples()[name], samples()[name]
		late.Verdict.DecidedAt = late.Verdict.DecidedAt.Add(26 * 3600e9)
		late.Verdict.ValidUntil = late.Verdict.ValidUntil.Add(26 * 3600e9)
		late.Verdict.Inputs.Tool = "2"
		if early.Verdict.Replay {
			continue // says its clock on purpose
		}
		one, err1 := Comment(early, Options{})
		two, err2 := Comment(late, Options{})
		if err1 != nil || err2 != nil || one != two {
			t.Errorf("%s: the comments differ: %v %v", name, err1, err2)
		}
		if a, b := checkOf(t, early), checkOf(t, late); a.Summary != b.Summary || a.Text != b.Text || a.Title != b.Title {
			t.Errorf("%s: the checks differ", name)
		}
	}
}

func TestPostsStayWithinTheirLimits_T58(t *testing.T) {
	for _, unit := range []string{"<b>padding</b> ", "\U000e0041", "@#日本 "} {
		long := strings.Repeat(unit, 200_000/len(unit))
		r := several()
		r.Findings = nil
		for i := range 700 {
			long := long
			if i%10 > 0 { // message and hint are over the limit together still, in less time
				long = long[:1_200]
			}
			r.Findings = append(r.Findings, diag.Finding{Code: "MS301", Change: "CHG-2026-0143", Message: long, Hint: long,
				At: source.Range{File: "changes/a.yaml", Start: source.Pos{Line: i + 1, Col: 3}, End: source.Pos{Line: i + 1, Col: 9}}, Asides: []diag.Aside{{Label: long, Text: long}}})
		}
		c := checkOf(t, r)
		if len(c.Summary) > 65_535 || len(c.Text) > 65_535 || utf8.RuneCountInString(c.Title) > 100 || utf8.RuneCountInString(StatusLine(r)) > 140 {
			t.Errorf("%q: summary %d, text %d, title %d, status %d", unit, len(c.Summary), len(c.Text), utf8.RuneCountInString(c.Title), utf8.RuneCountInString(StatusLine(r)))
		}
		if len(c.Annotations) != 500 || c.Omitted != 200 || !strings.Contains(c.Text, "200 more findings are not shown at its line") {
			t.Errorf("%q: %d annotations, %d omitted: %.80s", unit, len(c.Annotations), c.Omitted, c.Text)
		}
		if !strings.Contains(c.Summary, "more findings not shown") {
			t.Errorf("%q: the summary does not say what it leaves out", unit)
		}
		for _, a := range c.Annotations {
			if len(a.Message) > 64<<10 || len(a.RawDetails) > 64<<10 || utf8.RuneCountInString(a.Title) > 255 {
				t.Fatalf("%q: an annotation of %d, %d, %d bytes", unit, len(a.Message), len(a.RawDetails), len(a.Title))
			}
		}
	}
}

func TestAnnotationsStandAtTheLinesOfTheirFindings(t *testing.T) {
	pos := func(line, col int) source.Pos { return source.Pos{Line: line, Col: col} }
	for name, tt := range map[string]struct {
		at   source.Range
		want [4]int
	}{
		"one line":          {source.Range{File: "a", Start: pos(3, 5), End: pos(3, 9)}, [4]int{3, 3, 5, 8}},
		"no end":            {source.Range{File: "a", Start: pos(3, 5)}, [4]int{3, 3, 5, 5}},
		"several lines":     {source.Range{File: "a", Start: pos(3, 5), End: pos(6, 2)}, [4]int{3, 6, 0, 0}},
		"a file as a whole": {source.InFile("a"), [4]int{1, 1, 0, 0}},
		"an end before it":  {source.Range{File: "a", Start: pos(3, 5), End: pos(2, 2)}, [4]int{3, 3, 5, 5}},
		"an empty one":      {source.Range{File: "a", Start: pos(3, 5), End: pos(3, 5)}, [4]int{3, 3, 5, 5}},
	} {
		a := annotation(diag.Finding{Code: "MS301", At: tt.at, Message: "x"})
		if got := [4]int{a.StartLine, a.EndLine, a.StartColumn, a.EndColumn}; got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
	r := hostile()
	list, omitted := annotations(r)
	if len(list) != 0 || omitted != 2 {
		t.Errorf("a path with a line break was annotated: %v", list)
	}
}

func TestNothingThatIsPostedHoldsASecret_T68(t *testing.T) {
	for _, secret := range []string{"ghp_" + strings.Repeat("aB3dE6", 6), "AKIAIOSFODNN7EXAMPLE"} {
		r := pending()
		c := &r.Verdict.Changes[0]
		c.Title, c.Path, c.Risk.Factors[0].Why = "use "+secret, "changes/"+secret+".yaml", secret
		r.Next = secret
		r.Findings = diag.List{{Code: "MS301", Message: "is " + secret, Hint: secret, Asides: []diag.Aside{{Label: "x", Text: secret}}, At: source.InFile("a")}}
		body, err := Comment(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		all, err := json.Marshal(checkOf(t, r))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(body+string(all)+StatusLine(r), secret) {
			t.Errorf("%s is posted", secret)
		}
	}
}

func FuzzPlainTextMentionsNobody_T54_T59_T60(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		out := plainLine(s)
		quiet(t, strings.ReplaceAll(out, zwsp, ""))
		inert(t, strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(out))
		if oldCommand.MatchString(out) {
			t.Fatalf("a command in %q", out)
		}
		if n := utf8.RuneCountInString(clippedWords(out, mostStatus)); n > mostStatus {
			t.Fatalf("%d code points", n)
		}
	})
}
