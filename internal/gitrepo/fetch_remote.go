package gitrepo

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport"

	"github.com/mergeseal/mergeseal/internal/tree"
)

// maxRedirects is as many as git follows: http.c, http.maxRedirects.
const maxRedirects = 20

// endpoint reads the URL. Other ways to fetch would start a program.
func (r Remote) endpoint() (*transport.Endpoint, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, errors.New("read the remote's address: it is not a URL") // the cause would quote it
	}
	switch {
	case u.User != nil:
		return nil, fmt.Errorf("read the remote's address: %s names a user: a token goes beside it, not into it", u.Redacted())
	case u.Scheme == "https" && u.Host != "", u.Scheme == "http" && loopback(u.Hostname()):
	default:
		return nil, fmt.Errorf("read the remote's address: %s is not https", r.URL)
	}
	ep, err := transport.NewEndpoint(u.String())
	if err != nil {
		return nil, fmt.Errorf("read the remote's address: %w", err)
	}
	return ep, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// client follows redirects on the same host only, so that no token leaves it (T17).
func (r Remote) client() *http.Client {
	return &http.Client{
		Transport: r.Client,
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			from := via[0].URL
			if req.URL.Scheme != from.Scheme || req.URL.Host != from.Host {
				return fmt.Errorf("%s redirects to another host, %s, which is not followed", from.Host, req.URL.Host)
			}
			if len(via) > maxRedirects {
				return errors.New("too many redirects")
			}
			return nil
		},
	}
}

// scrub takes the token out of a text that somebody else wrote (T16). What the
// error wraps of ours stays.
func (r Remote) scrub(err error) error {
	text := err.Error()
	if r.Token == "" || !strings.Contains(text, r.Token) {
		return err
	}
	clean := errors.New(strings.ReplaceAll(text, r.Token, "***"))
	if errors.Is(err, tree.ErrNotFound) {
		return fmt.Errorf("%w: %w", clean, tree.ErrNotFound)
	}
	return clean
}

// bounded refuses to go on after so many bytes.
type bounded struct {
	from io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("read pack: %w", tree.ErrTooLarge)
	}
	n, err := b.from.Read(p)
	b.left -= int64(n)
	return n, err
}

// RemoteURL is where the remote origin, or the only one, is fetched from as
// the clone's configuration has it, "" without one.
func (r *Repo) RemoteURL() string { return r.conf.urls[r.baseRemote()] }

// whole reports whether the clone lacks nothing of its history: it is neither
// shallow nor partial.
func (r *Repo) whole() (bool, error) {
	shallow, err := r.Shallow()
	if err != nil || shallow {
		return false, err
	}
	// https://git-scm.com/docs/partial-clone: each pack of a partial clone has such a file.
	promised, err := filepath.Glob(filepath.Join(r.commonDir, "objects", "pack", "*.promisor"))
	return len(promised) == 0, err
}

// tips are the commits that refs of the clone are at, sorted, a bounded number.
func (r *Repo) tips() ([]plumbing.Hash, error) {
	seen := map[plumbing.Hash]bool{}
	var out []plumbing.Hash
	add := func(h plumbing.Hash) {
		if !h.IsZero() && !seen[h] && len(out) < maxHaves {
			if k, err := r.store.kind(h); err == nil && k == plumbing.CommitObject {
				seen[h], out = true, append(out, h)
			}
		}
	}
	if _, id, err := r.HeadBranch(); err == nil {
		add(plumbing.NewHash(id))
	}
	refs, err := r.store.references()
	for _, ref := range refs {
		if name := ref.Name().String(); strings.HasPrefix(name, remotePrefix) || strings.HasPrefix(name, headsPrefix) {
			add(ref.Hash())
		}
	}
	return out, err
}

// references are all refs that name an object themselves.
func (s *store) references() ([]*plumbing.Reference, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, err := s.all[0].IterReferences()
	if err != nil {
		return nil, fmt.Errorf("list refs: %w", err)
	}
	var out []*plumbing.Reference
	err = it.ForEach(func(ref *plumbing.Reference) error {
		if ref.Type() == plumbing.HashReference {
			out = append(out, ref)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list refs: %w", err)
	}
	return out, nil
}
