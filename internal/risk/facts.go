package risk

import (
	"github.com/mergeseal/mergeseal/internal/change"
	"github.com/mergeseal/mergeseal/internal/law"
	"github.com/mergeseal/mergeseal/internal/source"
)

// Facts is everything a score is made of. What is left at its zero value is
// not known, and counts as the worst it could be.
type Facts struct {
	Record     *change.Record // as judged: a model's locked values filled in
	Index      source.Index   // of the record's file
	ModelIndex source.Index   // of the model's file, for values the record leaves to it
	Type       change.Type    // it is judged as
	Services   []Service      // declared and derived
	Blast      int            // services in scope and all that depend on them
	Graph      bool           // dependencies are configured
	Rollback   change.RollbackFacts
	Tests      change.TestFacts
	Diff       Diff
	History    History
	// ApprovedModel is the name@version of the approved model that the change
	// stays inside, "" when it follows none or left it.
	ApprovedModel string
	Questions     []law.Question // asked of normal changes
	// Collisions are the ids of changes it collides with and does not accept.
	Collisions []string
	// Exceptions are the ids of the freezes it asks to work in.
	Exceptions []string
	// Understated are the services that the diff touches and the record leaves out.
	Understated []string
}

// Service is one service in scope.
type Service struct {
	Name      string
	Tier      int // 0 most critical … 4
	TierKnown bool
	Known     bool         // defined by the law
	Sensitive bool         // holds sensitive data
	At        source.Range // of its definition
}

// knownTier is the service's tier; false when the law does not say, or says
// one that does not exist.
func (s Service) knownTier() (int, bool) {
	return s.Tier, s.Known && s.TierKnown && 0 <= s.Tier && s.Tier <= 4
}

// at is where a field of the record stands: in the model's file if only that
// has it, else in the record or at its nearest ancestor there.
func (f *Facts) at(pointer string) string {
	if !f.Index.Has(pointer) && f.ModelIndex.Has("/locked"+pointer) {
		return f.ModelIndex.Key("/locked" + pointer).String()
	}
	return f.Index.Key(pointer).String()
}

// irreversible reports whether stored data cannot be brought back: the record
// says so, or something is migrated and the record does not say that it can.
func (f *Facts) irreversible() bool {
	d := f.Record.Data
	if d == nil {
		d = &change.Data{}
	}
	migrates := f.Diff.Migrations > 0 || d.Migration != nil && *d.Migration
	stated := d.Reversible != nil
	return f.Rollback.Irreversible || stated && !*d.Reversible || migrates && !stated
}
