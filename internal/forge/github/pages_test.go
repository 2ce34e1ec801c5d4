package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestListsAreReadToTheirEndAndNoFurther(t *testing.T) {
	s, tries := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/endless"):
			say(w, 200, `[1]`, "Link", fmt.Sprintf(`<http://%s/endless?page=%d>; rel="next", <http://%s/>; rel="last"`, r.Host, n+1, r.Host))
		case r.URL.Path == "/away":
			say(w, 200, `[1]`, "Link", `<https://evil.example/?page=2>; rel="next"`)
		case r.URL.Path == "/three" && r.URL.Query().Get("page") == "":
			say(w, 200, `[1,2]`, "Link", fmt.Sprintf(`<http://%s/first>; rel="first", <http://%s/three?page=2&per_page=100>; rel="next"`, r.Host, r.Host))
		case r.URL.Path == "/three":
			say(w, 200, `[3]`, "Link", fmt.Sprintf(`<http://%s/three>; rel="prev"`, r.Host))
		case r.URL.Path == "/silent" && r.URL.Query().Get("page") == "":
			all, _ := json.Marshal(make([]int, perPage)) // ints always encode
			say(w, 200, string(all))
		case r.URL.Path == "/silent":
			say(w, 200, `[7]`)
		case r.URL.Path == "/object":
			say(w, 200, `{"message": "not a list"}`)
		}
	})
	c, _ := ask(t, s, nil)
	if got, err := list[int](context.Background(), c, "three"); err != nil || fmt.Sprint(got) != "[1 2 3]" {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := list[int](context.Background(), c, "silent?x=1"); err != nil || len(got) != perPage+1 {
		t.Errorf("T24: a full page without a link is not the end: %d, %v", len(got), err)
	}
	if _, err := list[int](context.Background(), c, "away"); err == nil {
		t.Error("followed a page to another host")
	}
	if _, err := list[int](context.Background(), c, "object"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("an object passed for a list: %v", err)
	}
	before := tries()
	if _, err := list[int](context.Background(), c, "endless"); !errors.Is(err, ErrTooMany) || tries()-before != maxPages {
		t.Errorf("%v after %d pages", err, tries()-before)
	}
}
