package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/mergeseal/mergeseal/internal/risk"
)

// Change is one labelled change.
type Change struct {
	ID    string
	When  time.Time // of the commit, in its committer's zone where that is known, else in UTC
	Fixed bool      // the label: a later fix touched its lines
	Added int       // lines added in all files: what the factor is held against
	Diff  risk.Diff // as the product reads it
	// Columns are facts that the data has and the factor does not use. They are
	// what "--choose" asks whether they would earn anything.
	Columns map[string]float64
	// Other are the same files, counted in other ways; nil without real files.
	Other map[string]risk.Diff
}

// Set is the changes of one project, by time.
type Set struct {
	Name    string
	Real    bool // lists of files; else a table of metrics
	Changes []Change
}

// Window is a part of a set that is measured by itself.
type Window int

// The windows. Last is what a rule chosen on the past would meet.
const (
	Whole Window = iota // every change
	Last                // the last fifth by time
)

// In is the changes of a window. The split at int(.8·n) is that of the
// published figures.
func (s *Set) In(w Window) []Change {
	if w == Last {
		return s.Changes[int(.8*float64(len(s.Changes))):]
	}
	return s.Changes
}

// tables are the projects of which metrics are known and files are not.
var tables = []string{"openstack", "gerrit", "jdt"}

// load reads both data sets. Anything unexpected is an error: a row that is
// silently left out would still give a figure.
func load(data fs.FS) ([]*Set, error) {
	var sets []*Set
	for _, name := range tables {
		s, err := loadTable(data, "jit-issta21/dev/"+name+".csv", name)
		if err != nil {
			return nil, err
		}
		sets = append(sets, s)
	}
	s, err := loadDiffs(data, "jit-diffs/dev/openstack-cinder.jsonl", "cinder")
	if err != nil {
		return nil, err
	}
	sets = append(sets, s)
	for _, s := range sets {
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("read %s: %w", s.Name, err)
		}
	}
	return sets, nil
}

func (s *Set) check() error {
	seen := map[string]bool{}
	for i, c := range s.Changes {
		switch {
		case c.ID == "" || seen[c.ID]:
			return fmt.Errorf("the change %q of row %d has no id, or one given before", c.ID, i+1)
		case c.Added < 0 || c.Diff.Added < 0 || c.Diff.Files < 0:
			return fmt.Errorf("the change %s counts less than nothing", c.ID)
		case i > 0 && c.When.Before(s.Changes[i-1].When):
			return fmt.Errorf("the change %s stands after a later one", c.ID)
		}
		seen[c.ID] = true
	}
	for _, w := range []Window{Whole, Last} {
		fixed := 0
		for _, c := range s.In(w) {
			if c.Fixed {
				fixed++
			}
		}
		if fixed == 0 || fixed == len(s.In(w)) {
			return errors.New("the labels are all the same")
		}
	}
	return nil
}

// kin are the names of the sets that share a change with the set, itself
// among them. Leaving a project out means leaving all of them out.
func kin(sets []*Set, of *Set) map[string]bool {
	ids := map[string]bool{}
	for _, c := range of.Changes {
		ids[c.ID] = true
	}
	out := map[string]bool{}
	for _, s := range sets {
		for _, c := range s.Changes {
			if ids[c.ID] {
				out[s.Name] = true
				break
			}
		}
	}
	return out
}
