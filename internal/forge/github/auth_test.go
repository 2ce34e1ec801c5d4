package github

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func newKey(t *testing.T) (*rsa.PrivateKey, []byte) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

func pkcs8(t *testing.T, key any) []byte {
	t.Helper()
	b, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: b})
}

func TestKeysOfAnAppAreReadOrRefusedWithAReason(t *testing.T) {
	key, pkcs1 := newKey(t)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind, body string, headers map[string]string) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: []byte(body), Headers: headers})
	}
	for name, tt := range map[string]struct {
		data []byte
		want string // "" is a key
	}{
		"PKCS#1":                     {data: pkcs1},
		"PKCS#8":                     {data: pkcs8(t, key)},
		"line ends as \\n":           {data: []byte(strings.ReplaceAll(string(pkcs1), "\n", `\n`))},
		"text around it":             {data: append([]byte("Key of our App\n"), pkcs1...)},
		"an elliptic curve":          {pkcs8(t, curve), "no RSA key"},
		"no PEM":                     {[]byte("MIIEpAIBAAKCAQEA"), "not PEM"},
		"a damaged one":              {block("RSA PRIVATE KEY", "x", nil), "damaged"},
		"a damaged one of PKCS#8":    {block("PRIVATE KEY", "x", nil), "damaged"},
		"an encrypted one":           {block("RSA PRIVATE KEY", "x", map[string]string{"DEK-Info": "AES-128-CBC,00"}), "encrypted"},
		"an encrypted one of PKCS#8": {block("ENCRYPTED PRIVATE KEY", "x", nil), "encrypted"},
		"a public key":               {block("PUBLIC KEY", "x", nil), "no RSA private key"},
	} {
		got, err := parseKey(tt.data)
		switch {
		case tt.want == "" && (err != nil || !got.Equal(key)):
			t.Errorf("%s: %v", name, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "--app-key-file")):
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestAClientNeedsOneWayToProveWhoItIs(t *testing.T) {
	_, key := newKey(t)
	sleep := (&waits{}).sleep
	for name, tt := range map[string]struct {
		auth Auth
		want string // "" is a client
	}{
		"a token":                     {auth: Auth{Token: "x"}},
		"a token and a line's end":    {auth: Auth{Token: "x\n"}},
		"an App":                      {auth: Auth{AppID: 1, AppKey: key}},
		"an App wins":                 {auth: Auth{Token: "x", AppID: 1, AppKey: key}},
		"nothing":                     {Auth{}, "GITHUB_TOKEN"},
		"blanks":                      {Auth{Token: " \n"}, "GITHUB_TOKEN"},
		"a token with a line between": {Auth{Token: "a\nX-Evil: 1"}, "GITHUB_TOKEN"},
		"an App without a key":        {Auth{AppID: 1}, "--app-key-file"},
		"a key without an App":        {Auth{AppKey: key}, "--app-id"},
		"an App below zero":           {Auth{AppID: -1, AppKey: key}, "--app-id"},
	} {
		_, err := New(Options{Auth: tt.auth, Now: func() time.Time { return noon }, Sleep: sleep})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Options{Auth: Auth{Token: "x"}}); err == nil {
		t.Error("a client without a clock")
	}
}

// installer is a server that knows one App by its key.
type installer struct {
	t       *testing.T
	key     *rsa.PrivateKey
	clock   func() time.Time
	minted  int
	refuse  map[string]bool
	journal []string
}

func (s *installer) answer(_ int, w http.ResponseWriter, r *http.Request) {
	now := s.clock()
	w.Header().Set("Date", now.Format(http.TimeFormat))
	s.journal = append(s.journal, r.Method+" "+r.URL.Path)
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	asApp := strings.HasSuffix(r.URL.Path, "/installation") || strings.HasPrefix(r.URL.Path, "/app")
	if asApp {
		token, err := jwt.Parse(bearer, func(*jwt.Token) (any, error) { return &s.key.PublicKey, nil },
			jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer("7"), jwt.WithIssuedAt(), jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.clock))
		if err != nil {
			say(w, 401, `{"message": "A JSON web token could not be decoded"}`)
			return
		}
		if end, err := token.Claims.GetExpirationTime(); err != nil || end.Sub(now) > 10*time.Minute {
			s.t.Errorf("GitHub takes no identity that ends %v: %v", end, err)
		}
	}
	switch {
	case r.URL.Path == "/repos/acme/none/installation":
		say(w, 404, `{"message": "Not Found"}`)
	case strings.HasSuffix(r.URL.Path, "/installation"):
		say(w, 200, `{"id": 99}`)
	case r.URL.Path == "/app/installations/99/access_tokens":
		var body struct{ Repositories []string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || fmt.Sprint(body.Repositories) != "[shop]" {
			s.t.Errorf("a token for %v: %v", body, err)
		}
		s.minted++
		say(w, 201, fmt.Sprintf(`{"token": "ghs_minted%d", "expires_at": %q}`, s.minted, now.Add(time.Hour).Format(time.RFC3339)))
	case r.URL.Path == "/app":
		say(w, 200, `{"id": 7, "slug": "mergeseal-acme"}`)
	case s.refuse[bearer] || !strings.HasPrefix(bearer, "ghs_minted"):
		say(w, 401, `{"message": "Bad credentials"}`)
	default:
		say(w, 200, `{"id": 1}`)
	}
}

func TestAnAppFindsItsInstallationAndRenewsItsToken(t *testing.T) {
	key, data := newKey(t)
	clock := noon
	s := &installer{t: t, key: key, clock: func() time.Time { return clock }, refuse: map[string]bool{}}
	server, _ := serve(t, s.answer)
	c, _ := ask(t, server, func(o *Options) {
		o.Auth = Auth{AppID: 7, AppKey: data, Token: "ghp_ignored"}
		o.Now = s.clock
	})
	get := func(path string) {
		t.Helper()
		if _, err := c.do(context.Background(), "GET", path, nil, nil); err != nil {
			t.Error(err)
		}
	}
	get("repos/acme/shop/pulls/1")
	get("repos/acme/shop/pulls/2")
	get("orgs/acme/teams/cab/members")
	if s.minted != 1 {
		t.Errorf("%d tokens for three requests: %v", s.minted, s.journal)
	}
	clock = clock.Add(56 * time.Minute)
	get("repos/acme/shop/pulls/1")
	if s.minted != 2 {
		t.Errorf("a token that ends in four minutes was used")
	}
	s.refuse["ghs_minted2"] = true
	get("repos/acme/shop/pulls/1")
	if s.minted != 3 {
		t.Errorf("a token that was refused was not renewed")
	}
	s.refuse["ghs_minted3"], s.refuse["ghs_minted4"] = true, true
	if _, err := c.do(context.Background(), "GET", "repos/acme/shop", nil, nil); !unauthorized(err) || s.minted != 4 {
		t.Errorf("renewed for ever: %v, %d tokens", err, s.minted)
	}
	self, err := c.Self(context.Background(), Repo{"acme", "shop"})
	if err != nil || self != (Identity{"mergeseal-acme[bot]", 7}) {
		t.Errorf("got %v, %v", self, err)
	}
	_, err = c.PullRequest(context.Background(), Repo{"acme", "none"}, 1)
	if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "install the App in acme/none") {
		t.Errorf("got %v", err)
	}
}

func TestT45AnAppSignsByTheAPIsClock(t *testing.T) {
	key, data := newKey(t)
	for _, off := range []time.Duration{-time.Hour, time.Hour} {
		s := &installer{t: t, key: key, clock: func() time.Time { return noon.Add(off) }}
		server, _ := serve(t, s.answer)
		c, _ := ask(t, server, func(o *Options) { o.Auth = Auth{AppID: 7, AppKey: data} })
		if _, err := c.do(context.Background(), "GET", "repos/acme/shop", nil, nil); err != nil {
			t.Errorf("%v: %v", off, err)
		}
	}
	_, other := newKey(t)
	s := &installer{t: t, key: key, clock: func() time.Time { return noon }}
	server, tries := serve(t, s.answer)
	c, _ := ask(t, server, func(o *Options) { o.Auth = Auth{AppID: 7, AppKey: other} })
	if _, err := c.do(context.Background(), "GET", "repos/acme/shop", nil, nil); !errors.Is(err, ErrForbidden) || !strings.Contains(err.Error(), "--app-key-file") || tries() != 1 {
		t.Errorf("a wrong key: %v in %d tries", err, tries())
	}
}

func TestWhoATokenIs(t *testing.T) {
	for name, tt := range map[string]struct {
		token, api string
		status     int
		body       string
		want       Identity
		asks       int
		fails      bool
	}{
		"a person's":                {token: "ghp_x", status: 200, body: `{"login": "alice"}`, want: Identity{Login: "alice"}, asks: 1},
		"a workflow's":              {token: secret, status: 200, body: `{"data": {"viewer": {"login": "github-actions[bot]"}}}`, want: Identity{Login: workflowLogin}, asks: 1},
		"an App's":                  {token: secret, status: 200, body: `{"data": {"viewer": {"login": "mergeseal-acme[bot]"}}}`, want: Identity{Login: "mergeseal-acme[bot]"}, asks: 1},
		"one that may not ask":      {token: secret, status: 403, body: `{"message": "Resource not accessible by integration"}`, want: Identity{Login: workflowLogin}, asks: 1},
		"one that is told nothing":  {token: secret, status: 200, body: `{"data": null, "errors": [{"message": "no"}]}`, want: Identity{Login: workflowLogin}, asks: 1},
		"one that is told a person": {token: secret, status: 200, body: `{"data": {"viewer": {"login": "alice"}}}`, want: Identity{Login: workflowLogin}, asks: 1},
		"one that was revoked":      {token: secret, status: 401, asks: 1, fails: true},
		"an old workflow's":         {token: "x", status: 403, body: `{"message": "Resource not accessible by integration"}`, want: Identity{Login: workflowLogin}, asks: 1},
		"a wrong one":               {token: "x", status: 401, asks: 1, fails: true},
		"an answer about nobody":    {token: "x", status: 200, body: `{}`, asks: 1, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			s, tries := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { say(w, tt.status, tt.body) })
			c, _ := ask(t, s, func(o *Options) { o.Auth.Token = tt.token })
			for range 2 {
				got, err := c.Self(context.Background(), Repo{"acme", "shop"})
				if (err != nil) != tt.fails || got != tt.want {
					t.Errorf("got %+v, %v", got, err)
				}
				if tt.fails {
					break
				}
			}
			if tries() != tt.asks {
				t.Errorf("asked %d times", tries())
			}
		})
	}
	c, err := New(Options{Auth: Auth{Token: secret}, Now: func() time.Time { return noon }, Sleep: (&waits{}).sleep})
	if err != nil || c.workflow().App != actionsApp {
		t.Errorf("on github.com the App of workflows is known: %v", err)
	}
}
