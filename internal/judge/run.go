package judge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// run is one judgement under one law. The shadow of a head's own law is a
// second run on the same grounds.
type run struct {
	Target
	ground *grounds
	law    *law.Law
	source string // where law came from
	rules  Rules
	risks  risk.Model
	lint   bool // without a diff: what depends on the score cannot be said
	shadow bool // this run is the shadow
	// distrust is set where nobody has held the records against their folders.
	distrust bool
	// wanted says which of the records that lie unchanged are judged, and keep
	// sees what was said of each; nil for a plain judgement. See Look.
	wanted func(*change.File) bool
	keep   func(*scene, []*opinion)
	// scene stands in for setScene where the same scene is judged with one record
	// replaced; nil otherwise. See bench.
	scene func() (*scene, diag.List, error)

	sources map[string][]byte
	owners  []approval.OwnerSet // of what the diff touches, a set for each rule
	// ownersFound are lines of CODEOWNERS that cannot be read; said where a rule
	// asks for code owners, and by lint.
	ownersFound diag.List
	people      *people // what the evidence and two laws say about people; nil without evidence
	memory      *Memory // of a walk along the base; nil for a judgement by itself
}

// whole judges, and holds the head's own law beside it where that differs.
func (r *run) whole(ctx context.Context) (*Result, error) {
	found, ended, err := r.prepare(ctx)
	if err != nil || ended != nil {
		return ended, err
	}
	res, err := r.judge(ctx, found)
	if err != nil {
		return nil, err
	}
	if touched := res.Verdict.Law.Touched; len(touched) > 0 {
		if res.Verdict.Law.Shadow, err = r.shadowOf(ctx, res); err != nil {
			return nil, err
		}
	}
	return r.seal(res)
}

// prepare reads the law and all that stands beside it, and returns what is
// wrong there. Where nothing can be judged, the result is the whole answer.
func (r *run) prepare(ctx context.Context) (found diag.List, ended *Result, err error) {
	r.sources = map[string][]byte{}
	undecided := func(found diag.List) (diag.List, *Result, error) {
		res, err := r.undecided(found)
		return nil, res, err
	}
	if blocked := append(slices.Clone(r.ground.found), r.EvidenceFound.Undecided()...); len(blocked) > 0 {
		return undecided(blocked)
	}
	if r.Evidence != nil {
		found, err := r.holdEvidence()
		if err != nil {
			return nil, nil, err
		}
		if found.Errors() {
			return undecided(found.Undecided())
		}
	}
	found, err = r.readLaw(r.ground.law)
	switch {
	case err != nil:
		return nil, nil, err
	case r.source == lawNone:
		ended, err := r.beginning(ctx)
		return nil, ended, err
	case r.law == nil || found.Errors():
		return undecided(found.Undecided())
	}
	if foreign := r.sameRepository(); foreign != nil {
		return undecided(append(found, foreign.Undecided()...))
	}
	merged, err := r.sameMerge()
	if err != nil {
		return nil, nil, err
	}
	found = append(found, merged...)
	rules, bad, err := r.compiled()
	if err != nil {
		return nil, nil, err
	}
	found = append(found, bad.Undecided()...)
	if bad.Errors() || rules == nil {
		return undecided(found)
	}
	r.rules = rules
	if err := r.membership(); err != nil {
		return nil, nil, err
	}
	if r.ownersFound, err = r.readOwners(); err != nil {
		return nil, nil, err
	}
	return found, nil, nil
}

// compiled are the rules in force.
func (r *run) compiled() (Rules, diag.List, error) {
	if r.memory != nil {
		return r.memory.rulesOf(r)
	}
	mods, err := r.modules(r.ground.law, r.law)
	if err != nil {
		return nil, nil, err
	}
	rules, bad := r.Compile(mods)
	return rules, bad, nil
}

// readLaw reads the law of a tree and says where it came from.
func (r *run) readLaw(t tree.Tree) (diag.List, error) {
	if r.memory != nil && t == r.ground.law {
		return r.memory.lawOf(r)
	}
	l, found, err := r.loadLaw(t)
	if l != nil {
		found = append(found, l.LintWindows(r.Now)...)
	}
	return found, err
}

// loadLaw is readLaw without what depends on the clock. The law is nil where a
// default one serves.
func (r *run) loadLaw(t tree.Tree) (*law.Law, diag.List, error) {
	files := &treeFiles{tree: t, read: r.sources}
	l, found, err := law.Load(files)
	switch {
	case errors.Is(err, law.ErrNoConfig):
		if r.ground.hasBase && !r.shadow {
			configured, err := r.headConfigured()
			if err != nil {
				return nil, nil, err
			}
			if configured || len(r.Paths) == 0 {
				r.source = lawNone
				return nil, nil, nil
			}
		}
		r.law, r.source = law.Default(), lawDefaults
		return nil, nil, nil
	case err != nil:
		return nil, nil, fmt.Errorf("read law: %w", err)
	}
	r.law, r.source = l, lawWorktree
	if r.ground.hasBase {
		r.source = lawBase
	}
	if l != nil {
		model, bad := risk.DefaultModel().With(l.Config.Risk, l.Index)
		r.risks = model
		found = slices.Concat(found, bad)
	}
	return l, found, nil
}

func (r *run) headConfigured() (bool, error) {
	_, err := r.ground.head.Entry(ConfigPath)
	if errors.Is(err, tree.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// modules are the rules that judge under a law: the built-in ones, those of
// the law's own folders, and those somebody wants to try.
func (r *run) modules(t tree.Tree, l *law.Law) ([]Module, error) {
	mods := slices.Clone(r.Builtin)
	for _, dir := range l.Config.Policy.Dirs {
		entries, err := t.Entries(dir)
		if err != nil {
			return nil, fmt.Errorf("list policies in %s: %w", dir, err)
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Path, ".rego") || strings.HasSuffix(e.Path, "_test.rego") {
				continue
			}
			b, err := t.Read(e.Path, maxLawFile)
			if err != nil {
				return nil, fmt.Errorf("read policy %s: %w", e.Path, err)
			}
			r.sources[e.Path] = b
			mods = append(mods, Module{Path: e.Path, Source: b})
		}
	}
	for _, m := range r.Extra {
		r.sources[m.Path] = m.Source
		mods = append(mods, m)
	}
	return mods, nil
}

// beginning is the verdict where the base has no law yet: nothing is in force,
// said loudly, with what the head's own configuration would give beside it.
func (r *run) beginning(ctx context.Context) (*Result, error) {
	v := r.document()
	v.Outcome = verdict.OutcomePass
	v.Law.Source = lawNone
	v.Law.Touched = []string{}
	res := &Result{Verdict: v, Sources: r.sources}
	res.Findings = diag.List{diag.New("MS603", source.Range{}, "the base branch has no %s: no law is in force, so nothing is judged", ConfigPath).
		WithHint("merge the configuration first; from then on it judges")}
	configured, err := r.headConfigured()
	if err != nil {
		return nil, err
	}
	if configured {
		v.Law.Touched = []string{ConfigPath}
		if v.Law.Shadow, err = r.shadowOf(ctx, res); err != nil {
			return nil, err
		}
	}
	return r.seal(res)
}

// undecided is the verdict when the ground or the law could not be read.
func (r *run) undecided(found diag.List) (*Result, error) {
	v := r.document()
	v.Outcome = verdict.OutcomeError
	v.Law.Source = r.source
	return r.seal(&Result{Verdict: v, Findings: found, Sources: r.sources})
}

// document is an empty verdict on these grounds. Its outcome is undecided.
func (r *run) document() *verdict.Verdict {
	return &verdict.Verdict{
		Schema:     verdict.Schema,
		DecidedAt:  r.Now.UTC(),
		ValidUntil: r.Now.UTC(),
		Replay:     r.Replay,
		Subject:    r.ground.subject,
		Law:        verdict.LawReport{Source: r.source},
		Inputs:     verdict.Inputs{Tool: r.Tool},
	}
}

// seal orders the findings, writes them into the document and digests it.
func (r *run) seal(res *Result) (*Result, error) {
	redact(res.Findings)
	res.Findings.Sort()
	v := res.Verdict
	v.Findings = documentFindings(res.Findings)
	d, err := verdict.Digest(v)
	if err != nil {
		return nil, fmt.Errorf("digest verdict: %w", err)
	}
	v.Digest = d
	return res, nil
}

// redact takes what looks like a secret out of everything a finding shows:
// names of files and records, keys of law, whatever quotes them (T68).
func redact(l diag.List) {
	for i := range l {
		f := &l[i]
		f.Message, f.Label, f.Hint, f.Change = change.Redact(f.Message), change.Redact(f.Label), change.Redact(f.Hint), change.Redact(f.Change)
		f.At.File = change.Redact(f.At.File)
		f.Asides = slices.Clone(f.Asides)
		for j := range f.Asides {
			f.Asides[j].Text = change.Redact(f.Asides[j].Text)
		}
	}
}

func documentFindings(l diag.List) []verdict.Finding {
	out := make([]verdict.Finding, len(l))
	for i, f := range l {
		out[i] = verdict.Finding{
			Code: f.Code, Severity: f.Severity, Message: f.Message, At: f.At.String(),
			Hint: f.Hint, Change: f.Change, Controls: f.Controls,
		}
	}
	return out
}
