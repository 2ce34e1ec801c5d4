package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/forge/github"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/ledger"
)

// mayAsk reports whether there is a forge to ask and something to ask it with.
func (b *books) mayAsk(o forgeFlags) bool {
	env := b.g.env.Getenv
	return b.repository() != "" && (o.AppID != 0 || first(env, "GITHUB_TOKEN", "GH_TOKEN", "MERGESEAL_APP_ID") != "")
}

// asked asks the forge which pull request each commit came from and who
// approved it. Neighbours of one pull request, as a rebase leaves them, are one
// merge.
func (b *books) asked(ctx context.Context, o sealOptions, merges []ledger.Merge) ([]ledger.Merge, error) {
	f, err := b.g.forge(o.Forge, b.repository())
	if err != nil {
		return nil, err
	}
	var out []ledger.Merge
	for i := 0; i < len(merges); {
		pr, err := b.source(ctx, f, merges[i].Commit)
		if err != nil {
			return nil, failed(fmt.Errorf("ask who approved %s: %w", short(merges[i].Commit), err))
		}
		if pr == nil {
			out = append(out, merges[i])
			i++
			continue
		}
		n := i + 1
		for n < len(merges) && merges[n-1].Commit != pr.MergeCommit {
			next, err := b.source(ctx, f, merges[n].Commit)
			if err != nil {
				return nil, failed(fmt.Errorf("ask who approved %s: %w", short(merges[n].Commit), err))
			}
			if next == nil || next.Number != pr.Number {
				break
			}
			n++
		}
		m, err := b.approved(ctx, f, *pr, merges[i:n])
		if err != nil {
			return nil, failed(fmt.Errorf("ask who approved %s: %w", short(merges[i].Commit), err))
		}
		out = append(out, m)
		i = n
	}
	return out, nil
}

// source is the pull request that a commit landed by, nil where it was pushed
// without one.
func (b *books) source(ctx context.Context, f *forge, commit string) (*github.PullRequest, error) {
	list, err := f.client.PullRequestsOf(ctx, f.repo, commit)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(p github.PullRequest) bool {
		return !p.Merged || b.baseRef != "" && branchOf(p.BaseRef) != branchOf(b.baseRef)
	})
	if i := slices.IndexFunc(list, func(p github.PullRequest) bool { return p.MergeCommit == commit }); i >= 0 {
		return &list[i], nil
	}
	if len(list) == 1 {
		return &list[0], nil
	}
	return nil, nil //nolint:nilnil // none, or none that is sure
}

// branchOf is a branch's name without where it is kept.
func branchOf(ref string) string {
	if name, ok := strings.CutPrefix(ref, "refs/remotes/"); ok {
		_, name, _ = strings.Cut(name, "/")
		return name
	}
	return strings.TrimPrefix(ref, "refs/heads/")
}

// approved is what one pull request brought, with what the forge says of people
// up to the moment it was merged.
func (b *books) approved(ctx context.Context, f *forge, pr github.PullRequest, merges []ledger.Merge) (ledger.Merge, error) {
	wants, err := judge.WantsOf(b.repo, merges[0].Base)
	if err != nil {
		return ledger.Merge{}, err
	}
	if pr, err = f.client.PullRequest(ctx, f.repo, pr.Number); err != nil {
		return ledger.Merge{}, err
	}
	doc, gaps, err := f.client.Evidence(ctx, f.repo, pr, github.Ask{Teams: wants.Teams, Record: wants.Record})
	if err != nil {
		return ledger.Merge{}, err
	}
	for _, gap := range gaps {
		b.g.warn("%s: %s", gap.What, gap.Why)
	}
	if !pr.MergedAt.IsZero() {
		// What was said after the merge approved nothing.
		doc.Reviews = slices.DeleteFunc(doc.Reviews, func(r evidence.Review) bool { return r.SubmittedAt.After(pr.MergedAt) })
	}
	m := joined(merges, pr.Head, doc)
	m.MergedBy = field.Login(pr.MergedBy)
	if !pr.MergedAt.IsZero() {
		m.At = pr.MergedAt.UTC()
	}
	return m, b.have(ctx, f, pr)
}

// have brings the pull request's head into the clone where a squash or a rebase
// left it out.
func (b *books) have(ctx context.Context, f *forge, pr github.PullRequest) error {
	if _, err := b.repo.Commit(pr.Head); err == nil {
		return nil
	}
	remote, err := f.remote(ctx)
	if err != nil {
		return err
	}
	tip, err := b.repo.Pull(ctx, remote, fmt.Sprintf("refs/pull/%d/head", pr.Number))
	if err == nil && tip != pr.Head {
		err = fmt.Errorf("the remote has %s at the head of pull request %d, not %s", short(tip), pr.Number, short(pr.Head))
	}
	return err
}
