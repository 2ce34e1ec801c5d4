package judge

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Explainer are rules that tell each package's answer by itself.
type Explainer interface {
	Explain(ctx context.Context, in *verdict.Input) ([]verdict.RuleAnswer, diag.List)
}

// Fact is a part of the input and what it holds, in short, "" where it is
// absent. Secrets are taken out, and so is who belongs to a private group.
type Fact struct {
	Path  string `json:"path"`
	Value string `json:"value"`
}

// Rule is one package of rules, what it said of a record or of the pull request,
// and the facts it read.
type Rule struct {
	verdict.RuleAnswer
	Scope    string // change or pull_request
	Facts    []Fact
	Disabled []string // of its codes, by the law
	Observed []string // of its codes, said and not in force
}

// Explanation is all that can be said of one record.
type Explanation struct {
	*Result
	Path  string
	Rules []Rule // of the record and then of the pull request, each by package; none where nothing was asked
	Edges []verdict.Edge
	Packs []string // control packs that the law in force switches on
	// Remedies is nil where the record was not judged.
	Remedies *Remedies

	bench *bench
	facts *facts // of the record, nil where it was not judged
}

// Explain judges one record, and the pull request around it, as Judge does, and
// says why. Errors are as those of Judge.
func Explain(ctx context.Context, t Target, path string) (*Explanation, error) {
	e, err := Answers(ctx, t, path)
	if err != nil || e.bench == nil {
		return e, err
	}
	e.Remedies, err = e.bench.remedies(ctx, e.facts)
	return e, err
}

// Answers is Explain without a search for remedies.
func Answers(ctx context.Context, t Target, path string) (*Explanation, error) {
	g, err := ground(t)
	if err != nil {
		return nil, err
	}
	t.Paths = []string{path}
	for _, c := range g.diff {
		if g.hasBase && c.Path == path { // the others of the change may cover what this one does not
			t.Paths = nil
		}
	}
	r := &run{Target: t, ground: g}
	var sc *scene
	var opinions []*opinion
	r.keep = func(s *scene, o []*opinion) { sc, opinions = s, o }
	e := &Explanation{Path: path}
	if e.Result, err = r.whole(ctx); err != nil {
		return e, err
	}
	if r.law != nil {
		e.Packs = r.law.Config.Policy.Packs
	}
	if sc == nil {
		return e, nil
	}
	if err := r.suggest(ctx, e.Result, sc, opinions); err != nil {
		return nil, err
	}
	at := slices.IndexFunc(opinions, func(o *opinion) bool { return o.facts.subject.path == path })
	if at < 0 {
		return e, nil
	}
	o := opinions[at]
	if o.facts.input != nil {
		_, edges := r.judged(o, sc)
		_, ahead := schedule.ValidUntil(r.Now, edges...)
		for _, x := range ahead {
			e.Edges = append(e.Edges, verdict.Edge{At: x.At.UTC(), Why: change.Redact(x.Why)})
		}
		if e.Rules, err = r.explainRules(ctx, o.facts.input); err != nil {
			return nil, err
		}
	}
	whole := r.emptyInput(sc)
	whole.Scope = "pull_request"
	more, err := r.explainRules(ctx, whole)
	if err != nil {
		return nil, err
	}
	e.Rules = append(e.Rules, more...)
	e.facts = o.facts
	e.bench, err = r.bench(o.facts.subject, e.Verdict)
	return e, err
}

// explainRules asks each package, and shows what it read.
func (r *run) explainRules(ctx context.Context, in *verdict.Input) ([]Rule, error) {
	x, ok := r.rules.(Explainer)
	if !ok {
		return nil, nil
	}
	answers, broken := x.Explain(ctx, in)
	if broken.Errors() {
		return nil, nil // the verdict says what is broken
	}
	shown := *in
	shown.Reviews = r.publicReviews(in.Reviews)
	b, err := json.Marshal(&shown)
	if err != nil {
		return nil, fmt.Errorf("show input: %w", err)
	}
	var doc any
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, fmt.Errorf("show input: %w", err)
	}
	var out []Rule
	for _, a := range answers {
		rule := Rule{RuleAnswer: a, Scope: in.Scope}
		for _, code := range a.Codes {
			if r.disabled(code) {
				rule.Disabled = append(rule.Disabled, code)
			} else if r.observing(code) {
				rule.Observed = append(rule.Observed, code)
			}
		}
		for _, path := range a.Reads {
			v, err := factAt(doc, path)
			if err != nil {
				return nil, err
			}
			rule.Facts = append(rule.Facts, Fact{path, v})
		}
		out = append(out, rule)
	}
	return out, nil
}

// publicReviews are reviews without the groups whose people may only be counted.
func (r *run) publicReviews(list []verdict.Review) []verdict.Review {
	out := slices.Clone(list)
	for i := range out {
		out[i].Groups = slices.DeleteFunc(slices.Clone(out[i].Groups), r.law.Groups.Private)
	}
	return out
}

// longestFact is how many characters of a fact are shown.
const longestFact = 120

// factAt is the value at a dotted path in a form that is short: what is nested
// deeper is told by its name or its keys. Secrets are taken out.
func factAt(doc any, path string) (string, error) {
	if path == "*" {
		return "all of it", nil
	}
	for part := range strings.SplitSeq(path, ".") {
		m, ok := doc.(map[string]any)
		if !ok || m[part] == nil {
			return "", nil
		}
		doc = m[part]
	}
	said, err := factOf(doc)
	if err != nil {
		return "", fmt.Errorf("show %s: %w", path, err)
	}
	text := []rune(said)
	if len(text) > longestFact {
		text = append(text[:longestFact-1], '…')
	}
	return string(text), nil
}

func factOf(v any) (string, error) {
	switch v := v.(type) {
	case string:
		b, err := json.Marshal(change.Redact(v))
		return string(b), err
	case []any:
		var parts []string
		for _, item := range v {
			one, err := itemOf(item)
			if err != nil {
				return "", err
			}
			parts = append(parts, one)
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	case map[string]any:
		var keys []string
		for k := range v {
			keys = append(keys, change.Redact(k))
		}
		slices.Sort(keys)
		return "{" + strings.Join(keys, ", ") + "}", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// itemOf is an item of a list: a mapping by what names it.
func itemOf(v any) (string, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return factOf(v)
	}
	for _, key := range []string{"id", "name", "with", "by", "path", "ref"} {
		if name, ok := m[key].(string); ok && name != "" {
			return change.Redact(name), nil
		}
	}
	return factOf(v)
}
