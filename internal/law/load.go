package law

import (
	"errors"
	"maps"
	"path"
	"slices"

	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/tree"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// ConfigPath is the one place of the configuration. A file of that name in a
// folder below is not read (T05).
const ConfigPath = "mergeseal.yaml"

// Limits of the law as a whole, so that a head's law cannot cost without end.
const (
	maxFiles = 2000   // that one key may name
	maxItems = 10_000 // services, groups, windows or models in all
)

// ErrNoConfig means that there is no mergeseal.yaml at the root: no law.
var ErrNoConfig = errors.New("no " + ConfigPath)

// Files is how law reads the files it names, all of one commit.
type Files interface {
	// List returns the paths of the entries that match a pattern or equal it,
	// sorted. Entries that are no regular files belong to it, so that a symlink
	// is refused by Read and not passed over.
	List(glob string) ([]string, error)
	// Read returns a file's bytes. Errors wrap tree.ErrNotFound,
	// tree.ErrNotRegular or tree.ErrTooLarge where that is why.
	Read(path string) ([]byte, error)
}

// Load reads the law. Without a mergeseal.yaml the error is ErrNoConfig; any
// other error means that Files failed. What is wrong with the files is in the
// list: with an error in it nothing may be judged by this law (outcome error).
// The law is nil only when mergeseal.yaml cannot be read as a document; beside
// other errors it holds what could be read, for lint to go on with.
func Load(files Files) (*Law, diag.List, error) {
	ld := &loader{files: files, read: map[string][]byte{}}
	l, err := ld.law()
	ld.found.Sort()
	return l, ld.found, err
}

// loader reads files and turns what cannot be read into findings.
type loader struct {
	checker
	files Files
	read  map[string][]byte
	docs  place // the configuration

	// placed is what was defined and where, for checks across parts.
	placed struct {
		services []item[Service]
		groups   []item[Group]
		windows  []item[Window]
		models   []item[Model]
	}
}

func (ld *loader) law() (*Law, error) {
	data, err := ld.files.Read(ConfigPath)
	if errors.Is(err, tree.ErrNotFound) {
		return nil, ErrNoConfig
	}
	doc, err := ld.parse(ConfigPath, data, err)
	if err != nil || doc == nil {
		return nil, err
	}
	ld.docs = place{doc.Index, doc.Root}
	l := &Law{Index: doc.Index}
	ld.found = append(ld.found, yamldoc.Decode(doc, &l.Config)...)
	for _, part := range []func(*Law) error{ld.services, ld.groups, ld.calendars, ld.models} {
		if err := part(l); err != nil {
			return nil, err
		}
	}
	broken := ld.found.Errors()
	if err := ld.config(l); err != nil {
		return nil, err
	}
	fill(&l.Config, l.Services)
	if !broken {
		ld.references(l)
	}
	// A zone that is none was reported by config; Location falls back to UTC.
	l.loc, _ = Zone(l.Config.Timezone)
	l.Digests.Config = digestOf(map[string][]byte{ConfigPath: data})
	l.Files = slices.Sorted(maps.Keys(ld.read))
	return l, nil
}

func (ld *loader) services(l *Law) (err error) {
	var list []item[Service]
	if b := l.Config.Services.Backstage; b != nil {
		list, l.Digests.Services, err = ld.backstage(*b)
	} else {
		list, l.Digests.Services, err = from(ld, "services", l.Config.Services.From)
	}
	ld.placed.services = list
	l.Services = newServices(ld.checker.services(list))
	return err
}

func (ld *loader) groups(l *Law) error {
	list, digest, err := from(ld, "groups", l.Config.Groups)
	l.Digests.Groups = digest
	ld.placed.groups = list
	l.Groups = ld.checker.groups(list)
	for _, s := range l.Services.list {
		l.Groups.owners[s.Name] = s.Owner
	}
	return err
}

func (ld *loader) models(l *Law) error {
	files := map[string][]byte{}
	var list []item[Model]
	if l.Config.Models.Inline != nil {
		list = placed(l.Config.Models.Inline, ld.docs.index, ld.docs.node.Get("models"))
		files[ConfigPath] = ld.read[ConfigPath]
	}
	named, err := ld.all(l.Config.Models.Paths, ld.pathAt("models"))
	if err != nil {
		return err
	}
	for _, n := range named {
		doc, err := ld.doc(n.path, files)
		if err != nil {
			return err
		}
		if doc != nil {
			var m Model
			ld.found = append(ld.found, yamldoc.Decode(doc, &m)...)
			list = append(list, item[Model]{m, place{doc.Index, doc.Root}})
		}
	}
	ld.placed.models = capped(ld, "models", list)
	l.Models = ld.checker.models(ld.placed.models)
	l.Digests.Models = digestOf(files)
	return nil
}

func (ld *loader) calendars(l *Law) error {
	files := map[string][]byte{}
	var list []item[Window]
	for i, c := range l.Config.Calendars {
		p := ld.docs
		if n := p.node.Get("calendars"); n.Kind == yamldoc.Sequence {
			p.node = n.Items[i]
		} else {
			p.node = n
		}
		if c.Inline != nil {
			files[ConfigPath] = ld.read[ConfigPath]
			list = append(list, item[Window]{*c.Inline, p})
			continue
		}
		at := p.at()
		if p.has("path") {
			at = p.at("path")
		}
		paths, err := ld.named(at, c.Path)
		if err != nil {
			return err
		}
		for _, f := range paths {
			if _, twice := files[f]; twice && f != ConfigPath {
				continue
			}
			windows, err := ld.calendar(f, c, p, files)
			if err != nil {
				return err
			}
			list = append(list, windows...)
		}
	}
	ld.placed.windows = capped(ld, "calendars", list)
	l.Windows = ld.checker.windows(ld.placed.windows)
	l.Digests.Calendar = digestOf(files)
	return nil
}

// calendar reads one file of windows.
func (ld *loader) calendar(f string, c CalendarFrom, p place, files map[string][]byte) ([]item[Window], error) {
	if field.Fold(path.Ext(f)) == ".ics" {
		return ld.calendarICS(f, c, p, files)
	}
	for _, key := range []string{"kind", "scope", "timezone", "owners"} {
		if p.has(key) && c.Path != "" {
			ld.add("MS411", p.at(key), "say it in each window of the file", "%s is a default for .ics calendars, and %s is none", key, diag.Quote(f))
		}
	}
	doc, err := ld.doc(f, files)
	if err != nil || doc == nil {
		return nil, err
	}
	return items[Window](ld, doc, "windows"), nil
}

// calendarICS reads one file of events.
func (ld *loader) calendarICS(f string, c CalendarFrom, p place, files map[string][]byte) ([]item[Window], error) {
	if _, err := Zone(c.Timezone); err != nil && p.has("timezone") {
		ld.zone(p.at("timezone"), err)
		return nil, nil
	}
	data, err := ld.files.Read(f)
	if ok, err := ld.readable(f, data, err); !ok {
		files[f] = nil
		return nil, err
	}
	files[f] = data
	return ld.checker.calendarICS(f, data, c), nil
}
