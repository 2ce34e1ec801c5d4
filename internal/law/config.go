// Package law is what the base commit says: the configuration, and the
// services, groups, calendars and models it names.
//
// It turns bytes into checked values and keeps where each came from. It never
// reads a file, a clock or a head commit; package judge hands it the bytes.
package law

import (
	"github.com/mergeseal/mergeseal/internal/approval"
	"github.com/mergeseal/mergeseal/internal/field"
	"github.com/mergeseal/mergeseal/internal/source"
	"github.com/mergeseal/mergeseal/internal/yamldoc"
)

// Config is mergeseal.yaml. Everything has a default but version.
type Config struct {
	Version       int             `json:"version"`
	Repository    string          `json:"repository,omitempty"`
	Timezone      string          `json:"timezone,omitempty"`
	Environments  []string        `json:"environments,omitempty"`
	Records       Globs           `json:"records,omitempty"`
	DatedFolders  bool            `json:"dated_folders,omitempty"` // folders such as 2026/12 tell when the records below are planned; see Dated
	Services      ServicesFrom    `json:"services,omitzero"`
	Groups        From[Group]     `json:"groups,omitzero"`
	Calendars     Calendars       `json:"calendars,omitempty"`
	Models        From[Model]     `json:"models,omitzero"`
	Policy        PolicyConfig    `json:"policy,omitzero"`
	Coverage      []Coverage      `json:"coverage,omitempty"`
	Risk          RiskConfig      `json:"risk,omitzero"`
	Approvals     ApprovalsConfig `json:"approvals,omitzero"`
	Questionnaire []Question      `json:"questionnaire,omitempty"`
	Limits        []Limit         `json:"limits,omitempty"`
	Gate          GateConfig      `json:"gate,omitzero"`
	Law           Globs           `json:"law,omitempty"`
	LawOwners     string          `json:"law_owners,omitempty"`
	Keys          []Key           `json:"keys,omitempty"`
}

// Globs is one pattern or a list of them.
type Globs []string

// DecodeNode reads one pattern or a list.
func (g *Globs) DecodeNode(n *yamldoc.Node, d *yamldoc.Decoder) {
	if n.Kind == yamldoc.Scalar {
		*g = Globs{n.Text}
		return
	}
	d.Into(n, (*[]string)(g))
}

// From is a list given inline, or the paths and globs of the files that hold it.
type From[T any] struct {
	Paths  []string
	Inline []T
	At     source.Range
	// Pointer is where inline items stand in mergeseal.yaml.
	Pointer string
}

// IsZero reports whether nothing was said.
func (f From[T]) IsZero() bool { return f.Paths == nil && f.Inline == nil }

// DecodeNode reads a path, a list of paths, or an inline list.
func (f *From[T]) DecodeNode(n *yamldoc.Node, d *yamldoc.Decoder) {
	f.At, f.Pointer = n.At, n.Pointer
	switch {
	case n.Kind == yamldoc.Scalar:
		f.Paths = []string{n.Text}
	case n.Kind == yamldoc.Sequence && len(n.Items) > 0 && n.Items[0].Kind == yamldoc.Scalar:
		d.Into(n, &f.Paths)
	case n.Kind == yamldoc.Sequence:
		f.Inline = []T{}
		d.Into(n, &f.Inline)
	default:
		d.WrongType(n, "a path, a list of paths, or a list of definitions", "write the name of a file below the root")
	}
}

// ServicesFrom is like From, or names Backstage catalogues.
type ServicesFrom struct {
	From[Service]
	Backstage *Backstage
}

// Backstage says where catalog-info.yaml files are, and which field holds the tier.
type Backstage struct {
	Glob string `json:"backstage"`
	Tier string `json:"tier,omitempty"`
}

// DecodeNode reads the forms of services.
func (s *ServicesFrom) DecodeNode(n *yamldoc.Node, d *yamldoc.Decoder) {
	if n.Kind == yamldoc.Mapping {
		s.At, s.Pointer = n.At, n.Pointer
		s.Backstage = &Backstage{}
		d.Into(n, s.Backstage)
		return
	}
	s.From.DecodeNode(n, d)
}

// Calendars is where windows come from: one path, or a list of paths, windows
// and paths with defaults.
type Calendars []CalendarFrom

// DecodeNode reads one path or a list.
func (c *Calendars) DecodeNode(n *yamldoc.Node, d *yamldoc.Decoder) {
	if n.Kind == yamldoc.Scalar {
		*c = Calendars{{Path: n.Text, At: n.At, Pointer: n.Pointer}}
		return
	}
	d.Into(n, (*[]CalendarFrom)(c))
}

// CalendarFrom is a file or glob of windows, with defaults for what .ics files
// do not say, or one window inline.
type CalendarFrom struct {
	Path     string
	Kind     WindowKind
	Scope    Scope
	Timezone string
	Owners   string
	Inline   *Window
	At       source.Range
	Pointer  string
}

// DecodeNode reads a path, {path, kind, scope, …}, or an inline window.
func (c *CalendarFrom) DecodeNode(n *yamldoc.Node, d *yamldoc.Decoder) {
	c.At, c.Pointer = n.At, n.Pointer
	switch {
	case n.Kind == yamldoc.Scalar:
		c.Path = n.Text
	case n.Kind == yamldoc.Mapping && n.Get("path") != nil:
		var long struct {
			Path     string     `json:"path"`
			Kind     WindowKind `json:"kind,omitempty"`
			Scope    Scope      `json:"scope,omitzero"`
			Timezone string     `json:"timezone,omitempty"`
			Owners   string     `json:"owners,omitempty"`
		}
		d.Into(n, &long)
		c.Path, c.Kind, c.Scope, c.Timezone, c.Owners = long.Path, long.Kind, long.Scope, long.Timezone, long.Owners
	default:
		c.Inline = &Window{}
		d.Into(n, c.Inline)
	}
}

// PolicyConfig says which rules judge and with what data.
type PolicyConfig struct {
	Dirs     []string  `json:"dirs,omitempty"`
	Disable  []Disable `json:"disable,omitempty"`
	Observe  []Observe `json:"observe,omitempty"`
	Packs    []string  `json:"packs,omitempty"`
	Settings Settings  `json:"settings,omitzero"`
}

// Disable switches a rule off by code, with a reason that the verdict shows.
type Disable struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// Observe shows what a rule would say without letting it block.
type Observe struct {
	Code   string     `json:"code"`
	Reason string     `json:"reason"`
	Until  field.Date `json:"until,omitzero"`
}

// Settings are the numbers and the routing that the built-in rules read;
// input.settings. Other keys may be added for a user's own rules below x-.
type Settings struct {
	NoticeHours        *int               `json:"notice_hours,omitempty"`        // default 48
	RetroHours         *int               `json:"retro_hours,omitempty"`         // default 24
	ReviewDays         *int               `json:"review_days,omitempty"`         // default 5, business days
	OverdueEmergencies *int               `json:"overdue_emergencies,omitempty"` // default 3
	Routing            map[string][]Route `json:"routing,omitempty"`             // by level, and standard, emergency, registration, closure, withdrawal, editorial
	Extensions         map[string]any     `json:"-" rest:"x-"`
}

// Route is one row of the routing table: who must approve, and how many.
type Route struct {
	Peer       bool           `json:"peer,omitempty"`
	Owners     bool           `json:"owners,omitempty"` // the owner groups of the services
	Group      string         `json:"group,omitempty"`
	AnyOf      []string       `json:"any_of,omitempty"`
	Codeowners bool           `json:"codeowners,omitempty"`
	Count      approval.Count `json:"count,omitzero"` // default 1
	Stage      int            `json:"stage,omitempty"`
}

// Coverage is a set of paths that must not change without a record.
type Coverage struct {
	Paths        []string `json:"paths"`
	Environments []string `json:"environments,omitempty"`
	Services     []string `json:"services,omitempty"`
}

// RiskConfig overrides the default risk model; see package risk.
type RiskConfig struct {
	Bands  map[string]int            `json:"bands,omitempty"`  // level → lowest score
	Points map[string]map[string]int `json:"points,omitempty"` // factor → case → points
	Floors map[string]string         `json:"floors,omitempty"` // floor → level, or "off"
}

// ApprovalsConfig says who never approves, and which rules about reviews are off.
type ApprovalsConfig struct {
	Exclude []string `json:"exclude,omitempty"` // default: every kind of Excluded
}

// Question is asked of normal changes.
type Question struct {
	ID        string         `json:"id"`
	Ask       string         `json:"ask"`
	Mandatory bool           `json:"mandatory,omitempty"`
	Answers   map[string]int `json:"answers"` // answer → points
	Axis      string         `json:"axis"`    // impact or likelihood
}

// Limit caps how many changes of a level run at once in an environment.
type Limit struct {
	Environment string      `json:"environment,omitempty"`
	Level       field.Level `json:"level,omitempty"`
	AtOnce      int         `json:"at_once"`
}

// GateConfig is read by the gate at deploy time.
type GateConfig struct {
	GraceMinutes  int      `json:"grace_minutes,omitempty"`
	RequireSeal   bool     `json:"require_seal,omitempty"`
	AllowUnsigned bool     `json:"allow_unsigned,omitempty"`
	BreakGlass    []string `json:"break_glass,omitempty"`
}

// Key is a public key that seals are verified with.
type Key struct {
	ID        string        `json:"id"`
	PublicKey string        `json:"public_key"`
	NotBefore field.Instant `json:"not_before,omitzero"`
	NotAfter  field.Instant `json:"not_after,omitzero"`
	RevokedAt field.Instant `json:"revoked_at,omitzero"`
}
