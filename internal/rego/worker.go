package rego

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
)

const (
	// maxRequest bounds a frame to the process, in bytes: the modules and inputs
	// are bounded where they are read, far below it.
	maxRequest = 64 << 20
	// maxStack bounds the stack of an evaluation in the process, in bytes. Go's
	// own limit is a gigabyte.
	maxStack = 64 << 20
	// lookEvery is how often the time and memory of a process are looked at.
	lookEvery = 5 * time.Millisecond
)

// ErrMemory is a process of policies that found itself too large.
var ErrMemory = errors.New("the policies take too much memory")

// Serve is the other end of Isolated: it compiles the modules of the first
// frame and answers inputs until there are no more. It belongs into a process
// of its own, which ends with it; over is called where it takes more memory than
// it may, and must not return.
func Serve(ctx context.Context, in io.Reader, out io.Writer, sleep Sleep, over func(error)) error {
	debug.SetMaxStack(maxStack)
	var first wireModules
	if err := readJSON(in, &first); err != nil {
		return fmt.Errorf("read modules: %w", err)
	}
	if first.Memory > 0 {
		go watchSelf(ctx, first.Memory, sleep, over)
	}
	p, found := Compile(first.Modules, Options{Timeout: time.Duration(first.TimeoutNS)})
	said := wireCompiled{Ready: p != nil, Found: wireFindings(found)}
	if p != nil {
		said.Groups = p.Groups()
	}
	if err := writeFrame(out, said); err != nil || p == nil {
		return err
	}
	for {
		b, err := readFrame(in, maxRequest)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read input: %w", err)
		}
		value, err := ast.ValueFromReader(bytes.NewReader(b))
		if err != nil {
			return fmt.Errorf("read input: %w", err)
		}
		if err := writeFrame(out, p.answer(ctx, value)); err != nil {
			return err
		}
	}
}

// answer asks about an input that is a value already.
func (p *Policies) answer(ctx context.Context, input ast.Value) wireAnswers {
	q, bound, found := p.put(ctx, scopeOf(input), input)
	if q == nil || found.Errors() {
		return wireAnswers{Found: wireFindings(found)}
	}
	answers, found := q.read(bound)
	return toWire(answers, found)
}

func scopeOf(input ast.Value) string {
	o, ok := input.(ast.Object)
	if !ok {
		return ""
	}
	t := o.Get(ast.InternedTerm("scope"))
	if t == nil {
		return ""
	}
	s, _ := t.Value.(ast.String)
	return string(s)
}

func readJSON(r io.Reader, v any) error {
	b, err := readFrame(r, maxRequest)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// watchSelf is for systems on which a parent cannot see how large a child is.
func watchSelf(ctx context.Context, limit int64, sleep Sleep, over func(error)) {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for sleep(ctx, lookEvery) == nil {
		metrics.Read(sample)
		if int64(sample[0].Value.Uint64()-sample[1].Value.Uint64()) > limit {
			over(ErrMemory)
		}
	}
}
