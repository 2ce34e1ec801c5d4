package seal

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// Errors of keys.
var (
	// ErrKey: the text is no key of a kind that seals are signed with.
	ErrKey = errors.New("not an Ed25519 or ECDSA P-256 key in PEM")
	// ErrSignature: the signature does not belong to these bytes and this key.
	ErrSignature = errors.New("the signature does not hold")
)

// KeyType is a kind of key. The zero value is none.
type KeyType uint8

// The kinds of key.
const (
	NoKey KeyType = iota
	Ed25519
	ECDSA // over P-256, with SHA-256
)

// Key is a public key and the time in which its seals are trusted. Instants
// are compared with when a seal says that it was made; zero ones do not bound.
type Key struct {
	Name      string // what the configuration calls it, "" for none
	Public    crypto.PublicKey
	NotBefore time.Time
	NotAfter  time.Time
	RevokedAt time.Time // no seal made at or after it is trusted
}

// ID is the key's fingerprint, as OpenSSH prints it.
func (k *Key) ID() string {
	id, err := dsse.SHA256KeyID(k.Public)
	if err != nil {
		return "unknown" // only kinds that ParsePublic refuses
	}
	return id
}

// Type is the kind of the key.
func (k *Key) Type() KeyType {
	switch k.Public.(type) {
	case ed25519.PublicKey:
		return Ed25519
	case *ecdsa.PublicKey:
		return ECDSA
	}
	return NoKey
}

// String is the kind's name.
func (t KeyType) String() string {
	switch t {
	case Ed25519:
		return "ed25519"
	case ECDSA:
		return "ecdsa"
	case NoKey:
	}
	return ""
}

// ParsePublic reads one public key: PEM, PKIX.
func ParsePublic(text []byte) (*Key, error) {
	block, err := onlyBlock(text, "PUBLIC KEY")
	if err != nil {
		return nil, err
	}
	pub, err := x509.ParsePKIXPublicKey(block)
	if err != nil {
		return nil, fmt.Errorf("parse public key: %w: %w", ErrKey, err)
	}
	if !known(pub) {
		return nil, fmt.Errorf("parse public key: it is a %T: %w", pub, ErrKey)
	}
	return &Key{Public: pub}, nil
}

// Private is a key that signs. It never shows itself: String gives the
// fingerprint of its public half.
type Private struct {
	signer crypto.Signer
	random io.Reader
}

// ParsePrivate reads one private key: PEM, PKCS#8, not encrypted. No error
// quotes it.
func ParsePrivate(text []byte, random io.Reader) (*Private, error) {
	block, err := onlyBlock(text, "PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(block)
	if err != nil {
		return nil, fmt.Errorf("parse private key: %w", ErrKey)
	}
	signer, ok := key.(crypto.Signer)
	if !ok || !known(signer.Public()) {
		return nil, fmt.Errorf("parse private key: it is a %T: %w", key, ErrKey)
	}
	return &Private{signer, random}, nil
}

// NewPrivate makes a key.
func NewPrivate(t KeyType, random io.Reader) (*Private, error) {
	switch t {
	case Ed25519:
		_, key, err := ed25519.GenerateKey(random)
		if err != nil {
			return nil, fmt.Errorf("make key: %w", err)
		}
		return &Private{key, random}, nil
	case ECDSA:
		key, err := ecdsa.GenerateKey(elliptic.P256(), random)
		if err != nil {
			return nil, fmt.Errorf("make key: %w", err)
		}
		return &Private{key, random}, nil
	case NoKey:
	}
	return nil, fmt.Errorf("make key: %w", ErrKey)
}

// PEM is both halves as files: PKCS#8 and PKIX.
func (p *Private) PEM() (private, public []byte, err error) {
	secret, err := x509.MarshalPKCS8PrivateKey(p.signer)
	if err != nil {
		return nil, nil, fmt.Errorf("write private key: %w", err)
	}
	open, err := x509.MarshalPKIXPublicKey(p.signer.Public())
	if err != nil {
		return nil, nil, fmt.Errorf("write public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}),
		pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: open}), nil
}

// Key is the public half.
func (p *Private) Key() *Key { return &Key{Public: p.signer.Public()} }

// String is the fingerprint.
func (p *Private) String() string { return p.Key().ID() }

// GoString is String, so that no format shows the key.
func (p *Private) GoString() string { return p.String() }

// Sign makes a signature over bytes. It has the form that DSSE wants.
func (p *Private) Sign(_ context.Context, data []byte) ([]byte, error) {
	if p.Key().Type() == ECDSA {
		sum := sha256.Sum256(data)
		return p.signer.Sign(p.random, sum[:], crypto.SHA256)
	}
	return p.signer.Sign(p.random, data, crypto.Hash(0))
}

// KeyID is the fingerprint, for the envelope.
func (p *Private) KeyID() (string, error) { return dsse.SHA256KeyID(p.signer.Public()) }

// verifier is a public key in the form that DSSE wants.
type verifier struct{ key *Key }

func (v verifier) Verify(_ context.Context, data, sig []byte) error {
	switch pub := v.key.Public.(type) {
	case ed25519.PublicKey:
		if ed25519.Verify(pub, data, sig) {
			return nil
		}
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(data)
		if ecdsa.VerifyASN1(pub, sum[:], sig) {
			return nil
		}
	}
	return ErrSignature
}

func (v verifier) KeyID() (string, error)   { return dsse.SHA256KeyID(v.key.Public) }
func (v verifier) Public() crypto.PublicKey { return v.key.Public }

func known(pub crypto.PublicKey) bool {
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return true
	case *ecdsa.PublicKey:
		return k.Curve == elliptic.P256()
	}
	return false
}

// onlyBlock is the content of the one PEM block of a text.
func onlyBlock(text []byte, kind string) ([]byte, error) {
	block, rest := pem.Decode(text)
	switch {
	case block == nil:
		return nil, fmt.Errorf("parse key: no PEM block: %w", ErrKey)
	case block.Type != kind:
		return nil, fmt.Errorf("parse key: it is %q, not %q: %w", block.Type, kind, ErrKey)
	case strings.TrimSpace(string(rest)) != "":
		return nil, fmt.Errorf("parse key: more than one PEM block: %w", ErrKey)
	}
	return block.Bytes, nil
}
