// Package example turns the examples that the binary carries into real git
// repositories, for demo and for tests.
//
// An example is a folder:
//
//	base/                files of the base branch as they are now
//	branches/NAME/       files that a branch lays over base; X.delete removes X
//	branches/NAME/.about.yaml   who made the branch, and what its judgement must be
//	history.yaml         the commits that led to base; without it there is one
//	earlier/STAGE/       files as they were at a stage that history.yaml names
//
// The same example gives the same commit ids on every machine. Nothing here
// runs git or reads a clock.
package example

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/examples"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// ErrUnknown means that there is no example of that name.
var ErrUnknown = errors.New("unknown example")

// Example is one example organisation.
type Example struct {
	Name     string
	Commits  []Commit // of the base branch, oldest first
	Branches []Branch // sorted by name
	Base     Files    // the base branch as it is now
}

// Files maps paths with slashes to contents.
type Files map[string][]byte

// Paths lists the files, sorted.
func (f Files) Paths() []string { return slices.Sorted(maps.Keys(f)) }

// Person is who makes a commit; the address is the login at example.com.
type Person struct {
	Login field.Login `json:"login"`
	Name  string      `json:"name"`
}

// Commit is one step of the base branch.
type Commit struct {
	Author  Person
	At      time.Time
	Message string
	Files   Files  // added or replaced
	Merge   *Merge // nil: committed straight to the base branch
}

// Merge says that the commit came in by a pull request.
type Merge struct {
	By     Person
	At     time.Time
	Pull   int
	Branch string
}

// Names lists the examples, sorted.
func Names() []string {
	entries, err := fs.ReadDir(examples.FS, ".")
	if err != nil {
		return nil // an embedded root can always be read
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// Load reads one of the examples that the binary carries. The error wraps
// ErrUnknown when there is none of that name; any other means that the example
// itself is wrong.
func Load(name string) (*Example, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("load example %s: %w, there are %s", diag.Quote(name), ErrUnknown, strings.Join(Names(), ", "))
	}
	sub, err := fs.Sub(examples.FS, name)
	if err != nil {
		return nil, fmt.Errorf("load example %s: %w", name, err)
	}
	return Read(sub, name)
}

// Read reads an example from a file system whose root is the example's folder.
func Read(fsys fs.FS, name string) (*Example, error) {
	e, err := read(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("load example %s: %w", name, err)
	}
	return e, nil
}

func read(fsys fs.FS, name string) (*Example, error) {
	base, err := files(fsys, "base")
	if err != nil {
		return nil, err
	}
	if len(base) == 0 {
		return nil, errors.New("read base: no files")
	}
	e := &Example{Name: name, Base: base}
	if e.Commits, err = history(fsys, base); err != nil {
		return nil, err
	}
	if e.Branches, err = branches(fsys, e); err != nil {
		return nil, err
	}
	return e, nil
}

// Tip is when the base branch got its last commit.
func (e *Example) Tip() time.Time { return e.Commits[len(e.Commits)-1].landed() }

func files(fsys fs.FS, root string) (Files, error) {
	out := Files{}
	err := fs.WalkDir(fsys, root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, p)
		out[strings.TrimPrefix(p, root+"/")] = data
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", root, err)
	}
	return out, nil
}

// document decodes a strict YAML file; what is wrong with it is an error here,
// since the file is ours.
func document(fsys fs.FS, name string, into any) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("read %s: %w", path.Base(name), err)
	}
	doc, found := yamldoc.Parse(name, data, yamldoc.Standard())
	if doc != nil {
		found = append(found, yamldoc.Decode(doc, into)...)
	}
	if len(found) > 0 {
		f := found[0]
		return fmt.Errorf("read %s: line %d: %s", name, f.At.Start.Line, f.Message)
	}
	return nil
}

// Page is the example's README: what it shows and what to try.
func Page(name string) (string, error) {
	data, err := fs.ReadFile(examples.FS, path.Join(name, "README.md"))
	if err != nil {
		return "", fmt.Errorf("read page of example %s: %w", diag.Quote(name), err)
	}
	return string(data), nil
}
