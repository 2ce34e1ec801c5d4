package github

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// requestTimeout ends one try, its body included. GitHub itself gives up after
// ten seconds: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#timeouts
const requestTimeout = 20 * time.Second

// maxRedirects is how often one request is sent on.
const maxRedirects = 5

// parseAPI reads the address of an API: https, or http on a loopback address.
func parseAPI(text string) (*url.URL, error) {
	if text == "" {
		text = DefaultAPI
	}
	refuse := func(why string) (*url.URL, error) {
		return nil, fmt.Errorf("read address of the API: %s: write it like %s or https://github.example.org/api/v3", why, DefaultAPI)
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return refuse("not a URL")
	case u.User != nil:
		return refuse("it holds a user or password, which belong in GITHUB_TOKEN")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return refuse("it holds a query or fragment")
	case u.Hostname() == "" || u.Opaque != "":
		return refuse("it names no host")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return refuse("plain http would show the token to everybody on the way")
	case u.Scheme != "https" && u.Scheme != "http":
		return refuse("not https")
	}
	u.Path = strings.TrimRight(u.Path, "/") + "/"
	u.RawPath = ""
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ownTransport is one without the environment: proxies come from the caller.
func ownTransport(proxy func(*http.Request) (*url.URL, error)) http.RoundTripper {
	return &http.Transport{
		Proxy:                 proxy,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          4,
		IdleConnTimeout:       60 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

// redirect allows only what cannot lose a credential or change the request
// (T17): the same scheme, host and port, the same method, a few times.
func (c *Client) redirect(req *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return errors.New("it redirects without an end")
	case req.URL.Scheme != c.base.Scheme || req.URL.Host != c.base.Host:
		return fmt.Errorf("it redirects to another host, %s, which gets nothing from here: name the right one with --api-url", req.URL.Host)
	case req.Method != via[0].Method:
		return fmt.Errorf("its redirect would turn %s into %s", via[0].Method, req.Method)
	}
	return nil
}
