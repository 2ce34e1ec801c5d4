package github

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/evidence"
	"github.com/mergeseal/mergeseal/internal/field"
)

// maxListed is where the list of a pull request's commits ends without a word:
// https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request
const maxListed = 250

// commit is one as the API writes it. An account is null, or an object without
// a login, where the e-mail address belongs to nobody.
type commit struct {
	SHA       string   `json:"sha"`
	Author    *account `json:"author"`
	Committer *account `json:"committer"`
	Commit    struct {
		Message   string     `json:"message"`
		Author    *signature `json:"author"`
		Committer *signature `json:"committer"`
	} `json:"commit"`
}

type signature struct {
	Email string `json:"email"`
}

// commits reads every commit of the pull request and holds their number
// against the one that the pull request itself gives. The committer of what is
// done in the browser is web-flow, GitHub's own account: it stays, as it never
// reviews.
func (g *gathering) commits(ctx context.Context) error {
	all, err := g.listCommits(ctx)
	if err != nil {
		return fmt.Errorf("read the commits of pull request %d: %w", g.pr.Number, err)
	}
	known := emails(all)
	if slices.ContainsFunc(all, func(k commit) bool {
		return slices.ContainsFunc(evidence.Bylines(k.Commit.Message), func(a string) bool { _, ok := byline(a, known); return !ok })
	}) {
		if err := g.coAuthors(ctx, known); err != nil {
			return fmt.Errorf("read the co-authors of pull request %d: %w", g.pr.Number, err)
		}
	}
	seen, strangers := map[string]bool{}, map[string]bool{}
	for _, k := range all {
		if !fullSHA.MatchString(k.SHA) {
			return fmt.Errorf("read the commits of pull request %d: %w: a commit without a SHA", g.pr.Number, ErrUnavailable)
		}
		if seen[k.SHA] {
			continue
		}
		seen[k.SHA] = true
		out := evidence.Commit{SHA: k.SHA}
		if out.Author, err = k.Author.login(); err != nil {
			return fmt.Errorf("read the author of commit %s: %w", k.SHA, err)
		}
		if out.Committer, err = k.Committer.login(); err != nil {
			return fmt.Errorf("read the committer of commit %s: %w", k.SHA, err)
		}
		for _, address := range evidence.Bylines(k.Commit.Message) {
			if who, ok := byline(address, known); ok {
				out.CoAuthors = append(out.CoAuthors, who)
			} else {
				strangers[strings.ToLower(address)] = true
			}
		}
		g.doc.PullRequest.Commits = append(g.doc.PullRequest.Commits, out)
	}
	if n := len(strangers); n > 0 {
		g.gap("accounts of co-authors", fmt.Sprintf("trailers name %d addresses that GitHub tells no account of, so that nobody is excluded for them", n),
			"write trailers with the addresses of users.noreply.github.com")
	}
	if n := len(seen); n != g.pr.Commits || !seen[g.pr.Head] {
		return fmt.Errorf("read the commits of pull request %d: %w: it holds %d commits and %d were listed: run again", g.pr.Number, ErrUnavailable, g.pr.Commits, n)
	}
	return nil
}

// listCommits asks the pull request, and beyond what it lists, for what lies
// between base and head.
func (g *gathering) listCommits(ctx context.Context) ([]commit, error) {
	if g.pr.Commits <= maxListed {
		return list[commit](ctx, g.Client, g.repo.path("pulls", strconv.FormatInt(g.pr.Number, 10), "commits"))
	}
	var out []commit
	err := g.pages(ctx, g.repo.path("compare", g.pr.Base+"..."+g.pr.Head), func(page json.RawMessage) error {
		var some struct {
			Commits []commit `json:"commits"`
		}
		if err := json.Unmarshal(page, &some); err != nil {
			return fmt.Errorf("%w: %s", ErrUnavailable, g.hide(err.Error()))
		}
		out = append(out, some.Commits...)
		return nil
	})
	return out, err
}

// login is an account's name, nil for nobody's.
func (a *account) login() (*field.Login, error) {
	if a == nil || a.Login == "" {
		return nil, nil //nolint:nilnil // nobody is an answer
	}
	l, err := login(a.Login)
	if err != nil {
		return nil, err
	}
	return &l, nil
}

// emails says whose address is whose, as far as the commits tell it.
func emails(all []commit) map[string]field.Login {
	out := map[string]field.Login{}
	for _, k := range all {
		for _, one := range []struct {
			*signature
			*account
		}{{k.Commit.Author, k.Author}, {k.Commit.Committer, k.Committer}} {
			if one.signature == nil || one.account == nil || one.Email == "" {
				continue
			}
			if l, err := login(one.Login); err == nil {
				out[strings.ToLower(one.Email)] = l
			}
		}
	}
	return out
}

// byline finds the account of an address, by its form or by what is known.
func byline(address string, known map[string]field.Login) (field.Login, bool) {
	if l, ok := evidence.Noreply(address); ok {
		return l, true
	}
	l, ok := known[strings.ToLower(address)]
	return l, ok
}
