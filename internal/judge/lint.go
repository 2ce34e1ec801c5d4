package judge

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/codeowners"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// LintOptions say what to lint.
type LintOptions struct {
	Paths   []string // from the root; none: everything configured
	Compile Compile
	Builtin []Module
	Now     time.Time // for windows that are wholly past
}

// Linted is what lint found.
type Linted struct {
	Findings diag.List
	Sources  map[string][]byte
}

// ReadLaw reads the law of a tree; without a configuration, the defaults.
func ReadLaw(t tree.Tree) (*law.Law, diag.List, error) {
	l, found, err := law.Load(&treeFiles{tree: t, read: map[string][]byte{}})
	if errors.Is(err, law.ErrNoConfig) {
		return law.Default(), nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read law: %w", err)
	}
	return l, found, nil
}

// sensible are the rules that judge a record by itself, without a diff, a
// calendar or a clock: lint asks them too.
func sensible(code string) bool {
	switch code {
	case "MS201", "MS202", "MS203", "MS207", "MS209", "MS210":
		return true
	}
	return false
}

// Lint reads a tree as it lies: the law and what it names, the policies, and
// the records. A path that is there and is neither law nor record is read as a
// record.
func Lint(t tree.Tree, o LintOptions) (*Linted, error) {
	g := &grounds{law: t, head: t}
	r := &run{Target: Target{Folder: t, Compile: o.Compile, Builtin: o.Builtin, Now: o.Now}, ground: g, lint: true, sources: map[string][]byte{}}
	found, err := r.readLaw(t)
	if err != nil {
		return nil, err
	}
	if r.law == nil {
		return lintOf(found, r.sources), nil
	}
	mods, err := r.modules(t, r.law)
	if err != nil {
		return nil, err
	}
	rules, bad := r.Compile(mods)
	found = append(found, bad...)
	if rules == nil || bad.Errors() {
		// The records can be read all the same, with the rules of the binary.
		if rules, bad = r.Compile(o.Builtin); bad.Errors() {
			return nil, fmt.Errorf("compile built-in policies: %s", bad[0].Message)
		}
	}
	r.rules = rules
	for _, g := range rules.Groups() {
		if !r.law.Groups.Defined(g.Name) {
			found = append(found, diag.New("MS434", g.At, "nobody defined the group %s", diag.Quote(g.Name)).
				WithHint("%s", diag.DidYouMean(g.Name, r.law.Groups.Names())))
		}
	}
	owners, err := r.readOwners()
	if err != nil {
		return nil, err
	}
	found = append(found, owners...)
	lawFiles, folders := map[string]bool{ConfigPath: true}, r.law.Config.Policy.Dirs
	for _, p := range slices.Concat(r.law.Files, codeowners.Places()) {
		lawFiles[p] = true
	}
	isLaw := func(p string) bool {
		return lawFiles[p] || slices.ContainsFunc(folders, func(d string) bool { return p == d || strings.HasPrefix(p, d+"/") })
	}
	if len(o.Paths) > 0 {
		found = slices.DeleteFunc(found, func(f diag.Finding) bool { return !below(f.At.File, o.Paths) })
		all := o.Paths
		if r.Paths = slices.DeleteFunc(slices.Clone(all), isLaw); len(r.Paths) == 0 {
			return lintOf(found, r.sources), nil
		}
	}
	more, err := r.lintRecords()
	if err != nil {
		return nil, err
	}
	return lintOf(append(found, more...), r.sources), nil
}

// below reports whether a file is one of the paths or lies below one.
func below(file string, paths []string) bool {
	return slices.ContainsFunc(paths, func(p string) bool {
		p = path.Clean(p)
		return p == "." || p == file || strings.HasPrefix(file, p+"/")
	})
}

func (r *run) lintRecords() (diag.List, error) {
	sc, found, err := r.setScene()
	if err != nil {
		return nil, err
	}
	for _, s := range sc.records.subjects {
		o, err := r.opine(context.Background(), s, func() (*facts, error) { return r.gatherFacts(s, sc) })
		if err != nil {
			return nil, err
		}
		for _, f := range o.found {
			if strings.HasPrefix(f.Code, "MS0") || strings.HasPrefix(f.Code, "MS1") || f.Undecided || sensible(f.Code) {
				found = append(found, f)
			}
		}
		r.sources[s.path] = s.file.Source
	}
	return found, nil
}

func lintOf(found diag.List, sources map[string][]byte) *Linted {
	found = dedupe(found)
	for i := range found {
		found[i].Undecided = false
	}
	redact(found)
	found.Sort()
	return &Linted{Findings: found, Sources: sources}
}

// FindRecord is the path of the record with an id.
func FindRecord(t tree.Tree, id string) (string, error) {
	l, _, err := ReadLaw(t)
	if err != nil {
		return "", err
	}
	if l == nil {
		l = law.Default()
	}
	entries, err := t.Entries("")
	if err != nil {
		return "", fmt.Errorf("list records: %w", err)
	}
	fold := field.Fold(id)
	for _, e := range entries {
		if !isRecord(l, e.Path) || !couldBe(e.Path, map[string]*subject{fold: {}}) {
			continue
		}
		f, err := readRecord(t, e.Path)
		if err != nil {
			return "", err
		}
		if field.Fold(f.Record.ID) == fold {
			return e.Path, nil
		}
	}
	return "", fmt.Errorf("%w: no record has the id %s", ErrNoSuchPath, diag.Quote(id))
}
