package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxAnswer bounds one answer: a page of a hundred files with their patches is
// the largest there is.
const maxAnswer = 32 << 20

// apiVersion is the one whose answers are understood:
// https://docs.github.com/en/rest/about-the-rest-api/api-versions
const apiVersion = "2022-11-28"

// do sends one request below the API's address and decodes the answer. body is
// sent as JSON unless nil; into is filled unless nil, a *json.RawMessage with
// the bytes as they are. The response's body is read and closed. path has no
// leading slash and may have a query. A refusal is an *Error.
func (c *Client) do(ctx context.Context, method, path string, body, into any) (*http.Response, error) {
	a, err := c.ask(ctx, request{method: method, path: path, body: body, wantJSON: into != nil})
	res := &http.Response{StatusCode: a.status, Header: a.header, Body: http.NoBody}
	if err != nil {
		return res, err
	}
	if into == nil {
		return res, nil
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		return res, fmt.Errorf("%s /%s: read the answer: %w: %s", method, c.hide(strings.TrimPrefix(path, "/")), ErrUnavailable, c.hide(err.Error()))
	}
	return res, nil
}

// graphql is the one path that is not below /api/v3 of an Enterprise Server.
const graphql = "graphql"

// request is one, before it is sent.
type request struct {
	method, path string
	body         any
	wantJSON     bool
	bearer       string // instead of the client's own authentication
	harmless     bool   // a POST that may happen twice
}

// ask sends a request until there is a final answer or no more waiting.
func (c *Client) ask(ctx context.Context, r request) (answer, error) {
	if !strings.HasPrefix(r.path, "//") { // which would be a host
		r.path = strings.TrimPrefix(r.path, "/")
	}
	shown := c.hide(r.path)
	var payload []byte
	if r.body != nil {
		var err error
		if payload, err = json.Marshal(r.body); err != nil {
			return answer{}, fmt.Errorf("%s /%s: encode the request: %w", r.method, shown, err)
		}
	}
	target, err := c.url(r.path)
	if err != nil {
		return answer{}, err
	}
	renewed := false
	for n := 1; ; n++ {
		bearer := r.bearer
		if bearer == "" {
			if bearer, err = c.bearer(ctx, r.path); err != nil {
				return answer{}, err
			}
		}
		began := c.now()
		a, err := c.try(ctx, r.method, target, bearer, payload)
		why, asked := never, time.Duration(-1)
		switch {
		case ctx.Err() != nil:
			return answer{}, fmt.Errorf("%s /%s: %w", r.method, shown, ctx.Err())
		case errors.Is(err, ErrTooMany):
			return answer{}, fmt.Errorf("%s /%s: %w", r.method, shown, err)
		case err != nil:
			why = failure(err)
		default:
			why, asked = judge(a, r.wantJSON)
			if a.status == http.StatusUnauthorized && r.bearer == "" && !renewed && c.forget(bearer) {
				renewed = true
				continue
			}
		}
		if err == nil && why == never {
			return a, c.refusal(r, a)
		}
		end := c.lastWord(r, shown, a, err)
		if n >= maxTries || !why.again(r.method, r.harmless) {
			return a, end
		}
		c.lose(c.now().Sub(began))
		if tired := c.wait(ctx, n, asked); tired != nil {
			if ctx.Err() != nil {
				return a, fmt.Errorf("%s /%s: %w", r.method, shown, ctx.Err())
			}
			return a, fmt.Errorf("%w: %w", end, tired)
		}
		c.log(c.hide(fmt.Sprintf("GitHub: %v; trying again", end)))
	}
}

// lastWord is the error of a try that was not the last one wanted.
func (c *Client) lastWord(r request, shown string, a answer, err error) error {
	if err != nil {
		return fmt.Errorf("%s /%s: %w: %s", r.method, shown, ErrUnavailable, c.hide(withoutURL(err)))
	}
	if end := c.refusal(r, a); end != nil {
		return end
	}
	return fmt.Errorf("%s /%s: %w: an answer that is no JSON", r.method, shown, ErrUnavailable)
}

// withoutURL is an error's text less the URL, which the caller names anyway.
func withoutURL(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}

// refusal is the error of a final answer, nil for a good one.
func (c *Client) refusal(r request, a answer) error {
	if a.status/100 == 2 {
		return nil
	}
	words, _, _ := strings.Cut(refusal(a.body).Message, "\n")
	if len(words) > 300 {
		words = strings.ToValidUTF8(words[:300], "") + "…"
	}
	return &Error{Method: r.method, Path: c.hide(r.path), Status: a.status, Message: c.hide(words),
		Needs: needs(r.method, r.path, a.header), Limited: isLimit(a)}
}

// lose counts the time of a try that came to nothing as waiting.
func (c *Client) lose(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left -= min(max(d, 0), c.left)
}

// url is a path below the API's address, or an address of the API itself as it
// stands in a link to the next page.
func (c *Client) url(path string) (string, error) {
	if path == graphql {
		// https://docs.github.com/en/enterprise-server@latest/graphql/guides/managing-enterprise-accounts#3-setting-up-insomnia-to-use-the-github-graphql-api-with-enterprise-accounts
		return strings.TrimSuffix(c.base.String(), "v3/") + graphql, nil
	}
	if text := c.base.String(); strings.HasPrefix(path, text) {
		path = path[len(text):]
	}
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || strings.Contains("/"+u.Path+"/", "/../") {
		return "", fmt.Errorf("ask for %q: not a path of the API", c.hide(path))
	}
	return c.base.String() + path, nil
}

// try is one request and its whole answer, or an error.
func (c *Client) try(ctx context.Context, method, target, bearer string, payload []byte) (answer, error) {
	var body io.Reader
	if payload != nil {
		body = bytes.NewReader(payload)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("X-GitHub-Api-Version", apiVersion)
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Authorization", "Bearer "+bearer)
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodGet {
		if tag := c.etag(target); tag != "" {
			req.Header.Set("If-None-Match", tag)
		}
	}
	c.mu.Lock()
	c.sent++
	c.mu.Unlock()
	res, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close() //nolint:errcheck // read to its end below
	whole, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return answer{}, err
	}
	if len(whole) > maxAnswer {
		return answer{}, fmt.Errorf("%w: an answer of over %d MiB", ErrTooMany, maxAnswer>>20)
	}
	c.clock(res.Header)
	a := answer{res.StatusCode, res.Header, whole}
	if method != http.MethodGet {
		return a, nil
	}
	a, ok := c.cached(target, a)
	if !ok {
		return answer{}, errors.New("an answer of 304 to a question without a condition")
	}
	return a, nil
}

// clock notes how far the API's clock is from ours.
func (c *Client) clock(h http.Header) {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew, c.skewed = at.Sub(c.now()).Truncate(time.Second), true
}
