package github

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// noon is when these tests happen.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// secret is a token that no text may show.
const secret = "ghs_TESTSECRET0123456789"

// waits notes how long was waited, and waits for nothing.
type waits struct {
	mu  sync.Mutex
	all []time.Duration
}

func (w *waits) sleep(ctx context.Context, d time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, d)
	return ctx.Err()
}

func (w *waits) sum() (total time.Duration) {
	for _, d := range w.all {
		total += d
	}
	return total
}

// serve starts a server that is told each request's number, from 1.
func serve(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) (*httptest.Server, func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		now := n
		mu.Unlock()
		w.Header().Set("Date", noon.Format(http.TimeFormat))
		answer(now, w, r)
	}))
	t.Cleanup(s.Close)
	return s, func() int {
		mu.Lock()
		defer mu.Unlock()
		return n
	}
}

// zeros is a source of jitter that never varies.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// ask makes a client of a server.
func ask(t *testing.T, s *httptest.Server, change func(*Options)) (*Client, *waits) {
	t.Helper()
	w := &waits{}
	o := Options{API: s.URL, Auth: Auth{Token: secret}, Now: func() time.Time { return noon }, Sleep: w.sleep, Random: zeros{}}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, w
}

// breakOff ends a connection in the middle of an answer.
func breakOff(t *testing.T, w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}

// say answers with a status, headers as pairs, and a body.
func say(w http.ResponseWriter, status int, body string, headers ...string) {
	for i := 0; i < len(headers); i += 2 {
		w.Header().Set(headers[i], headers[i+1])
	}
	w.WriteHeader(status)
	_, _ = bytes.NewBufferString(body).WriteTo(w) // who does not read it has gone
}
