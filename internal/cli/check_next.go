package cli

import (
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// report is a result for renderers.
func report(res *judge.Result) render.Report {
	return render.Report{Verdict: res.Verdict, Findings: res.Findings, Sources: res.Sources, Next: next(res)}
}

// next says what to type after a verdict, "" when there is nothing to do.
func next(res *judge.Result) string {
	for _, f := range res.Findings {
		if diag.Known(f.Code) && f.Severity == diag.Error {
			return "mergeseal explain " + f.Code
		}
	}
	for _, c := range res.Verdict.Changes {
		if c.Outcome == verdict.OutcomePending && c.ID != "" {
			return "ask those who are missing for a review, or look closer: mergeseal explain " + c.ID
		}
	}
	return ""
}
