package law

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/diag"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
)

// Model is a pre-approved standard change.
type Model struct {
	Name       string        `json:"name"`
	Version    int           `json:"version"`
	Title      string        `json:"title,omitempty"`
	Status     ModelStatus   `json:"status"`
	Owner      string        `json:"owner"`
	ApprovedBy string        `json:"approved_by,omitempty"`
	Applies    Applies       `json:"applies"`
	Locked     change.Record `json:"locked,omitzero"` // values a record may omit, and must equal if given
	Allow      []string      `json:"allow,omitempty"`
	MaxRisk    field.Level   `json:"max_risk,omitempty"`

	At    source.Range `json:"-"`
	Index source.Index `json:"-"` // of the model's file
	// LockedFields are the names of the keys given below locked, sorted.
	LockedFields []string `json:"-"`
}

// Applies is what a model may be used for. Paths are required.
type Applies struct {
	Services     []string `json:"services,omitempty"`
	Environments []string `json:"environments,omitempty"`
	Paths        []string `json:"paths"`
}

// ModelStatus is a model's place in its life cycle. The zero value is none.
type ModelStatus uint8

// The life cycle.
const (
	ModelNone ModelStatus = iota
	Proposed
	Approved
	Retired
)

// ModelStatuses lists the names.
func ModelStatuses() []string { return []string{"proposed", "approved", "retired"} }

// ParseScalar reads a status.
func (s *ModelStatus) ParseScalar(text string) error {
	return field.ParseEnum(s, text, ModelStatuses())
}

// String is the status's name.
func (s ModelStatus) String() string { return field.EnumName(s, ModelStatuses()) }

// MarshalText is String.
func (s ModelStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Ref is how records name the model: name@version.
func (m Model) Ref() string { return m.Name + "@" + strconv.Itoa(m.Version) }

// alwaysFree are the keys a record may give under any model, and so none may lock.
func alwaysFree() []string { return []string{"environments", "id", "model", "services", "type"} }

// models checks definitions by themselves and against each other.
func (c *checker) models(items []item[Model]) []Model {
	seen := map[string]source.Range{}
	var out []Model
	for _, it := range items {
		m, p := it.value, it.place
		m.At, m.Index = p.at("name"), p.index
		c.name("MS441", "model", m.Name, m.At)
		if p.has("version") && m.Version < 1 {
			c.add("MS441", p.at("version"), "count versions from 1", "the model's version is %d", m.Version)
		}
		if m.Status == Approved && m.ApprovedBy == "" {
			c.add("MS441", p.at("status"), "add approved_by: the group that approved it", "the model is approved, but not said by whom")
		}
		if m.MaxRisk == field.LevelNone {
			m.MaxRisk = field.Low
		}
		if p.has("applies", "paths") && len(m.Applies.Paths) == 0 {
			c.add("MS441", p.at("applies", "paths"), "name the paths that such a change may touch", "the model applies to no path")
		}
		c.globs(p, m.Applies.Paths, "applies", "paths")
		c.locked(&m, p)
		if m.Name != "" && c.twice(seen, "MS441", "model", m.Ref(), m.At) {
			continue
		}
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Model) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), a.Version-b.Version)
	})
	return out
}

// locked notes which fields are locked and checks them against the allowed ones.
func (c *checker) locked(m *Model, p place) {
	if p.node != nil {
		if n := p.node.Get("locked"); n != nil {
			for _, k := range n.Keys {
				m.LockedFields = append(m.LockedFields, k.Name)
			}
		}
	}
	slices.Sort(m.LockedFields)
	for _, k := range m.LockedFields {
		switch at := p.at("locked", k); {
		case slices.Contains(alwaysFree(), k):
			c.add("MS441", at, "say it in applies, or leave it out", "%s differs from change to change and cannot be locked", k)
		case strings.HasPrefix(k, "x-"):
			c.add("MS441", at, "leave it out", "%s is not a field of records and cannot be locked", diag.Quote(k))
		}
	}
	for i, k := range m.Allow {
		switch at := p.at("allow", num(i)); {
		case slices.Contains(m.LockedFields, k):
			c.add("MS441", at, "take it out of one of the two", "%s is both locked and allowed", k)
		case !slices.Contains(recordKeys(), k) && !strings.HasPrefix(k, "x-"):
			c.add("MS441", at, c.suggest(k, recordKeys()), "%s is not a field of records", diag.Quote(k))
		}
	}
}

// Find returns the model that a record's name@version names.
func (l *Law) Find(ref string) (*Model, bool) {
	for i := range l.Models {
		if l.Models[i].Ref() == ref {
			return &l.Models[i], true
		}
	}
	return nil, false
}

// ModelRefs lists the models as records name them, sorted by name and version.
func (l *Law) ModelRefs() []string {
	out := make([]string, len(l.Models))
	for i, m := range l.Models {
		out[i] = m.Ref()
	}
	return out
}
