package gitrepo

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

const (
	maxRev       = 1024
	maxSteps     = 1_000_000 // of one ~N
	maxSymbolic  = 5         // git's own limit on chains of symbolic refs
	maxTagChain  = 10
	headsPrefix  = "refs/heads/"
	remotePrefix = "refs/remotes/"
)

// Resolve returns the full commit id of a revision. Accepted are HEAD, a full
// commit id, a full ref (refs/...), a short name, which is a branch of this
// clone or else a remote one (never a tag), and after any of them steps to
// ancestors: ~N, ^ and ^N. Annotated tags stand for their commit. Errors wrap
// tree.ErrRef for any other spelling, tree.ErrNotFound for an unknown name or
// commit and tree.ErrShallow for an ancestor beyond a shallow clone.
func (r *Repo) Resolve(rev string) (string, error) {
	name, steps, err := splitRev(rev)
	if err != nil {
		return "", err
	}
	h, err := r.start(rev, name)
	if err != nil {
		return "", err
	}
	if h, err = r.climb(rev, h, steps); err != nil {
		return "", err
	}
	return h.String(), nil
}

func refused(rev, why string) error {
	if len(rev) > 80 {
		rev = rev[:80] + "..."
	}
	return fmt.Errorf("resolve %q: %s: %w", rev, why, tree.ErrRef)
}

// step is one ~N (parent 0: N times to the first parent) or ^N.
type step struct{ parent, times int }

// splitRev takes the steps off a revision and refuses what can be refused
// without looking at the repository.
func splitRev(rev string) (string, []step, error) {
	switch {
	case rev == "":
		return "", nil, refused(rev, "it is empty")
	case len(rev) > maxRev:
		return "", nil, refused(rev, "it is too long")
	case rev[0] == '-':
		return "", nil, refused(rev, "a revision does not begin with a dash")
	case strings.Contains(rev, ".."):
		return "", nil, refused(rev, "name one commit, not a range")
	case strings.Contains(rev, ":"):
		return "", nil, refused(rev, "name a commit, not a path in it")
	case rev == "@" || strings.Contains(rev, "@{"):
		return "", nil, refused(rev, "reflog and upstream notations are not read; give HEAD, a ref or a commit id")
	}
	name, rest := rev, ""
	if i := strings.IndexAny(rev, "~^"); i >= 0 {
		name, rest = rev[:i], rev[i:]
	}
	var steps []step
	for rest != "" {
		op, n := rest[0], 1
		if op != '~' && op != '^' {
			return "", nil, refused(rev, "after the name only ~N, ^ and ^N are read")
		}
		rest = rest[1:]
		if digits := len(rest) - len(strings.TrimLeft(rest, "0123456789")); digits > 0 {
			v, err := strconv.Atoi(rest[:digits])
			if err != nil || v > maxSteps {
				return "", nil, refused(rev, "the number of steps is too large")
			}
			n, rest = v, rest[digits:]
		}
		if op == '~' {
			steps = append(steps, step{times: n})
		} else {
			steps = append(steps, step{parent: n})
		}
	}
	if !validRef(name) {
		return "", nil, refused(rev, "not a well-formed ref name; give HEAD, a ref or a full commit id")
	}
	return name, steps, nil
}

// validRef follows https://git-scm.com/docs/git-check-ref-format, with one
// level allowed, and refuses a leading dash and bytes that are not UTF-8.
func validRef(name string) bool {
	if name == "" || name == "@" || name[0] == '-' || strings.ToValidUTF8(name, "") != name ||
		strings.HasSuffix(name, ".") || strings.Contains(name, "..") || strings.Contains(name, "@{") ||
		strings.ContainsAny(name, " ~^:?*[\\\x7f") {
		return false
	}
	for i := range len(name) {
		if name[i] < ' ' {
			return false
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}

// start finds the commit of a name without steps.
func (r *Repo) start(rev, name string) (plumbing.Hash, error) {
	if isHex(name) && len(name) == hexLen {
		n, err := r.named(name)
		if err != nil {
			return plumbing.ZeroHash, fmt.Errorf("resolve %q: %w", rev, err)
		}
		return n.id, nil
	}
	candidates := []string{headsPrefix + name, remotePrefix + name}
	if name == "HEAD" || strings.HasPrefix(name, "refs/") {
		candidates = []string{name}
	}
	for _, c := range candidates {
		_, h, err := r.ref(c)
		if errors.Is(err, tree.ErrNotFound) {
			continue
		}
		if err == nil {
			h, err = r.peel(h)
		}
		if err != nil {
			return plumbing.ZeroHash, fmt.Errorf("resolve %q: %w", rev, err)
		}
		return h, nil
	}
	switch {
	case isHex(name) && len(name) >= 4 && len(name) < hexLen:
		return plumbing.ZeroHash, refused(rev, "an abbreviated commit id is ambiguous; give all 40 digits")
	case isHex(name) && len(name) == 64:
		return plumbing.ZeroHash, fmt.Errorf("resolve %q: a SHA-256 id, but this repository uses SHA-1: %w", rev, tree.ErrNotFound)
	case len(candidates) > 1:
		return plumbing.ZeroHash, fmt.Errorf("resolve %q: no branch of this name, local or remote (a tag is given as refs/tags/%s): %w", rev, name, tree.ErrNotFound)
	default:
		return plumbing.ZeroHash, fmt.Errorf("resolve %q: %w", rev, tree.ErrNotFound)
	}
}

// climb walks from a commit to the ancestor that the steps name.
func (r *Repo) climb(rev string, h plumbing.Hash, steps []step) (plumbing.Hash, error) {
	if len(steps) == 0 {
		return h, nil
	}
	cut, err := r.boundary()
	if err != nil {
		return h, err
	}
	for _, st := range steps {
		parent, times := st.parent-1, 1
		if st.times > 0 {
			parent, times = 0, st.times
		} else if st.parent == 0 { // ^0 and ~0: the commit itself
			continue
		}
		for range times {
			n, err := r.store.node(h)
			if err != nil {
				return h, fmt.Errorf("resolve %q: %w", rev, err)
			}
			if parent >= len(n.parents) {
				return h, fmt.Errorf("resolve %q: commit %s has %d parents: %w", rev, h, len(n.parents), tree.ErrNotFound)
			}
			if cut[h] {
				return h, fmt.Errorf("resolve %q: the parents of %s: %w; %s", rev, h, tree.ErrShallow, shallowHint)
			}
			h = n.parents[parent]
		}
	}
	if _, err := r.store.node(h); err != nil {
		return h, fmt.Errorf("resolve %q: %w", rev, err)
	}
	return h, nil
}

// ref reads a ref by its full name, follows symbolic ones and returns the name
// and the object it ends at. When the last ref does not exist the name is
// still given and the error wraps tree.ErrNotFound.
func (r *Repo) ref(name string) (string, plumbing.Hash, error) {
	for range maxSymbolic {
		ref, err := r.store.reference(name)
		if err != nil {
			return name, plumbing.ZeroHash, err
		}
		if ref.Type() == plumbing.HashReference {
			if ref.Hash().IsZero() {
				return name, plumbing.ZeroHash, fmt.Errorf("read ref %q: no object id in it", name)
			}
			return name, ref.Hash(), nil
		}
		name = ref.Target().String()
		if !validRef(name) || !strings.HasPrefix(name, "refs/") {
			return name, plumbing.ZeroHash, fmt.Errorf("read ref: symbolic target %q is not a ref", name)
		}
	}
	return name, plumbing.ZeroHash, fmt.Errorf("read ref %q: too many symbolic refs", name)
}

func (s *store) reference(name string) (*plumbing.Reference, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ref, err := s.all[0].Reference(plumbing.ReferenceName(name))
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return nil, fmt.Errorf("read ref %q: %w", name, tree.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read ref %q: %w", name, err)
	}
	return ref, nil
}

// peel follows annotated tags to their commit.
func (r *Repo) peel(h plumbing.Hash) (plumbing.Hash, error) {
	for range maxTagChain {
		t, err := r.store.kind(h)
		if err != nil {
			return h, err
		}
		if t == plumbing.CommitObject {
			return h, nil
		}
		if t != plumbing.TagObject {
			return h, fmt.Errorf("read object %s: it is a %s, not a commit: %w", h, t, tree.ErrNotFound)
		}
		b, err := r.store.structure(t, h)
		if err != nil {
			return h, err
		}
		text := string(b)
		v, _ := cutLine(&text, "object")
		next, ok := parseID(v)
		if !ok {
			return h, fmt.Errorf("read tag %s: no object line", h)
		}
		h = next
	}
	return h, fmt.Errorf("read tag %s: too many tags of tags", h)
}

// DefaultBase returns the ref and commit that a change is most likely meant
// for: the remote's default branch as last fetched (of origin, or of the only
// remote), else the local branch main, else master, else those of the remote. The error wraps
// tree.ErrNotFound when there is none of them.
func (r *Repo) DefaultBase() (ref, id string, err error) {
	var candidates []string
	if remote := r.baseRemote(); remote != "" && validRef(remotePrefix+remote) {
		candidates = append(candidates, remotePrefix+remote+"/HEAD")
	}
	candidates = append(candidates, headsPrefix+"main", headsPrefix+"master")
	if remote := r.baseRemote(); remote != "" && validRef(remotePrefix+remote) {
		// A clone that was made by fetching alone knows no default branch.
		candidates = append(candidates, remotePrefix+remote+"/main", remotePrefix+remote+"/master")
	}
	for _, c := range candidates {
		name, h, err := r.ref(c)
		if errors.Is(err, tree.ErrNotFound) {
			continue
		}
		if err == nil {
			h, err = r.peel(h)
		}
		if err != nil {
			return "", "", fmt.Errorf("find default base: %w", err)
		}
		return name, h.String(), nil
	}
	return "", "", fmt.Errorf("find default base: no %s: %w", strings.Join(candidates, ", no "), tree.ErrNotFound)
}

func (r *Repo) baseRemote() string {
	for _, name := range r.conf.remotes {
		if name == "origin" {
			return name
		}
	}
	if len(r.conf.remotes) == 1 {
		return r.conf.remotes[0]
	}
	return ""
}

// HeadBranch returns the branch that is checked out, as a full ref, and its
// commit. With a detached HEAD the ref is "HEAD". On a branch without commits
// the ref is given and the error wraps tree.ErrNotFound.
func (r *Repo) HeadBranch() (ref, id string, err error) {
	name, h, err := r.ref("HEAD")
	if err != nil {
		return name, "", fmt.Errorf("find head branch: %w", err)
	}
	return name, h.String(), nil
}
