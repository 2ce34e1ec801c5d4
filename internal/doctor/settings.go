// Package doctor says what of a forge's settings lets a change past its
// verdict, and how to set it right.
//
// It is given what the forge answered and judges nothing else. What could not
// be read is unknown, which is a finding of its own and never fine.
package doctor

import "slices"

// Fact is one thing that may not be known. The zero value is unknown, for a
// reason that nobody gave.
type Fact[T any] struct {
	known bool
	value T
	why   string
	needs string
}

// Known is a fact.
func Known[T any](v T) Fact[T] { return Fact[T]{known: true, value: v} }

// Unknown is what could not be read: why, and the permission that it needs,
// "" where nobody knows.
func Unknown[T any](why, needs string) Fact[T] { return Fact[T]{why: why, needs: needs} }

// Get returns the value, and whether it is one.
func (f Fact[T]) Get() (T, bool) { return f.value, f.known }

// Settings are what a forge says about one branch and the workflows on it.
type Settings struct {
	Branch string // short: main
	Check  string // name of the check that carries the verdict
	// Classic is the branch protection rule, nil inside for none.
	Classic Fact[*Guard]
	// Rulesets are those in force on the branch, of the repository and above.
	Rulesets Fact[[]Guard]
	// Approving is whether workflows may approve pull requests.
	Approving Fact[bool]
	// Writing is whether a workflow that asks for nothing may write.
	Writing Fact[bool]
	Files   Fact[Files]
}

// Files are those of the branch.
type Files struct {
	Workflows  map[string][]byte // by path
	Law        []string          // paths of the files that are law
	Unread     []string          // workflows that are too large, or no plain files
	OwnersPath string            // of CODEOWNERS, "" without one
	Owners     []byte
}

// Guard is a branch protection rule or a ruleset: what it asks of whoever is
// not let past.
type Guard struct {
	Name        string // as people see it: ruleset "law", branch protection rule
	Classic     bool
	Checks      []Check
	Reviews     *Reviews // nil: no pull request is asked for
	NoForce     bool     // pushes that rewrite are blocked
	NoDeletion  bool
	Queue       bool         // a merge queue
	Bypass      Fact[[]Past] // who is let past
	ReviewsPast []string     // who is let past the pull request alone
}

// Check is a check that must have passed. App 0 takes it from anybody.
type Check struct {
	Name string
	App  int64
}

// Reviews is how a pull request must be approved.
type Reviews struct {
	DismissStale, LastPush, CodeOwners bool
	Count                              int
}

// Past is somebody whom a guard lets past.
type Past struct {
	Who string // organization admins, team 7, …
}

// ActionsApp is the App that all workflows of GitHub Actions post as.
const ActionsApp = 15368

// require finds the checks of a name.
func (g Guard) require(name string) []Check {
	return slices.DeleteFunc(slices.Clone(g.Checks), func(c Check) bool { return c.Name != name })
}
