package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	gmhtml "github.com/yuin/goldmark/renderer/html"
)

// nasty are the seeds of every fuzz target here; they run with each go test.
var nasty = []string{
	"", " ", "plain words", payload, "a|b\\|c", "`", "``` x", "\\`", "\\", "@", "@org/team &#64;x &#x40;y &#000064z &commat;w",
	"closes #1 fixes: owner/repo#2 resolves https://github.com/o/r/issues/3 GH-4", "www.example.com a@b.example", "deadbeefcafe1234",
	"</td></table><script>", "<!-- x -->", "[a]: http://b", "![a][b]", "*a* _b_ ~~c~~", "- a", "# h", "::error::x", " ::error::x",
	"\u00a0::x", "\u3000::add-mask::y", "\u00ad::x", "\ufe0f::x", "##[error]x", "###[[error]x", "%0A::x", "a\rb\nc\u2028d\u0085e", "\x1b[31m\u009b0m\a",
	"\u202e\u2066\u200f\u200d\ufeff\u3164\u2800\U000e0041", "\xff\xc0\xaf", "\ufffd", "日本語のタイトル", strings.Repeat("x", 5000), "&lt;&amp;#64;a", "]]>", "\x00", "00&#64Close # ", "a,line=1,b=c::d",
}

func seed(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
}

// quiet fails when a terminal or a reader's eye could be fooled.
func quiet(t *testing.T, out string) {
	t.Helper()
	for _, r := range out {
		if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Bidi_Control)) {
			t.Fatalf("U+%04X in %q", r, out)
		}
	}
	if !utf8.ValidString(out) {
		t.Fatalf("not UTF-8: %q", out)
	}
}

var oldCommand = regexp.MustCompile(`##\[[^\]]*\]`)

// foreignCommands finds what a workflow runner would obey, as its parser does:
// two colons after any white space or ignorable characters at a line's start,
// or ##[name] anywhere. Carriage returns end lines too.
func foreignCommands(out string) []string {
	var found []string
	for _, line := range strings.FieldsFunc(out, func(r rune) bool { return r == '\n' || r == '\r' }) {
		start := strings.TrimLeftFunc(line, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.M, unicode.Cf, unicode.Cc) })
		if strings.HasPrefix(start, "::") {
			found = append(found, start)
		}
		found = append(found, oldCommand.FindAllString(line, -1)...)
	}
	return found
}

func FuzzTerminalNeverObeysText_T59_T60_T62(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		out := terminal(s)
		quiet(t, out)
		if strings.Contains(out, "\n") {
			t.Fatalf("more than one line: %q", out)
		}
		if again := terminal(out); again != out {
			t.Fatalf("escaping twice changes %q to %q", out, again)
		}
		sc := newScreen(Options{Width: 40})
		sc.text("  ", 2, s)
		sc.text("", 0, s)
		sc.raw(terminal(s))
		quiet(t, sc.buf.String())
		if found := foreignCommands(sc.buf.String()); len(found) > 0 {
			t.Fatalf("commands %q in %q", found, sc.buf.String())
		}
	})
}

func gfm(t *testing.T, source string) string {
	t.Helper()
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(gmhtml.WithUnsafe()))
	var buf bytes.Buffer
	if err := md.Convert([]byte(source), &buf); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

var (
	tag       = regexp.MustCompile(`<[^>]*>`)
	tagName   = regexp.MustCompile(`^</?([a-z0-9]+)`)
	mention   = regexp.MustCompile(`@[A-Za-z0-9]`)
	reference = regexp.MustCompile(`(?i)#\d|\bGH-\d|\b(close[sd]?|fix(e[sd])?|resolve[sd]?):?\s+\S*(#|://|GH-)`)
	commitRun = regexp.MustCompile(`[0-9a-f]{7,40}`)
)

// inert fails when rendered Markdown holds an element that is not ours, or text
// that a forge would make a mention or a reference of.
func inert(t *testing.T, rendered string, allowed ...string) {
	t.Helper()
	for _, tg := range tag.FindAllString(rendered, -1) {
		m := tagName.FindStringSubmatch(tg)
		ok := false
		for _, a := range allowed {
			ok = ok || m != nil && m[1] == a
		}
		if !ok || strings.Contains(tg, "href") || strings.Contains(tg, "src=") {
			t.Fatalf("element %s in %s", tg, rendered)
		}
	}
	text := html.UnescapeString(tag.ReplaceAllString(rendered, " "))
	// Once more for readers of mails, who decode what was shown.
	for range 3 {
		if m := mention.FindString(text); m != "" {
			t.Fatalf("mention %q in %s", m, rendered)
		}
		text = html.UnescapeString(text)
	}
	text = html.UnescapeString(tag.ReplaceAllString(rendered, " "))
	if m := reference.FindString(text); m != "" {
		t.Fatalf("reference %q in %s", m, rendered)
	}
}

func FuzzMarkdownIsInert_T54_T56(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		out := gfm(t, "x "+markdown(s)+" y")
		inert(t, out, "p")
		if m := commitRun.FindString(tag.ReplaceAllString(out, "")); m != "" {
			t.Fatalf("commit %q in %s", m, out)
		}
		inert(t, gfm(t, "x "+code(s)+" y"), "p", "code")
		inert(t, gfm(t, "- **"+markdown(s)+"** z<br>"+markdown(s)), "ul", "li", "strong", "br")
	})
}

func FuzzMarkdownTablesKeepTheirColumns_T57(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		out := gfm(t, "| a | b | c |\n| --- | --- | --- |\n| "+markdown(s)+" | "+code(s)+" | z |\n")
		if cells, rows := strings.Count(out, "<td>"), strings.Count(out, "<tr>"); cells != 3 || rows != 2 || !strings.Contains(out, "<td>z</td>") {
			t.Fatalf("%d cells, %d rows:\n%s", cells, rows, out)
		}
	})
}

func TestMarkdownShowsTheTextItWasGiven(t *testing.T) {
	for _, s := range []string{"a|b\\|c", "*a* _b_ [c](d) `e` <f> & \"g\" ~h~ #x !", "cost $5 ^ 2", "日本語"} {
		shown := strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(gfm(t, markdown(s)), "")))
		if shown != s {
			t.Errorf("%q is shown as %q", s, shown)
		}
	}
}

func FuzzWorkflowCommandsStayOne_T60(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		line := "::error file=" + commandProperty(s) + ",title=" + commandProperty(s) + "::" + commandData(s)
		quiet(t, line)
		if strings.ContainsAny(line, "\r\n") || len(oldCommand.FindAllString(line, -1)) > 0 {
			t.Fatalf("more than one command: %q", line)
		}
		props, _, _ := strings.Cut(strings.TrimPrefix(line, "::error "), "::")
		if parts := strings.Split(props, ","); len(parts) != 2 || !strings.HasPrefix(parts[1], "title=") {
			t.Fatalf("properties %q", parts)
		}
	})
}

func FuzzXMLHoldsAnyText(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		out, err := xml.Marshal(junitDetail{Type: xmlText(s), Text: xmlText(s)})
		if err != nil {
			t.Fatal(err)
		}
		quiet(t, strings.ReplaceAll(string(out), "\t", " "))
		var back junitDetail
		if err := xml.Unmarshal(out, &back); err != nil || back.Type != xmlText(s) || back.Text != xmlText(s) {
			t.Fatalf("%v: %q became %q", err, xmlText(s), back)
		}
	})
}

func TestHostileVerdictObeysNobodyInAnyFormat_T54_T55_T56_T59_T60_T62(t *testing.T) {
	r := hostile()
	for name, view := range views {
		for _, width := range []int{1, 40, 80, 200} {
			view.options.Width, view.options.Color = width, false
			out := string(verdictIn(t, view.format, r, view.options))
			var lint bytes.Buffer
			if err := Findings(&lint, view.format, r.Findings, r.Sources, view.options); err != nil {
				t.Fatal(err)
			}
			for _, got := range []string{out, lint.String()} {
				if view.format != GitHub {
					if found := foreignCommands(got); len(found) > 0 {
						t.Errorf("%s: commands %q", name, found)
					}
				}
				if view.format == Markdown {
					got = strings.ReplaceAll(got, zwsp, "") // ours
				}
				quiet(t, got)
				if view.format == JSON || view.format == SARIF {
					dec := json.NewDecoder(strings.NewReader(got))
					var v any
					if err := dec.Decode(&v); err != nil || dec.More() {
						t.Errorf("%s is not one JSON value: %v", name, err)
					}
				}
			}
		}
	}
	out := string(verdictIn(t, Markdown, r, Options{}))
	if first, _, _ := strings.Cut(out, "\n"); first != "### ❌ Fail: 2 errors" {
		t.Errorf("first line %q", first)
	}
	inert(t, gfm(t, out), "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "strong", "br", "code", "details", "summary", "sub")
	for _, line := range strings.Split(strings.TrimSpace(string(verdictIn(t, GitHub, r, Options{}))), "\n") {
		if !regexp.MustCompile(`^::(error|warning|notice) `).MatchString(line) {
			t.Errorf("line %q is no command of ours", line)
		}
	}
}

func TestColourIsTheOnlyEscapeSequenceThereIs(t *testing.T) {
	out := string(verdictIn(t, Text, hostile(), Options{Color: true}))
	if !strings.Contains(out, "\x1b[1;31mFAIL\x1b[0m") {
		t.Error("the outcome is not in colour")
	}
	plain := regexp.MustCompile("\x1b\\[(1;3[1236]|0)m").ReplaceAllString(out, "")
	quiet(t, plain)
	if plain != string(verdictIn(t, Text, hostile(), Options{})) {
		t.Error("colour changes more than colour")
	}
}
