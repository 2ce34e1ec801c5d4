package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"github.com/mergeseal/mergeseal/internal/tree"
)

const (
	// maxPack bounds what one fetch may bring.
	maxPack = 4 << 30
	// maxHaves bounds how many commits a remote is told of.
	maxHaves = 256
	// tokenUser goes with any token of GitHub's:
	// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation
	tokenUser = "x-access-token"
)

// Remote is where commits are fetched from, over HTTP.
type Remote struct {
	URL    string            // https, or http to this machine; a user in it is refused
	Token  string            // goes to the URL's host and nowhere else; "" asks as nobody
	Client http.RoundTripper // nil is Go's own
}

// String leaves the token out.
func (r Remote) String() string { return r.URL }

// Mirror is a bare store of its own that commits are fetched into. It borrows
// what a complete clone has and never writes to it: no ref, no object, no
// configuration. Nothing is checked out and nothing that was fetched is run.
type Mirror struct {
	remote  Remote
	dir     string
	repo    *Repo
	session transport.UploadPackSession
	offered *packp.AdvRefs
	haves   []plumbing.Hash
}

// NewMirror makes an empty store in a new folder below temp ("" is the
// system's). What local has is borrowed, unless it is nil or lacks a part of
// its history: go-git would then take it for the whole.
func NewMirror(temp string, local *Repo, remote Remote) (*Mirror, error) {
	session, err := remote.session()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(temp, "mergeseal-*.git")
	if err != nil {
		return nil, fmt.Errorf("make store: %w", err)
	}
	for _, d := range []string{"objects/pack", "refs"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(d)), 0o700); err != nil {
			return nil, errors.Join(fmt.Errorf("make store: %w", err), os.RemoveAll(dir))
		}
	}
	opts := filesystem.Options{KeepDescriptors: true, LargeObjectThreshold: largeObject}
	own := filesystem.NewStorageWithOptions(osfs.New(dir), cache.NewObjectLRU(cacheBytes*cache.Byte), opts)
	m := &Mirror{remote: remote, dir: dir, session: session}
	m.repo = &Repo{root: dir, gitDir: dir, commonDir: dir, store: &store{commonDir: dir, all: []*filesystem.Storage{own}}}
	if local == nil {
		return m, nil
	}
	whole, err := local.whole()
	if err == nil && whole {
		m.repo.store.all = append(m.repo.store.all, local.store.all...)
		m.haves, err = local.tips()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read clone: %w", err), m.Close())
	}
	return m, nil
}

// Repo is what was fetched, with what is borrowed. It has no refs and no
// working tree. It ends with the mirror.
func (m *Mirror) Repo() *Repo { return m.repo }

// Close removes the store. The clone that was borrowed from stays open.
func (m *Mirror) Close() error {
	m.repo.store.all = m.repo.store.all[:1]
	return errors.Join(m.repo.store.close(), os.RemoveAll(m.dir))
}

// Tip is the commit that the remote has at a full ref, as it said when it was
// first asked. The error wraps tree.ErrNotFound where it has none.
func (m *Mirror) Tip(ctx context.Context, ref string) (string, error) {
	if err := m.ask(ctx); err != nil {
		return "", err
	}
	if h, ok := m.offered.References[ref]; ok {
		if p, ok := m.offered.Peeled[ref]; ok {
			h = p
		}
		return h.String(), nil
	}
	return "", fmt.Errorf("find %s at %s: %w", ref, m.remote, tree.ErrNotFound)
}

// Fetch brings commits, given by full id, with all their history. Those that
// are here already are not asked for. The error wraps tree.ErrNotFound where
// the remote does not give one of them away.
func (m *Mirror) Fetch(ctx context.Context, ids ...string) error {
	var wants []plumbing.Hash
	for _, id := range ids {
		h, ok := parseID(id)
		if !ok {
			return fmt.Errorf("fetch %q: not a full commit id: %w", id, tree.ErrRef)
		}
		_, err := m.repo.store.kind(h)
		if errors.Is(err, ErrMissingObject) && !slices.Contains(wants, h) {
			wants = append(wants, h)
		} else if err != nil && !errors.Is(err, ErrMissingObject) {
			return fmt.Errorf("fetch %s: %w", id, err)
		}
	}
	if len(wants) == 0 {
		return nil
	}
	if err := m.ask(ctx); err != nil {
		return err
	}
	if err := m.download(ctx, wants); err != nil {
		return m.remote.scrub(fmt.Errorf("fetch from %s: %w", m.remote, err))
	}
	for _, h := range wants {
		if n, err := m.repo.named(h.String()); err != nil || n.id != h {
			return fmt.Errorf("fetch from %s: %w", m.remote, errors.Join(err, tree.ErrNotFound))
		}
	}
	m.haves = append(m.haves, wants...)
	return nil
}

func (m *Mirror) ask(ctx context.Context) error {
	if m.offered != nil {
		return nil
	}
	ar, err := m.session.AdvertisedReferencesContext(ctx)
	if err != nil {
		return m.remote.scrub(fmt.Errorf("ask %s for its branches: %w", m.remote, err))
	}
	m.offered = ar
	return nil
}

// download asks in one round: the commits wanted, those that are here, done.
// Thin packs and acknowledgements in several rounds are not asked for: go-git
// reads neither.
func (m *Mirror) download(ctx context.Context, wants []plumbing.Hash) (err error) {
	req := packp.NewUploadPackRequest()
	for _, c := range []capability.Capability{capability.Sideband64k, capability.OFSDelta} {
		if m.offered.Capabilities.Supports(c) {
			if err := req.Capabilities.Set(c); err != nil {
				return err
			}
		}
	}
	req.Wants, req.Haves = wants, m.haves
	res, err := m.session.UploadPack(ctx, req)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, res.Close()) }()
	var pack io.Reader = &bounded{from: res, left: maxPack}
	if req.Capabilities.Supports(capability.Sideband64k) {
		pack = sideband.NewDemuxer(sideband.Sideband64k, pack)
	}
	s := m.repo.store
	s.mu.Lock()
	defer s.mu.Unlock()
	return packfile.UpdateObjectStorage(s.all[0], pack)
}

func (r Remote) session() (transport.UploadPackSession, error) {
	ep, err := r.endpoint()
	if err != nil {
		return nil, err
	}
	var auth transport.AuthMethod
	if r.Token != "" {
		auth = &githttp.BasicAuth{Username: tokenUser, Password: r.Token}
	}
	s, err := githttp.NewClient(r.client()).NewUploadPackSession(ep, auth)
	if err != nil {
		return nil, r.scrub(fmt.Errorf("connect to %s: %w", r, err))
	}
	return s, nil
}
