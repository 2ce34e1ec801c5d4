package example

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mergeseal/mergeseal/internal/field"
)

// historyFile is history.yaml. Times rise from entry to entry.
type historyFile struct {
	People  map[string]string `json:"people"` // login → name
	Commits []entry           `json:"commits"`
}

type entry struct {
	At         field.Instant `json:"at"`
	By         field.Login   `json:"by"`
	Message    string        `json:"message"`
	Merged     *merged       `json:"merged,omitempty"`
	Files      []string      `json:"files,omitempty"`      // as they are in base
	Open       []string      `json:"open,omitempty"`       // records before they were closed
	Unreviewed []string      `json:"unreviewed,omitempty"` // closed records before their review
	Earlier    []stage       `json:"earlier,omitempty"`
}

type merged struct {
	At     field.Instant `json:"at"`
	By     field.Login   `json:"by"`
	Pull   int           `json:"pull"`
	Branch string        `json:"branch"`
}

type stage struct {
	Stage string   `json:"stage"`
	Files []string `json:"files"`
}

// The keys that close a record; open records are base's without them.
var (
	closing   = []string{"actual", "canceled", "outcome", "review"}
	reviewing = []string{"review"}
)

// begun is when the one commit of an example without history was made.
var begun = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

func history(fsys fs.FS, base Files) ([]Commit, error) {
	if _, err := fs.Stat(fsys, "history.yaml"); errors.Is(err, fs.ErrNotExist) {
		return []Commit{{Author: Person{Login: "mergeseal", Name: "mergeseal"}, At: begun, Message: "Begin\n", Files: base}}, nil
	}
	var h historyFile
	if err := document(fsys, "history.yaml", &h); err != nil {
		return nil, err
	}
	var commits []Commit
	var last time.Time
	for i, en := range h.Commits {
		c, err := commit(fsys, base, h.People, en)
		if err == nil && !c.At.After(last) {
			err = fmt.Errorf("%s is not after the commit before", en.At)
		}
		if err != nil {
			return nil, fmt.Errorf("read history.yaml: commit %d: %w", i+1, err)
		}
		last = c.landed()
		commits = append(commits, c)
	}
	return commits, leadsTo(commits, base)
}

// landed is when the commit reached the base branch.
func (c Commit) landed() time.Time {
	if c.Merge != nil {
		return c.Merge.At
	}
	return c.At
}

func commit(fsys fs.FS, base Files, people map[string]string, en entry) (Commit, error) {
	c := Commit{At: en.At.Time, Message: strings.TrimRight(en.Message, "\n") + "\n", Files: Files{}}
	var err error
	if c.Author, err = person(people, en.By); err != nil {
		return c, err
	}
	if m := en.Merged; m != nil {
		c.Merge = &Merge{At: m.At.Time, Pull: m.Pull, Branch: m.Branch}
		if c.Merge.By, err = person(people, m.By); err != nil {
			return c, err
		}
		if !m.At.After(en.At.Time) {
			return c, errors.New("merged before it was made")
		}
	}
	if err := c.take(base, en.Files, nil); err != nil {
		return c, err
	}
	if err := c.take(base, en.Open, closing); err != nil {
		return c, err
	}
	if err := c.take(base, en.Unreviewed, reviewing); err != nil {
		return c, err
	}
	for _, s := range en.Earlier {
		old, err := files(fsys, path.Join("earlier", s.Stage))
		if err != nil {
			return c, err
		}
		if err := c.take(old, s.Files, nil); err != nil {
			return c, err
		}
	}
	if len(c.Files) == 0 {
		return c, errors.New("no files")
	}
	return c, nil
}

func person(people map[string]string, login field.Login) (Person, error) {
	name, ok := people[string(login)]
	if !ok {
		return Person{}, fmt.Errorf("%s is not among the people", login)
	}
	return Person{Login: login, Name: name}, nil
}

// take adds files of a stage, without some of their top-level keys.
func (c *Commit) take(from Files, names, without []string) error {
	for _, name := range names {
		data, ok := from[name]
		if !ok {
			return fmt.Errorf("no file %s", name)
		}
		if c.Files[name] != nil {
			return fmt.Errorf("%s is given twice", name)
		}
		c.Files[name] = cut(data, without)
	}
	return nil
}

// cut takes top-level keys and what is below them out of a YAML file.
func cut(data []byte, keys []string) []byte {
	if len(keys) == 0 {
		return data
	}
	var out bytes.Buffer
	inside := false
	for line := range bytes.Lines(data) {
		if line[0] != ' ' && line[0] != '\n' {
			key, _, _ := strings.Cut(string(line), ":")
			inside = slices.Contains(keys, key)
		}
		if !inside {
			out.Write(line)
		}
	}
	return out.Bytes()
}

// leadsTo holds the history to its end: the files of base, all of them and
// nothing else.
func leadsTo(commits []Commit, base Files) error {
	now := Files{}
	for _, c := range commits {
		for name, data := range c.Files {
			now[name] = data
		}
	}
	for _, name := range now.Paths() {
		if _, ok := base[name]; !ok {
			return fmt.Errorf("read history.yaml: %s is not in base", name)
		}
	}
	for _, name := range base.Paths() {
		if got, ok := now[name]; !ok {
			return fmt.Errorf("read history.yaml: no commit brings %s", name)
		} else if !bytes.Equal(got, base[name]) {
			return fmt.Errorf("read history.yaml: %s ends up different from base", name)
		}
	}
	return nil
}
