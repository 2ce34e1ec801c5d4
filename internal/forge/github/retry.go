package github

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Bounds of trying again.
const (
	maxTries  = 6
	firstWait = 500 * time.Millisecond // doubles with each try, before jitter
)

// reason is why a try may be repeated. The zero value is none.
type reason uint8

const (
	never   reason = iota
	limited        // refused by a rate limit: nothing happened
	unsent         // no connection: nothing happened
	unclear        // a server's error, or an answer cut short: it may have happened
)

// again reports whether a request may be sent once more: any that did nothing,
// and those that do the same when done twice.
func (r reason) again(method string, harmless bool) bool {
	return r == limited || r == unsent || r == unclear && (method != http.MethodPost || harmless)
}

// judge says why an answer is no final one, and how long the API wants us to
// wait; less than 0 is unsaid.
func judge(a answer, jsonWanted bool) (reason, time.Duration) {
	switch {
	case isLimit(a):
		return limited, wanted(a)
	case a.status >= 500 && a.status != http.StatusNotImplemented:
		return unclear, wanted(a)
	case a.status/100 == 2 && jsonWanted && !json.Valid(a.body):
		return unclear, -1
	}
	return never, -1
}

// isLimit tells rate limits from refusals. GitHub answers 403 or 429 to both
// kinds of limit, and 403 to much else:
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
func isLimit(a answer) bool {
	if a.status == http.StatusTooManyRequests {
		return true
	}
	if a.status != http.StatusForbidden {
		return false
	}
	if a.header.Get("Retry-After") != "" || a.header.Get("X-RateLimit-Remaining") == "0" {
		return true
	}
	said := refusal(a.body)
	text := strings.ToLower(said.Message)
	return strings.Contains(text, "rate limit") || strings.Contains(text, "abuse detection") ||
		strings.Contains(said.Documentation, "secondary-rate-limits") || strings.Contains(said.Documentation, "abuse-rate-limits")
}

// said is the body of a refusal.
type said struct {
	Message       string `json:"message"`
	Documentation string `json:"documentation_url"`
}

// refusal reads what there is to read: a proxy's page says nothing.
func refusal(body []byte) said {
	var s said
	if json.Unmarshal(body, &s) != nil {
		return said{}
	}
	return s
}

// wanted is how long the API asks us to wait, by its own clock.
func wanted(a answer) time.Duration {
	served, errServed := http.ParseTime(a.header.Get("Date"))
	if after := a.header.Get("Retry-After"); after != "" {
		if n, err := strconv.Atoi(after); err == nil && n >= 0 && n < 1e6 {
			return time.Duration(n) * time.Second
		}
		if at, err := http.ParseTime(after); err == nil && errServed == nil {
			return max(at.Sub(served), 0)
		}
	}
	if a.header.Get("X-RateLimit-Remaining") != "0" || errServed != nil {
		return -1
	}
	at, err := strconv.ParseInt(a.header.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil {
		return -1
	}
	return max(time.Unix(at, 0).Sub(served), 0) + time.Second // the reset is a whole second
}

// failure sorts a try without an answer: only a connection that was never made
// is known to have sent nothing.
func failure(err error) reason {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return unsent
	}
	var timeout net.Error
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.As(err, &op) ||
		errors.As(err, &timeout) && timeout.Timeout() {
		return unclear
	}
	if text := err.Error(); strings.Contains(text, "http2: ") || strings.Contains(text, "stream error") ||
		strings.Contains(text, "server closed idle connection") || strings.Contains(text, "connection broken") {
		return unclear // these have no exported types
	}
	return never
}

// wait sleeps before try number n (from 1) if what is left of the waiting
// allows it. asked is what the API wants, less than 0 for nothing.
func (c *Client) wait(ctx context.Context, n int, asked time.Duration) error {
	d := asked
	if d < 0 {
		d = firstWait << (n - 1)
	}
	jitter, err := c.jitter(firstWait << (n - 1))
	if err != nil {
		return err
	}
	if asked < 0 {
		d = d/2 + jitter/2
	} else {
		d += jitter / 4 // never less than was asked
	}
	if !c.spend(d) {
		return fmt.Errorf("the next try would be in %s, which is longer than may be waited (--api-wait)", d.Round(time.Second))
	}
	return c.sleep(ctx, d)
}

// spend takes from the waiting that is left. Waiting that is too long is not
// begun: it would end in nothing.
func (c *Client) spend(d time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d > c.left {
		return false
	}
	c.left -= d
	return true
}

// jitter is a random part of d, so that many runs do not come back at once.
func (c *Client) jitter(d time.Duration) (time.Duration, error) {
	var b [8]byte
	if _, err := io.ReadFull(c.rand, b[:]); err != nil {
		return 0, fmt.Errorf("draw a random number: %w", err)
	}
	return time.Duration(binary.BigEndian.Uint64(b[:]) % uint64(d)), nil
}
