package github

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/render"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// markerForm is the first line of our comment: that it is ours, the base branch
// and whose review was asked for. It is obeyed in comments of our own alone.
var markerForm = regexp.MustCompile(`^<!-- mergeseal:comment v1 base=(\S*) asked=(\S*) -->$`)

// marker is such a line. Branches may hold "-->": nothing but letters, digits,
// dots, lines and slashes is written as it is.
func marker(base string, asked []string) string {
	names := make([]string, len(asked))
	for i, a := range asked {
		names[i] = quoted(a)
	}
	return "<!-- mergeseal:comment v1 base=" + quoted(base) + " asked=" + strings.Join(names, ",") + " -->"
}

func quoted(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c == '.' || c == '/' || c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// comment is one below the pull request.
type comment struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
	User *struct {
		Login string `json:"login"`
	} `json:"user"`
}

// accompany writes what stands beside the verdict.
func (w *writing) accompany(ctx context.Context) {
	own, asked, err := w.ownComments(ctx)
	if err != nil {
		w.warn("the comments cannot be read, so none is written", err)
		return
	}
	asked = w.askReviews(ctx, asked)
	w.labels(ctx)
	if err := w.comment(ctx, own, asked); err != nil {
		w.warn("the comment is not written", err)
	}
}

// ownComments are our comments, the oldest first, and whom they say we asked.
func (w *writing) ownComments(ctx context.Context) (own []comment, asked []string, err error) {
	all, err := list[comment](ctx, w.Client, w.repo.path("issues", number(w.p.PullRequest.Number), "comments"))
	if err != nil {
		return nil, nil, err
	}
	for _, m := range all {
		if m.User == nil || !strings.EqualFold(m.User.Login, w.self.Login) {
			continue // a marker in somebody else's comment means nothing
		}
		first, _, _ := strings.Cut(m.Body, "\n")
		parts := markerForm.FindStringSubmatch(strings.TrimRight(first, "\r"))
		if parts == nil {
			continue
		}
		own = append(own, m)
		for name := range strings.SplitSeq(parts[2], ",") {
			if name, err := url.PathUnescape(name); err == nil && name != "" && !slices.Contains(asked, name) {
				asked = append(asked, name)
			}
		}
	}
	slices.SortFunc(own, func(a, b comment) int { return cmp.Compare(a.ID, b.ID) })
	return own, asked, nil
}

// comment makes our one comment say the verdict, and takes others away.
func (w *writing) comment(ctx context.Context, own []comment, asked []string) error {
	text, err := render.Comment(w.p.Report, w.p.Options)
	if err != nil {
		return err
	}
	slices.Sort(asked)
	body := marker(strings.TrimPrefix(w.p.PullRequest.BaseRef, "refs/heads/"), asked) + "\n" + text
	sent := map[string]string{"body": body}
	if len(own) == 0 {
		return w.write(ctx, http.MethodPost, w.repo.path("issues", number(w.p.PullRequest.Number), "comments"), sent, nil)
	}
	if !sameBody(own[0].Body, body) {
		if err := w.write(ctx, http.MethodPatch, w.repo.path("issues", "comments", number(own[0].ID)), sent, nil); err != nil {
			return err
		}
	}
	for _, m := range own[1:] {
		if err := w.write(ctx, http.MethodDelete, w.repo.path("issues", "comments", number(m.ID)), nil, nil); err != nil {
			return fmt.Errorf("delete a second one: %w", err)
		}
	}
	return nil
}

func sameBody(a, b string) bool {
	plain := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	return plain(a) == plain(b)
}

// mostRequested bounds whose review is asked for. GitHub lists up to 15
// reviewers, and more people than that are nobody in particular.
const mostRequested = 15

// askReviews asks for the reviews that are missing, of everybody once: whoever
// was asked before, by us or others, or has reviewed, or wrote the pull request
// is left alone. It returns all that were ever asked.
func (w *writing) askReviews(ctx context.Context, asked []string) []string {
	if w.p.Report.Verdict.Outcome != verdict.OutcomePending || w.now.Draft || len(w.p.Groups) == 0 {
		return asked
	}
	busy := map[string]bool{field.Fold(w.now.Author): true}
	for _, name := range asked {
		busy[field.Fold(name)] = true
	}
	for _, name := range w.now.Reviewers {
		busy[field.Fold(name)] = true
	}
	for _, slug := range w.now.Teams {
		busy[field.Fold(w.repo.Owner+"/"+slug)] = true
	}
	var names []string
	for _, name := range slices.Sorted(slices.Values(slices.Concat(slices.Collect(maps.Values(w.p.Groups))...))) {
		org, _, team := strings.Cut(name, "/")
		// A workflow's token sees no team, and a team of another organisation
		// cannot be asked.
		reachable := !team || strings.EqualFold(org, w.repo.Owner) && w.self.Login != workflowLogin
		if !busy[field.Fold(name)] && reachable {
			busy[field.Fold(name)] = true
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return asked
	}
	type review struct {
		User *struct {
			Login string `json:"login"`
		} `json:"user"`
	}
	reviews, err := list[review](ctx, w.Client, w.pullPath("reviews"))
	if err != nil {
		w.warn("nobody's review is asked for", err)
		return asked
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return slices.ContainsFunc(reviews, func(r review) bool { return r.User != nil && strings.EqualFold(r.User.Login, name) })
	})
	if len(names) == 0 {
		return asked
	}
	return append(asked, w.request(ctx, names[:min(len(names), mostRequested)])...)
}

func (w *writing) pullPath(of string) string {
	return w.repo.path("pulls", number(w.p.PullRequest.Number), of)
}

// request asks for reviews, and says who need not be asked again: those whose
// name GitHub refuses are among them. One such name spoils a request, so that
// they are then asked one by one.
func (w *writing) request(ctx context.Context, names []string) (done []string) {
	var body struct {
		Reviewers []string `json:"reviewers,omitempty"`
		Teams     []string `json:"team_reviewers,omitempty"`
	}
	for _, name := range names {
		if _, slug, team := strings.Cut(name, "/"); team {
			body.Teams = append(body.Teams, slug)
		} else {
			body.Reviewers = append(body.Reviewers, name)
		}
	}
	err := w.write(ctx, http.MethodPost, w.pullPath("requested_reviewers"), body, nil)
	switch {
	case err == nil:
		return names
	case !invalid(err):
		w.warn("nobody's review is asked for", err)
		return nil
	case len(names) == 1:
		w.warn("the review of "+render.Plain(names[0])+" cannot be asked for", err)
		return names
	}
	for _, name := range names {
		done = append(done, w.request(ctx, []string{name})...)
	}
	return done
}
