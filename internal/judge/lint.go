package judge

import (
	"errors"
	"fmt"
	"time"

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
