package judge

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/codeowners"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// Trail visits every file that ever lay in a commit or its ancestors, below the
// folders it was made for, once over all its calls.
type Trail interface {
	Follow(id string, visit func(path, blob string)) error
}

// Memory is what a walk along a branch, the oldest commit first, remembers from
// one judgement to the next: the law, the rules and the records of the commit
// it is at. A judgement with it says what one without it says. Records that are
// long over are let go, so that it grows with what is planned at one time, and
// with an id and a path for each record there ever was.
type Memory struct {
	trail    func(folders []string) (Trail, error)
	compiled Compile

	at    string // the commit, "" before the first
	tree  tree.Tree
	law   *law.Law
	found diag.List // of the law, but for what depends on the clock
	from  string    // where law came from
	risks risk.Model
	rules Rules
	bad   diag.List

	latest time.Time
	tidied time.Time               // when what is long over was last let go
	globs  []string                // records, as the law names them
	kept   map[string]*change.File // records that can still matter, by path
	faded  map[string]bool         // paths of the others
	gone   map[string][]string     // folded id → paths among the faded

	walk  Trail
	ended error                // why the trail is not whole
	ever  map[string][]content // by everything of a name that an id could be, folded
	fresh map[content]*change.File
}

// content is what lay at a path.
type content struct{ path, blob string }

// afterglow is how long a record stays in memory after its end and its plan's:
// longer than anything looks back. A judgement that looks further is done
// without the records in memory.
const (
	afterglow = risk.Lookback + 2*backwards
	backwards = 14 * 24 * time.Hour
)

// NewMemory remembers nothing yet. Compile is asked once for each set of
// policies in a row.
func NewMemory(trail func(folders []string) (Trail, error), compile Compile) *Memory {
	return &Memory{trail: trail, compiled: once(compile)}
}

// move goes to another commit of the branch.
func (m *Memory) move(repo Trees, id string, now time.Time) error {
	if now.After(m.latest) {
		m.latest = now
	}
	if id == m.at {
		return nil
	}
	next, err := repo.Tree(id)
	if err != nil {
		return fmt.Errorf("read %s: %w", id, err)
	}
	if m.at == "" || m.law == nil {
		m.forget()
		m.at, m.tree = id, next
		return nil
	}
	changes, err := repo.Diff(m.tree, next)
	if err != nil {
		return fmt.Errorf("compare %s with %s: %w", id, m.at, err)
	}
	m.at, m.tree = id, next
	if m.lawMoved(changes) {
		m.law, m.rules, m.bad, m.found = nil, nil, nil, nil
	}
	for _, c := range changes {
		if m.kept == nil || !m.isRecord(c.Path) {
			continue
		}
		delete(m.kept, c.Path)
		delete(m.faded, c.Path)
		if c.Kind == tree.Deleted {
			continue
		}
		if err := m.keep(c.Path, c.NewBlob, c.NewMode); err != nil {
			return err
		}
	}
	m.fresh = map[content]*change.File{}
	m.fade()
	return nil
}

func (m *Memory) forget() {
	m.law, m.rules, m.bad, m.found, m.kept, m.walk = nil, nil, nil, nil, nil, nil
	m.fresh = map[content]*change.File{}
}

// lawMoved reports whether anything that law is read from is among the changes.
func (m *Memory) lawMoved(changes []tree.FileChange) bool {
	paths := make([]string, len(changes))
	for i, c := range changes {
		paths[i] = c.Path
	}
	if len(m.law.TouchesLaw(paths)) > 0 {
		return true
	}
	dirs := m.law.Config.Policy.Dirs
	return slices.ContainsFunc(paths, func(p string) bool {
		return p == ConfigPath || slices.Contains(m.law.Files, p) || slices.Contains(codeowners.Places(), p) ||
			slices.ContainsFunc(dirs, func(d string) bool { return p == d || strings.HasPrefix(p, strings.TrimSuffix(d, "/")+"/") })
	})
}

// lawOf gives a run the law of the commit.
func (m *Memory) lawOf(r *run) (diag.List, error) {
	if m.law == nil {
		l, found, err := r.loadLaw(r.ground.law)
		if err != nil || l == nil {
			m.law = nil
			return found, err
		}
		m.law, m.found, m.from, m.risks = l, found, r.source, r.risks
		if !slices.Equal(m.globs, l.Config.Records) {
			m.globs, m.kept, m.walk = slices.Clone(l.Config.Records), nil, nil
		}
	}
	r.law, r.source, r.risks = m.law, m.from, m.risks
	return slices.Concat(m.found, m.law.LintWindows(r.Now)), nil
}

// rulesOf gives a run the rules of the commit.
func (m *Memory) rulesOf(r *run) (Rules, diag.List, error) {
	if m.law == nil || r.law != m.law {
		mods, err := r.modules(r.ground.law, r.law)
		if err != nil {
			return nil, nil, err
		}
		rules, bad := m.compiled(mods)
		return rules, bad, nil
	}
	if m.rules == nil && m.bad == nil {
		mods, err := r.modules(r.ground.law, r.law)
		if err != nil {
			return nil, nil, err
		}
		m.rules, m.bad = m.compiled(mods)
	}
	return m.rules, m.bad, nil
}

func (m *Memory) isRecord(p string) bool {
	return slices.ContainsFunc(m.globs, func(g string) bool { return law.Match(g, p) })
}

// record reads a record of a tree; what a head brings is the base's next.
func (r *run) record(t tree.Tree, p string) (*change.File, error) {
	m := r.memory
	if m == nil {
		return readRecord(t, p)
	}
	e, err := t.Entry(p)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", p, err)
	}
	if f := m.kept[p]; f != nil && f.Blob == e.Blob && e.Mode.Regular() && !f.Found.Errors() {
		return f, nil
	}
	f, err := readRecord(t, p)
	if err == nil && !f.Found.Errors() {
		m.fresh[content{p, e.Blob}] = f
	}
	return f, err
}

// keep takes a record of the commit into memory.
func (m *Memory) keep(p, blob string, mode tree.Mode) (err error) {
	f := m.fresh[content{p, blob}]
	if f == nil || !mode.Regular() {
		if f, err = readRecord(m.tree, p); err != nil {
			return err
		}
	}
	m.kept[p] = f
	return nil
}

// fade lets go of what is long over.
func (m *Memory) fade() {
	if m.latest.Before(m.tidied.AddDate(0, 0, 1)) {
		return
	}
	m.tidied = m.latest
	before := m.latest.Add(-afterglow)
	for p, f := range m.kept {
		if !over(f, before) {
			continue
		}
		delete(m.kept, p)
		m.faded[p] = true
		id := field.Fold(f.Record.ID)
		if !slices.Contains(m.gone[id], p) {
			m.gone[id] = append(m.gone[id], p)
		}
	}
}

// over reports whether a record was over at an instant and owes nothing more.
func over(f *change.File, at time.Time) bool {
	c := &f.Record
	if f.Found.Errors() || c.ID == "" || c.Outcome == nil && c.Canceled == nil || c.End().After(at) {
		return false
	}
	if p := c.Schedule; p != nil && (p.End.After(at) || p.Start.After(at)) {
		return false
	}
	soon := change.ReviewLimits{RetroHours: 1, ReviewDays: 1}
	due, owes := c.ReviewDue(soon)
	return !owes || !due.After(at) && !c.ReviewOverdue(at, soon)
}

// lying are the base's records beside the judged ones that can matter to them.
// It knows none where one of them looks further back than memory reaches.
func (m *Memory) lying(r *run, rec *records, touched map[string]bool) ([]*change.File, bool, error) {
	if m.law == nil || r.law != m.law || r.Now.Before(m.latest.Add(-backwards)) ||
		time.Duration(*r.law.Config.Policy.Settings.RetroHours)*time.Hour > risk.Lookback {
		return nil, false, nil
	}
	if err := m.fill(); err != nil {
		return nil, false, err
	}
	twins := map[string]bool{}
	for _, s := range rec.subjects {
		c := &s.current().Record
		if c.Schedule != nil && !c.Schedule.Start.After(m.latest.Add(-backwards)) {
			return nil, false, nil
		}
		for _, p := range m.gone[field.Fold(c.ID)] {
			twins[p] = m.faded[p] && !touched[p]
		}
	}
	var out []*change.File
	for p, f := range m.kept {
		if !touched[p] {
			out = append(out, f)
		}
	}
	for p, lies := range twins {
		if !lies {
			continue
		}
		f, err := readRecord(m.tree, p)
		if err != nil {
			return nil, false, err
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b *change.File) int { return strings.Compare(a.Path, b.Path) })
	return out, true, nil
}

// fill reads the records of the commit where none are in memory.
func (m *Memory) fill() error {
	if m.kept != nil {
		return nil
	}
	entries, err := m.tree.Entries("")
	if err != nil {
		return fmt.Errorf("list records: %w", err)
	}
	m.kept, m.faded, m.gone, m.tidied = map[string]*change.File{}, map[string]bool{}, map[string][]string{}, time.Time{}
	for _, e := range entries {
		if m.isRecord(e.Path) {
			if err := m.keep(e.Path, e.Blob, e.Mode); err != nil {
				return err
			}
		}
	}
	m.fade()
	return nil
}

// pathsEver is what ever lay where records lie and could have one of the ids.
func (m *Memory) pathsEver(r *run, fresh map[string]*subject, visit func(path, blob string)) error {
	where := folders(r.law.Config.Records)
	if m.trail == nil || m.law == nil || r.law != m.law {
		return r.Repo.PathsEver(r.ground.subject.Base, where, visit)
	}
	if m.walk == nil {
		var err error
		if m.walk, err = m.trail(where); err != nil {
			return err
		}
		m.ever = map[string][]content{}
	}
	m.ended = m.walk.Follow(r.ground.subject.Base, func(p, blob string) {
		stem := field.Fold(strings.TrimSuffix(path.Base(p), path.Ext(p)))
		for {
			m.ever[stem] = append(m.ever[stem], content{p, blob})
			i := strings.LastIndexByte(stem, '-')
			if i < 0 {
				return
			}
			stem = stem[:i]
		}
	})
	if m.ended != nil && !errors.Is(m.ended, tree.ErrShallow) {
		return m.ended
	}
	for id := range fresh {
		for _, c := range m.ever[id] {
			visit(c.path, c.blob)
		}
	}
	return m.ended
}
