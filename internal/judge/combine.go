package judge

import (
	"fmt"
	"maps"
	"slices"

	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Combine is one verdict for pull requests that are merged at once: the worst
// of theirs, with all that was said of any. There must be one at least, all of
// one base.
func Combine(about verdict.Subject, results []*Result) (*Result, error) {
	v := *results[0].Verdict
	out := &Result{Verdict: &v, Sources: map[string][]byte{}}
	v.Subject = about
	v.Changes, v.Requirements, v.Objections, v.Law.Touched, v.Law.Observed = nil, nil, nil, nil, nil
	v.Law.Shadow = nil
	for _, r := range results {
		w := r.Verdict
		if w.Outcome < v.Outcome || v.Inputs.Config == "" {
			v.Inputs, v.Law.Source, v.Law.Disabled = w.Inputs, w.Law.Source, w.Law.Disabled
		}
		v.Outcome = min(v.Outcome, w.Outcome)
		if w.ValidUntil.Before(v.ValidUntil) {
			v.ValidUntil = w.ValidUntil
		}
		v.Changes = append(v.Changes, w.Changes...)
		v.Requirements = append(v.Requirements, w.Requirements...)
		v.Objections = append(v.Objections, w.Objections...)
		v.Law.Touched = append(v.Law.Touched, w.Law.Touched...)
		v.Law.Observed = append(v.Law.Observed, w.Law.Observed...)
		out.Findings = append(out.Findings, r.Findings...)
		maps.Copy(out.Sources, r.Sources)
	}
	v.Inputs.Evidence = "" // there is one for each
	v.Requirements, v.Law.Observed = nonNil(v.Requirements), nonNil(v.Law.Observed)
	v.Law.Touched = nonNil(slices.Compact(slices.Sorted(slices.Values(v.Law.Touched))))
	out.Findings = dedupe(out.Findings)
	v.Findings = documentFindings(out.Findings)
	d, err := verdict.Digest(&v)
	if err != nil {
		return nil, fmt.Errorf("digest verdict: %w", err)
	}
	v.Digest = d
	return out, nil
}
