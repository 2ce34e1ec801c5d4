package forgetest

type hook struct {
	method, path string
	left         int
	do           func() error
}

// After runs a function once the n-th request from now that fits has been
// answered: "a review comes after the reviews were read". Path is a pattern,
// as that of a Fault; n counts from 1. The function must not call the server.
func (s *Server) After(method, path string, n int, do func(*State)) {
	s.after(method, path, n, func() error { do(s.st); return nil })
}

// AfterPush gives a pull request a new head, as Push does, once the n-th
// request from now that fits has been answered.
func (s *Server) AfterPush(method, path string, n int, repo string, number int64, sha, actor string) {
	s.after(method, path, n, func() error { return s.push(repo, number, sha, actor) })
}

// AfterSet changes the state, as Set does, once the n-th request from now that
// fits has been answered.
func (s *Server) AfterSet(method, path string, n int, pointer string, value []byte) {
	s.after(method, path, n, func() error { return s.set(pointer, value) })
}

func (s *Server) after(method, path string, n int, do func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = append(s.hooks, &hook{method: method, path: path, left: n, do: do})
}

// runHooks needs the lock. A hook that fails is a violation: the test did not
// test what it says.
func (s *Server) runHooks(method, path string) {
	for _, h := range s.hooks {
		if h.left == 0 || h.method != "" && h.method != method || !match(h.path, path) {
			continue
		}
		if h.left--; h.left > 0 {
			continue
		}
		if err := h.do(); err != nil {
			s.violate(method, path, "hook: "+err.Error())
		}
		s.st.settle(s.now)
	}
}
