package forgetest

import (
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
)

// Fault is an error on demand. One with nothing set breaks the connection.
type Fault struct {
	Method     string            `json:"method,omitempty"` // "" is any
	Path       string            `json:"path,omitempty"`   // below the API's base, without query; * stands for anything, "" too
	Pass       int               `json:"pass,omitempty"`   // requests that fit and pass first
	Times      int               `json:"times,omitempty"`  // 0 is once, negative for ever
	Status     int               `json:"status,omitempty"`
	Headers    map[string]string `json:"headers,omitempty"` // Retry-After, X-RateLimit-Reset; a value of +90 is the clock's second plus 90
	Body       string            `json:"body,omitempty"`
	Reset      bool              `json:"reset,omitempty"`       // the connection is reset
	Truncate   int               `json:"truncate,omitempty"`    // the true answer ends after so many bytes
	RedirectTo string            `json:"redirect_to,omitempty"` // an address; "stranger" is the other server
	Late       bool              `json:"late,omitempty"`        // the request is carried out first, its answer lost

	Hits int `json:"hits,omitempty"` // requests that fitted so far
}

// Fault adds a fault to those that are set.
func (s *Server) Fault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.Faults = append(s.st.Faults, &f)
}

// fault is the first that a request meets now, counted; nil if none.
func (s *Server) fault(method, path string) *Fault {
	for _, f := range s.st.Faults {
		if f.Method != "" && f.Method != method || !match(f.Path, path) || f.Times >= 0 && f.Hits >= f.Pass+max(f.Times, 1) {
			continue
		}
		if f.Hits++; f.Hits > f.Pass {
			return f
		}
	}
	return nil
}

// match holds a path against a pattern in which * stands for anything.
func match(pattern, path string) bool {
	if pattern == "" {
		return true
	}
	re := "^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`) + "$"
	ok, err := regexp.MatchString(re, path)
	return err == nil && ok
}

// answer writes what the fault says; the status for the journal comes back.
func (f *Fault) answer(s *Server, w http.ResponseWriter, r *http.Request) int {
	if f.RedirectTo != "" {
		to := f.RedirectTo
		if to == "stranger" {
			to = s.Stranger() + r.URL.RequestURI()
		}
		w.Header().Set("Location", to)
	}
	status := f.Status
	if status == 0 && f.RedirectTo != "" {
		status = http.StatusTemporaryRedirect
	}
	if f.Reset || status == 0 {
		breakOff(w, true)
		return 0
	}
	for name, v := range f.Headers {
		var plus int64
		if n, _ := fmt.Sscanf(v, "+%d", &plus); n == 1 {
			v = fmt.Sprint(s.now.Unix() + plus)
		}
		w.Header().Set(name, v)
	}
	body := f.Body
	if body == "" {
		body = fmt.Sprintf(`{"message":%q,"documentation_url":"https://docs.github.com/rest"}`, http.StatusText(status))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // whoever does not read it has gone
	return status
}

// breakOff ends a connection: with a reset, or as if there was no more to say.
func breakOff(w http.ResponseWriter, reset bool) {
	h, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := h.Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0) // or the peer sees an orderly end
	}
	_ = conn.Close() // it is to break
}

// cutShort promises a whole body and sends the beginning of it.
func cutShort(w http.ResponseWriter, status int, body []byte, n int) {
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body[:min(n, len(body))]) // it breaks anyway
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	breakOff(w, false)
}
