package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const good = `{"id": 1}`

// limit is GitHub's word on a secondary limit.
const limit = `{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`

func TestT111RequestsAreRepeatedWithinBounds(t *testing.T) {
	type answers func(n int, w http.ResponseWriter)
	inAMinute := fmt.Sprint(noon.Add(20 * time.Second).Unix())
	for name, tt := range map[string]struct {
		method  string // GET unless given
		answers answers
		tries   int
		waited  []time.Duration // exactly, with jitter of nothing
		is      error           // nil is success
	}{
		"two refusals with 429, each with seconds to wait": {answers: func(n int, w http.ResponseWriter) {
			if n < 3 {
				say(w, 429, limit, "Retry-After", "2")
				return
			}
			say(w, 200, good)
		}, tries: 3, waited: []time.Duration{2 * time.Second, 2 * time.Second}},
		"a secondary limit as 403 with seconds to wait": {answers: func(n int, w http.ResponseWriter) {
			if n == 1 {
				say(w, 403, limit, "Retry-After", "7")
				return
			}
			say(w, 200, good)
		}, tries: 2, waited: []time.Duration{7 * time.Second}},
		"a limit as 403 of which only the header tells": {answers: func(n int, w http.ResponseWriter) {
			if n == 1 {
				say(w, 403, "", "Retry-After", "3")
				return
			}
			say(w, 200, good)
		}, tries: 2, waited: []time.Duration{3 * time.Second}},
		"the primary limit of which only the headers tell": {answers: func(n int, w http.ResponseWriter) {
			if n == 1 {
				say(w, 403, "", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "soon")
				return
			}
			say(w, 200, good)
		}, tries: 2, waited: []time.Duration{250 * time.Millisecond}},
		"an instant to wait for instead of seconds": {answers: func(n int, w http.ResponseWriter) {
			if n == 1 {
				say(w, 503, "", "Retry-After", noon.Add(9*time.Second).Format(http.TimeFormat))
				return
			}
			say(w, 200, good)
		}, tries: 2, waited: []time.Duration{9 * time.Second}},
		"a secondary limit as 403 that only words tell": {answers: func(n int, w http.ResponseWriter) {
			if n == 1 {
				say(w, 403, limit)
				return
			}
			say(w, 200, good)
		}, tries: 2, waited: []time.Duration{250 * time.Millisecond}},
		"the primary limit ends within the waiting": {answers: func(n int, w http.ResponseWriter) {
			if n == 1 {
				say(w, 403, `{"message": "API rate limit exceeded"}`, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", inAMinute)
				return
			}
			say(w, 200, good)
		}, tries: 2, waited: []time.Duration{21 * time.Second}},
		"the primary limit ends in an hour: nobody waits in vain": {answers: func(_ int, w http.ResponseWriter) {
			say(w, 403, `{"message": "API rate limit exceeded"}`, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", fmt.Sprint(noon.Add(time.Hour).Unix()))
		}, tries: 1, is: ErrUnavailable},
		"502 for ever": {answers: func(_ int, w http.ResponseWriter) { say(w, 502, "<html>") },
			tries: maxTries, waited: []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}, is: ErrUnavailable},
		"a refusal that is none of the limits is final": {answers: func(_ int, w http.ResponseWriter) {
			say(w, 403, `{"message": "Resource not accessible by integration"}`)
		}, tries: 1, is: ErrForbidden},
		"401 is final":            {answers: func(_ int, w http.ResponseWriter) { say(w, 401, `{"message": "Bad credentials"}`) }, tries: 1, is: ErrForbidden},
		"404 is final":            {answers: func(_ int, w http.ResponseWriter) { say(w, 404, `{"message": "Not Found"}`) }, tries: 1, is: ErrNotFound},
		"a body cut short, twice": {answers: func(n int, w http.ResponseWriter) { cut(w, n < 3) }, tries: 3, waited: []time.Duration{250 * time.Millisecond, 500 * time.Millisecond}},
		"a whole body that ends in the middle of JSON, for ever": {answers: func(_ int, w http.ResponseWriter) { say(w, 200, `{"id": `) }, tries: maxTries,
			waited: []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}, is: ErrUnavailable},
		"an empty answer is not an empty list": {answers: func(_ int, w http.ResponseWriter) { say(w, 200, "") }, tries: maxTries,
			waited: []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second}, is: ErrUnavailable},
		"a POST is not repeated after 502: it may have happened": {method: "POST", answers: func(_ int, w http.ResponseWriter) { say(w, 502, "") }, tries: 1, is: ErrUnavailable},
		"a POST is not repeated after a broken answer":           {method: "POST", answers: func(_ int, w http.ResponseWriter) { cut(w, true) }, tries: 1, is: ErrUnavailable},
		"a POST is repeated after a limit: nothing happened": {method: "POST", answers: func(n int, w http.ResponseWriter) {
			if n == 1 {
				say(w, 429, limit, "Retry-After", "1")
				return
			}
			say(w, 201, good)
		}, tries: 2, waited: []time.Duration{time.Second}},
		"a PATCH is repeated after 502: it does the same twice": {method: "PATCH", answers: func(n int, w http.ResponseWriter) {
			if n == 1 {
				say(w, 502, "")
				return
			}
			say(w, 200, good)
		}, tries: 2, waited: []time.Duration{250 * time.Millisecond}},
	} {
		t.Run(name, func(t *testing.T) {
			s, tries := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) { tt.answers(n, w) })
			c, w := ask(t, s, nil)
			var body, into any
			method := "GET"
			if tt.method != "" {
				method, body = tt.method, map[string]string{"body": "x"}
			}
			_, err := c.do(context.Background(), method, "repos/acme/shop/pulls/1", body, &into)
			if !errors.Is(err, tt.is) || (err == nil) != (tt.is == nil) {
				t.Errorf("got %v, want %v", err, tt.is)
			}
			if tries() != tt.tries {
				t.Errorf("%d tries, want %d", tries(), tt.tries)
			}
			if fmt.Sprint(w.all) != fmt.Sprint(tt.waited) {
				t.Errorf("waited %v, want %v", w.all, tt.waited)
			}
			if c.Requests() != tt.tries {
				t.Errorf("counts %d requests", c.Requests())
			}
		})
	}
}

// cut answers, the whole or only a beginning of what it promised.
func cut(w http.ResponseWriter, short bool) {
	w.Header().Set("Content-Length", fmt.Sprint(len(good)))
	body := good
	if short {
		body = good[:4]
	}
	_, _ = w.Write([]byte(body)) // the handler's end breaks what is short
}

func TestT111AllWaitingTogetherIsBounded(t *testing.T) {
	s, tries := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 429, limit, "Retry-After", "4") })
	c, w := ask(t, s, func(o *Options) { o.Wait = 10 * time.Second })
	for range 3 {
		if _, err := c.do(context.Background(), "GET", "user", nil, nil); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "--api-wait") {
			t.Errorf("got %v", err)
		}
	}
	if w.sum() > 10*time.Second || tries() != 5 {
		t.Errorf("waited %v in %d tries", w.sum(), tries())
	}
}

func TestT111ConnectionsThatBreakAreTriedAgain(t *testing.T) {
	s, tries := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n < 3 {
			breakOff(t, w)
			return
		}
		say(w, 200, good)
	})
	c, _ := ask(t, s, nil)
	if _, err := c.do(context.Background(), "GET", "user", nil, nil); err != nil {
		t.Error(err)
	}
	if _, err := c.do(context.Background(), "POST", "user", map[string]int{}, nil); err != nil {
		t.Error(err)
	}
	if tries() != 4 {
		t.Errorf("%d tries", tries())
	}
	s.Close()
	c, w := ask(t, s, nil)
	_, err := c.do(context.Background(), "POST", "user", map[string]int{}, nil)
	if !errors.Is(err, ErrUnavailable) || len(w.all) != maxTries-1 {
		t.Errorf("where nobody listens a POST is safe to repeat: %v after %v", err, w.all)
	}
}

// timeout is a transport that answers nobody.
type timeout struct{ tries int }

func (s *timeout) RoundTrip(*http.Request) (*http.Response, error) {
	s.tries++
	return nil, context.DeadlineExceeded
}

func TestT111TimeoutsEatTheWaiting(t *testing.T) {
	s, _ := serve(t, func(int, http.ResponseWriter, *http.Request) {})
	clock, dead := noon, &timeout{}
	c, w := ask(t, s, func(o *Options) {
		o.Base = dead
		o.Now = func() time.Time { clock = clock.Add(10 * time.Second); return clock }
	})
	if _, err := c.do(context.Background(), "GET", "user", nil, nil); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if dead.tries != 3 || len(w.all) != 2 {
		t.Errorf("%d tries of ten seconds each, waits %v: thirty seconds are all there is", dead.tries, w.all)
	}
}

func TestAnEndToTheRunEndsTheWaiting(t *testing.T) {
	s, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 502, "") })
	ctx, cancel := context.WithCancel(context.Background())
	c, _ := ask(t, s, func(o *Options) {
		o.Sleep = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
	})
	if _, err := c.do(ctx, "GET", "user", nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAnswersWithATagAreAskedForOnce(t *testing.T) {
	spared := 0
	s, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"a"` {
			spared++
			w.WriteHeader(http.StatusNotModified)
			return
		}
		say(w, 200, good, "ETag", `"a"`, "Link", `</x>; rel="last"`)
	})
	c, _ := ask(t, s, nil)
	for range 2 {
		var got map[string]int
		res, err := c.do(context.Background(), "GET", "user", nil, &got)
		if err != nil || got["id"] != 1 || res.Header.Get("Link") == "" {
			t.Errorf("got %v, %v", got, err)
		}
	}
	if spared != 1 {
		t.Error("the second time was not asked with the tag of the first")
	}
	strange, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	c, _ = ask(t, strange, nil)
	if _, err := c.do(context.Background(), "GET", "user", nil, nil); err == nil {
		t.Error("a 304 to a question without a condition passed for an answer")
	}
}

func TestT17RedirectsCarryNoCredentialsAway(t *testing.T) {
	seen := make(chan string, 10)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header.Get("Authorization")
		say(w, 200, good)
	}))
	defer other.Close()
	s, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+secret {
			t.Errorf("%s without its authentication", r.URL)
		}
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other.URL+"/there", http.StatusMovedPermanently)
		case "/renamed":
			http.Redirect(w, r, "/repositories/1", http.StatusTemporaryRedirect)
		case "/repositories/1":
			say(w, 200, good)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/turned":
			http.Redirect(w, r, "/repositories/1", http.StatusFound)
		}
	})
	c, w := ask(t, s, nil)
	for path, want := range map[string]string{"away": "another host", "loop": "without an end"} {
		if _, err := c.do(context.Background(), "GET", path, nil, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("GET %s: %v", path, err)
		}
	}
	if _, err := c.do(context.Background(), "POST", "turned", map[string]int{}, nil); err == nil || !strings.Contains(err.Error(), "POST into GET") {
		t.Errorf("a POST became a GET: %v", err)
	}
	for _, method := range []string{"GET", "POST"} {
		if _, err := c.do(context.Background(), method, "renamed", nil, nil); err != nil {
			t.Errorf("%s below the same host: %v", method, err)
		}
	}
	if len(seen) > 0 || len(w.all) > 0 { // a request without credentials is one too many
		t.Errorf("the other host saw %d requests, waited %v", len(seen), w.all)
	}
}

func TestT17AddressesOfTheAPI(t *testing.T) {
	for text, ok := range map[string]bool{
		"": true, "https://api.github.com": true, "https://github.example.org/api/v3": true, "https://github.example.org/api/v3/": true,
		"http://127.0.0.1:8080": true, "http://[::1]:8080": true, "http://localhost:1/api/v3": true,
		"http://api.github.com": false, "https://user:pass@api.github.com": false, "https://api.github.com?x=1": false, "https://api.github.com#a": false,
		"ftp://api.github.com": false, "api.github.com": false, "https://": false, "http://localhost.evil.example": false, "http://127.0.0.1.evil.example": false, "://": false,
	} {
		u, err := parseAPI(text)
		if (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
		if err == nil && !strings.HasSuffix(u.Path, "/") {
			t.Errorf("%q became %s", text, u)
		}
		if err != nil && strings.Contains(err.Error(), "pass@") {
			t.Errorf("%q is shown: %v", text, err)
		}
	}
	s, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/v3/repos/") {
			t.Errorf("asked for %s", r.URL)
		}
		say(w, 200, `[]`)
	})
	c, _ := ask(t, s, func(o *Options) { o.API = s.URL + "/api/v3" })
	if _, err := list[int](context.Background(), c, "repos/acme/shop/pulls"); err != nil {
		t.Error(err)
	}
	for _, path := range []string{"https://evil.example/x", "//evil.example/x", "repos/../../x"} {
		if _, err := c.do(context.Background(), "GET", path, nil, nil); err == nil {
			t.Errorf("asked for %q", path)
		}
	}
}

func TestProxiesAreTheCallers(t *testing.T) {
	proxied := make(chan string, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxied <- r.URL.String()
		say(w, 200, good)
	}))
	defer proxy.Close()
	s, direct := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, 200, good) })
	c, _ := ask(t, s, func(o *Options) {
		o.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy.URL) }
	})
	if _, err := c.do(context.Background(), "GET", "user", nil, nil); err != nil || len(proxied) != 1 || direct() != 0 {
		t.Errorf("the proxy was not asked: %v", err)
	}
}

func TestAnAnswerThatIsTooLongIsNotRead(t *testing.T) {
	s, tries := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		say(w, 200, `"`+strings.Repeat("x", maxAnswer)+`"`)
	})
	c, _ := ask(t, s, nil)
	if _, err := c.do(context.Background(), "GET", "user", nil, new(string)); !errors.Is(err, ErrTooMany) || tries() != 1 {
		t.Errorf("%v after %d tries", err, tries())
	}
}

func TestT45TheAPIsClockIsHeldAgainstOurs(t *testing.T) {
	s, _ := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		say(w, 200, good, "Date", noon.Add(5*time.Minute).Format(http.TimeFormat))
	})
	c, _ := ask(t, s, nil)
	if _, known := c.ClockSkew(); known {
		t.Error("a clock is known before anything was asked")
	}
	if _, err := c.do(context.Background(), "GET", "user", nil, nil); err != nil {
		t.Fatal(err)
	}
	if skew, known := c.ClockSkew(); !known || skew != 5*time.Minute {
		t.Errorf("got %v, %v", skew, known)
	}
}
