package forgetest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFaultsComeWhenAsked(t *testing.T) {
	s := New(t, Options{State: shop()})
	statuses := func(n int) (out []int) {
		for range n {
			out = append(out, ask(t, s, tokenApp, "GET", repo+"/pulls/42", nil).status)
		}
		return out
	}
	s.Fault(Fault{Method: "GET", Path: "/repos/*/pulls/42", Pass: 1, Times: 2, Status: 429, Headers: map[string]string{"Retry-After": "1", "X-RateLimit-Reset": "+90"}})
	if diff := cmp.Diff([]int{200, 429, 429, 200}, statuses(4)); diff != "" {
		t.Error(diff)
	}
	s.Fault(Fault{Path: "/repos/acme/shop/pulls/42", Times: -1, Status: 502})
	if diff := cmp.Diff([]int{502, 502, 502}, statuses(3)); diff != "" {
		t.Error(diff)
	}
	if g := ask(t, s, tokenApp, "GET", repo+"/pulls/43", nil); g.status != 200 {
		t.Errorf("a fault hits other paths: %d", g.status)
	}
	s.Fault(Fault{Path: "/repos/acme/shop/pulls/43", Status: 403, Headers: map[string]string{"X-RateLimit-Reset": "+90"}, Body: `{"message":"You have exceeded a secondary rate limit."}`})
	g := ask(t, s, tokenApp, "GET", repo+"/pulls/43", nil)
	if g.header.Get("X-RateLimit-Reset") != "1795251690" || g.field("message") != "You have exceeded a secondary rate limit." {
		t.Errorf("%v %s", g.header, g.text)
	}
}

func TestConnectionsBreak(t *testing.T) {
	s := New(t, Options{State: shop()})
	s.Fault(Fault{Method: "PATCH", Reset: true})
	if g := ask(t, s, tokenApp, "PATCH", repo+"/pulls/42", body{"title": "x"}); g.status != 0 {
		t.Errorf("the connection holds: %d", g.status)
	}
	s.Fault(Fault{Path: repo + "/pulls/42/reviews", Truncate: 20})
	if g := ask(t, s, tokenApp, "GET", repo+"/pulls/42/reviews", nil); g.status != 200 || g.body != nil || !strings.Contains(g.text, "unexpected EOF") {
		t.Errorf("the answer is whole: %d %s", g.status, g.text)
	}
	// The comment is there, its answer is not.
	s.Fault(Fault{Method: "POST", Late: true, Reset: true})
	if g := ask(t, s, tokenApp, "POST", repo+"/issues/43/comments", body{"body": "once"}); g.status != 0 {
		t.Errorf("the answer arrives: %d", g.status)
	}
	if g := ask(t, s, tokenApp, "GET", repo+"/issues/43/comments", nil); g.field(0, "body") != "once" {
		t.Errorf("the request was not carried out: %s", g.text)
	}
}

func TestT17RedirectsToStrangersAreWatched(t *testing.T) {
	s, err := Start(Options{State: shop()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Fault(Fault{RedirectTo: "stranger"})
	g := ask(t, s, tokenApp, "GET", repo+"/pulls/42", nil)
	if g.status != 307 || !strings.HasPrefix(g.header.Get("Location"), s.Stranger()) {
		t.Fatalf("%d %v", g.status, g.header)
	}
	ask(t, s, "", "GET", g.header.Get("Location"), nil)
	if v := s.Violations(); len(v) > 0 {
		t.Errorf("a request without credentials: %q", v)
	}
	ask(t, s, tokenApp, "GET", g.header.Get("Location"), nil)
	if s.Forgive("credentials went to another host") != 1 {
		t.Errorf("credentials went unseen: %q", s.Violations())
	}
}

func TestJournalNamesNoToken(t *testing.T) {
	s := New(t, Options{State: shop()})
	ask(t, s, tokenApp, "GET", repo+"/pulls?state=all", nil)
	ask(t, s, tokenWorkflow, "POST", repo+"/statuses/"+shaHead, body{"state": "success"})
	ask(t, s, tokenUser, "GET", repo+"/none", nil)
	s.Forgive("/none")
	want := "GET /repos/acme/shop/pulls?state=all 200 mergeseal-acme[bot]\nPOST /repos/acme/shop/statuses/" + shaHead + " 201 github-actions[bot]\nGET /repos/acme/shop/none 404 alice\n"
	if diff := cmp.Diff(want, s.Text(false)); diff != "" {
		t.Error(diff)
	}
	if requests, writes := s.Counts(); requests != 3 || writes != 1 {
		t.Errorf("%d requests, %d writes", requests, writes)
	}
	if s.Forget(); s.Text(false) != "" {
		t.Error("it does not forget")
	}
}

func TestHooksChangeTheStateInTime(t *testing.T) {
	s := New(t, Options{State: shop()})
	s.After("GET", repo+"/pulls/42", 2, func(st *State) { st.Repos[0].Pull(42).SHA = shaFork })
	s.AfterSet("GET", repo+"/pulls/42", 3, "pulls/42/title", []byte(`"new"`))
	var heads []any
	for range 3 {
		heads = append(heads, ask(t, s, tokenApp, "GET", repo+"/pulls/42", nil).field("head", "sha"))
	}
	if diff := cmp.Diff([]any{shaHead, shaHead, shaFork}, heads); diff != "" {
		t.Error(diff)
	}
	if g := ask(t, s, tokenApp, "GET", repo+"/pulls/42", nil); g.field("title") != "new" {
		t.Errorf("title %v", g.field("title"))
	}
}

func TestClockIsTheTests(t *testing.T) {
	s := New(t, Options{State: shop(), Now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
	if g := ask(t, s, tokenApp, "GET", repo+"/pulls/42", nil); g.header.Get("Date") != "Fri, 02 Jan 2026 03:04:05 GMT" {
		t.Errorf("Date %s", g.header.Get("Date"))
	}
	s.SetNow(time.Date(2026, 1, 2, 3, 5, 5, 0, time.UTC))
	g := ask(t, s, tokenApp, "POST", repo+"/issues/42/comments", body{"body": "x"})
	if g.field("created_at") != "2026-01-02T03:05:05Z" {
		t.Errorf("created_at %v", g.field("created_at"))
	}
}
