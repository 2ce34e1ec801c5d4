package seal

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Digests of git objects, by their names in in-toto:
// https://github.com/in-toto/attestation/blob/main/spec/v1/digest_set.md
const (
	gitCommit = "gitCommit"
	gitBlob   = "gitBlob"
)

// statement is an in-toto statement as it is written.
type statement struct {
	Type          string         `json:"_type"`
	Subject       []subject      `json:"subject"`
	PredicateType string         `json:"predicateType"`
	Predicate     map[string]any `json:"predicate"`
}

type subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// extra are the keys of the predicate that a seal adds to the verdict.
type extra struct {
	Evidence json.RawMessage `json:"evidence,omitempty"`
	SealedAt string          `json:"sealed_at"`
	Mode     string          `json:"mode"`
	MergedBy string          `json:"merged_by,omitempty"`
	Previous string          `json:"previous,omitempty"`
	Covers   []string        `json:"covers,omitempty"` // earlier commits of the same pull request
	Absent   []string        `json:"absent,omitempty"` // governed paths that the commit took away
}

func extraKeys() []string {
	return []string{"evidence", "sealed_at", "mode", "merged_by", "previous", "covers", "absent"}
}

// Payload is the statement in canonical form (RFC 8785): the bytes to sign.
func Payload(f Facts) ([]byte, error) {
	doc, err := f.Verdict.JSON()
	if err != nil {
		return nil, fmt.Errorf("write statement: %w", err)
	}
	predicate, err := decodeMap(doc)
	if err != nil {
		return nil, fmt.Errorf("write statement: %w", err)
	}
	more := extra{SealedAt: f.SealedAt.UTC().Truncate(time.Second).Format(time.RFC3339), Mode: f.Mode.String(), MergedBy: string(f.MergedBy), Previous: f.Previous, Covers: f.Covers}
	st := statement{Type: intoto.StatementTypeUri, PredicateType: PredicateType, Predicate: predicate}
	st.Subject = []subject{{commitName(f.Repository), map[string]string{gitCommit: f.Commit}}}
	for _, b := range sortedBlobs(f.Blobs) {
		if b.ID == "" {
			more.Absent = append(more.Absent, b.Path)
			continue
		}
		st.Subject = append(st.Subject, subject{b.Path, map[string]string{gitBlob: b.ID}})
	}
	if f.Evidence != nil {
		if more.Evidence, err = f.Evidence.JSON(); err != nil {
			return nil, fmt.Errorf("write statement: %w", err)
		}
	}
	raw, err := json.Marshal(more)
	if err != nil {
		return nil, fmt.Errorf("write statement: %w", err)
	}
	added, err := decodeMap(raw)
	if err != nil {
		return nil, fmt.Errorf("write statement: %w", err)
	}
	for key, value := range added {
		predicate[key] = value
	}
	payload, err := verdict.Canonical(st)
	if err != nil {
		return nil, fmt.Errorf("write statement: %w", err)
	}
	if err := valid(payload); err != nil {
		return nil, fmt.Errorf("write statement: %w", err)
	}
	return payload, nil
}

// valid asks in-toto's own library.
func valid(payload []byte) error {
	var st intoto.Statement
	if err := protojson.Unmarshal(payload, &st); err != nil {
		return err
	}
	return st.Validate()
}

// commitName is what the statement calls the commit. The empty name is not
// allowed there.
func commitName(repository string) string { return cmp.Or(repository, "commit") }

func sortedBlobs(list []Blob) []Blob {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b Blob) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.ID, b.ID)) })
	return slices.Compact(out)
}

func decodeMap(raw []byte) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		return nil, err
	}
	return doc, nil
}

// Envelope wraps a statement, signed by a key, or by nobody where key is nil. It
// is one line of JSON.
func Envelope(ctx context.Context, payload []byte, key *Private) ([]byte, error) {
	return Wrap(ctx, PayloadType, payload, key)
}

// Wrap is Envelope for a payload of any type.
func Wrap(ctx context.Context, payloadType string, payload []byte, key *Private) ([]byte, error) {
	env := &dsse.Envelope{PayloadType: payloadType, Payload: encode64(payload), Signatures: []dsse.Signature{}}
	if key != nil {
		signer, err := dsse.NewEnvelopeSigner(key)
		if err != nil {
			return nil, fmt.Errorf("sign: %w", err)
		}
		if env, err = signer.SignPayload(ctx, payloadType, payload); err != nil {
			return nil, fmt.Errorf("sign: %w", err)
		}
	}
	out, err := json.Marshal(env)
	if err != nil {
		return nil, fmt.Errorf("write envelope: %w", err)
	}
	if len(out) >= MaxSize {
		return nil, fmt.Errorf("write envelope: %d bytes, at most %d", len(out), MaxSize)
	}
	return append(out, '\n'), nil
}

// Digest names an envelope by its bytes: "sha256:" and hex.
func Digest(envelope []byte) string {
	sum := sha256.Sum256(envelope)
	return "sha256:" + hex.EncodeToString(sum[:])
}
