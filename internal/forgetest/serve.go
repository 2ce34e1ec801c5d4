package forgetest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxBody bounds what is read of a request.
const maxBody = 32 << 20

// call is one request on its way to a handler.
type call struct {
	s      *Server
	st     *State
	who    identity
	repo   *Repo
	params map[string]string
	query  url.Values
	raw    []byte
	path   string
}

// answer is what a handler says. A page is cut out of a list.
type answer struct {
	status int
	body   any               // nil: none
	list   []any             // instead of body
	wrap   func(p []any) any // around the page of a list; nil: the page itself
	cursor bool              // the list is paged by after and before, not by numbers
	header http.Header
}

// ServeHTTP answers one request: the API's, or git's.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if repo, ok := gitPath(r.URL.Path); ok {
		s.serveGit(w, r, repo)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	path, below := strings.CutPrefix(r.URL.EscapedPath(), s.mount())
	graph := r.Method == http.MethodPost && r.URL.Path == s.graphPath()
	if graph {
		path, below = "/graphql", true
	}
	entry := Entry{Method: r.Method, Path: path, Identity: "anonymous"}
	if r.URL.RawQuery != "" {
		entry.Path += "?" + r.URL.RawQuery
	}
	defer func() { s.journal = append(s.journal, entry) }()
	w.Header().Set("Date", s.now.Format(http.TimeFormat))
	if !below || path == "" || path[0] != '/' {
		s.violate(r.Method, path, "is not below "+s.API())
		entry.Status = s.plain(w, http.StatusNotFound, "Not Found")
		return
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		entry.Status = s.plain(w, http.StatusBadRequest, "Problems reading the request")
		return
	}
	who, refused := s.who(r)
	entry.Identity = who.String()
	entry.Write = r.Method != http.MethodGet && r.Method != http.MethodHead && !strings.HasSuffix(path, "/access_tokens") && !graph
	f := s.fault(r.Method, path)
	if f != nil && f.Truncate == 0 && !f.Late {
		entry.Fault = true
		entry.Status = f.answer(s, w, r)
		return
	}
	s.limits(w.Header(), r.Header.Get("Authorization"))
	if refused != nil {
		entry.Status = s.plain(w, http.StatusUnauthorized, refused.Error())
		return
	}
	var status int
	var body []byte
	if graph {
		status, body = s.graph(raw, who)
	} else {
		status, body = s.handle(w.Header(), r, path, raw, who)
	}
	entry.Status = status
	s.runHooks(r.Method, path)
	if f != nil {
		entry.Fault = true
		if f.Late {
			entry.Status = f.answer(s, w, r)
		} else {
			cutShort(w, status, body, f.Truncate)
		}
		return
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever does not read it has gone
}

// handle works out an answer and holds both sides against the description.
func (s *Server) handle(h http.Header, r *http.Request, path string, raw []byte, who identity) (int, []byte) {
	refuse := func(status int, message string, errs ...any) (int, []byte) {
		h.Set("Content-Type", "application/json; charset=utf-8")
		return status, marshal(problem(status, message, errs...))
	}
	var value any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &value); err != nil {
			s.violate(r.Method, path, "the body is not JSON: "+err.Error())
			return refuse(http.StatusBadRequest, "Problems parsing JSON")
		}
	}
	x, err := s.api.request(r.Method, path, r.URL.RawQuery, r.Header, raw)
	if err != nil {
		s.violate(r.Method, path, err.Error())
		return refuse(http.StatusNotFound, "Not Found")
	}
	rt, ok := routes[r.Method+" "+x.route.Path]
	if !ok {
		s.violate(r.Method, path, "the fake does not have this operation yet")
		return refuse(http.StatusNotImplemented, "Not Implemented")
	}
	if bad := x.checkRequest(value); len(bad) > 0 {
		errs := make([]any, 0, len(bad))
		for _, b := range bad {
			s.violate(r.Method, path, "request: "+b)
			errs = append(errs, map[string]any{"code": "custom", "message": b})
		}
		return refuse(http.StatusUnprocessableEntity, "Invalid request.\n\n"+strings.Join(bad, "\n"), errs...)
	}
	c := &call{s: s, st: s.st, who: who, params: x.params, query: r.URL.Query(), raw: raw, path: path}
	a := c.enter(rt)
	if a.list != nil {
		s.page(c, &a, h)
	}
	for name, v := range a.header {
		h[name] = v
	}
	if a.body == nil {
		return a.status, nil
	}
	var generic any
	if err := json.Unmarshal(marshal(a.body), &generic); err != nil {
		s.violate(r.Method, path, err.Error())
		return refuse(http.StatusInternalServerError, err.Error())
	}
	if ref := x.schema(a.status); ref != nil {
		generic = fill(ref, generic, s.API())
	}
	if s.opts.Mutate != nil {
		generic = s.opts.Mutate(r.Method, path, generic)
	}
	body := marshal(generic)
	h.Set("Content-Type", "application/json; charset=utf-8")
	if bad := x.checkAnswer(a.status, h, body, generic); len(bad) > 0 {
		for _, b := range bad {
			s.violate(r.Method, path, fmt.Sprintf("answer %d: %s", a.status, b))
		}
		return refuse(http.StatusInternalServerError, "The fake is wrong: "+strings.Join(bad, "; "))
	}
	if r.Method == http.MethodGet && a.status == http.StatusOK {
		// https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
		tag := fmt.Sprintf(`W/"%x"`, sha256.Sum256(append(body, h.Get("Link")...)))
		h.Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			return http.StatusNotModified, nil
		}
	}
	return a.status, body
}

func (s *Server) violate(method, path, what string) {
	s.violations = append(s.violations, fmt.Sprintf("%s %s: %s", method, path, what))
}

// limits counts a request: 1,000 an hour and repository for the workflow's
// token, 5,000 for others, 60 for nobody.
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
func (s *Server) limits(h http.Header, token string) {
	limit := 5000
	if _, secret, _ := strings.Cut(token, " "); s.st.Tokens[secret] != nil && s.st.Tokens[secret].Kind == "workflow" {
		limit = 1000
	} else if token == "" {
		limit = 60
	}
	s.used[token]++
	h.Set("X-RateLimit-Limit", fmt.Sprint(limit))
	h.Set("X-RateLimit-Used", fmt.Sprint(s.used[token]))
	h.Set("X-RateLimit-Remaining", fmt.Sprint(max(limit-s.used[token], 0)))
	h.Set("X-RateLimit-Reset", fmt.Sprint(s.now.Add(time.Hour).Unix()))
	h.Set("X-RateLimit-Resource", "core")
}

func (s *Server) plain(w http.ResponseWriter, status int, message string) int {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(marshal(problem(status, message))) // whoever does not read it has gone
	return status
}

// problem is the body of an error.
func problem(status int, message string, errs ...any) map[string]any {
	m := map[string]any{"message": message, "documentation_url": "https://docs.github.com/rest"}
	if status != http.StatusUnprocessableEntity { // the description has none there
		m["status"] = fmt.Sprint(status)
	}
	if len(errs) > 0 {
		m["errors"] = errs
	}
	return m
}

// marshal cannot fail for what handlers and tests make: plain values.
func marshal(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Appendf(nil, `{"message":%q}`, err.Error())
	}
	return data
}
