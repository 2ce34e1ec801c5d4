package judge

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Evaluation is what rules see of one record, and what each answers.
type Evaluation struct {
	Input json.RawMessage
	Rules []verdict.RuleAnswer // by package, the silent ones too
	Found diag.List            // why there is no input or no answer
}

// DocumentExplainer are rules that answer for an input that somebody wrote.
type DocumentExplainer interface {
	ExplainDocument(ctx context.Context, raw []byte) ([]verdict.RuleAnswer, diag.List)
}

// Evaluate asks the rules in force about one record, or about a document in its
// place where one is given. Errors are as those of Judge.
func Evaluate(ctx context.Context, t Target, path string, document []byte) (*Evaluation, error) {
	g, err := ground(t)
	if err != nil {
		return nil, err
	}
	if t.Paths = []string{path}; path == "" {
		t.Paths = []string{}
	}
	for _, c := range g.diff {
		if g.hasBase && c.Path == path { // the others of the change may cover what this one does not
			t.Paths = nil
		}
	}
	r := &run{Target: t, ground: g}
	found, ended, err := r.prepare(ctx)
	switch {
	case err != nil:
		return nil, err
	case ended != nil && (document == nil || r.rules == nil):
		return &Evaluation{Found: ended.Findings}, nil
	}
	out := &Evaluation{Input: document}
	if document != nil {
		if x, ok := r.rules.(DocumentExplainer); ok {
			out.Rules, out.Found = x.ExplainDocument(ctx, document)
		}
		return out, nil
	}
	sc, more, err := r.setScene()
	if err != nil {
		return nil, err
	}
	for _, s := range sc.records.subjects {
		if s.path != path {
			continue
		}
		f, err := r.gatherFacts(s, sc)
		if err != nil {
			return nil, err
		}
		shown := *f.input
		shown.Reviews = r.publicReviews(shown.Reviews)
		if out.Input, err = json.Marshal(&shown); err != nil {
			return nil, fmt.Errorf("show input: %w", err)
		}
		if x, ok := r.rules.(Explainer); ok {
			out.Rules, out.Found = x.Explain(ctx, f.input)
		}
		return out, nil
	}
	out.Found = append(found, more...)
	return out, nil
}
