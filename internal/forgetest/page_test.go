package forgetest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// link is the address of one relation.
func link(g got, rel string) string {
	m := regexp.MustCompile(`<([^>]+)>; rel="` + rel + `"`).FindStringSubmatch(g.header.Get("Link"))
	if m == nil {
		return ""
	}
	return m[1]
}

func TestPagesAreWalkedByTheirLinks(t *testing.T) {
	s := New(t, Options{State: shop()})
	s.Change(func(st *State) {
		for i := range 2 {
			st.Repos[0].Pulls[0].Comments = append(st.Repos[0].Pulls[0].Comments, &Comment{User: "bob", Body: fmt.Sprint(i)})
		}
	})
	first := ask(t, s, tokenApp, "GET", repo+"/issues/42/comments?per_page=100", nil)
	if n := len(first.body.([]any)); n != 2 {
		t.Errorf("100 a page are %d", n)
	}
	if link(first, "prev") != "" || link(first, "first") != "" {
		t.Errorf("the first page has pages before it: %s", first.header.Get("Link"))
	}
	second := ask(t, s, tokenApp, "GET", link(first, "next"), nil)
	last := ask(t, s, tokenApp, "GET", link(second, "last"), nil)
	if link(last, "next") != "" || link(last, "last") != "" || link(last, "prev") != link(first, "next") {
		t.Errorf("the last page: %s", last.header.Get("Link"))
	}
	if !strings.Contains(link(second, "next"), "per_page=100") {
		t.Errorf("a link forgets the question: %s", link(second, "next"))
	}
	var bodies []any
	for _, g := range []got{first, second, last} {
		for i := range g.body.([]any) {
			bodies = append(bodies, g.field(i, "body"))
		}
	}
	if !slices.Equal(bodies, []any{"hi", "<!-- mergeseal -->", "me", "0", "1"}) {
		t.Errorf("the pages say %q", bodies)
	}
	if one := ask(t, s, tokenApp, "GET", repo+"/issues/42/comments?per_page=1", nil); len(one.body.([]any)) != 1 {
		t.Error("one a page is more")
	}
	if beyond := ask(t, s, tokenApp, "GET", repo+"/issues/42/comments?page=9", nil); beyond.text != "[]" {
		t.Errorf("beyond the end: %s", beyond.text)
	}
}

func TestActivityIsPagedByCursors(t *testing.T) {
	s := New(t, Options{State: shop()})
	g := ask(t, s, tokenApp, "GET", repo+"/activity?page=2", nil)
	if g.field(0, "ref") != "refs/heads/main" || strings.Contains(link(g, "next"), "page=3") {
		t.Errorf("numbers count: %s %s", g.text, g.header.Get("Link"))
	}
	g = ask(t, s, tokenApp, "GET", link(g, "next"), nil)
	if g.field(0, "actor", "login") != "alice" || link(g, "next") != "" {
		t.Errorf("the end: %s", g.text)
	}
}

func TestUnchangedAnswersAreNotSentAgain(t *testing.T) {
	s := New(t, Options{State: shop()})
	g := ask(t, s, tokenApp, "GET", repo+"/pulls/42/reviews", nil)
	tag := g.header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	if g = ask(t, s, tokenApp, "GET", repo+"/pulls/42/reviews", nil, "If-None-Match", tag); g.status != 304 || g.text != "" {
		t.Errorf("%d %s", g.status, g.text)
	}
	s.Change(func(st *State) { st.Repos[0].Pulls[0].Reviews[0].State = "DISMISSED" })
	if g = ask(t, s, tokenApp, "GET", repo+"/pulls/42/reviews", nil, "If-None-Match", tag); g.status != 200 {
		t.Errorf("what changed is not sent: %d", g.status)
	}
}
