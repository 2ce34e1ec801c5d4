package judge

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// Wants is what the law of a base branch makes worth asking a forge about.
type Wants struct {
	Records []string            // the patterns that records' paths match
	Teams   []string            // the forge's teams that groups name, sorted
	Groups  map[string][]string // by group: its teams, or else its people; no private group
}

// Record reports whether a path is a record's.
func (w Wants) Record(p string) bool {
	return slices.ContainsFunc(w.Records, func(g string) bool { return law.Match(g, p) })
}

// WantsOf reads the law of a base commit. Where it cannot be read, or is none,
// nothing is wanted: the judge will say so.
func WantsOf(repo Trees, base string) (Wants, error) {
	t, err := repo.Tree(base)
	if err != nil {
		return Wants{}, fmt.Errorf("read base: %w", err)
	}
	l, _, err := law.Load(&treeFiles{tree: t, read: map[string][]byte{}})
	switch {
	case errors.Is(err, law.ErrNoConfig) || err == nil && l == nil:
		return Wants{}, nil
	case err != nil:
		return Wants{}, fmt.Errorf("read law: %w", err)
	}
	w := Wants{Records: l.Config.Records, Groups: map[string][]string{}}
	for _, name := range l.Groups.Names() {
		people, teams, _ := l.Groups.Members(name)
		w.Teams = append(w.Teams, teams...)
		if l.Groups.Private(name) {
			continue
		}
		who := teams
		if len(who) == 0 {
			for _, p := range people {
				who = append(who, string(p))
			}
		}
		w.Groups[name] = who
	}
	slices.Sort(w.Teams)
	w.Teams = slices.Compact(w.Teams)
	return w, nil
}

// Undecided is the verdict about what could not even be looked at, and why.
func Undecided(t Target, about verdict.Subject, why diag.List) (*Result, error) {
	r := &run{Target: t, ground: &grounds{subject: about}}
	return r.undecided(why.Undecided())
}
