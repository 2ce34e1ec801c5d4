package seal

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gowebpki/jcs"
	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

func encode64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// Trust is which keys' seals are believed.
type Trust struct {
	Keys          []*Key
	AllowUnsigned bool // a seal that nobody signed is read, and shown as such
}

// Open verifies an envelope and reads what it holds. The signature is checked
// over the bytes as they lie; only then are they parsed, once. What is wrong is
// a *diag.Problem with one of the codes MS701 to MS706.
func Open(ctx context.Context, envelope []byte, trust Trust) (*Seal, error) {
	payload, key, err := Unwrap(ctx, PayloadType, envelope, trust)
	if err != nil {
		return nil, err
	}
	s, err := read(payload)
	if err != nil {
		return nil, err
	}
	s.Digest, s.Key = Digest(envelope), key
	return s, InTime(key, s.SealedAt)
}

// Unwrap verifies an envelope and gives its payload and the key that signed it,
// nil for one that nobody signed. Whether the key was in its time, InTime says.
func Unwrap(ctx context.Context, payloadType string, envelope []byte, trust Trust) ([]byte, *Key, error) {
	if len(envelope) > MaxSize {
		return nil, nil, diag.Problemf("MS701", "seal the commit again", "the seal is larger than %d bytes", MaxSize)
	}
	var env dsse.Envelope
	dec := json.NewDecoder(bytes.NewReader(envelope))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&env); err != nil {
		return nil, nil, malformed("it is no DSSE envelope: %v", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, malformed("something follows the envelope")
	}
	if env.PayloadType != payloadType {
		return nil, nil, malformed("its payload is %s, not %s", diag.Quote(env.PayloadType), payloadType)
	}
	payload, err := base64.StdEncoding.Strict().DecodeString(env.Payload)
	if err != nil {
		return nil, nil, malformed("its payload is not base64")
	}
	key, err := signedBy(ctx, &env, trust)
	return payload, key, err
}

// Peek reads a seal without asking who signed it. It is for the order of seals
// alone: nothing in it is true.
func Peek(envelope []byte) (*Seal, error) {
	var env dsse.Envelope
	if err := json.Unmarshal(envelope, &env); err != nil {
		return nil, malformed("it is no DSSE envelope: %v", err)
	}
	payload, err := base64.StdEncoding.Strict().DecodeString(env.Payload)
	if err != nil {
		return nil, malformed("its payload is not base64")
	}
	s, err := read(payload)
	if err != nil {
		return nil, err
	}
	s.Digest = Digest(envelope)
	return s, nil
}

func malformed(format string, args ...any) error {
	return diag.Problemf("MS701", "seal the commit again, or ask who wrote the note", "the seal cannot be read: "+format, args...)
}

// signedBy is the trusted key whose signature holds, or nil where nobody
// signed and that is allowed.
func signedBy(ctx context.Context, env *dsse.Envelope, trust Trust) (*Key, error) {
	if len(env.Signatures) == 0 {
		if trust.AllowUnsigned {
			return nil, nil
		}
		return nil, diag.Problemf("MS702", "sign seals with --key, or allow them unsigned with gate.allow_unsigned", "nobody signed the seal")
	}
	var ids []string
	for _, s := range env.Signatures {
		ids = append(ids, s.KeyID)
		for _, k := range trust.Keys {
			if s.KeyID != k.ID() {
				continue
			}
			verifier, err := dsse.NewEnvelopeVerifier(verifier{k})
			if err != nil {
				return nil, fmt.Errorf("verify seal: %w", err)
			}
			one := dsse.Envelope{PayloadType: env.PayloadType, Payload: env.Payload, Signatures: []dsse.Signature{s}}
			if _, err := verifier.Verify(ctx, &one); err == nil {
				return k, nil
			}
			return nil, diag.Problemf("MS703", "the note was changed after it was signed: fetch the notes again, and ask who pushed them",
				"the signature of %s does not hold", keyWords(k))
		}
	}
	return nil, diag.Problemf("MS704", "add the public key to keys in mergeseal.yaml, if it is yours", "no trusted key signed the seal; it names %s", diag.Quote(strings.Join(ids, ", ")))
}

func keyWords(k *Key) string {
	if k.Name != "" {
		return "the key " + diag.Quote(k.Name)
	}
	return "the key " + k.ID()
}

// read parses a payload. It must be in canonical form: so no key can be given
// twice, and no two readers can disagree about what it says.
func read(payload []byte) (*Seal, error) {
	canonical, err := jcs.Transform(payload)
	if err != nil || !bytes.Equal(canonical, payload) {
		return nil, malformed("its statement is not in canonical form")
	}
	if err := valid(payload); err != nil {
		return nil, malformed("it holds no in-toto statement: %v", err)
	}
	var st statement
	if err := json.Unmarshal(payload, &st); err != nil {
		return nil, malformed("%v", err)
	}
	if st.Type != intoto.StatementTypeUri || st.PredicateType != PredicateType {
		return nil, diag.Problemf("MS706", "use the release of mergeseal that made it, or a later one", "the seal is of another kind: %s", diag.Quote(st.PredicateType))
	}
	s := &Seal{}
	if err := s.subjects(st.Subject); err != nil {
		return nil, err
	}
	return s, s.predicate(st.Predicate)
}

func (s *Seal) subjects(list []subject) error {
	last := ""
	for i, sub := range list {
		commit, blob := sub.Digest[gitCommit], sub.Digest[gitBlob]
		switch {
		case i == 0 && commit != "" && len(sub.Digest) == 1:
			s.Commit = commit
			continue
		case i == 0 || blob == "" || len(sub.Digest) != 1:
			return malformed("its subject %s is neither the commit nor a file", diag.Quote(sub.Name))
		case sub.Name <= last:
			return malformed("its files are out of order or named twice")
		}
		last = sub.Name
		s.Blobs = append(s.Blobs, Blob{sub.Name, blob})
	}
	if s.Commit == "" {
		return malformed("it names no commit")
	}
	return nil
}

// predicate reads the verdict and what the seal adds, and holds the verdict
// against its own digest.
func (s *Seal) predicate(doc map[string]any) error {
	raw, err := json.Marshal(doc)
	if err != nil {
		return malformed("%v", err)
	}
	var more extra
	if err := errors.Join(json.Unmarshal(raw, &s.Verdict), json.Unmarshal(raw, &more)); err != nil {
		return malformed("%v", err)
	}
	if s.Verdict.Schema != verdict.Schema {
		return diag.Problemf("MS706", "use the release of mergeseal that made it, or a later one", "the verdict is of another kind: %s", diag.Quote(s.Verdict.Schema))
	}
	for _, key := range extraKeys() {
		delete(doc, key)
	}
	if digest, err := verdict.DigestOf(doc); err != nil || digest != s.Verdict.Digest {
		return malformed("its verdict does not have the digest that it gives")
	}
	if s.SealedAt, err = time.Parse(time.RFC3339, more.SealedAt); err != nil {
		return malformed("it does not say when it was made")
	}
	if more.Mode != Bypassed.String() {
		if err := field.ParseEnum(&s.Mode, more.Mode, Modes()); err != nil {
			return malformed("its mode is %s", diag.Quote(more.Mode))
		}
	}
	for _, p := range more.Absent {
		s.Blobs = append(s.Blobs, Blob{Path: p})
	}
	s.Blobs = sortedBlobs(s.Blobs)
	s.Repository, s.Previous, s.MergedBy, s.Covers = s.Verdict.Subject.Repository, more.Previous, more.MergedBy, more.Covers
	if len(more.Evidence) == 0 {
		return nil
	}
	read, found := evidence.Read("evidence", more.Evidence)
	if read == nil {
		return malformed("its evidence is not in order: %s", found[0].Message)
	}
	s.Evidence = read
	return nil
}

// InTime holds the instant at which something was signed against the time of
// the key, nil for one that nobody signed.
func InTime(k *Key, signed time.Time) error {
	if k == nil {
		return nil
	}
	const hint = "see the key's times in mergeseal.yaml; seals made in its time stay good"
	at := signed.UTC().Format(time.RFC3339)
	switch {
	case !k.RevokedAt.IsZero() && !signed.Before(k.RevokedAt):
		return diag.Problemf("MS705", hint, "%s was revoked at %s, and the seal was made at %s", keyWords(k), k.RevokedAt.UTC().Format(time.RFC3339), at)
	case !k.NotAfter.IsZero() && !signed.Before(k.NotAfter):
		return diag.Problemf("MS705", hint, "%s ended at %s, and the seal was made at %s", keyWords(k), k.NotAfter.UTC().Format(time.RFC3339), at)
	case signed.Before(k.NotBefore):
		return diag.Problemf("MS705", hint, "%s begins at %s, and the seal was made at %s", keyWords(k), k.NotBefore.UTC().Format(time.RFC3339), at)
	}
	return nil
}
