package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

func TestFormatsAreFoundByTheirNames(t *testing.T) {
	for _, name := range Formats() {
		f, err := ParseFormat(name)
		if err != nil || f.String() != name {
			t.Errorf("%s parses as %q, %v", name, f, err)
		}
	}
	if f, err := ParseFormat("yaml"); err == nil || f != FormatNone {
		t.Errorf("yaml parses as %q", f)
	}
	for _, f := range []Format{FormatNone, 99} {
		var buf bytes.Buffer
		if Verdict(&buf, f, pending(), Options{}) == nil || Findings(&buf, f, nil, nil, Options{}) == nil || buf.Len() > 0 {
			t.Errorf("format %d was written", f)
		}
	}
	if Verdict(&bytes.Buffer{}, Text, Report{}, Options{}) == nil {
		t.Error("a report without a verdict was shown")
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, fmt.Errorf("broken pipe") }

func TestAFailedWriteIsAnError(t *testing.T) {
	if Verdict(brokenPipe{}, Text, pending(), Options{}) == nil || Page(brokenPipe{}, "x", Options{}) == nil {
		t.Error("the failure was swallowed")
	}
}

func TestTextFitsItsWidthAndLosesNoWord(t *testing.T) {
	for name, r := range samples() {
		if name == "hostile" {
			continue
		}
		for _, width := range []int{60, 80, 100, 120, 200} {
			out := string(verdictIn(t, Text, r, Options{Width: width}))
			for _, line := range strings.Split(out, "\n") {
				if displaywidth.String(line) > width {
					t.Errorf("%s: %d columns in %q", name, displaywidth.String(line), line)
				}
			}
			for _, c := range r.Verdict.Changes {
				for _, want := range []string{c.ID, strings.Fields(c.Title + " x")[0], c.Path} {
					if !strings.Contains(out, want) {
						t.Errorf("%s at %d columns: no %q", name, width, want)
					}
				}
			}
			for _, f := range r.Findings {
				if !strings.Contains(out, f.Severity.String()+"["+f.Code+"]") {
					t.Errorf("%s at %d columns: no %s", name, width, f.Code)
				}
			}
		}
	}
}

func TestWrapKeepsEveryWordAndTheWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := terminal(rapid.StringOf(rapid.RuneFrom([]rune("ab  é日本🙂-"))).Draw(t, "text"))
		width := rapid.IntRange(8, 40).Draw(t, "width")
		lines := wrap(text, width)
		for _, l := range lines {
			if displaywidth.String(l) > width {
				t.Fatalf("%q is wider than %d", l, width)
			}
		}
		strip := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if strip(strings.Join(lines, "")) != strip(text) {
			t.Fatalf("%q became %q", text, lines)
		}
	})
}

func TestCutShowsTheCaretWithinTheWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringOf(rapid.RuneFrom([]rune("ab\t日é\x1b\u202e "))).Draw(t, "line")
		cells := cellsOf(line)
		from := rapid.IntRange(0, len(cells)).Draw(t, "from")
		to := rapid.IntRange(from+1, len(cells)+1).Draw(t, "to")
		width := rapid.IntRange(36, 120).Draw(t, "width")
		shown, before, under := cut(cells, from, to, width)
		if w := displaywidth.String(shown); w > width || under < 1 || before+under > max(w, before+1) {
			t.Fatalf("%q: %d columns of %d, caret %d+%d", shown, w, width, before, under)
		}
		if from < len(cells) {
			head, tail := split(shown, before)
			if before == 0 {
				tail = shown
			}
			if before > 0 && displaywidth.String(head) == before && !strings.HasPrefix(tail, cells[from].text) {
				t.Fatalf("the caret of %q is under %q", cells[from].text, tail)
			}
		}
	})
}

func TestNoExcerptShowsASecret(t *testing.T) {
	const secret = "AKIAIOSFODNN7EXAMPLE"
	src := map[string][]byte{"a.yaml": []byte("id: x\nkey: " + secret + "\nend: y\n")}
	at := func(line, end int) source.Range {
		return source.Range{File: "a.yaml", Start: source.Pos{Line: line, Col: 6}, End: source.Pos{Line: end, Col: 9}}
	}
	for name, list := range map[string]diag.List{
		"on its own line":              {diag.New("MS117", at(2, 2), "secret-like value in key")},
		"under another finding's line": {diag.New("MS117", at(2, 2), "secret-like value in key"), diag.New("MS105", at(2, 2), "too long")},
		"in a text of several lines":   {diag.New("MS117", at(1, 3), "secret-like value in key"), diag.New("MS105", at(2, 2), "too long")},
		"somewhere in the file":        {diag.New("MS117", source.InFile("a.yaml"), "secret-like value"), diag.New("MS105", at(2, 2), "too long")},
	} {
		for _, f := range []Format{Text, JSON, Markdown, SARIF, JUnit, GitHub} {
			var buf bytes.Buffer
			if err := Findings(&buf, f, list, src, Options{}); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(buf.String(), secret) {
				t.Errorf("%s, %s: the secret is shown:\n%s", name, f, buf.String())
			}
		}
	}
	var buf bytes.Buffer
	if err := Findings(&buf, Text, diag.List{diag.New("MS105", at(2, 2), "too long")}, src, Options{}); err != nil || strings.Contains(buf.String(), secret) {
		t.Errorf("the secret is shown, though nobody found it: %v\n%s", err, buf.String())
	}
	buf.Reset()
	if err := Findings(&buf, Text, diag.List{diag.New("MS105", at(3, 3), "too long")}, src, Options{}); err != nil || !strings.Contains(buf.String(), "end: y") {
		t.Errorf("a line without a secret should be shown: %v\n%s", err, buf.String())
	}
}

func TestFindingsOfTheDocumentAreShownWithoutRanges(t *testing.T) {
	r := freeze()
	r.Findings = nil
	out := string(verdictIn(t, Text, r, Options{}))
	if !strings.Contains(out, "error[MS301]: starts inside") || !strings.Contains(out, edgeFile+":11:10\n  │\n11│") {
		t.Errorf("lost:\n%s", out)
	}
}

func TestMarkdownStaysInItsBudgetAndSaysWhatIsMissing_T58(t *testing.T) {
	for _, unit := range []string{"<b>padding</b> ", "\U000e0041", "&@#", "日本"} {
		t.Run(unit, func(t *testing.T) { budget(t, strings.Repeat(unit, 14_000)) })
	}
}

func budget(t *testing.T, long string) {
	t.Helper()
	r := several()
	c := r.Verdict.Changes[0]
	c.Title, c.Start, r.Next, r.Verdict.Subject.BaseRef = long, long, long, long
	for i := range 200 {
		c.ID = fmt.Sprintf("CHG-%04d", i)
		r.Verdict.Changes = append(r.Verdict.Changes, c)
		r.Findings = append(r.Findings, diag.Finding{Code: "MS301", Change: c.ID, Message: long, At: source.InFile(c.Path)},
			diag.Finding{Code: "MS221", Message: long, Hint: long, At: source.InFile("x"), Asides: []diag.Aside{{Label: "a", Text: long}}})
	}
	for name, out := range map[string]string{"verdict": string(verdictIn(t, Markdown, r, Options{})), "lint": func() string {
		var buf bytes.Buffer
		if err := Findings(&buf, Markdown, r.Findings, nil, Options{}); err != nil {
			t.Fatal(err)
		}
		return buf.String()
	}()} {
		if len(out) > mostMarkdown {
			t.Errorf("%s: %d bytes", name, len(out))
		}
		if !strings.HasPrefix(out, "### ❌ Fail: ") {
			t.Errorf("%s begins with %.40q", name, out)
		}
		if !strings.Contains(out, " more findings not shown") {
			t.Errorf("%s does not say that findings are not shown", name)
		}
		if strings.Count(out, "<details>") != strings.Count(out, "</details>") {
			t.Errorf("%s: a fold is left open", name)
		}
	}
	out := string(verdictIn(t, Markdown, r, Options{}))
	if !strings.Contains(out, "more changes not shown") || !strings.Contains(out, "</sub>") {
		t.Error("changes are left out silently, or the end is gone")
	}
}

func TestSARIFHasWhatReadersNeed(t *testing.T) {
	for name, r := range samples() {
		var log sarifLog
		if err := json.Unmarshal(verdictIn(t, SARIF, r, Options{}), &log); err != nil {
			t.Fatal(err)
		}
		if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].ColumnKind != "unicodeCodePoints" || log.Runs[0].Tool.Driver.Name != "mergeseal" {
			t.Fatalf("%s: %+v", name, log)
		}
		run := log.Runs[0]
		if len(run.Results) != len(r.Findings) {
			t.Errorf("%s: %d results of %d findings", name, len(run.Results), len(r.Findings))
		}
		var prints []string
		for _, res := range run.Results {
			if run.Tool.Driver.Rules[res.RuleIndex].ID != res.RuleID {
				t.Errorf("%s: rule %s has the wrong index", name, res.RuleID)
			}
			if !slices.Contains([]string{"error", "warning", "note"}, res.Level) || res.Message.Text == "" {
				t.Errorf("%s: level %q, message %q", name, res.Level, res.Message.Text)
			}
			for _, l := range res.Locations {
				if l.Physical.Artifact.URI == "" || strings.ContainsAny(l.Physical.Artifact.URI, " \n\\") {
					t.Errorf("%s: uri %q", name, l.Physical.Artifact.URI)
				}
			}
			prints = append(prints, res.Fingerprints[fingerprintKey])
		}
		slices.Sort(prints)
		if len(slices.Compact(slices.Clone(prints))) != len(prints) || slices.Contains(prints, "") {
			t.Errorf("%s: fingerprints are not unique: %q", name, prints)
		}
	}
}

func TestSARIFFingerprintsSurviveMovedLines(t *testing.T) {
	f := diag.New("MS301", source.Range{File: "a", Start: source.Pos{Line: 1, Col: 1}}, "x")
	moved := f
	moved.At.Start.Line, moved.Message = 9, "y"
	other := f
	other.Change = "CHG-1"
	print := func(f diag.Finding) string { return fingerprint(f, map[string]int{}) }
	if print(f) != print(moved) || print(f) == print(other) {
		t.Errorf("%s %s %s", print(f), print(moved), print(other))
	}
}

func TestJUnitIsGreenOnlyForAPass(t *testing.T) {
	for name, r := range samples() {
		out := verdictIn(t, JUnit, r, Options{})
		var report junitReport
		if err := xml.Unmarshal(out, &report); err != nil {
			t.Fatal(err)
		}
		if len(report.Suites) != len(r.Verdict.Changes)+1 {
			t.Errorf("%s: %d suites", name, len(report.Suites))
		}
		tests, red := 0, 0
		for _, s := range report.Suites {
			tests += len(s.Cases)
			if s.Name == "" || s.Cases[0].Name != "verdict" || s.Tests != len(s.Cases) {
				t.Errorf("%s: suite %+v", name, s)
			}
			for _, c := range s.Cases {
				if c.Failure != nil || c.Error != nil {
					red++
				}
			}
		}
		if tests != report.Tests || red != report.Failures+report.Errors {
			t.Errorf("%s: %d tests, %d red, but %d, %d, %d are announced", name, tests, red, report.Tests, report.Failures, report.Errors)
		}
		if pass := r.Verdict.Outcome == verdict.OutcomePass; pass != (red == 0) {
			t.Errorf("%s is %s with %d red cases", name, r.Verdict.Outcome, red)
		}
	}
}

func TestEveryCommandRunSaysItsOutcome(t *testing.T) {
	for name, r := range samples() {
		out := strings.Split(strings.TrimSpace(string(verdictIn(t, GitHub, r, Options{}))), "\n")
		last := out[len(out)-1]
		if !strings.Contains(last, " title=mergeseal%3A "+strings.ToUpper(r.Verdict.Outcome.String())+"::") {
			t.Errorf("%s ends with %q", name, last)
		}
		if pass := r.Verdict.Outcome == verdict.OutcomePass; pass != strings.HasPrefix(last, "::notice") {
			t.Errorf("%s ends with %q", name, last)
		}
	}
}

func TestLintJSONListsVerdictFindings(t *testing.T) {
	var doc struct{ Findings []map[string]any }
	var buf bytes.Buffer
	if err := Findings(&buf, JSON, freeze().Findings, nil, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(buf.Bytes(), &doc); err != nil || len(doc.Findings) != 3 {
		t.Fatalf("%v: %s", err, buf.String())
	}
	first := doc.Findings[0]
	if first["code"] != "MS301" || first["severity"] != "error" || first["at"] != edgeFile+":11:10" || first["controls"] == nil {
		t.Errorf("%v", first)
	}
	buf.Reset()
	if err := Findings(&buf, JSON, nil, nil, Options{}); err != nil || buf.String() != "{\n  \"findings\": []\n}\n" {
		t.Errorf("%v: %s", err, buf.String())
	}
}

func TestOrderOfFindingsNeverShows(t *testing.T) {
	r := several()
	want := map[string][]byte{}
	for name, view := range views {
		want[name] = verdictIn(t, view.format, r, view.options)
	}
	rapid.Check(t, func(rt *rapid.T) {
		shuffled := r
		shuffled.Findings = rapid.Permutation(r.Findings).Draw(rt, "findings")
		for name, view := range views {
			if !bytes.Equal(want[name], verdictIn(t, view.format, shuffled, view.options)) {
				rt.Fatalf("%s differs", name)
			}
		}
	})
}

func TestWhatIsNotAPassIsNeverWrittenAsOne(t *testing.T) {
	for want, list := range map[string]diag.List{
		"PASS      no findings": nil,
		"PASS      1 warning":   {diag.New("MS206", source.Range{}, "x")},
		"FAIL      1 error":     {diag.New("MS301", source.Range{}, "x")},
		"ERROR     1 error":     {{Code: "MS501", Undecided: true, Message: "x"}},
	} {
		var buf bytes.Buffer
		if err := Findings(&buf, Text, list, nil, Options{}); err != nil {
			t.Fatal(err)
		}
		if first, _, _ := strings.Cut(buf.String(), "\n"); first != want {
			t.Errorf("got %q, want %q", first, want)
		}
	}
}
