package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/judge"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/ledger"
	"github.com/mergeseal/mergeseal/internal/seal"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// policyTimeout is how long one evaluation may take where no flag says.
const policyTimeout = time.Second

// maxKey bounds a public key's file in bytes.
const maxKey = 64 << 10

// books is a repository with its law as of the base branch: what seal, verify
// and gate work on.
type books struct {
	*place
	g       *global
	baseRef string // full name, "" when a commit was named
	base    string // its tip
	law     *law.Law
	lawTree tree.Tree // where the law and its keys lie
	now     time.Time
	replay  bool
	builtin []judge.Module
}

// books opens the repository and reads the law at the tip of the base branch.
// A law that cannot be read is no law: the command ends in 4.
func (g *global) books(base string) (*books, error) {
	b := &books{g: g}
	var err error
	if b.now, b.replay, err = g.clock(); err != nil {
		return nil, err
	}
	if b.builtin, err = builtin(); err != nil {
		return nil, failed(err)
	}
	if b.place, err = g.open(); err != nil {
		return nil, err
	}
	if b.repo == nil {
		return nil, usagef("%s is not in a git repository", g.dir())
	}
	if err := b.readLaw(base); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *books) readLaw(base string) error {
	var err error
	if base == "" {
		b.baseRef, b.base, err = b.repo.DefaultBase()
	} else if b.base, err = b.repo.Resolve(base); err == nil {
		b.baseRef = b.named(base)
	}
	switch {
	case errors.Is(err, tree.ErrRef):
		return &exit{code: ExitUsage, err: err}
	case err != nil:
		return failed(fmt.Errorf("%w; name the branch with --base", err))
	}
	t, err := b.repo.Tree(b.base)
	if err != nil {
		return failed(fmt.Errorf("read base: %w", err))
	}
	l, found, err := judge.LawAt(t)
	switch {
	case errors.Is(err, law.ErrNoConfig):
		return failed(fmt.Errorf("the base %s has no %s: no law is in force there", b.base, judge.ConfigPath))
	case err != nil:
		return failed(err)
	case l == nil || found.Errors():
		found.Sort()
		return failed(fmt.Errorf("read law at %s: %s: %s %s", b.base, found[0].At, found[0].Code, found[0].Message))
	}
	b.law, b.lawTree = l, t
	return nil
}

// named is the full name of the branch that a revision names, "" where it names none.
func (b *books) named(rev string) string {
	for _, prefix := range []string{"", "refs/heads/", "refs/remotes/"} {
		if full := prefix + rev; strings.HasPrefix(full, "refs/") {
			if id, err := b.repo.Resolve(full); err == nil && id == b.base {
				return full
			}
		}
	}
	return ""
}

// judge judges by the rules of this binary and of the target's base.
func (b *books) judge(ctx context.Context, t judge.Target) (*judge.Result, error) {
	t.Repo, t.Compile, t.Isolate = b.repo, compiler(policyTimeout), b.g.apart(policyTimeout)
	t.Builtin, t.Tool = b.builtin, b.g.env.Version
	t.Repository = b.repository()
	return judge.Judge(ctx, t)
}

// repository is what the law calls it, or else the environment.
func (b *books) repository() string {
	if r := b.law.Config.Repository; r != "" {
		return r
	}
	return b.g.env.Getenv("GITHUB_REPOSITORY")
}

// trust is whose seals are believed: the keys of the law, or those in a folder
// that somebody named.
func (b *books) trust(dir string) (seal.Trust, error) {
	t := seal.Trust{AllowUnsigned: b.law.Config.Gate.AllowUnsigned}
	if dir != "" {
		keys, err := b.g.keysIn(dir)
		t.Keys = keys
		return t, err
	}
	for _, k := range b.law.Config.Keys {
		text, err := b.lawTree.Read(k.PublicKey, maxKey)
		var key *seal.Key
		if err == nil {
			key, err = seal.ParsePublic(text)
		}
		if err != nil {
			return t, failed(fmt.Errorf("read the key %s in %s: %w", diag.Quote(k.ID), k.PublicKey, err))
		}
		key.Name, key.NotBefore, key.NotAfter, key.RevokedAt = k.ID, k.NotBefore.Time, k.NotAfter.Time, k.RevokedAt.Time
		t.Keys = append(t.Keys, key)
	}
	return t, nil
}

// keysIn reads the *.pem of a folder.
func (g *global) keysIn(dir string) ([]*seal.Key, error) {
	files, err := filepath.Glob(filepath.Join(g.abs(dir), "*.pem"))
	if err != nil || len(files) == 0 {
		return nil, usagef("--trust %s holds no *.pem", dir)
	}
	slices.Sort(files)
	var keys []*seal.Key
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, usagef("--trust: %w", err)
		}
		k, err := seal.ParsePublic(text)
		if err != nil {
			return nil, usagef("--trust %s: %w", f, err)
		}
		k.Name = strings.TrimSuffix(filepath.Base(f), ".pem")
		keys = append(keys, k)
	}
	return keys, nil
}

func (b *books) verifier(trust seal.Trust) *ledger.Verifier {
	return &ledger.Verifier{Repo: b.repo, Trust: trust, Repository: b.repository(), Judge: b.judge}
}

// commit resolves a revision that somebody named, "" for GITHUB_SHA or HEAD.
func (b *books) commit(rev string) (string, error) {
	if rev == "" {
		if rev = b.g.env.Getenv("GITHUB_SHA"); rev == "" {
			rev = "HEAD"
		}
	}
	id, err := b.repo.Resolve(rev)
	switch {
	case errors.Is(err, tree.ErrRef):
		return "", &exit{code: ExitUsage, err: err}
	case err != nil:
		return "", failed(err)
	}
	return id, nil
}

// refused is the problem behind an error, nil where the error is of another kind.
func refused(err error) *diag.Problem {
	var p *diag.Problem
	if errors.As(err, &p) {
		return p
	}
	return nil
}

// remoteNamed is a remote by its name in the clone's configuration, by its URL
// or by its folder.
func (b *books) remoteNamed(name string) (gitrepo.Remote, error) {
	r := gitrepo.Remote{URL: b.repo.RemoteNamed(name), Token: first(b.g.env.Getenv, "GITHUB_TOKEN", "GH_TOKEN")}
	if r.URL == "" {
		r.URL = name
	}
	if filepath.IsAbs(r.URL) || strings.Contains(r.URL, "://") {
		return r, nil
	}
	if _, err := os.Stat(b.g.abs(r.URL)); err == nil {
		r.URL = b.g.abs(r.URL)
		return r, nil
	}
	return r, usagef("--push %s: no such remote, and no URL; over ssh, leave --push out and then: git push %s %s", name, name, seal.Ref)
}
