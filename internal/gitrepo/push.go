package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// Pull brings what a remote has at a ref into this clone's objects and returns
// the commit, "" where the remote has no such ref. No ref of this clone moves.
func (r *Repo) Pull(ctx context.Context, from Remote, ref string) (string, error) {
	if from.local() {
		return r.pullFolder(from, ref)
	}
	session, err := from.session()
	if err != nil {
		return "", err
	}
	m := &Mirror{remote: from, repo: r, session: session}
	tip, err := m.Tip(ctx, ref)
	if errors.Is(err, tree.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if m.haves, err = r.tips(); err != nil {
		return "", err
	}
	if _, h, err := r.ref(ref); err == nil {
		m.haves = append(m.haves, h)
	}
	return tip, m.Fetch(ctx, tip)
}

// Push moves a ref of the remote from old ("" for none) to a commit of ours, and
// sends what the chain of first parents between them brought, and nothing else.
// The remote compares and moves in one step; the error wraps ErrMoved when
// somebody else was first.
func (r *Repo) Push(ctx context.Context, to Remote, ref, old, commit string) error {
	if !strings.HasPrefix(ref, "refs/") || !validRef(ref) {
		return fmt.Errorf("push %q: %w", ref, tree.ErrRef)
	}
	was, now := plumbing.NewHash(old), plumbing.NewHash(commit)
	objects, err := r.chain(was, now)
	if err != nil {
		return fmt.Errorf("push %s: %w", ref, err)
	}
	if to.local() {
		return r.pushFolder(to, ref, old, commit, objects)
	}
	if err := r.send(ctx, to, plumbing.ReferenceName(ref), was, now, objects); err != nil {
		return to.scrub(fmt.Errorf("push %s to %s: %w", ref, to, err))
	}
	return nil
}

func (r *Repo) send(ctx context.Context, to Remote, ref plumbing.ReferenceName, was, now plumbing.Hash, objects []plumbing.Hash) (err error) {
	ep, err := to.endpoint()
	if err != nil {
		return err
	}
	var auth transport.AuthMethod
	if to.Token != "" {
		auth = &githttp.BasicAuth{Username: tokenUser, Password: to.Token}
	}
	session, err := githttp.NewClient(to.client()).NewReceivePackSession(ep, auth)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	ar, err := session.AdvertisedReferencesContext(ctx)
	if errors.Is(err, transport.ErrEmptyRemoteRepository) {
		ar, err = packp.NewAdvRefs(), nil
	}
	if err != nil {
		return err
	}
	if there := ar.References[ref.String()]; there != was {
		return fmt.Errorf("it is at %s there, not at %s: %w", there, was, ErrMoved)
	}
	req := packp.NewReferenceUpdateRequestFromCapabilities(ar.Capabilities)
	if err := req.Capabilities.Set(capability.ReportStatus); err != nil {
		return err
	}
	req.Commands = []*packp.Command{{Name: ref, Old: was, New: now}}
	pack, err := r.pack(objects)
	if err != nil {
		return err
	}
	req.Packfile = io.NopCloser(bytes.NewReader(pack))
	report, err := session.ReceivePack(ctx, req)
	if err != nil {
		return pushRefusal(err)
	}
	if report == nil {
		return errors.New("the remote did not say whether it took it")
	}
	return pushRefusal(report.Error())
}

// pushRefusal tells a lost race from other refusals. A server says it in words
// only; these are git's own, of receive-pack.c and refs/files-backend.c.
func pushRefusal(err error) error {
	if err == nil {
		return nil
	}
	for _, words := range []string{"failed to update ref", "cannot lock ref", "failed to lock", "non-fast-forward", "fetch first", "reference already exists", "stale info"} {
		if strings.Contains(err.Error(), words) {
			return fmt.Errorf("%w: %w", err, ErrMoved)
		}
	}
	return err
}

func (r *Repo) pack(objects []plumbing.Hash) ([]byte, error) {
	s := r.store
	s.mu.Lock()
	defer s.mu.Unlock()
	var b bytes.Buffer
	if _, err := packfile.NewEncoder(&b, s.all[0], false).Encode(objects, 0); err != nil {
		return nil, fmt.Errorf("pack objects: %w", err)
	}
	return b.Bytes(), nil
}

// chain lists the objects that the first parents from now back to was brought.
// The error wraps ErrMoved when was is not among them.
func (r *Repo) chain(was, now plumbing.Hash) ([]plumbing.Hash, error) {
	var out []plumbing.Hash
	seen := map[plumbing.Hash]bool{}
	for h := now; h != was; {
		c, err := r.store.node(h)
		if err != nil {
			return nil, err
		}
		var parent plumbing.Hash
		before := plumbing.ZeroHash
		if len(c.parents) > 1 {
			return nil, fmt.Errorf("commit %s joins two chains: %w", h, ErrNotes)
		}
		if len(c.parents) == 1 {
			parent = c.parents[0]
			p, err := r.store.node(parent)
			if err != nil {
				return nil, err
			}
			before = p.tree
		} else if !was.IsZero() {
			return nil, fmt.Errorf("%s does not follow %s: %w", now, was, ErrMoved)
		}
		out = append(out, h)
		if err := r.brought(before, c.tree, seen, &out); err != nil {
			return nil, err
		}
		h = parent
	}
	return out, nil
}

// brought adds the trees and blobs below after that before does not have at
// the same place.
func (r *Repo) brought(before, after plumbing.Hash, seen map[plumbing.Hash]bool, out *[]plumbing.Hash) error {
	if before == after || seen[after] {
		return nil
	}
	seen[after] = true
	*out = append(*out, after)
	f, err := r.store.readTree(after)
	if err != nil {
		return err
	}
	old := &treeObject{}
	if !before.IsZero() {
		if old, err = r.store.readTree(before); err != nil {
			return err
		}
	}
	for _, e := range f.entries {
		var was treeEntry
		if i, ok := old.names[e.name]; ok {
			was = old.entries[i]
		}
		switch {
		case e.id == was.id || e.mode == tree.ModeSubmodule:
		case e.folder():
			sub := plumbing.ZeroHash
			if was.folder() {
				sub = was.id
			}
			if err := r.brought(sub, e.id, seen, out); err != nil {
				return err
			}
		case !seen[e.id]:
			seen[e.id] = true
			*out = append(*out, e.id)
		}
	}
	return nil
}
