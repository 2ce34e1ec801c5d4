package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
)

// applyRemedy writes a remedy into the record's file: beside it, then renamed,
// and only while the file is what was judged.
func (g *global) applyRemedy(ctx context.Context, o explainOptions, e *judge.Explanation, file string, say map[string]string) error {
	n := 0
	if e.Remedies != nil {
		n = len(e.Remedies.Sets)
	}
	if o.Apply > n {
		return usagef("--apply %d: there are %d remedies; mergeseal explain %s shows them", o.Apply, n, o.Subject)
	}
	r := e.Remedies.Sets[o.Apply-1]
	if len(r.Moves) == 0 {
		return usagef("--apply %d: it takes approvals alone, and nothing to write", o.Apply)
	}
	after, err := e.With(ctx, r, say)
	switch {
	case errors.Is(err, judge.ErrUnsaid):
		return usagef("--apply %d: %w: add --with KEY=TEXT", o.Apply, err)
	case errors.Is(err, judge.ErrNoRemedy):
		return usagef("--apply %d: %w", o.Apply, err)
	case err != nil:
		return failed(err)
	}
	if err := replace(file, r.Before, after); err != nil {
		return err
	}
	return o.Out.write(g, func(w io.Writer) error {
		for line := range strings.Lines(shownDiff(e.Path, r.Before, after)) {
			if _, err := fmt.Fprintln(w, render.Plain(strings.TrimRight(line, "\r\n"))); err != nil {
				return err
			}
		}
		return nil
	})
}

// replace gives a file other bytes if it has the expected ones.
func replace(file string, before, after []byte) error {
	info, err := os.Lstat(file)
	if err != nil {
		return failed(fmt.Errorf("find record: %w", err))
	}
	now, err := os.ReadFile(file)
	if err != nil {
		return failed(fmt.Errorf("read record: %w", err))
	}
	if !info.Mode().IsRegular() || !bytes.Equal(now, before) {
		return usagef("the record is not what was judged, so nothing was written: commit or undo what differs, and explain it again")
	}
	if err := writeFile(file, func(w io.Writer) error { _, err := w.Write(after); return err }); err != nil {
		return failed(fmt.Errorf("write record: %w", err))
	}
	if err := os.Chmod(file, info.Mode().Perm()); err != nil {
		return failed(fmt.Errorf("write record: %w", err))
	}
	return nil
}
