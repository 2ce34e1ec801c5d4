package forgetest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func keyPair(t *testing.T) (*rsa.PrivateKey, string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return key, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func TestAppsMintTokens(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	key, public := keyPair(t)
	other, _ := keyPair(t)
	st := shop()
	st.App(77).PublicKey = public
	s := New(t, Options{State: st, Now: now})
	sign := func(k *rsa.PrivateKey, iss any, iat, exp time.Duration) string {
		text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{"iss": iss, "iat": now.Add(iat).Unix(), "exp": now.Add(exp).Unix()}).SignedString(k)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	good := sign(key, "77", -time.Minute, 9*time.Minute)
	hmac, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"iss": 77, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix()}).SignedString([]byte(public))
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"another key": sign(other, 77, 0, time.Minute), "another App": sign(key, 78, 0, time.Minute), "expired": sign(key, 77, -time.Hour, -time.Second),
		"too long": sign(key, 77, 0, 11*time.Minute), "from the future": sign(key, 77, time.Minute, 2*time.Minute), "not RS256": hmac,
	} {
		if g := ask(t, s, bad, "GET", "/app", nil); g.status != 401 {
			t.Errorf("%s: %d %s", name, g.status, g.text)
		}
	}
	g := ask(t, s, good, "GET", repo+"/installation", nil)
	if g.field("id") != float64(770) {
		t.Fatalf("%d %s", g.status, g.text)
	}
	if g = ask(t, s, good, "GET", repo+"/pulls/42", nil); g.status != 403 {
		t.Errorf("an App as itself reads pull requests: %d", g.status)
	}
	if g = ask(t, s, good, "POST", "/app/installations/770/access_tokens", body{"permissions": body{"contents": "write"}}); g.status != 422 {
		t.Errorf("more than is granted: %d %s", g.status, g.text)
	}
	g = ask(t, s, good, "POST", "/app/installations/770/access_tokens", body{"permissions": body{"checks": "write"}, "repositories": []string{"shop"}})
	token := fmt.Sprint(g.field("token"))
	if g.status != 201 || !strings.HasPrefix(token, "ghs_") || g.field("expires_at") != "2026-11-21T10:00:00Z" {
		t.Fatalf("%d %s", g.status, g.text)
	}
	if g = ask(t, s, token, "POST", repo+"/check-runs", body{"name": "n", "head_sha": shaHead}); g.field("app", "slug") != "mergeseal-acme" {
		t.Errorf("%d %s", g.status, g.text)
	}
	if g = ask(t, s, token, "POST", repo+"/statuses/"+shaHead, body{"state": "success"}); g.status != 403 {
		t.Errorf("a permission that was not asked for: %d", g.status)
	}
	if _, writes := s.Counts(); writes != 2 {
		t.Errorf("%d writes: tokens are none", writes)
	}
	s.SetNow(now.Add(time.Hour))
	if g = ask(t, s, token, "GET", repo, nil); g.status != 401 {
		t.Errorf("after an hour: %d", g.status)
	}
}
