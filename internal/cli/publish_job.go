package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/mergeseal/mergeseal/internal/actions"
	"github.com/mergeseal/mergeseal/internal/forge/github"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// tell tells the job what came of it, where GitHub Actions runs it: each
// verdict on the job's page, and the gravest to its later steps.
func (d *desk) tell(posted []*judge.Result, code int) error {
	if !d.g.inActions() || len(posted) == 0 {
		return nil
	}
	worst := posted[0]
	var page bytes.Buffer
	for _, res := range posted {
		text, err := render.Comment(report(res), render.Options{Tool: d.g.env.Version})
		if err != nil {
			return err
		}
		page.WriteString(text + "\n")
		if res.Verdict.Outcome < worst.Verdict.Outcome {
			worst = res
		}
	}
	if err := d.g.addTo("GITHUB_STEP_SUMMARY", func(held int64) ([]byte, error) { return actions.Summary(held, page.Bytes()), nil }); err != nil {
		return fmt.Errorf("write step summary: %w", err)
	}
	file, err := d.g.verdictFile(worst)
	if err != nil {
		return fmt.Errorf("write verdict: %w", err)
	}
	v := worst.Verdict
	outputs, err := actions.Outputs(d.g.env.Random, []actions.Output{
		{Name: "exit-code", Value: strconv.Itoa(code)}, {Name: "outcome", Value: v.Outcome.String()},
		{Name: "score", Value: score(v)}, {Name: "level", Value: v.Level().String()},
		{Name: "digest", Value: v.Digest}, {Name: "verdict-file", Value: file},
		{Name: "posted", Value: where(d.posted)},
	})
	if err != nil {
		return err
	}
	if err := d.g.addTo("GITHUB_OUTPUT", func(int64) ([]byte, error) { return outputs, nil }); err != nil {
		return fmt.Errorf("write outputs: %w", err)
	}
	return nil
}

// where is how far down the ladder the least of the verdicts stands: check,
// status, log, or none where one of them is nowhere. The action's step reads it.
func where(posted []github.Rung) string {
	names := map[github.Rung]string{github.RungCheck: "check", github.RungStatus: "status", github.RungLog: "log"}
	least := github.RungCheck
	for _, r := range posted {
		if r == github.RungNone {
			return "none"
		}
		least = max(least, r)
	}
	return names[least]
}

// score is that of the gravest change, "" without one.
func score(v *verdict.Verdict) string {
	worst := -1
	for _, c := range v.Changes {
		if c.Risk != nil {
			worst = max(worst, c.Risk.Total)
		}
	}
	if worst < 0 {
		return ""
	}
	return strconv.Itoa(worst)
}

// verdictFile keeps a verdict for later steps, "" where there is no place.
func (g *global) verdictFile(res *judge.Result) (string, error) {
	dir := g.env.Getenv("RUNNER_TEMP")
	if dir == "" {
		return "", nil
	}
	var b bytes.Buffer
	if err := render.Verdict(&b, render.JSON, report(res), render.Options{}); err != nil {
		return "", err
	}
	file := filepath.Join(dir, "mergeseal-verdict.json")
	return file, os.WriteFile(file, b.Bytes(), 0o600)
}

// addTo appends to the file that a variable names. Without one nobody reads it.
func (g *global) addTo(name string, text func(held int64) ([]byte, error)) error {
	path := g.env.Getenv(name)
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		var b []byte
		if b, err = text(info.Size()); err == nil {
			_, err = f.Write(b)
		}
	}
	return errors.Join(err, f.Close())
}
