package judge

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/verdict"
)

// modelsTouched are the models of standard changes that differ from those in
// force once this head is merged: edited, added, or taken away. A model in a
// file of its own counts as edited when its file changes at all. Owners are
// those of the law in force; a model with a new name has the one it declares.
func (r *run) modelsTouched(paths []string) ([]verdict.ModelTouched, error) {
	places := append(slices.Clone(r.law.Config.Models.Paths), ConfigPath)
	if !slices.ContainsFunc(paths, func(p string) bool {
		return slices.ContainsFunc(places, func(g string) bool { return p == g || law.Match(g, p) })
	}) {
		return nil, nil
	}
	after, _, err := law.Load(&treeFiles{tree: r.ground.head, read: map[string][]byte{}})
	if err != nil && !errors.Is(err, law.ErrNoConfig) {
		return nil, fmt.Errorf("read models of the head: %w", err)
	}
	if after == nil { // no law to come, or none that can be read: no model stays as it was
		after = law.Default()
	}
	owners := map[string][]string{}
	var out []verdict.ModelTouched
	add := func(m *law.Model, owner string) {
		out = append(out, verdict.ModelTouched{Name: m.Ref(), Owner: owner})
	}
	for i := range r.law.Models {
		m := &r.law.Models[i]
		owners[m.Name] = append(owners[m.Name], m.Owner)
		now, stays := after.Find(m.Ref())
		if stays && (m.At.File == ConfigPath || !slices.Contains(paths, m.At.File)) {
			if stays, err = sameModel(m, now); err != nil {
				return nil, err
			}
		} else {
			stays = false
		}
		if !stays {
			add(m, m.Owner)
		}
	}
	for i := range after.Models {
		m := &after.Models[i]
		if _, known := r.law.Find(m.Ref()); known {
			continue
		}
		if len(owners[m.Name]) == 0 {
			add(m, m.Owner)
		}
		for _, owner := range owners[m.Name] { // of the versions in force
			add(m, owner)
		}
	}
	slices.SortFunc(out, func(a, b verdict.ModelTouched) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Owner, b.Owner))
	})
	return slices.Compact(out), nil
}

// sameModel reports whether two definitions say the same, wherever they stand.
func sameModel(a, b *law.Model) (bool, error) {
	left, err := json.Marshal(a)
	if err != nil {
		return false, fmt.Errorf("encode model %s: %w", a.Ref(), err)
	}
	right, err := json.Marshal(b)
	if err != nil {
		return false, fmt.Errorf("encode model %s: %w", b.Ref(), err)
	}
	return bytes.Equal(left, right) && slices.Equal(a.LockedFields, b.LockedFields), nil
}
