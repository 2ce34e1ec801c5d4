// Package github is the forge GitHub: it reads what a pull request's people
// did into one evidence document, and writes what was judged back. Nothing
// outside this folder knows GitHub's API.
//
// What the API does not say is unknown: a refusal, an answer cut short and a
// list without an end are errors or gaps, never an empty list.
package github

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Repo names a repository.
type Repo struct{ Owner, Name string }

// repoForm is what GitHub allows: an account's name, a slash, a name of
// letters, digits, dots, hyphens and underscores. Managed accounts hold an
// underscore.
var repoForm = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9_-]*)/([A-Za-z0-9._-]+)$`)

// ParseRepo reads owner/name.
func ParseRepo(text string) (Repo, error) {
	m := repoForm.FindStringSubmatch(text)
	if m == nil || m[2] == "." || m[2] == ".." {
		return Repo{}, fmt.Errorf("read repository %q: write owner/name, such as acme/shop", text)
	}
	return Repo{m[1], m[2]}, nil
}

// String is owner/name.
func (r Repo) String() string { return r.Owner + "/" + r.Name }

// Same reports whether two names are of one repository: GitHub ignores case.
func (r Repo) Same(o Repo) bool {
	return strings.EqualFold(r.Owner, o.Owner) && strings.EqualFold(r.Name, o.Name)
}

// path is a path of the API below the repository, which needs no escaping
// beyond that of its elements.
func (r Repo) path(elements ...string) string {
	all := append([]string{"repos", r.Owner, r.Name}, elements...)
	for i, e := range all {
		all[i] = url.PathEscape(e)
	}
	return strings.Join(all, "/")
}

// Options is all that a client needs from outside.
type Options struct {
	API   string            // "" is https://api.github.com; https only, but for loopback addresses
	Auth  Auth              // one of its two ways is needed
	Base  http.RoundTripper // nil is a transport of its own, with the proxies of Proxy
	Proxy func(*http.Request) (*url.URL, error)
	Wait  time.Duration // all waiting together; 0 is 30 s, less than 0 is none (--api-wait)
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
	// Random is where jitter comes from; nil is crypto/rand.
	Random io.Reader
	Agent  string       // User-Agent, which GitHub requires; "" is mergeseal
	Log    func(string) // one line for people; nil is silent
}

// DefaultAPI is GitHub's own.
const DefaultAPI = "https://api.github.com"

// Client asks one API with one authentication. It may be used by several
// goroutines at once.
type Client struct {
	base  *url.URL // ends in a slash
	auth  Auth
	http  *http.Client
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
	rand  io.Reader
	agent string
	log   func(string)

	mu      sync.Mutex
	left    time.Duration // of the waiting that is allowed
	skew    time.Duration // the API's clock less ours
	skewed  bool          // an answer told its time
	sent    int           // requests on the wire
	secrets []string      // never to be shown
	cache   cache
	app     app
	self    *Identity
}

// New makes a client. It sends nothing.
func New(o Options) (*Client, error) {
	base, err := parseAPI(o.API)
	if err != nil {
		return nil, err
	}
	if o.Now == nil || o.Sleep == nil {
		return nil, errors.New("make client: the options lack Now or Sleep")
	}
	c := &Client{
		base: base, auth: o.Auth, now: o.Now, sleep: o.Sleep, rand: o.Random, agent: o.Agent, log: o.Log,
		left: o.Wait, cache: cache{kept: map[string]answer{}},
	}
	switch {
	case o.Wait == 0:
		c.left = 30 * time.Second
	case o.Wait < 0:
		c.left = 0
	}
	if c.rand == nil {
		c.rand = rand.Reader
	}
	if c.agent == "" {
		c.agent = "mergeseal"
	}
	if c.log == nil {
		c.log = func(string) {}
	}
	if err := c.authenticate(); err != nil {
		return nil, err
	}
	wire := o.Base
	if wire == nil {
		wire = ownTransport(o.Proxy)
	}
	c.http = &http.Client{Transport: wire, CheckRedirect: c.redirect, Timeout: requestTimeout}
	return c, nil
}

// Requests is how many requests went out so far, those that were answered 304
// and those that were tried again among them.
func (c *Client) Requests() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sent
}

// ClockSkew is how far the API's clock is ahead of ours by its last answer,
// to the second; false where it has not told its time.
func (c *Client) ClockSkew() (time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skew, c.skewed
}
