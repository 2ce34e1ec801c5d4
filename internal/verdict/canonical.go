package verdict

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/gowebpki/jcs"
)

// Canonical is the one byte form of a value's JSON: RFC 8785. A whole number
// that a double cannot hold is an error, because the canonical form would
// silently turn it into another one.
func Canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode canonical JSON: %w", err)
	}
	if err := exactNumbers(raw); err != nil {
		return nil, fmt.Errorf("encode canonical JSON: %w", err)
	}
	out, err := jcs.Transform(raw)
	if err != nil {
		return nil, fmt.Errorf("encode canonical JSON: %w", err)
	}
	return out, nil
}

// exactNumbers refuses integers that change when they pass through a float64.
func exactNumbers(raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		num, ok := tok.(json.Number)
		if !ok || strings.ContainsAny(num.String(), ".eE") {
			continue
		}
		n, err := strconv.ParseInt(num.String(), 10, 64)
		f := float64(n)
		if err != nil || f >= 1<<63 || int64(f) != n {
			return fmt.Errorf("the number %s is too large to be exact", num)
		}
	}
}

// Digest is "sha256:" and the hex SHA-256 of the judgement in canonical form.
// Words, the clock and the tool's version are no part of it: two runs that
// judge the same have the same digest.
func Digest(v *Verdict) (string, error) {
	raw, err := json.Marshal(plain(v))
	if err != nil {
		return "", fmt.Errorf("digest verdict: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		return "", fmt.Errorf("digest verdict: %w", err)
	}
	return DigestOf(doc)
}

// DigestOf is Digest of a document that was read back. It takes out of doc what
// the digest does not cover.
func DigestOf(doc map[string]any) (string, error) {
	for _, key := range []string{"digest", "decided_at", "valid_until"} {
		delete(doc, key)
	}
	if inputs, ok := doc["inputs"].(map[string]any); ok {
		delete(inputs, "tool")
	}
	dropWords(doc)
	canonical, err := Canonical(doc)
	if err != nil {
		return "", fmt.Errorf("digest verdict: %w", err)
	}
	sum := sha256.Sum256(canonical)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// dropWords removes, at any depth, the keys whose values are wording.
func dropWords(node any) {
	switch n := node.(type) {
	case map[string]any:
		for _, key := range []string{"message", "hint", "why", "lower"} {
			delete(n, key)
		}
		for _, child := range n {
			dropWords(child)
		}
	case []any:
		for _, child := range n {
			dropWords(child)
		}
	}
}

// JSON is the document as it is printed: indented, lists never null, instants
// in UTC, a newline at the end.
func (v *Verdict) JSON() ([]byte, error) { return Print(plain(v)) }

// Print is any value as printed JSON. Characters that a terminal would obey or
// hide, and the old workflow commands ##[name] that a runner finds anywhere in a
// line, are written with \u escapes, which every JSON reader turns back.
func Print(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("print JSON: %w", err)
	}
	out := make([]byte, 0, buf.Len())
	for _, r := range buf.String() {
		switch {
		case r < 0x7f || !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			out = append(out, string(r)...)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return bytes.ReplaceAll(out, []byte("##["), []byte(`##\u005b`)), nil
}

// plain copies a verdict with its empty lists made lists and its instants UTC.
func plain(v *Verdict) *Verdict {
	out := *v
	settle(reflect.ValueOf(&out).Elem())
	return &out
}

// settle works on a value that is ours to change; what it points to is not, and
// is copied first.
func settle(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			v.Set(reflect.ValueOf(t.UTC()))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				settle(v.Field(i))
			}
		}
	case reflect.Slice:
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		for i := range own.Len() {
			settle(own.Index(i))
		}
		v.Set(own)
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		own := reflect.New(v.Type().Elem())
		own.Elem().Set(v.Elem())
		settle(own.Elem())
		v.Set(own)
	default:
	}
}
