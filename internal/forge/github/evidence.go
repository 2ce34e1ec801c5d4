package github

import (
	"context"
	"errors"
	"fmt"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
)

// Ask is what evidence is wanted beyond the pull request itself.
type Ask struct {
	Teams       []string               // organisation/team, named by groups of the base
	OpenRecords bool                   // other open pull requests that touch records
	Record      func(path string) bool // whether a path is a record's
}

// Gap is something that could not be learnt, and is left out of the evidence.
type Gap struct {
	What string // a noun: "members of acme/cab", "who pushed last"
	Why  string
	Fix  string // what to permit or type next; "" where nothing helps
}

// gathering is one document while it grows.
type gathering struct {
	*Client
	repo Repo
	pr   PullRequest
	doc  *evidence.Document
	gaps []Gap
}

func (g *gathering) gap(what, why, fix string) {
	g.gaps = append(g.gaps, Gap{what, g.hide(why), fix})
}

// Evidence gathers what the API says about the people of a pull request. The
// document is whole, or there is an error; what the document may leave out is
// a gap. A head that moves meanwhile is ErrMoved.
func (c *Client) Evidence(ctx context.Context, r Repo, pr PullRequest, ask Ask) (*evidence.Document, []Gap, error) {
	g := &gathering{Client: c, repo: r, pr: pr, doc: &evidence.Document{Version: evidence.Version, Repository: pr.BaseRepo}}
	author, err := login(pr.Author)
	if err != nil {
		return nil, nil, fmt.Errorf("read the author of pull request %d: %w", pr.Number, err)
	}
	g.doc.PullRequest = evidence.PullRequest{Number: pr.Number, Author: author, BaseRef: pr.BaseRef, Base: pr.Base, Head: pr.Head, Draft: pr.Draft, Labels: foreignLabels(pr.Labels)}
	for _, step := range []func(context.Context) error{
		g.commits,
		g.reviews,
		g.baseChange,
		g.pushers,
		func(ctx context.Context) error { return g.teams(ctx, ask.Teams) },
		func(ctx context.Context) error { return g.open(ctx, ask) },
	} {
		if err := step(ctx); err != nil {
			return nil, nil, err
		}
	}
	if err := c.Still(ctx, r, pr); err != nil {
		return nil, nil, fmt.Errorf("gather evidence: %w", err)
	}
	return g.doc.Settled(), g.gaps, nil
}

// account is a user as the API writes one, with what this package asks of it.
type account struct {
	Login string `json:"login"`
	Type  string `json:"type"`
}

// login reads a name from the API. One that is none would compare with nobody,
// so that who it belongs to would be excluded from nothing (T26).
func login(text string) (field.Login, error) {
	var l field.Login
	if err := l.ParseScalar(text); err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return l, nil
}

// teams reads the members of each team. What the token may not see is a gap:
// GitHub answers 404 for both kinds of no.
func (g *gathering) teams(ctx context.Context, names []string) error {
	closed := map[string]error{} // organisations that tell nothing
	for _, name := range names {
		team, err := ParseRepo(name)
		if err != nil {
			return fmt.Errorf("ask for the team %q: write organisation/team", name)
		}
		what := "members of " + name
		if err := closed[field.Fold(team.Owner)]; err != nil {
			g.gap(what, err.Error(), "permit members: read of the organisation, through a GitHub App, or list the members in groups.yaml")
			continue
		}
		people, err := list[account](ctx, g.Client, "orgs/"+team.Owner+"/teams/"+team.Name+"/members")
		if refused(err) {
			if errors.Is(err, ErrForbidden) {
				closed[field.Fold(team.Owner)] = err
			}
			g.gap(what, err.Error(), "permit members: read of the organisation, through a GitHub App, or list the members in groups.yaml")
			continue
		}
		if err != nil {
			return fmt.Errorf("read the members of %s: %w", name, err)
		}
		members := []field.Login{}
		for _, p := range people {
			l, err := login(p.Login)
			if err != nil {
				return fmt.Errorf("read the members of %s: %w", name, err)
			}
			members = append(members, l)
		}
		if g.doc.Teams == nil {
			g.doc.Teams = map[string]evidence.Team{}
		}
		g.doc.Teams[name] = evidence.Team{Members: members}
	}
	return nil
}
