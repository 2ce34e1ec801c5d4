package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// echo answers with everything it was sent, as a hostile or broken server does.
func echo(status int) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, w http.ResponseWriter, r *http.Request) {
		say(w, status, fmt.Sprintf(`{"message": "bad %s and https://bob:hunter2@example.org/ and ghp_other0123 and github_pat_11AAA_bcd"}`, r.Header.Get("Authorization")))
	}
}

func TestT16NoErrorShowsASecret(t *testing.T) {
	var logged []string
	check := func(name, text string) {
		t.Helper()
		for _, s := range []string{"TESTSECRET", "hunter2", "ghp_other", "github_pat_11", "MIIE", "plainsecret"} {
			if strings.Contains(text, s) {
				t.Errorf("%s shows %s: %s", name, s, text)
			}
		}
	}
	for _, status := range []int{200, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503} {
		s, _ := serve(t, echo(status))
		for _, token := range []string{secret, "plainsecret0123"} {
			c, _ := ask(t, s, func(o *Options) {
				o.Auth.Token = token
				o.Log = func(line string) { logged = append(logged, line) }
			})
			_, err := c.do(context.Background(), "GET", "repos/acme/shop?q="+token, nil, new([]int))
			if err == nil {
				t.Errorf("%d passed for a list", status)
				continue
			}
			check(fmt.Sprint(status), err.Error())
			var e *Error
			if errors.As(err, &e) {
				check("Error", fmt.Sprintf("%+v %#v", e, *e))
			}
			check("Client", fmt.Sprintf("%v %+v %#v", c, c, c))
		}
	}
	for _, line := range logged {
		check("log", line)
	}
	if len(logged) == 0 {
		t.Error("no repetition was told of")
	}
	_, key := newKey(t)
	a := Auth{Token: secret, AppID: 1, AppKey: key}
	check("Auth", fmt.Sprintf("%v %+v %#v %s", a, a, a, a))
	o := Options{Auth: a}
	check("Options", fmt.Sprintf("%v %+v", o, o))
	_, err := parseAPI("https://bob:hunter2@example.org")
	check("address", err.Error())
	_, err = New(Options{API: "https://bob:hunter2 @example.org/%zz", Auth: a})
	check("address", err.Error())
	dead, _ := serve(t, echo(200))
	dead.Close()
	c, _ := ask(t, dead, nil)
	_, err = c.do(context.Background(), "GET", "repos/"+secret, nil, nil)
	check("no connection", err.Error())
	_, err = c.do(context.Background(), "GET", "https://x:"+secret+"@evil.example/", nil, nil)
	check("no path", err.Error())
}

func TestRefusalsSayWhatToPermit(t *testing.T) {
	for path, want := range map[string]string{
		"repos/acme/shop/pulls/1/reviews":                "pull-requests: read",
		"repos/acme/shop/issues/1/events?per_page=100":   "pull-requests: read",
		"repos/acme/shop/collaborators/carol/permission": "metadata: read",
		"repos/acme/shop/activity":                       "contents: read",
		"orgs/acme/teams/cab/members":                    "members: read",
		"repos/acme/shop/commits/abc/pulls":              "pull-requests: read",
		"repos/acme/shop/commits/abc/check-runs":         "checks: read",
		"repos/acme/shop/rulesets":                       "administration: read",
	} {
		for _, status := range []int{403, 404} {
			s, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, status, `{"message": "no"}`) })
			c, _ := ask(t, s, nil)
			if _, err := c.do(context.Background(), "GET", path, nil, nil); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %s", path, err, want)
			}
		}
	}
	s, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		say(w, 403, `{"message": "no"}`, acceptedPermissions, "issues=write; pull_requests=write")
	})
	c, _ := ask(t, s, nil)
	if _, err := c.do(context.Background(), "POST", "anything", nil, nil); err == nil || !strings.Contains(err.Error(), "issues: write") {
		t.Errorf("what the API itself asks for: %v", err)
	}
}
