package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"

	"github.com/mergeseal/mergeseal/internal/agenda"
	"github.com/mergeseal/mergeseal/internal/schedule"
)

// payloads are texts that have run as script somewhere, each in another way.
var payloads = []string{
	`<script>alert(1)</script>`, `</script><script>alert(1)</script>`, `</style><script>alert(1)</script>`, `</title><script>alert(1)</script>`,
	`<img src=x onerror=alert(1)>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `" autofocus onfocus="alert(1)`,
	`<svg/onload=alert(1)>`, `<svg><script xlink:href="data:,alert(1)"/>`, `<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<a href="javascript:alert(1)">x</a>`, `javascript:alert(1)`, `JaVaScRiPt:alert(1)`, "java\nscript:alert(1)", "\x01javascript:alert(1)", `data:text/html,<script>alert(1)</script>`,
	`vbscript:msgbox(1)`, `https://user:word@evil.example/`, `https:evil`, `//evil.example/x`, `http://evil.example/`, `blob:https://x/1`,
	`<base href=https://evil.example/>`, `<meta http-equiv=refresh content="0;url=https://evil.example">`, `<link rel=stylesheet href=https://evil.example/x.css>`,
	`<iframe srcdoc="<script>alert(1)</script>"></iframe>`, `<object data=x>`, `<form action=https://evil.example><button>go</button></form>`,
	`{{.Script}}`, `{{define "x"}}`, "`${alert(1)}`", `</textarea><script>alert(1)</script>`, `<!--><script>alert(1)</script>-->`, `]]><script>alert(1)</script>`,
	`expression(alert(1))`, `;}body{background:url(https://evil.example)}`, "\u202egnp.exe", "\u0000<script>", "\xff\xfe<script>", `&lt;script&gt;`, `#card-1" onclick="alert(1)`,
	"ghp_0123456789abcdefghijABCDEFGHIJ012345",
}

// hostileSchedule has one text in every place that a repository can fill.
func hostileSchedule(t testing.TB, s string) schedule.Forward {
	f := forwardSample(t)
	f.Repository, f.Filters, f.Unread, f.Services = s, []string{s}, []string{s}, append(f.Services, s)
	for i := range f.Entries {
		e := &f.Entries[i]
		*e = schedule.Entry{ID: s, Title: s, Path: s, Type: s, Level: s, Status: s, State: s, Services: []string{s, "storage"}, Environments: []string{s},
			Start: e.Start, End: e.End, Owner: s, Implementers: []string{s}, Rollback: s, Reason: s, Links: []schedule.EntryLink{{Kind: s, URL: s}},
			Collisions: []string{s}, Frozen: []string{s}}
	}
	for i := range f.Windows {
		w := &f.Windows[i]
		*w = schedule.Window{ID: s, Title: s, Kind: s, Start: w.Start, End: w.End, Scope: []string{s}, Exempt: []string{s}, Owners: s, Services: []string{s}, Why: s, At: s}
	}
	c := f.Collisions[0]
	f.Collisions = append(f.Collisions, schedule.Clash{A: s, B: s, Kind: s, Via: []string{s}, From: c.From, To: c.To, Blocks: true})
	return f
}

func hostileItem(i agenda.Item, s string) agenda.Item {
	return agenda.Item{ID: s, Title: s, Type: s, Level: s, Start: i.Start, End: i.End, Reasons: []string{s}, Missing: []string{s}, State: s, Owner: s, Why: s,
		Impact: s, Services: []string{s}, Dependents: []string{s}, Environments: []string{s}, Rollback: s, Score3: []agenda.Line{{Name: s, Points: 1, Why: s}},
		Result: s, Lessons: s, Link: s, Path: s}
}

// hostilePages are all pages, made of one text.
func hostilePages(t testing.TB, s string) map[string][]byte {
	a, m := agendaSample(t), minutesSample(t)
	a.Meeting, a.Repository, a.RoutineIDs, a.Unread = s, s, []string{s}, []string{s}
	a.Items = []agenda.Item{hostileItem(a.Items[0], s)}
	a.Actions = []agenda.Action{{ID: s, Title: s, Ref: s, Owner: s}}
	m.Meeting, m.Repository, m.Open, m.Actions, m.Unread = s, s, a.Items, a.Actions, []string{s}
	d := m.Decisions[0]
	m.Decisions = []agenda.Decision{{ID: s, Title: s, What: s, At: d.At, Commit: s, By: s, Subject: s, Reviews: []agenda.Review{{By: s, State: s, At: d.At, Commit: s}}, Conditions: []string{s}}}
	o := Options{Tool: s}
	out := map[string][]byte{}
	for name, write := range map[string]func(io.Writer) error{
		"schedule": func(w io.Writer) error { return ScheduleHTML(w, hostileSchedule(t, s), o) },
		"agenda":   func(w io.Writer) error { return AgendaHTML(w, a, o) },
		"minutes":  func(w io.Writer) error { return MinutesHTML(w, m, o) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatalf("%s of %q: %v", name, s, err)
		}
		out[name] = b.Bytes()
	}
	return out
}

// nodes are all nodes of a page, as a browser's parser makes them.
func nodes(t testing.TB, page []byte) []*html.Node {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(doc.Descendants())
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// executable says what in a page a browser could run, load or follow although
// it must not.
func executable(list []*html.Node) (bad []string) {
	scripts := 0
	for _, n := range list {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script":
			if scripts++; scripts > 1 || len(n.Attr) > 0 {
				bad = append(bad, "a script that is not ours")
			}
		case "img", "svg", "math", "iframe", "frame", "object", "embed", "base", "link", "video", "audio", "source", "textarea", "template", "image":
			bad = append(bad, "element "+n.Data)
		case "meta":
			if e := attribute(n, "http-equiv"); e != "" && e != "Content-Security-Policy" {
				bad = append(bad, "meta "+e)
			}
		}
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "src", a.Key == "srcdoc", a.Key == "action", a.Key == "formaction", a.Key == "background", a.Key == "ping":
				bad = append(bad, "attribute "+a.Key+" of "+n.Data)
			case a.Key == "href":
				u, err := url.Parse(a.Val)
				inside := err == nil && strings.HasPrefix(a.Val, "#")
				if !inside && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
					bad = append(bad, "address "+a.Val)
				}
			}
		}
	}
	return bad
}

func TestT64NothingOfARepositoryRunsInAPage(t *testing.T) {
	calm := map[string]int{}
	for name, page := range hostilePages(t, "calm") {
		calm[name] = len(nodes(t, page))
	}
	for _, s := range payloads {
		for name, page := range hostilePages(t, s) {
			for _, b := range executable(nodes(t, page)) {
				t.Errorf("%s of %q has %s", name, s, b)
			}
			if bytes.Contains(page, []byte("ghp_0123456789")) {
				t.Errorf("%s copies a secret", name)
			}
		}
	}
	if calm["schedule"] < 200 {
		t.Fatalf("a page has %d nodes: this test looks at nothing", calm["schedule"])
	}
	// The test itself: each of these must be seen.
	for _, planted := range []string{`<script>1</script><script>2</script>`, `<img>`, `<p onclick=x>`, `<a href="javascript:alert(1)">`, `<p style="x">`, `<a href="http://x.example">`, `<meta http-equiv=refresh>`} {
		if len(executable(nodes(t, []byte(planted)))) == 0 {
			t.Errorf("%s is not seen as executable", planted)
		}
	}
}

func TestT64NoTextAddsAnElement(t *testing.T) {
	shape := func(page []byte) (names []string) {
		for _, n := range nodes(t, page) {
			if n.Type == html.ElementNode && n.DataAtom != atom.A && n.DataAtom != atom.Code { // an address may become a link
				names = append(names, n.Data)
			}
		}
		return names
	}
	want := map[string][]string{}
	for name, page := range hostilePages(t, "x<y") {
		want[name] = shape(page)
	}
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.OneOf(rapid.SampledFrom(payloads), rapid.StringN(1, 40, 200), rapid.StringMatching(`[<>"'&/a-z=:;{}()-]{1,30}`)).Draw(r, "text")
		if htmlText(s) == "" || strings.TrimSpace(strings.ReplaceAll(s, "_", " ")) == "" {
			return // a field that is empty has no line, and the words of an outcome are written with spaces
		}
		for name, page := range hostilePages(t, s) {
			if got := shape(page); len(got) != len(want[name]) {
				r.Errorf("%s of %q has %d elements, not %d", name, s, len(got), len(want[name]))
			}
		}
	})
}

func TestT64ThePolicyNamesStyleAndScriptByTheirHashes(t *testing.T) {
	for name, page := range hostilePages(t, `</style></script>`) {
		var policy string
		inline := map[atom.Atom]string{}
		for _, n := range nodes(t, page) {
			if n.DataAtom == atom.Meta && attribute(n, "http-equiv") != "" {
				policy = attribute(n, "content")
			}
			if (n.DataAtom == atom.Style || n.DataAtom == atom.Script) && n.FirstChild != nil {
				inline[n.DataAtom] = n.FirstChild.Data
			}
		}
		for kind, directive := range map[atom.Atom]string{atom.Style: "style-src", atom.Script: "script-src"} {
			sum := sha256.Sum256([]byte(inline[kind]))
			if want := directive + " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "';"; !strings.Contains(policy, want) {
				t.Errorf("%s: the policy %q does not name the %s", name, policy, kind)
			}
		}
		if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", name, policy)
		}
	}
}

func TestT64OnlyAddressesOfHTTPSLeadAnywhere(t *testing.T) {
	for address, leads := range map[string]bool{
		"https://wiki.acme.example/a?b=c#d": true, "HTTPS://wiki.acme.example/": true,
		"http://wiki.acme.example/": false, "javascript:alert(1)": false, "https://": false, "https:wiki": false, "//wiki.acme.example": false,
		"https://a@wiki.acme.example/": false, "https://wiki.acme.example/\u202ex": false, "docs/runbooks/storage.md": false, "": false,
	} {
		if v := htmlLink(address); (v.URL != "") != leads {
			t.Errorf("%q leads to %q", address, v.URL)
		}
	}
}
