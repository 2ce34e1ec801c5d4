package judge

import (
	"errors"
	"fmt"

	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/tree"
)

// LawFiles lists the files of a commit that are law by its own configuration,
// sorted. Without a configuration that can be read it is that file alone.
func LawFiles(t tree.Tree) ([]string, error) {
	l, _, err := law.Load(&treeFiles{tree: t, read: map[string][]byte{}})
	switch {
	case errors.Is(err, law.ErrNoConfig) || err == nil && l == nil:
		return []string{law.ConfigPath}, nil
	case err != nil:
		return nil, fmt.Errorf("read law: %w", err)
	}
	entries, err := t.Entries("")
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	paths := make([]string, 0, len(entries))
	for _, e := range entries {
		paths = append(paths, e.Path)
	}
	return l.TouchesLaw(paths), nil
}
