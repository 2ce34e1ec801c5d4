package github

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/mergeseal/mergeseal/internal/field"
)

// pushers reads who pushed to the branch, the last one last: the hundred
// newest, since only the last decides anything. Without certainty about the
// last there is none at all.
func (g *gathering) pushers(ctx context.Context) error {
	what := "who pushed last"
	from, err := ParseRepo(g.pr.HeadRepo)
	if err != nil {
		g.gap(what, "the repository of the head is gone", "")
		return nil
	}
	var all []struct {
		Actor *account `json:"actor"`
		After string   `json:"after"`
		Ref   string   `json:"ref"`
		Kind  string   `json:"activity_type"`
	}
	path := from.path("activity") + fmt.Sprintf("?direction=desc&per_page=%d&ref=%s", perPage, url.QueryEscape(g.pr.HeadRef))
	_, err = g.do(ctx, http.MethodGet, path, nil, &all)
	if refused(err) {
		g.gap(what, err.Error(), cmp.Or(fixOf(err), "permit contents: read to the token"))
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the activity of %s: %w", from, err)
	}
	var out []field.Login
	for _, a := range all {
		if a.Ref != g.pr.HeadRef || a.Kind == "branch_deletion" {
			continue
		}
		if out == nil && a.After != g.pr.Head {
			break
		}
		who := field.Login(ghost)
		if a.Actor != nil && a.Actor.Login != "" {
			if who, err = login(a.Actor.Login); err != nil {
				return fmt.Errorf("read the activity of %s: %w", from, err)
			}
		}
		out = append(out, who)
		if a.Kind == "branch_creation" {
			break // what is older was another branch of this name
		}
	}
	if out == nil {
		g.gap(what, "the activity of the repository does not tell how its branch came to this head", "run again in a minute")
		return nil
	}
	slices.Reverse(out)
	g.doc.PullRequest.Pushers = out
	return nil
}
