package judge

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/risk"
	"github.com/mergeseal/mergeseal/internal/schedule"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// Where the law says dated_folders, a run opens only the records of the base
// that can matter to it. Each fact has its own bound, and none is guessed:
//
//   - bookings, limits and the owner's day: the windows of the judged records;
//   - a free slot: from now to schedule.SlotHorizon;
//   - the history of services, and the next instant at which it changes:
//     risk.Lookback before now, and the hours a review may wait, if longer;
//   - ids used twice, and the changes that trailers name: by the file's name,
//     which begins with the id;
//   - emergencies without a review: nothing in a name or a date tells, so all
//     files are searched for the word, where a rule asks for them at all.
//
// That a folder tells the truth is MS121: every record is held against its
// folder when it is judged, and all of them when the law begins to rely on it.
// Folders that spell no date are read always.

// stretch is a time in which records matter, both ends inside.
type stretch struct{ from, to time.Time }

// reaches reports whether a record below a path can have an instant in one of
// the stretches.
func reaches(p string, all []stretch) bool {
	from, to, known := law.Dated(p)
	return !known || slices.ContainsFunc(all, func(s stretch) bool {
		return !from.Add(-law.DatedSlack).After(s.to) && !to.Add(law.DatedSlack).Before(s.from)
	})
}

// dated reports whether this run may rely on folders.
func (r *run) dated() bool {
	return r.law.Config.DatedFolders && r.ground.hasBase && !r.distrust && (r.wanted == nil || !r.Until.IsZero() || r.Head != r.Base)
}

// around is what matters whatever is judged.
func (r *run) around() []stretch {
	back := max(risk.Lookback, time.Duration(*r.law.Config.Policy.Settings.RetroHours)*time.Hour)
	out := []stretch{{r.Now.Add(-back), r.Now.Add(schedule.SlotHorizon)}}
	if !r.Until.IsZero() {
		out = append(out, stretch{r.From, r.Until})
	}
	return out
}

// reachable parts the base's records into those to read now, and others.
func (r *run) reachable(paths []string) (near, far []string) {
	if !r.dated() {
		return paths, nil
	}
	around := r.around()
	for _, p := range paths {
		if reaches(p, around) || r.wanted == nil && below(p, r.Paths) {
			near = append(near, p)
		} else {
			far = append(far, p)
		}
	}
	return near, far
}

// extend reads what else matters, once it is known what is judged.
func (r *run) extend(rec *records) error {
	var windows []stretch
	ids := map[string]*subject{}
	emergency := false
	for _, s := range rec.subjects {
		for _, f := range []*change.File{s.file, s.old} {
			if f == nil {
				continue
			}
			if p := f.Record.Schedule; p != nil {
				const day = 48 * time.Hour // the owner's day, in whatever zone
				windows = append(windows, stretch{p.Start.Add(-day), p.End.Add(day)}, stretch{p.Start.Add(-day), p.Start.Add(day)})
			}
			ids[field.Fold(f.Record.ID)] = s
			emergency = emergency || f.Record.Type == change.Emergency
		}
	}
	delete(ids, "")
	if err := r.readFar(rec, func(p string) bool { return reaches(p, windows) || couldBe(p, ids) }); err != nil {
		return err
	}
	if len(rec.far) == 0 || !r.asksDebts(emergency) {
		return nil
	}
	return r.debtsFar(rec)
}

// readFar reads those of the others that are wanted.
func (r *run) readFar(rec *records, wanted func(path string) bool) error {
	var near, far []string
	for _, p := range rec.far {
		if wanted(p) {
			near = append(near, p)
		} else {
			far = append(far, p)
		}
	}
	rec.far = far
	files, err := r.readAll(near)
	rec.add(files)
	return err
}

// readAll parses records of the base.
func (r *run) readAll(paths []string) ([]*change.File, error) {
	files := make([]*change.File, len(paths))
	err := parallel(len(paths), func(i int) (err error) {
		files[i], err = r.shelf.record(r.ground.law, paths[i])
		return err
	})
	return files, err
}

// add takes records of the base beside the judged ones.
func (rec *records) add(files []*change.File) {
	for _, f := range files {
		rec.others = append(rec.others, other{file: f})
		if f.Found.Errors() {
			rec.unread = append(rec.unread, f.Path)
		}
	}
}

// asksDebts reports whether some rule reads input.emergencies. The built-in
// ones do so for emergencies alone.
func (r *run) asksDebts(emergency bool) bool {
	if _, none := r.rules.(quiet); none {
		return false
	}
	own, tells := r.rules.(interface{ OwnReads(path string) bool })
	return emergency || !tells || own.OwnReads("emergencies")
}

// debtsFar reads the emergencies among the others. A type of emergency is the
// word itself, or is written with an escape.
func (r *run) debtsFar(rec *records) error {
	could := make([]bool, len(rec.far))
	err := parallel(len(rec.far), func(i int) error {
		e, err := r.ground.law.Entry(rec.far[i])
		if err != nil {
			return fmt.Errorf("find %s: %w", rec.far[i], err)
		}
		could[i] = r.shelf.couldBeEmergency(r.ground.law, e)
		return nil
	})
	if err != nil {
		return err
	}
	i := -1
	return r.readFar(rec, func(string) bool { i++; return could[i] })
}

// shelf keeps what was parsed for the judgements of one call.
type shelf struct {
	mu    sync.Mutex
	files map[content]*change.File
	words map[content]bool // whether a file holds the word emergency
}

// couldBeEmergency looks at the bytes of a file. One that cannot be read could.
func (s *shelf) couldBeEmergency(t tree.Tree, e tree.Entry) bool {
	at := content{e.Path, e.Blob}
	if s != nil {
		s.mu.Lock()
		could, known := s.words[at]
		s.mu.Unlock()
		if known {
			return could
		}
	}
	b, err := t.Read(e.Path, recordBytes)
	could := err != nil || bytes.ContainsRune(b, '\\') || bytes.Contains(b, []byte(change.Emergency.String()))
	if s != nil {
		s.mu.Lock()
		s.words[at] = could
		s.mu.Unlock()
	}
	return could
}

// record is readRecord, once for each path and content. A nil shelf keeps none.
func (s *shelf) record(t tree.Tree, p string) (*change.File, error) {
	e, err := t.Entry(p)
	if s == nil || err != nil || e.Blob == "" || !e.Mode.Regular() {
		return readRecord(t, p)
	}
	s.mu.Lock()
	f := s.files[content{p, e.Blob}]
	s.mu.Unlock()
	if f != nil {
		return f, nil
	}
	if f, err = readRecord(t, p); err == nil {
		s.mu.Lock()
		s.files[content{p, e.Blob}] = f
		s.mu.Unlock()
	}
	return f, err
}

func newShelf() *shelf { return &shelf{files: map[content]*change.File{}, words: map[content]bool{}} }

// instants are the times that a record names, with where.
func instants(c *change.Record) (at []time.Time, pointers []string) {
	for _, p := range []struct {
		name   string
		period *change.Period
	}{{"/schedule", c.Schedule}, {"/actual", c.Actual}} {
		if p.period == nil {
			continue
		}
		at = append(at, p.period.Start.Time, p.period.End.Time)
		pointers = append(pointers, p.name+"/start", p.name+"/end")
	}
	return at, pointers
}

// fits reports whether a time is one that a path's folders allow.
func fits(p string, at time.Time) bool {
	return at.IsZero() || reaches(p, []stretch{{at, at}})
}

// misplaced finds a record in a folder that spells another time.
func misplaced(l *law.Law, f *change.File) diag.List {
	if !l.Config.DatedFolders {
		return nil
	}
	at, pointers := instants(&f.Record)
	i := slices.IndexFunc(at, func(t time.Time) bool { return !fits(f.Path, t) })
	if i < 0 {
		return nil
	}
	hint := "move it to a folder that spells a year, or no date at all: those are always read"
	if to := law.Redate(f.Path, at[0]); !slices.ContainsFunc(at, func(t time.Time) bool { return !fits(to, t) }) {
		hint = "move the file to " + to
	}
	from, to, _ := law.Dated(f.Path)
	name := strings.ReplaceAll(strings.TrimPrefix(pointers[i], "/"), "/", ".")
	return diag.List{diag.New("MS121", f.Index.Value(pointers[i]), "the folder spells %s to %s, and %s is %s, more than 31 days from it",
		from.Format(time.DateOnly), to.AddDate(0, 0, -1).Format(time.DateOnly), name, field.Instant{Time: at[i]}).WithHint("%s", hint)}
}

// maxMisplaced is how many records in wrong folders are named.
const maxMisplaced = 20

// hold holds every record against its folder where a head's law begins to rely
// on folders, or on others than before: those of the base as they lie, and
// those that the head brings.
func (r *run) hold(before *law.Law) (diag.List, error) {
	c := r.law.Config
	if !c.DatedFolders || before != nil && before.Config.DatedFolders && slices.Equal(before.Config.Records, c.Records) {
		return nil, nil
	}
	paths, err := r.recordPaths(r.ground.law)
	if err != nil {
		return nil, err
	}
	touched := map[string]bool{}
	var found diag.List
	for _, d := range r.ground.diff {
		if touched[d.Path] = true; d.Kind != tree.Deleted && isRecord(r.law, d.Path) {
			f, err := readRecord(r.ground.head, d.Path)
			if err != nil {
				return nil, err
			}
			found = append(found, misplaced(r.law, f)...)
		}
	}
	files, err := r.readAll(slices.DeleteFunc(paths, func(p string) bool { return touched[p] }))
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		for _, m := range misplaced(r.law, f) {
			found = append(found, m)
			r.sources[f.Path] = f.Source
		}
	}
	if n := len(found) - maxMisplaced; n > 0 {
		found = found[:maxMisplaced]
		found[maxMisplaced-1].Hint += fmt.Sprintf("; %d more records lie in wrong folders", n)
	}
	return found, nil
}

// recordPaths lists the records of a tree.
func (r *run) recordPaths(t tree.Tree) ([]string, error) {
	entries, err := t.Entries("")
	if err != nil {
		return nil, fmt.Errorf("list records: %w", err)
	}
	var paths []string
	for _, e := range entries {
		if isRecord(r.law, e.Path) {
			paths = append(paths, e.Path)
		}
	}
	return paths, nil
}
