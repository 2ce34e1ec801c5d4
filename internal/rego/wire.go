package rego

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Policies that run apart are talked to in frames: four bytes of length, the
// highest first, and JSON. The modules come first, then one input at a time;
// every frame is answered by one.

// wireModules is the first frame.
type wireModules struct {
	Modules   []Module `json:"modules"`
	TimeoutNS int64    `json:"timeout_ns"` // of one evaluation
	// Memory is what the process watches itself for, in bytes; 0 where its
	// parent can see it.
	Memory int64 `json:"memory,omitempty"`
}

// wireCompiled answers the modules.
type wireCompiled struct {
	Ready  bool              `json:"ready"`
	Groups []verdict.Mention `json:"groups"`
	Found  []wireFinding     `json:"found"`
}

// wireAnswers answers an input.
type wireAnswers struct {
	Deny      []wireElement     `json:"deny"`
	Warn      []wireElement     `json:"warn"`
	Require   []wireRequirement `json:"require"`
	UsesClock bool              `json:"uses_clock"`
	Found     []wireFinding     `json:"found"`
}

type wireFinding struct {
	Code      string       `json:"code"`
	Error     bool         `json:"error"`
	Message   string       `json:"message"`
	At        source.Range `json:"at"`
	Hint      string       `json:"hint"`
	Undecided bool         `json:"undecided"`
}

type wireElement struct {
	verdict.Element
	Controls []string `json:"controls"`
	Package  string   `json:"package"`
}

type wireRequirement struct {
	approval.Requirement
	Count string `json:"count"`
}

var errFrame = errors.New("the frame is too large")

func writeFrame(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode frame: %w", err)
	}
	if int64(len(b)) > maxRequest {
		return errFrame
	}
	size := binary.BigEndian.AppendUint32(nil, uint32(len(b)))
	if _, err := w.Write(append(size, b...)); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	return nil
}

// readFrame reads one frame of at most max bytes. It is io.EOF where there is
// none.
func readFrame(r io.Reader, limit int64) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := int64(binary.BigEndian.Uint32(size[:]))
	if n > limit {
		return nil, errFrame
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("read frame: %w", err)
	}
	return b, nil
}

func wireFindings(l diag.List) []wireFinding {
	out := make([]wireFinding, len(l))
	for i, f := range l {
		out[i] = wireFinding{Code: f.Code, Error: f.Severity == diag.Error, Message: f.Message, At: f.At, Hint: f.Hint, Undecided: f.Undecided}
	}
	return out
}

func findingsOf(l []wireFinding) diag.List {
	var out diag.List
	for _, w := range l {
		f := diag.Finding{Code: w.Code, Message: w.Message, At: w.At, Hint: w.Hint, Undecided: w.Undecided}
		if !w.Error && !w.Undecided {
			f.Severity = diag.Warning
		}
		out = append(out, f)
	}
	return out
}

func wireElements(l []verdict.Element) []wireElement {
	out := make([]wireElement, len(l))
	for i, e := range l {
		out[i] = wireElement{Element: e, Controls: e.Controls, Package: e.Package}
	}
	return out
}

func elementsOf(l []wireElement) []verdict.Element {
	var out []verdict.Element
	for _, w := range l {
		e := w.Element
		e.Controls, e.Package = w.Controls, w.Package
		out = append(out, e)
	}
	return out
}

func toWire(a verdict.Answers, found diag.List) wireAnswers {
	out := wireAnswers{Deny: wireElements(a.Deny), Warn: wireElements(a.Warn), UsesClock: a.UsesClock, Found: wireFindings(found)}
	for _, r := range a.Require {
		out.Require = append(out.Require, wireRequirement{Requirement: r, Count: r.Count.String()})
	}
	return out
}

func fromWire(w wireAnswers) (verdict.Answers, diag.List, error) {
	out := verdict.Answers{Deny: elementsOf(w.Deny), Warn: elementsOf(w.Warn), UsesClock: w.UsesClock}
	for _, r := range w.Require {
		q := r.Requirement
		if err := q.Count.ParseScalar(r.Count); err != nil {
			return out, nil, fmt.Errorf("read count: %w", err)
		}
		out.Require = append(out.Require, q)
	}
	return out, findingsOf(w.Found), nil
}
