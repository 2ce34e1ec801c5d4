package forgetest

import (
	"fmt"
	"slices"
	"strings"
)

// Entry is one request as it was answered. It never holds a token.
type Entry struct {
	Method, Path string // path below the API's base, with its query
	Status       int    // 0: the connection was broken
	Write        bool   // it asked to change something
	Git          bool   // git's own protocol, not the API
	Identity     string // login, slug of an App, "anonymous", "stranger"
	Fault        bool   // a fault answered
}

func (e Entry) String() string {
	line := fmt.Sprintf("%s %s %d %s", e.Method, e.Path, e.Status, e.Identity)
	if e.Fault {
		line += " fault"
	}
	return line
}

// Journal is every request since the start or since Forget.
func (s *Server) Journal() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal)
}

// Forget empties the journal.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.journal = nil
}

// Counts are the requests to the API, and those of them that asked to change
// something. Git's and those to other servers do not count.
func (s *Server) Counts() (requests, writes int) {
	for _, e := range s.Journal() {
		if e.Git || e.Identity == "stranger" {
			continue
		}
		requests++
		if e.Write {
			writes++
		}
	}
	return requests, writes
}

// Text is the journal as lines, of all requests or of writes only.
func (s *Server) Text(writes bool) string {
	var b strings.Builder
	for _, e := range s.Journal() {
		if !writes || e.Write {
			fmt.Fprintln(&b, e)
		}
	}
	return b.String()
}
