package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/control"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
	"github.com/mergeseal/mergeseal/policy"
)

// runExplainControls shows what of a record speaks for the controls of the packs
// that the law switched on, and what is missing.
func runExplainControls(ctx context.Context, g *global, o explainOptions, format render.Format, opts render.Options) error {
	switch format {
	case render.Text, render.Markdown, render.JSON:
	case render.FormatNone, render.SARIF, render.JUnit, render.GitHub:
		return usagef("--format %s: controls are text, markdown or json", o.Out.format)
	}
	file, err := g.recordPath(o.Subject)
	if err != nil {
		return err
	}
	w, err := g.open()
	if err != nil {
		return err
	}
	defer w.close()
	t, err := g.explainTarget(w, o)
	if err != nil {
		return err
	}
	paths, err := w.paths(g, []string{file})
	if err != nil {
		return err
	}
	e, err := judge.Answers(ctx, t, paths[0])
	switch {
	case errors.Is(err, tree.ErrRef), errors.Is(err, judge.ErrNoSuchPath):
		return &exit{code: ExitUsage, err: err}
	case err != nil:
		return failed(fmt.Errorf("explain controls: %w", err))
	case len(e.Packs) == 0:
		return usagef("the law in force switches no control pack on; write policy: {packs: [soc2]} in %s", judge.ConfigPath)
	}
	packs, err := controlPacks(e.Packs)
	if err != nil {
		return failed(err)
	}
	c := controlsOf(e, packs)
	return o.Out.write(g, func(w io.Writer) error { return render.WriteControls(w, format, c, opts) })
}

// controlPacks reads the packs that come with the binary.
func controlPacks(names []string) ([]control.Pack, error) {
	var out []control.Pack
	for _, name := range names {
		file := path.Join("packs", name+".yaml")
		b, err := policy.Packs.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read pack %s: %w", name, err)
		}
		p, found := control.ReadPack(file, b)
		if found.Errors() {
			return nil, fmt.Errorf("read pack %s: %s", name, found[0].Message)
		}
		out = append(out, p)
	}
	return out, nil
}

func controlsOf(e *judge.Explanation, packs []control.Pack) render.Controls {
	out := render.Controls{Path: change.Redact(e.Path)}
	facts := control.Facts{
		Requirements: append([]approval.Status(nil), e.Verdict.Requirements...),
		Point:        func(string) (control.Proof, bool) { return control.Proof{}, false },
		Words:        map[string]string{},
	}
	if e.Verdict.Subject.Base != "" {
		facts.Words["diff"] = "what differs from " + cmp.Or(e.Verdict.Subject.BaseRef, "the base") + " was looked at"
	}
	if src, ok := e.Sources[e.Path]; ok {
		facts.Point = pointer(e.Path, src)
	}
	for _, c := range e.Verdict.Changes {
		if c.Path != change.Redact(e.Path) {
			continue
		}
		out.ID, out.Title = c.ID, c.Title
		facts.Requirements = append(facts.Requirements, c.Requirements...)
		if c.Class == change.ClassNew.String() || c.Class == change.ClassMaterial.String() {
			facts.Words["calendar"] = calendarWords(c)
		}
	}
	var rules []control.Asked
	for _, r := range e.Rules {
		rules = append(rules, control.Asked{RuleAnswer: r.RuleAnswer, Disabled: r.Disabled, Observed: r.Observed})
	}
	out.Standing = control.Report(packs, rules, facts)
	return out
}

func calendarWords(c verdict.Judged) string {
	hit := 0
	for _, z := range c.Freezes {
		if z.Hit {
			hit++
		}
	}
	return fmt.Sprintf("%d freezes hit, %d collisions", hit, len(c.Collisions))
}

// pointer finds what a record says at a JSON pointer, in short.
func pointer(file string, src []byte) func(string) (control.Proof, bool) {
	const most = 60 // characters
	f := change.Parse(file, "", src)
	lines := strings.Split(string(src), "\n")
	return func(p string) (control.Proof, bool) {
		if !f.Index.Has(p) {
			return control.Proof{}, false
		}
		at := f.Index.Value(p)
		out := control.Proof{What: p, At: change.Redact(at.String())}
		if n := at.Start.Line; n > 0 && n <= len(lines) {
			text := []rune(strings.TrimRight(lines[n-1], "\r"))
			text = text[min(max(at.Start.Col-1, 0), len(text)):]
			if at.End.Line == n {
				text = text[:min(max(at.End.Col-at.Start.Col, 0), len(text))]
			}
			if says := []rune(change.Redact(string(text))); len(says) > most {
				out.Says = string(says[:most-1]) + "…"
			} else {
				out.Says = string(says)
			}
		}
		return out, true
	}
}
