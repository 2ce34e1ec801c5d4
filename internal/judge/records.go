package judge

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// ErrNoSuchPath means that a path that was asked for is neither at the head nor removed by it.
var ErrNoSuchPath = errors.New("no such record")

// subject is one record that is judged.
type subject struct {
	path  string
	file  *change.File // at the head; nil when it is removed there
	old   *change.File // where the diff begins; nil when it is new
	amend change.Amendment
	// fromBase marks a record on the base branch that a commit's trailer names:
	// it is judged at this moment for the paths it covers.
	fromBase bool
}

// current is the version to speak about: the head's, or the removed one.
func (s *subject) current() *change.File {
	if s.file != nil {
		return s.file
	}
	return s.old
}

func (s *subject) id() string { return s.current().Record.ID }

// full reports whether the whole of the rules applies, not only those of amendments.
func (s *subject) full() bool {
	return s.amend.Class == change.ClassNew || s.amend.Class == change.ClassMaterial
}

// records are what the run judges, and what is booked beside it.
type records struct {
	subjects []*subject
	others   []other  // every other record that counts: base's as they stay, and this head's own
	unread   []string // records on the base that nobody can read
	far      []string // paths of records on the base that were not opened
}

// other is a record beside the judged ones.
type other struct {
	file      *change.File
	tentative bool // only on this head, not on the base
}

// gather finds the records to judge and parses those beside them.
func (r *run) gather() (*records, error) {
	rec := &records{}
	touched := map[string]bool{}
	var removed, added []*subject
	for _, c := range r.ground.diff {
		if !isRecord(r.law, c.Path) {
			continue
		}
		touched[c.Path] = true
		s := &subject{path: c.Path}
		var err error
		if c.Kind != tree.Added {
			if s.old, err = r.record(r.ground.old, c.Path); err != nil {
				return nil, err
			}
		}
		if c.Kind != tree.Deleted {
			if s.file, err = r.record(r.ground.head, c.Path); err != nil {
				return nil, err
			}
		}
		switch c.Kind {
		case tree.Deleted:
			removed = append(removed, s)
		case tree.Added:
			added = append(added, s)
		case tree.Modified, tree.ChangeInvalid:
			rec.subjects = append(rec.subjects, s)
		}
	}
	// A record that moves and keeps its id is amended, not removed.
	for _, gone := range removed {
		i := slices.IndexFunc(added, func(s *subject) bool {
			return s.old == nil && s.id() != "" && field.Fold(s.id()) == field.Fold(gone.id())
		})
		if i >= 0 {
			added[i].old = gone.old
			continue
		}
		rec.subjects = append(rec.subjects, gone)
	}
	rec.subjects = append(rec.subjects, added...)
	for _, s := range rec.subjects {
		s.amend = change.Classify(s.old, s.file)
	}
	if err := r.readOthers(rec, touched); err != nil {
		return nil, err
	}
	if err := r.choose(rec); err != nil {
		return nil, err
	}
	slices.SortFunc(rec.subjects, func(a, b *subject) int { return cmp.Compare(a.path, b.path) })
	return rec, nil
}

// readOthers parses the base's records that this head leaves alone.
func (r *run) readOthers(rec *records, touched map[string]bool) error {
	files, err := r.lying(rec, touched)
	if err != nil {
		return err
	}
	rec.add(files)
	for _, s := range rec.subjects {
		if s.file != nil {
			rec.others = append(rec.others, other{file: s.file, tentative: s.old == nil})
		}
	}
	return r.addTogether(rec)
}

// lying are the base's records that this head leaves alone, by path, but for
// those that are far.
func (r *run) lying(rec *records, touched map[string]bool) ([]*change.File, error) {
	if r.memory != nil {
		if files, known, err := r.memory.lying(r, rec, touched); known || err != nil {
			return files, err
		}
	}
	paths, err := r.recordPaths(r.ground.law)
	if err != nil {
		return nil, err
	}
	paths = slices.DeleteFunc(paths, func(p string) bool { return touched[p] })
	paths, rec.far = r.reachable(paths)
	return r.readAll(paths)
}

// choose applies the paths that were asked for, and adds what lies unchanged.
func (r *run) choose(rec *records) error {
	asked := make([]string, len(r.Paths))
	for i, p := range r.Paths {
		asked[i] = strings.TrimSuffix(path.Clean(p), "/")
	}
	matches := func(p string) int {
		return slices.IndexFunc(asked, func(a string) bool {
			return a == "." || a == p || strings.HasPrefix(p, a+"/")
		})
	}
	whole := !r.ground.hasBase
	if len(asked) == 0 && !whole {
		return nil
	}
	hit := make([]bool, len(asked))
	keep := func(p string) bool {
		if len(asked) == 0 {
			return true
		}
		i := matches(p)
		if i >= 0 {
			hit[i] = true
		}
		return i >= 0
	}
	rec.subjects = slices.DeleteFunc(rec.subjects, func(s *subject) bool { return !keep(s.path) })
	have := map[string]bool{}
	for _, s := range rec.subjects {
		have[s.path] = true
	}
	for _, o := range rec.others {
		if !have[o.file.Path] && keep(o.file.Path) && (r.wanted == nil || r.wanted(o.file)) {
			rec.subjects = append(rec.subjects, r.asItLies(o.file))
			have[o.file.Path] = true
		}
	}
	for i, a := range asked {
		if hit[i] || a == "." && r.wanted != nil {
			continue
		}
		// A file outside the configured places is judged when it is named itself.
		f, err := readRecord(r.ground.head, a)
		if errors.Is(err, tree.ErrNotFound) {
			return fmt.Errorf("%w: %s", ErrNoSuchPath, a)
		}
		if err != nil {
			return err
		}
		rec.subjects = append(rec.subjects, &subject{path: a, file: f, amend: change.Amendment{Class: change.ClassNew}})
	}
	return nil
}

// asItLies judges a record that nothing changes: from the start, as if it came
// today, unless its work is over.
func (r *run) asItLies(f *change.File) *subject {
	s := &subject{path: f.Path, file: f, amend: change.Amendment{Class: change.ClassNew}}
	if r.ground.hasBase {
		s.old = f
	}
	if f.Record.Outcome != nil || f.Record.Canceled != nil {
		s.amend.Class = change.ClassClosure
	}
	return s
}

// sameIDs finds ids that are used twice: in the tree, and in the base's
// history, where an id stays taken for ever.
func (r *run) sameIDs(rec *records) (diag.List, error) {
	var found diag.List
	byID := map[string][]*change.File{}
	for _, o := range rec.others {
		if id := o.file.Record.ID; id != "" {
			byID[field.Fold(id)] = append(byID[field.Fold(id)], o.file)
		}
	}
	fresh := map[string]*subject{}
	for _, s := range rec.subjects {
		if s.file == nil || s.id() == "" {
			continue
		}
		for _, twin := range byID[field.Fold(s.id())] {
			if twin.Path == s.path {
				continue
			}
			here, there := s.file.Index.Value("/id"), twin.Index.Value("/id")
			const hint = "give the new record an id of its own: an id is used once, for ever"
			found = append(found,
				changeFinding(s.id(), diag.New("MS103", here, "the id %s is used twice, also in %s", s.id(), there).WithHint(hint)),
				changeFinding(s.id(), diag.New("MS103", there, "the id %s is used twice, also in %s", twin.Record.ID, here).WithHint(hint)))
		}
		if s.old == nil && !s.fromBase {
			fresh[field.Fold(s.id())] = s
		}
	}
	if len(fresh) == 0 || !r.ground.hasBase {
		return dedupe(found), nil
	}
	past, err := r.takenBefore(fresh)
	return dedupe(append(found, past...)), err
}

// takenBefore finds fresh ids that some record of the base's history had.
func (r *run) takenBefore(fresh map[string]*subject) (diag.List, error) {
	var found diag.List
	var failed error
	err := r.pathsEver(fresh, func(p, blob string) {
		if failed != nil || !isRecord(r.law, p) || !couldBe(p, fresh) {
			return
		}
		b, err := r.Repo.Blob(blob, recordBytes)
		if errors.Is(err, tree.ErrTooLarge) || errors.Is(err, tree.ErrNotRegular) {
			return
		}
		if err != nil {
			failed = fmt.Errorf("read an earlier %s: %w", p, err)
			return
		}
		s := fresh[field.Fold(change.Parse(p, blob, b).Record.ID)]
		if s == nil {
			return
		}
		found = append(found, changeFinding(s.id(), diag.New("MS103", s.file.Index.Value("/id"),
			"the id %s was used before, by %s in the history of the base branch", s.id(), p).
			WithHint("an id is used once, for ever: choose another")))
	})
	if errors.Is(err, tree.ErrShallow) {
		f := diag.Finding{Code: "MS601", Severity: diag.Error, Undecided: true, Message: err.Error(),
			Hint: "whether an id was used before needs the whole history: fetch-depth: 0 in actions/checkout"}
		return append(found, f), nil
	}
	return found, errors.Join(err, failed)
}

// pathsEver visits what ever lay where records lie, or of that at least all
// that could have one of the ids.
func (r *run) pathsEver(fresh map[string]*subject, visit func(path, blob string)) error {
	if r.memory != nil {
		return r.memory.pathsEver(r, fresh, visit)
	}
	return r.Repo.PathsEver(r.ground.subject.Base, folders(r.law.Config.Records), visit)
}

// couldBe reports whether a file's name allows one of the ids: the stem equals
// the id, or begins with it and a hyphen.
func couldBe(p string, ids map[string]*subject) bool {
	stem := field.Fold(strings.TrimSuffix(path.Base(p), path.Ext(p)))
	for {
		if ids[stem] != nil {
			return true
		}
		i := strings.LastIndexByte(stem, '-')
		if i < 0 {
			return false
		}
		stem = stem[:i]
	}
}

// folders are the fixed beginnings of the globs that records lie under.
func folders(globs []string) []string {
	var out []string
	for _, g := range globs {
		dir := folderOf(g)
		if dir == "" {
			return []string{""}
		}
		out = append(out, dir)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func changeFinding(id string, f diag.Finding) diag.Finding {
	f.Change = id
	return f
}

func dedupe(l diag.List) diag.List {
	l.Sort()
	return slices.CompactFunc(l, func(a, b diag.Finding) bool {
		return a.Code == b.Code && a.At == b.At && a.Change == b.Change && a.Message == b.Message
	})
}
