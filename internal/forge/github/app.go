package github

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Times of an App's tokens. GitHub takes a signed identity of ten minutes at
// most and advises to date it a minute back; an installation's token lives for
// an hour:
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
const (
	jwtBack  = time.Minute
	jwtLife  = 8 * time.Minute
	renewing = 5 * time.Minute // before the end
)

// app is an App's key, and its token for one repository.
type app struct {
	key *rsa.PrivateKey

	mu      sync.Mutex
	repo    Repo // last asked for: what is not below a repository is asked as its installation
	token   string
	of      Repo // token's
	expires time.Time
}

// parseKey reads an App's private key as GitHub hands it out, and as others
// convert it. A text with \n for its line ends comes from a variable.
func parseKey(data []byte) (*rsa.PrivateKey, error) {
	text := string(data)
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, `\n`, "\n")
	}
	refuse := func(why string) (*rsa.PrivateKey, error) {
		return nil, fmt.Errorf("read the App's key: %s: give the .pem file that GitHub made for the App, with --app-key-file", why)
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return refuse("it is not PEM")
	}
	switch {
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
		return refuse("it is encrypted")
	case block.Type == "RSA PRIVATE KEY":
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		if err != nil {
			return refuse("it is damaged")
		}
		return key, nil
	case block.Type == "PRIVATE KEY":
		any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return refuse("it is damaged")
		}
		if key, ok := any.(*rsa.PrivateKey); ok {
			return key, nil
		}
		return refuse("it is no RSA key")
	}
	return refuse("it holds no RSA private key")
}

// apiNow is the API's clock, as far as it is known.
func (c *Client) apiNow() time.Time {
	skew, _ := c.ClockSkew()
	return c.now().Add(skew)
}

// identity is a signed token by which the App itself asks.
func (c *Client) identity() (string, error) {
	now := c.apiNow()
	text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{
		Issuer:    strconv.FormatInt(c.auth.AppID, 10),
		IssuedAt:  jwt.NewNumericDate(now.Add(-jwtBack)),
		ExpiresAt: jwt.NewNumericDate(now.Add(jwtLife)),
	}).SignedString(c.app.key)
	if err != nil {
		return "", fmt.Errorf("sign as App %d: %w", c.auth.AppID, err)
	}
	c.keep(text)
	return text, nil
}

// asApp asks as the App itself. A signed identity that is refused may come from
// a clock that is wrong: the refusal tells the right time.
func (c *Client) asApp(ctx context.Context, r request) (answer, error) {
	for again := false; ; again = true {
		before := c.apiNow()
		signed, err := c.identity()
		if err != nil {
			return answer{}, err
		}
		r.bearer = signed
		a, err := c.ask(ctx, r)
		if off := c.apiNow().Sub(before).Abs(); !again && unauthorized(err) && off > 30*time.Second {
			continue
		}
		if unauthorized(err) {
			return a, fmt.Errorf("%w: the API does not know App %d by this key: see --app-id and --app-key-file", err, c.auth.AppID)
		}
		return a, err
	}
}

// installed is the token of the App's installation in a repository, made anew
// before it ends.
func (c *Client) installed(ctx context.Context, r Repo) (string, error) {
	c.app.mu.Lock()
	defer c.app.mu.Unlock()
	if r == (Repo{}) {
		r = c.app.repo
	}
	if r == (Repo{}) {
		return "", errors.New("authenticate as App: no repository was asked for yet, so that no installation is known")
	}
	c.app.repo = r
	if c.app.token != "" && c.app.of.Same(r) && c.apiNow().Before(c.app.expires.Add(-renewing)) {
		return c.app.token, nil
	}
	a, err := c.asApp(ctx, request{method: http.MethodGet, path: r.path("installation"), wantJSON: true})
	if errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("authenticate as App %d: %w: install the App in %s", c.auth.AppID, err, r)
	}
	if err != nil {
		return "", fmt.Errorf("authenticate as App %d: %w", c.auth.AppID, err)
	}
	var installation struct {
		ID int64 `json:"id"`
	}
	if err := decode(a, &installation); err != nil || installation.ID <= 0 {
		return "", fmt.Errorf("authenticate as App %d: find the installation in %s: %w", c.auth.AppID, r, ErrUnavailable)
	}
	a, err = c.asApp(ctx, request{method: http.MethodPost, path: "app/installations/" + strconv.FormatInt(installation.ID, 10) + "/access_tokens",
		body: map[string][]string{"repositories": {r.Name}}, wantJSON: true, harmless: true})
	if err != nil {
		return "", fmt.Errorf("authenticate as App %d: %w", c.auth.AppID, err)
	}
	var made struct {
		Token   string    `json:"token"`
		Expires time.Time `json:"expires_at"`
	}
	if err := decode(a, &made); err != nil || made.Token == "" || made.Expires.IsZero() {
		return "", fmt.Errorf("authenticate as App %d: make a token for %s: %w", c.auth.AppID, r, ErrUnavailable)
	}
	c.keep(made.Token)
	c.app.token, c.app.of, c.app.expires = made.Token, r, made.Expires
	return made.Token, nil
}
