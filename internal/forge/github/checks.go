package github

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// annotationsPerRequest is GitHub's limit; more are appended by further
// requests: https://docs.github.com/en/rest/checks/runs#update-a-check-run
const annotationsPerRequest = 50

// unfinished is the external id of a check run that is still being written. No
// digest looks like it, so that a run that broke off is written again.
const unfinished = "unfinished"

// checkRun is one as it stands.
type checkRun struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	SHA        string `json:"head_sha"`
	Status     string `json:"status"`
	Conclusion string `json:"conclusion"`
	ExternalID string `json:"external_id"`
	App        *struct {
		ID   int64  `json:"id"`
		Slug string `json:"slug"`
	} `json:"app"`
	Output struct {
		Annotations int `json:"annotations_count"`
	} `json:"output"`
}

// checkBody is one as it is to be.
type checkBody struct {
	Name       string      `json:"name"`
	SHA        string      `json:"head_sha,omitempty"` // when it is made
	Details    string      `json:"details_url,omitempty"`
	ExternalID string      `json:"external_id"`
	Status     string      `json:"status"`
	Conclusion string      `json:"conclusion"`
	Output     checkOutput `json:"output"`
}

type checkOutput struct {
	Title       string              `json:"title"`
	Summary     string              `json:"summary"`
	Text        string              `json:"text,omitempty"`
	Annotations []render.Annotation `json:"annotations,omitempty"`
}

// conclusion is an outcome in the words of checks. Neutral and skipped are not
// among them: both satisfy a required check.
func conclusion(o verdict.Outcome) string {
	switch o {
	case verdict.OutcomePass:
		return "success"
	case verdict.OutcomePending:
		return "action_required"
	case verdict.OutcomeFail, verdict.OutcomeError:
	}
	return "failure"
}

// says reports whether the run says what the verdict says.
func (k *checkRun) says(v *verdict.Verdict) bool {
	return k.Status == "completed" && k.Conclusion == conclusion(v.Outcome) && k.ExternalID == v.Digest
}

// check makes the check run say the verdict.
func (w *writing) check(ctx context.Context) error {
	v := w.p.Report.Verdict
	own, err := w.ownChecks(ctx)
	if err != nil {
		return err
	}
	var others []checkRun
	if len(own) > 0 {
		others = own[1:]
	}
	if len(own) > 0 && own[0].says(v) {
		return w.repair(ctx, others)
	}
	page, err := render.CheckOf(w.p.Report, w.p.Options)
	if err != nil {
		return err
	}
	id := int64(0)
	if len(own) > 0 {
		fits := false
		if page.Annotations, fits, err = w.unposted(ctx, &own[0], page.Annotations); err != nil {
			return err
		}
		if fits {
			id = own[0].ID
		} else {
			others = own
		}
	}
	if v.Outcome == verdict.OutcomePass {
		if err := w.writeCheck(ctx, id, page); err != nil {
			return err
		}
		return w.repair(ctx, others)
	}
	if err := w.repair(ctx, others); err != nil {
		return err
	}
	return w.writeCheck(ctx, id, page)
}

// ownChecks are our runs of the name on the commit, the newest first.
func (w *writing) ownChecks(ctx context.Context) ([]checkRun, error) {
	slug := strings.TrimSuffix(w.self.Login, "[bot]")
	var own []checkRun
	path := w.repo.path("commits", w.commit, "check-runs") + "?filter=all&check_name=" + url.QueryEscape(w.p.Name)
	err := w.pages(ctx, path, func(raw json.RawMessage) error {
		var page struct {
			Runs []checkRun `json:"check_runs"`
		}
		if err := json.Unmarshal(raw, &page); err != nil {
			return fmt.Errorf("read check runs: %w", errors.Join(ErrUnavailable, err))
		}
		for _, k := range page.Runs {
			mine := k.App != nil && (k.App.ID == w.self.App && w.self.App != 0 || w.self.App == 0 && k.App.Slug == slug)
			if mine && k.Name == w.p.Name && k.SHA == w.commit {
				own = append(own, k)
			}
		}
		return nil
	})
	slices.SortFunc(own, func(a, b checkRun) int { return cmp.Compare(b.ID, a.ID) })
	return own, err
}

// unposted is which annotations a run lacks. It does not fit where it holds
// others: annotations cannot be taken back.
func (w *writing) unposted(ctx context.Context, k *checkRun, want []render.Annotation) (lacking []render.Annotation, fits bool, err error) {
	if k.Output.Annotations == 0 {
		return want, true, nil
	}
	have, err := list[render.Annotation](ctx, w.Client, w.repo.path("check-runs", number(k.ID), "annotations"))
	if err != nil {
		return nil, false, err
	}
	key := func(a render.Annotation) render.Annotation {
		a.StartColumn, a.EndColumn, a.RawDetails = 0, 0, ""
		return a
	}
	left := map[render.Annotation]int{}
	for _, a := range want {
		left[key(a)]++
	}
	for _, a := range have {
		if left[key(a)]--; left[key(a)] < 0 {
			return want, false, nil
		}
	}
	for _, a := range want {
		if left[key(a)] > 0 {
			left[key(a)]--
			lacking = append(lacking, a)
		}
	}
	return lacking, true, nil
}

// writeCheck writes a run, a new one where id is 0, in as many requests as its
// annotations need. Until the last of them it is unfinished, and never a pass.
func (w *writing) writeCheck(ctx context.Context, id int64, page render.Check) error {
	v := w.p.Report.Verdict
	parts := slices.Collect(slices.Chunk(page.Annotations, annotationsPerRequest))
	if len(parts) == 0 {
		parts = [][]render.Annotation{nil}
	}
	for i, part := range parts {
		body := checkBody{Name: w.p.Name, Details: w.details(), ExternalID: v.Digest, Status: "completed", Conclusion: conclusion(v.Outcome),
			Output: checkOutput{Title: page.Title, Summary: page.Summary, Text: page.Text, Annotations: part}}
		if i < len(parts)-1 {
			body.ExternalID = unfinished
			if v.Outcome == verdict.OutcomePass {
				body.Conclusion, body.Output.Title = "action_required", "The verdict is being written"
			}
		}
		if id == 0 {
			body.SHA = w.commit
			var made checkRun
			if err := w.write(ctx, http.MethodPost, w.repo.path("check-runs"), body, &made); err != nil {
				return err
			}
			id = made.ID
			continue
		}
		if err := w.update(ctx, id, body); err != nil {
			return err
		}
	}
	return nil
}

// update changes a run of ours. Being refused that is no reason to try a status:
// the run would go on saying something else.
func (w *writing) update(ctx context.Context, id int64, body checkBody) error {
	err := w.write(ctx, http.MethodPatch, w.repo.path("check-runs", number(id)), body, nil)
	if err != nil && refused(err) {
		return fmt.Errorf("update our own check run: %s: %w", err.Error(), ErrUnavailable)
	}
	return err
}

// repair makes other runs of ours, which two runs at once or a changed finding
// left behind, agree with the one that counts.
func (w *writing) repair(ctx context.Context, others []checkRun) error {
	v := w.p.Report.Verdict
	for i := range others {
		if others[i].says(v) {
			continue
		}
		body := checkBody{Name: w.p.Name, Details: w.details(), ExternalID: v.Digest, Status: "completed", Conclusion: conclusion(v.Outcome),
			Output: checkOutput{Title: "Replaced by a later run", Summary: "A later check run of the same name holds the verdict."}}
		if err := w.update(ctx, others[i].ID, body); err != nil {
			return err
		}
	}
	return nil
}
