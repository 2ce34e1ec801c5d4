package ledger

import (
	"errors"
	"time"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/gitrepo"
	"github.com/mergeseal/mergeseal/internal/seal"
)

// link is one commit of the notes and the seal that it brought.
type link struct {
	note, object     string // the commit of the notes, and the commit that is sealed
	digest, previous string
	at               time.Time
}

const chainHint = "compare the log of the notes with the remote's: git log -p " + seal.Ref

func broken(format string, args ...any) error {
	return diag.Problemf("MS712", chainHint, "the chain of seals is broken: "+format, args...)
}

// linkOf reads what one commit of the notes did. Seals are only ever added, one
// at a time: whatever else it did breaks the chain.
func linkOf(n *gitrepo.Notes, c gitrepo.NoteChange) (link, error) {
	short := c.Commit[:12]
	switch {
	case len(c.Gone) > 0:
		return link{}, broken("%s took away the seal of %s", short, c.Gone[0])
	case len(c.Edited) > 0:
		return link{}, broken("%s replaced the seal of %s", short, c.Edited[0])
	case len(c.Set) != 1:
		return link{}, broken("%s brings %d seals, not one", short, len(c.Set))
	}
	b, ok, err := n.Read(c.Set[0].Object, seal.MaxSize)
	if err != nil {
		return link{}, err
	}
	if !ok {
		return link{}, broken("the seal of %s, which %s brought, is gone", c.Set[0].Object, short)
	}
	s, err := seal.Peek(b)
	if err != nil {
		var p *diag.Problem
		if errors.As(err, &p) {
			return link{}, broken("the seal of %s cannot be read: %s", c.Set[0].Object, p.Message)
		}
		return link{}, err
	}
	return link{note: c.Commit, object: c.Set[0].Object, digest: s.Digest, previous: s.Previous, at: s.SealedAt}, nil
}

// chained walks from the newest seal back until all of the wanted commits were
// met and the one before them was held against them. What is older is not
// looked at, unless all is set.
func chained(n *gitrepo.Notes, wanted map[string]bool, all bool) error {
	left := len(wanted)
	var newer *link
	done := errors.New("done")
	err := n.History(func(c gitrepo.NoteChange) error {
		l, err := linkOf(n, c)
		if err != nil {
			return err
		}
		if newer != nil {
			switch {
			case newer.previous != l.digest:
				return broken("the seal of %s does not follow that of %s", newer.object, l.object)
			case newer.at.Before(l.at):
				return diag.Problemf("MS713", "a seal is never made before the one it follows: ask who holds the key",
					"the seal of %s says %s, which is before the seal it follows", newer.object, newer.at.Format(time.RFC3339))
			}
			if left == 0 && !all {
				return done
			}
		}
		newer = &l
		if wanted[l.object] {
			left--
		}
		return nil
	})
	switch {
	case errors.Is(err, done):
		return nil
	case err != nil:
		return err
	case newer != nil && newer.previous != "":
		return broken("the seal of %s follows one that is not there", newer.object)
	case left > 0:
		return broken("%d seals were never brought by a commit of the notes", left)
	}
	return nil
}
