package github

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// label is one of ours, with how it looks where it has to be made.
type label struct {
	Name        string `json:"name"`
	Color       string `json:"color"`
	Description string `json:"description"`
}

// ownLabels are all that are ever put on a pull request or taken away.
func ownLabels() []label {
	return []label{
		{"risk: low", "2da44e", "mergeseal: the gravest change has a low risk"},
		{"risk: moderate", "bf8700", "mergeseal: the gravest change has a moderate risk"},
		{"risk: high", "bc4c00", "mergeseal: the gravest change has a high risk"},
		{"risk: very high", "cf222e", "mergeseal: the gravest change has a very high risk"},
		{"change: emergency", "8250df", "mergeseal: an emergency change"},
		{"freeze", "0969da", "mergeseal: the change runs inside a freeze"},
	}
}

// IsOwnLabel reports whether a label is one that is written here.
func IsOwnLabel(name string) bool {
	return slices.ContainsFunc(ownLabels(), func(l label) bool { return strings.EqualFold(l.Name, name) })
}

// foreignLabels are those of others. Ours follow from a verdict: as evidence
// they would change the digest of the next one, and it would be written again.
func foreignLabels(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), IsOwnLabel)
}

// labelsOf are the labels a verdict asks for, by name.
func labelsOf(v *verdict.Verdict) map[string]bool {
	want := map[string]bool{}
	if l := v.Level(); l != field.LevelNone {
		want["risk: "+strings.ReplaceAll(l.String(), "_", " ")] = true
	}
	for _, c := range v.Changes {
		if c.Type == "emergency" {
			want["change: emergency"] = true
		}
		for _, f := range c.Freezes {
			if f.Hit {
				want["freeze"] = true
			}
		}
	}
	return want
}

// labels puts our labels on the pull request and takes those away that are no
// longer true. A verdict that could not decide changes none.
func (w *writing) labels(ctx context.Context) {
	if w.p.Report.Verdict.Outcome == verdict.OutcomeError {
		return
	}
	want := labelsOf(w.p.Report.Verdict)
	var add []string
	for _, l := range ownLabels() {
		has := slices.ContainsFunc(w.now.Labels, func(n string) bool { return strings.EqualFold(n, l.Name) })
		switch {
		case want[l.Name] && !has:
			if err := w.makeLabel(ctx, l); err != nil {
				w.warn("the label "+l.Name+" is not made", err)
				return
			}
			add = append(add, l.Name)
		case !want[l.Name] && has:
			err := w.write(ctx, http.MethodDelete, w.issuePath("labels", l.Name), nil, nil)
			if err != nil && !errors.Is(err, ErrNotFound) {
				w.warn("the label "+l.Name+" is not taken away", err)
				return
			}
		}
	}
	if len(add) > 0 {
		// As an object: the bare array that go-github sends is against GitHub's description.
		if err := w.write(ctx, http.MethodPost, w.issuePath("labels"), map[string][]string{"labels": add}, nil); err != nil {
			w.warn("the labels are not put", err)
		}
	}
}

// makeLabel makes a label where the repository has none of the name.
func (w *writing) makeLabel(ctx context.Context, l label) error {
	_, err := w.do(ctx, http.MethodGet, w.repo.path("labels", l.Name), nil, nil)
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	if err = w.write(ctx, http.MethodPost, w.repo.path("labels"), l, nil); invalid(err) {
		return nil // somebody else has just made it
	}
	return err
}

// invalid reports whether GitHub understood a request and does not accept it.
func invalid(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusUnprocessableEntity
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func (w *writing) issuePath(elements ...string) string {
	return w.repo.path(append([]string{"issues", number(w.p.PullRequest.Number)}, elements...)...)
}
