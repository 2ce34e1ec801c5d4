package github

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
)

// review is one as the API writes it.
type review struct {
	ID          int64      `json:"id"`
	User        *account   `json:"user"`
	State       string     `json:"state"`
	Commit      string     `json:"commit_id"`
	SubmittedAt *time.Time `json:"submitted_at"`
}

// state reads a review's state; false for one that nobody has submitted.
func (v review) state() (evidence.State, bool, error) {
	switch v.State {
	case "APPROVED":
		return evidence.Approved, true, nil
	case "CHANGES_REQUESTED":
		return evidence.ChangesRequested, true, nil
	case "COMMENTED":
		return evidence.Commented, true, nil
	case "DISMISSED":
		return evidence.Dismissed, true, nil
	case "PENDING":
		return evidence.NoState, false, nil
	}
	return evidence.NoState, false, fmt.Errorf("read review %d: %w: its state %q is unknown", v.ID, ErrUnavailable, v.State)
}

// reviews reads every review, and what each reviewer may do in the repository.
func (g *gathering) reviews(ctx context.Context) error {
	all, err := list[review](ctx, g.Client, g.repo.path("pulls", strconv.FormatInt(g.pr.Number, 10), "reviews"))
	if err != nil {
		return fmt.Errorf("read the reviews of pull request %d: %w", g.pr.Number, err)
	}
	may := map[string]evidence.Permission{}
	seen := map[int64]bool{}
	for _, v := range all {
		state, submitted, err := v.state()
		if err != nil {
			return err
		}
		if !submitted || seen[v.ID] {
			continue
		}
		seen[v.ID] = true
		if v.ID <= 0 || v.SubmittedAt == nil {
			return fmt.Errorf("read review %d: %w: it lacks its number or its time", v.ID, ErrUnavailable)
		}
		out := evidence.Review{ID: v.ID, State: state, Commit: v.Commit, SubmittedAt: field.Instant{Time: v.SubmittedAt.UTC()}}
		if !fullSHA.MatchString(v.Commit) {
			// A commit that was pushed away and is forgotten: the review is about
			// nothing that is left, which a SHA of zeros says.
			out.Commit = noCommit
		}
		if out.By, out.Type, out.Permission, err = g.reviewer(ctx, v.User, may); err != nil {
			return fmt.Errorf("read review %d: %w", v.ID, err)
		}
		g.doc.Reviews = append(g.doc.Reviews, out)
	}
	return nil
}

// noCommit is the id of no commit.
const noCommit = "0000000000000000000000000000000000000000"

// reviewer is who gave a review and what they may do. An account that is gone
// may do nothing; the least that evidence can say is to read.
func (g *gathering) reviewer(ctx context.Context, u *account, may map[string]evidence.Permission) (field.Login, string, evidence.Permission, error) {
	if u == nil || u.Login == "" {
		return ghost, "User", evidence.CanRead, nil
	}
	who, err := login(u.Login)
	if err != nil {
		return "", "", 0, err
	}
	if u.Type == "" {
		return "", "", 0, fmt.Errorf("%w: the kind of the account %s is not told", ErrUnavailable, who)
	}
	p, known := may[who.Fold()]
	if !known {
		if p, err = g.permission(ctx, who, u.Type); err != nil {
			return "", "", 0, err
		}
		may[who.Fold()] = p
	}
	return who, u.Type, p, nil
}

// permission asks what somebody may do. Someone that GitHub does not tell about
// is an error: their veto would be lost as well as their approval. Bots alone
// are no collaborators by their nature, and GitHub says so.
func (g *gathering) permission(ctx context.Context, who field.Login, kind string) (evidence.Permission, error) {
	var got struct {
		Permission string `json:"permission"`
		Role       string `json:"role_name"`
	}
	_, err := g.do(ctx, http.MethodGet, g.repo.path("collaborators", string(who), "permission"), nil, &got)
	if refused(err) && kind != "User" {
		return evidence.CanRead, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read what %s may do in %s: %w", who, g.repo, err)
	}
	p, ok := roles[got.Permission]
	if !ok {
		return 0, fmt.Errorf("read what %s may do in %s: %w: the permission %q is unknown", who, g.repo, ErrUnavailable, got.Permission)
	}
	// permission knows three steps, role_name five and those an organisation
	// names itself; one of those counts as what it is built upon:
	// https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
	switch {
	case p == evidence.CanWrite && got.Role == "maintain":
		return evidence.CanMaintain, nil
	case p == evidence.CanRead && got.Role == "triage":
		return evidence.CanTriage, nil
	}
	return p, nil
}

var roles = map[string]evidence.Permission{
	"none": evidence.CanRead, "read": evidence.CanRead, "write": evidence.CanWrite, "admin": evidence.CanAdmin,
}

// baseChange reads when the pull request got the base it has, if it had another
// one before (T07). Without an approval nothing depends on it. The list of
// events tells it, the timeline does not:
// https://docs.github.com/en/rest/using-the-rest-api/issue-event-types#base_ref_changed
func (g *gathering) baseChange(ctx context.Context) error {
	if !slices.ContainsFunc(g.doc.Reviews, func(r evidence.Review) bool { return r.State == evidence.Approved }) {
		return nil
	}
	type event struct {
		Event string    `json:"event"`
		At    time.Time `json:"created_at"`
	}
	all, err := list[event](ctx, g.Client, g.repo.path("issues", strconv.FormatInt(g.pr.Number, 10), "events"))
	if err != nil {
		return fmt.Errorf("read when the base of pull request %d changed: %w", g.pr.Number, err)
	}
	for _, e := range all {
		if e.Event != "base_ref_changed" && e.Event != "automatic_base_change_succeeded" {
			continue
		}
		if e.At.IsZero() {
			return fmt.Errorf("read when the base of pull request %d changed: %w", g.pr.Number, ErrUnavailable)
		}
		if last := &g.doc.PullRequest.BaseChangedAt; e.At.After(last.Time) {
			*last = field.Instant{Time: e.At.UTC()}
		}
	}
	return nil
}
