// Package forgetest is a GitHub that tests talk to: a stateful server on
// loopback whose requests and answers are all held against GitHub's own
// description of its API, with the rules that are only in its prose coded on
// top, and errors on demand. Nothing but tests imports it.
package forgetest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options are what a server starts with. The zero value is an empty GitHub.
type Options struct {
	State      *State
	Now        time.Time // of the clock; zero is 2026-11-21T09:00:00Z
	PageSize   int       // most items of one answer; 0 is 2
	Enterprise bool      // the API is below /api/v3 instead of /
	Dir        string    // for git repositories; "" is a new temporary folder that Close removes

	// Mutate changes an answer before it is checked: a fake gone wrong. Tests
	// of the checks use it.
	Mutate func(method, path string, body any) any
}

// Server is a running fake. Its methods may be called at any time, also from
// hooks, but for those that say otherwise.
type Server struct {
	api      *contract
	http     *httptest.Server
	stranger *httptest.Server
	opts     Options
	dir      string
	ownDir   bool

	mu         sync.Mutex
	st         *State
	now        time.Time
	violations []string
	journal    []Entry
	hooks      []*hook
	used       map[string]int // requests by token
	minted     map[string]*Token
	git        map[string]string // bare repositories by full name, lower case
}

// Start makes a server; the caller closes it.
func Start(o Options) (*Server, error) {
	k, err := api()
	if err != nil {
		return nil, err
	}
	if o.Now.IsZero() {
		o.Now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	}
	if o.PageSize == 0 {
		o.PageSize = 2
	}
	if o.State == nil {
		o.State = &State{}
	}
	s := &Server{api: k, opts: o, dir: o.Dir, st: o.State, now: o.Now.UTC().Truncate(time.Second), used: map[string]int{}, minted: map[string]*Token{}, git: map[string]string{}}
	if s.dir == "" {
		s.ownDir = true
		if s.dir, err = os.MkdirTemp("", "forgetest"); err != nil {
			return nil, fmt.Errorf("make folder of git repositories: %w", err)
		}
	}
	s.st.settle(s.now)
	if err := s.settleGit(); err != nil {
		s.Close()
		return nil, err
	}
	// Both are there before the first request can come.
	s.http = httptest.NewUnstartedServer(s)
	s.stranger = httptest.NewServer(http.HandlerFunc(s.serveStranger))
	s.http.Start()
	return s, nil
}

// TB is the part of testing.TB that New needs.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// New starts a server for one test: every violation fails it.
func New(t TB, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatalf("start fake: %v", err)
		return nil
	}
	t.Cleanup(func() {
		s.Close()
		for _, v := range s.Violations() {
			t.Errorf("against GitHub's description: %s", v)
		}
	})
	return s
}

// Close ends the server. Its violations and its journal stay.
func (s *Server) Close() {
	if s.http != nil {
		s.http.CloseClientConnections()
		s.http.Close()
		s.stranger.Close()
	}
	if s.ownDir {
		_ = os.RemoveAll(s.dir) // a folder of tests below the temporary one
	}
}

// URL is where people and git go: http://127.0.0.1:PORT.
func (s *Server) URL() string { return s.http.URL }

// API is the base of the API, without a slash at its end.
func (s *Server) API() string { return s.http.URL + s.mount() }

// Stranger is the address of another server. No request to it may carry
// credentials: one that does is a violation.
func (s *Server) Stranger() string { return s.stranger.URL }

func (s *Server) mount() string {
	if s.opts.Enterprise {
		return "/api/v3"
	}
	return ""
}

// Violations are all requests and answers that GitHub would not know.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// Forgive takes the violations away that hold a text, and returns how many:
// for tests that send something wrong on purpose.
func (s *Server) Forgive(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.violations)
	s.violations = slices.DeleteFunc(s.violations, func(v string) bool { return strings.Contains(v, text) })
	return before - len(s.violations)
}

// Change changes the state. The function must not keep it, nor call the server.
func (s *Server) Change(do func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(s.st)
	s.st.settle(s.now)
}

// SetNow sets the clock.
func (s *Server) SetNow(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = now.UTC().Truncate(time.Second)
}

func (s *Server) serveStranger(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := http.StatusNotFound
	s.journal = append(s.journal, Entry{Method: r.Method, Path: r.URL.RequestURI(), Status: status, Identity: "stranger"})
	if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
		s.violations = append(s.violations, fmt.Sprintf("%s %s: credentials went to another host", r.Method, r.URL.Path))
	}
	w.WriteHeader(status)
}
