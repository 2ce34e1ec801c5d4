package seal

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

const commit = "8f3b7c8f3b7c8f3b7c8f3b7c8f3b7c8f3b7c8f3b"

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// facts are those of a merge that changed two files and took one away.
func facts(t *testing.T) Facts {
	t.Helper()
	v := &verdict.Verdict{
		Schema: verdict.Schema, Outcome: verdict.OutcomePass, DecidedAt: at("2026-11-21T09:00:00Z"), ValidUntil: at("2026-11-22T09:00:00Z"),
		Subject: verdict.Subject{Repository: "acme/shop", PullRequest: 42, Head: commit},
		Changes: []verdict.Judged{{ID: "CHG-2026-0001", Title: "Übung <&> \u2028", Path: "changes/CHG-2026-0001.yaml", Outcome: verdict.OutcomePass, Environments: []string{"production"}}},
	}
	var err error
	if v.Digest, err = verdict.Digest(v); err != nil {
		t.Fatal(err)
	}
	doc, found := evidence.Read("e.json", []byte(`{"version": 1, "repository": "acme/shop", "pull_request": {"number": 42, "author": "alice", "head": "`+commit+`", "commits": []}, "reviews": []}`))
	if doc == nil {
		t.Fatal(found)
	}
	return Facts{
		Commit: commit, Repository: "acme/shop", Verdict: v, Evidence: doc, Mode: Reviewed, MergedBy: "carol",
		Covers:   []string{strings.Repeat("c", 40)},
		SealedAt: at("2026-11-21T10:00:00Z"), Previous: Digest([]byte("before")),
		Blobs: []Blob{{"deploy/prod/app.yaml", strings.Repeat("b", 40)}, {"changes/CHG-2026-0001.yaml", strings.Repeat("a", 40)}, {Path: "deploy/prod/old.yaml"}},
	}
}

func newKey(t *testing.T, kind KeyType) *Private {
	t.Helper()
	p, err := NewPrivate(kind, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sealed(t *testing.T, f Facts, key *Private) []byte {
	t.Helper()
	payload, err := Payload(f)
	if err != nil {
		t.Fatal(err)
	}
	env, err := Envelope(context.Background(), payload, key)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func trusting(keys ...*Private) Trust {
	var tr Trust
	for _, k := range keys {
		tr.Keys = append(tr.Keys, k.Key())
	}
	return tr
}

// refused wants a problem of a code whose words hold a text.
func refused(t *testing.T, err error, code, words string) {
	t.Helper()
	var p *diag.Problem
	if !errors.As(err, &p) || p.Code != code || !strings.Contains(p.Message, words) || p.Hint == "" {
		t.Errorf("error = %v (%+v), want %s with %q and a hint", err, p, code, words)
	}
}

func TestASealSaysWhatWasSealed(t *testing.T) {
	for _, kind := range []KeyType{Ed25519, ECDSA} {
		t.Run(kind.String(), func(t *testing.T) {
			f, key := facts(t), newKey(t, kind)
			s, err := Open(t.Context(), sealed(t, f, key), trusting(newKey(t, ECDSA), key, newKey(t, Ed25519)))
			if err != nil {
				t.Fatal(err)
			}
			if s.Key.ID() != key.String() || s.Mode != Reviewed || !s.SealedAt.Equal(f.SealedAt) || s.Previous != f.Previous || s.MergedBy != "carol" || len(s.Covers) != 1 || s.Covers[0] != f.Covers[0] {
				t.Errorf("seal = %+v", s)
			}
			if s.Commit != commit || s.Repository != "acme/shop" || s.Verdict.Digest != f.Verdict.Digest || s.Verdict.Changes[0].Title != f.Verdict.Changes[0].Title {
				t.Errorf("seal = %+v", s)
			}
			if diff := cmp.Diff(sortedBlobs(f.Blobs), s.Blobs); diff != "" {
				t.Errorf("blobs (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(f.Evidence, s.Evidence); diff != "" {
				t.Errorf("evidence (-want +got):\n%s", diff)
			}
		})
	}
}

func TestT38NoByteOfASealCanBeFlipped(t *testing.T) {
	key := newKey(t, Ed25519)
	env := sealed(t, facts(t), key)
	for i := range env {
		bent := bytes.Clone(env)
		bent[i] ^= 0x01
		// Space around the envelope means nothing to JSON; its bytes are bound by the chain.
		if _, err := Open(t.Context(), bent, trusting(key)); err == nil && i != len(env)-1 {
			t.Fatalf("byte %d flipped from %q to %q and nobody noticed", i, env[i], bent[i])
		}
	}
	for n := range len(env) - 1 {
		if _, err := Open(t.Context(), env[:n], trusting(key)); err == nil {
			t.Fatalf("cut to %d bytes and nobody noticed", n)
		}
	}
	for _, text := range []string{"", "{}", "null", "[]", string(env) + "{}"} {
		_, err := Open(t.Context(), []byte(text), trusting(key))
		refused(t, err, "MS701", "cannot be read")
	}
}

func TestASignatureCountsOnlyFromATrustedKeyInItsTime(t *testing.T) {
	key, other := newKey(t, Ed25519), newKey(t, Ed25519)
	env := sealed(t, facts(t), key) // made at 10:00
	_, err := Open(t.Context(), env, trusting(other))
	refused(t, err, "MS704", key.String())
	_, err = Open(t.Context(), env, Trust{})
	refused(t, err, "MS704", key.String())
	tests := []struct {
		name, words string
		change      func(*Key)
	}{
		{"T39 revoked at that second", "revoked", func(k *Key) { k.RevokedAt = at("2026-11-21T10:00:00Z") }},
		{"ended at that second", "ended", func(k *Key) { k.NotAfter = at("2026-11-21T10:00:00Z") }},
		{"not yet", "begins", func(k *Key) { k.NotBefore = at("2026-11-21T10:00:01Z") }},
		{"revoked later, after rotation", "", func(k *Key) { k.RevokedAt = at("2026-11-21T10:00:01Z") }},
		{"ended later", "", func(k *Key) { k.NotAfter = at("2026-11-21T10:00:01Z") }},
		{"begun at that second", "", func(k *Key) { k.NotBefore = at("2026-11-21T10:00:00Z") }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := key.Key()
			test.change(k)
			_, err := Open(t.Context(), env, Trust{Keys: []*Key{k}})
			if test.words == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			refused(t, err, "MS705", test.words)
		})
	}
}

func TestASealThatNobodySignedIsReadOnlyWhereThatIsAllowed(t *testing.T) {
	env := sealed(t, facts(t), nil)
	_, err := Open(t.Context(), env, trusting(newKey(t, Ed25519)))
	refused(t, err, "MS702", "nobody signed")
	s, err := Open(t.Context(), env, Trust{AllowUnsigned: true})
	if err != nil || s.Key != nil {
		t.Errorf("seal = %+v, %v", s, err)
	}
	// A signature that does not hold is not the same as none.
	signed := sealed(t, facts(t), newKey(t, Ed25519))
	_, err = Open(t.Context(), signed, Trust{AllowUnsigned: true})
	refused(t, err, "MS704", "no trusted key")
}

// resigned is an envelope with a valid signature over other bytes.
func resigned(t *testing.T, key *Private, change func(payload string) string) []byte {
	t.Helper()
	payload, err := Payload(facts(t))
	if err != nil {
		t.Fatal(err)
	}
	after := change(string(payload))
	if after == string(payload) {
		t.Fatal("the payload did not change")
	}
	env, err := Envelope(t.Context(), []byte(after), key)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func TestAStatementIsReadStrictlyEvenWhenItsSignatureHolds(t *testing.T) {
	key := newKey(t, Ed25519)
	replace := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	tests := []struct {
		name, code, words string
		change            func(string) string
	}{
		{"T40 a key twice", "MS701", "canonical", replace(`"mode":`, `"mode":"bypassed","mode":`)},
		{"T40 data after the end", "MS701", "canonical", func(s string) string { return s + "{}" }},
		{"T40 keys in another order", "MS701", "canonical", func(s string) string { return `{"subject":[],` + s[1:] }},
		{"T42 another version", "MS706", "another kind", replace(`"predicateType":"https://github.com/mergeseal/mergeseal/verdict/v1"`, `"predicateType":"https://github.com/mergeseal/mergeseal/verdict/v99"`)},
		{"T42 another version of the verdict", "MS706", "another kind", replace(`"schema":"https://github.com/mergeseal/mergeseal/verdict/v1"`, `"schema":"99"`)},
		{"no in-toto statement", "MS701", "in-toto", replace(`"_type":"https://in-toto.io/Statement/v1"`, `"_type":"https://in-toto.io/Statement/v0"`)},
		{"another verdict under the digest", "MS701", "digest", replace(`"outcome":"pass"`, `"outcome":"fail"`)},
		{"an unknown mode", "MS701", "mode", replace(`"mode":"reviewed"`, `"mode":"blessed"`)},
		{"no instant", "MS701", "when it was made", replace(`"sealed_at":"2026-11-21T10:00:00Z"`, `"sealed_at":"yesterday"`)},
		{"no commit", "MS701", "neither the commit", replace(`"gitCommit"`, `"gitBlob"`)},
		{"a file that is no blob", "MS701", "neither the commit", replace(`"gitBlob"`, `"sha1"`)},
		{"evidence that is not in order", "MS701", "evidence", replace(`"version":1`, `"version":2`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(t.Context(), resigned(t, key, test.change), trusting(key))
			refused(t, err, test.code, test.words)
		})
	}
}

// payloadOf is what an envelope holds, and its signature.
func payloadOf(t *testing.T, envelope []byte) (payload, sig []byte) {
	t.Helper()
	var env dsse.Envelope
	if err := json.Unmarshal(envelope, &env); err != nil {
		t.Fatal(err)
	}
	payload, err := base64.StdEncoding.DecodeString(env.Payload)
	if err != nil {
		t.Fatal(err)
	}
	if sig, err = base64.StdEncoding.DecodeString(env.Signatures[0].Sig); err != nil {
		t.Fatal(err)
	}
	return payload, sig
}

// openssl knows nothing of us: it gets the bytes that DSSE says are signed, the
// signature and the public key.
func TestOpenSSLAcceptsOurSignatureAndNoOther(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("openssl is not installed")
		}
		t.Log("did not run: openssl is not installed")
		return
	}
	for _, kind := range []KeyType{Ed25519, ECDSA} {
		t.Run(kind.String(), func(t *testing.T) {
			key := newKey(t, kind)
			payload, sig := payloadOf(t, sealed(t, facts(t), key))
			_, public, err := key.PEM()
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			file := func(name string, b []byte) string {
				p := filepath.Join(dir, name)
				if err := os.WriteFile(p, b, 0o600); err != nil {
					t.Fatal(err)
				}
				return p
			}
			verify := func(signed []byte) error {
				in, s, pub := file("in", signed), file("sig", sig), file("pub.pem", public)
				args := []string{"dgst", "-sha256", "-verify", pub, "-signature", s, in}
				if kind == Ed25519 {
					args = []string{"pkeyutl", "-verify", "-pubin", "-inkey", pub, "-rawin", "-in", in, "-sigfile", s}
				}
				return exec.Command(openssl, args...).Run()
			}
			pae := dsse.PAE(PayloadType, payload)
			if err := verify(pae); err != nil {
				t.Errorf("openssl refuses the signature: %v", err)
			}
			if err := verify(append(pae, ' ')); err == nil {
				t.Error("openssl takes the signature for other bytes")
			}
		})
	}
}

func TestKeysSurviveTheirFilesAndNeverShowThemselves(t *testing.T) {
	for _, kind := range []KeyType{Ed25519, ECDSA} {
		key := newKey(t, kind)
		private, public, err := key.PEM()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParsePrivate(private, rand.Reader)
		if err != nil || again.String() != key.String() {
			t.Errorf("%s: %v, %v", kind, again, err)
		}
		pub, err := ParsePublic(public)
		if err != nil || pub.ID() != key.String() || pub.Type() != kind {
			t.Errorf("%s: %v, %v", kind, pub, err)
		}
		if _, err := ParsePublic(private); !errors.Is(err, ErrKey) || strings.Contains(err.Error(), string(private[40:60])) {
			t.Errorf("a private key passes as a public one: %v", err)
		}
		if _, err := ParsePrivate(append(private, private...), rand.Reader); !errors.Is(err, ErrKey) {
			t.Errorf("two keys pass as one: %v", err)
		}
	}
	for _, text := range []string{"", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"} {
		if _, err := ParsePrivate([]byte(text), rand.Reader); !errors.Is(err, ErrKey) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	key, err := NewPrivate(Ed25519, rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "{}", "null", `{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[]}`, `{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[{"keyid":"","sig":""}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, envelope []byte) {
		// Nobody else has the key: whatever comes must be refused.
		if s, err := Open(t.Context(), envelope, Trust{Keys: []*Key{key.Key()}}); err == nil {
			t.Errorf("taken for a seal: %+v", s)
		}
	})
}
