package gitrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/mergeseal/mergeseal/internal/tree"
)

const hexLen = 40

// shallowHint tells how to get the history that is missing.
const shallowHint = "fetch the whole history (actions/checkout: fetch-depth: 0; git: git fetch --unshallow)"

// node is what a walk over commits needs of one.
type node struct {
	id      plumbing.Hash
	tree    plumbing.Hash
	parents []plumbing.Hash
	date    int64 // committer's, seconds; 0 when it cannot be read, as in git
}

// parseID reads a full object id in hex, of either case.
func parseID(s string) (plumbing.Hash, bool) {
	if len(s) != hexLen || !isHex(s) {
		return plumbing.ZeroHash, false
	}
	return plumbing.NewHash(s), true
}

func isHex(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return s != ""
}

// cutLine takes the next line off a commit if it has that key, in the only
// order in which git accepts them, so that no second line can contradict.
func cutLine(s *string, key string) (string, bool) {
	line, rest, ok := strings.Cut(*s, "\n")
	if !ok {
		return "", false
	}
	v, ok := strings.CutPrefix(line, key+" ")
	if ok {
		*s = rest
	}
	return v, ok
}

// parseNode reads the head of a commit object and returns it with the text
// from the author line on.
func parseNode(h plumbing.Hash, data string) (*node, string, error) {
	n := &node{id: h}
	v, _ := cutLine(&data, "tree")
	id, ok := parseID(v)
	if !ok {
		return nil, "", fmt.Errorf("read commit %s: no tree line", h)
	}
	n.tree = id
	for {
		v, ok := cutLine(&data, "parent")
		if !ok {
			break
		}
		id, ok := parseID(v)
		if !ok {
			return nil, "", fmt.Errorf("read commit %s: bad parent line", h)
		}
		n.parents = append(n.parents, id)
	}
	rest := data
	if _, ok := cutLine(&rest, "author"); ok {
		if v, ok := cutLine(&rest, "committer"); ok {
			_, _, at := ident(v)
			n.date = at.Unix()
		}
	}
	return n, data, nil
}

// ident reads "Name <mail> seconds zone". What cannot be read is empty, and
// the time 1970.
func ident(s string) (name, mail string, at time.Time) {
	at = time.Unix(0, 0).UTC()
	open := strings.IndexByte(s, '<')
	if open < 0 {
		return strings.TrimSpace(s), "", at
	}
	name = strings.TrimSpace(s[:open])
	mail, _, _ = strings.Cut(s[open+1:], ">")
	f := strings.Fields(s[strings.LastIndexByte(s, '>')+1:])
	if len(f) == 0 {
		return name, mail, at
	}
	sec, err := strconv.ParseInt(f[0], 10, 64)
	if err != nil || sec < 0 {
		return name, mail, at
	}
	offset := 0
	if len(f) > 1 {
		if z, err := strconv.Atoi(f[1]); err == nil && z > -10000 && z < 10000 {
			offset = (z/100)*3600 + (z%100)*60
		}
	}
	return name, mail, time.Unix(sec, 0).In(time.FixedZone("", offset))
}

// node reads a commit that the history names.
func (s *store) node(h plumbing.Hash) (*node, error) {
	b, err := s.structure(plumbing.CommitObject, h)
	if err != nil {
		return nil, err
	}
	n, _, err := parseNode(h, string(b))
	return n, err
}

// commit reads all of a commit.
func (s *store) commit(h plumbing.Hash) (tree.Commit, error) {
	b, err := s.structure(plumbing.CommitObject, h)
	if err != nil {
		return tree.Commit{}, err
	}
	n, rest, err := parseNode(h, string(b))
	if err != nil {
		return tree.Commit{}, err
	}
	c := tree.Commit{ID: h.String()}
	for _, p := range n.parents {
		c.Parents = append(c.Parents, p.String())
	}
	head, message, _ := strings.Cut(rest, "\n\n")
	c.Message = message
	head += "\n"
	if v, ok := cutLine(&head, "author"); ok {
		c.AuthorName, c.AuthorEmail, c.AuthorTime = ident(v)
	}
	if v, ok := cutLine(&head, "committer"); ok {
		c.CommitterName, c.CommitterEmail, c.CommitterTime = ident(v)
	}
	return c, nil
}

// named reads a commit that the caller names by its id. An id that is not here
// wraps tree.ErrNotFound, and tree.ErrShallow too in a shallow clone.
func (r *Repo) named(id string) (*node, error) {
	h, ok := parseID(id)
	if !ok {
		return nil, fmt.Errorf("read commit %q: not a full commit id: %w", id, tree.ErrRef)
	}
	n, err := r.store.node(h)
	if errors.Is(err, ErrMissingObject) {
		return nil, r.absent(h)
	}
	if errors.Is(err, errType) {
		return nil, fmt.Errorf("%w: %w", err, tree.ErrNotFound)
	}
	return n, err
}

func (r *Repo) absent(h plumbing.Hash) error {
	if shallow, err := r.Shallow(); err == nil && shallow {
		return fmt.Errorf("read commit %s: %w in a %w; %s", h, tree.ErrNotFound, tree.ErrShallow, shallowHint)
	}
	return fmt.Errorf("read commit %s: %w in this clone", h, tree.ErrNotFound)
}

// Shallow reports whether the clone lacks the older part of its history.
func (r *Repo) Shallow() (bool, error) {
	b, err := r.boundary()
	return len(b) > 0, err
}

// boundary is the set of commits whose parents were left out by a shallow
// fetch, as listed in https://git-scm.com/docs/shallow.
func (r *Repo) boundary() (map[plumbing.Hash]bool, error) {
	b, err := readSmall(filepath.Join(r.commonDir, "shallow"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read shallow: %w", err)
	}
	set := map[plumbing.Hash]bool{}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		h, ok := parseID(line)
		if !ok {
			return nil, fmt.Errorf("read shallow: bad line %q", line)
		}
		set[h] = true
	}
	return set, nil
}
