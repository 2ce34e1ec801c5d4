package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/forge/github"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/render"
)

// maxRecord bounds a record that is compared with ours.
const maxRecord = 1 << 20

// runOutcomePR closes the record as it is at the tip of the forge's base branch
// and opens a pull request for it. Neither index nor working tree is looked at.
func runOutcomePR(ctx context.Context, g *global, o outcomeOptions) error {
	b, err := g.books(o.Base)
	if err != nil {
		return err
	}
	defer b.close()
	base := branchOf(b.baseRef)
	if base == "" {
		return usagef("--base %s names no branch: a pull request goes to one", o.Base)
	}
	f, err := g.forge(o.Forge, b.repository())
	if err != nil {
		return err
	}
	remote, err := f.remote(ctx)
	if err != nil {
		return failed(err)
	}
	tip, err := b.repo.Pull(ctx, remote, "refs/heads/"+base)
	if err == nil && tip == "" {
		err = errors.New("there is no such branch")
	}
	if err != nil {
		return failed(fmt.Errorf("read %s at the forge: %w", base, err))
	}
	t, err := b.repo.Tree(tip)
	if err != nil {
		return failed(fmt.Errorf("read %s at the forge: %w", base, err))
	}
	c, found, err := g.close(ctx, o, t)
	if err != nil || len(found) > 0 {
		return g.refuse(o, found, c, err)
	}
	pr, there, err := f.client.Opened(ctx, f.repo, c.Branch, base)
	if err != nil {
		return failed(err)
	}
	if !there {
		if err := b.branch(ctx, f, remote, tip, c); err != nil {
			return err
		}
		d := github.Draft{Title: render.ClosureTitle(c.closure()), Body: render.ClosureBody(c.closure()), Head: c.Branch, Base: base}
		if pr, err = f.client.Open(ctx, f.repo, d); err != nil {
			return failed(fmt.Errorf("%w; the branch %s is pushed: run again, or open it by hand", err, c.Branch))
		}
	}
	c.PullRequest = &pullRef{Number: pr.Number, URL: pr.URL, Opened: !there}
	return o.Out.write(g, func(w io.Writer) error { return c.write(w, o.Out.format) })
}

// branch pushes the closure as one commit. A branch of the name that says the
// same is one that an earlier run left.
func (b *books) branch(ctx context.Context, f *forge, remote gitrepo.Remote, tip string, c *closing) error {
	left, err := b.repo.Pull(ctx, remote, "refs/heads/"+c.Branch)
	if err != nil {
		return failed(fmt.Errorf("look for the branch %s: %w", c.Branch, err))
	}
	if left != "" {
		t, err := b.repo.Tree(left)
		if err != nil {
			return failed(err)
		}
		if was, err := t.Read(c.Path, maxRecord); err != nil || !bytes.Equal(was, c.text) {
			return &exit{code: ExitFail, err: fmt.Errorf("the branch %s is there and says something else: look at it, then git push origin --delete %s", c.Branch, c.Branch)}
		}
		return nil
	}
	by, err := b.author(ctx, f)
	if err != nil {
		return err
	}
	commit, err := b.repo.CommitFile(tip, c.Path, c.text, by, render.ClosureTitle(c.closure()))
	if err != nil {
		return failed(err)
	}
	if err := b.repo.PushBranch(ctx, remote, c.Branch, tip, commit); err != nil {
		return failed(err)
	}
	return nil
}

// author is who the commit is by: git's own variables, who started the job, or
// whose token it is. A commit by nobody would never be approved.
func (b *books) author(ctx context.Context, f *forge) (gitrepo.Signature, error) {
	env := b.g.env.Getenv
	s := gitrepo.Signature{Name: first(env, "GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), Mail: first(env, "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL", "EMAIL"), At: b.now.Truncate(time.Second)}
	if s.Name != "" && s.Mail != "" {
		return s, nil
	}
	login, id := env("GITHUB_ACTOR"), env("GITHUB_ACTOR_ID")
	if login == "" {
		who, err := f.client.Self(ctx, f.repo)
		if err != nil {
			return s, failed(err)
		}
		login, id = who.Login, ""
	}
	host := "github.com"
	if u, err := url.Parse(f.server); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	// https://docs.github.com/en/account-and-profile/reference/email-addresses-reference
	s.Name, s.Mail = login, login+"@users.noreply."+host
	if id != "" && strings.Trim(id, "0123456789") == "" {
		s.Mail = id + "+" + s.Mail
	}
	return s, nil
}
