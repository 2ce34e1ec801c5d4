package verdict

import "github.com/mergeseal/mergeseal/internal/approval"

// RuleAnswer is one package of rules, what it said of one input, and what of
// the input it looks at to say so. All lists empty is a silent rule.
type RuleAnswer struct {
	Package  string   // without data.
	Title    string   // of its METADATA
	File     string   // where it stands
	Builtin  bool     // comes with the binary
	Codes    []string // announced, sorted
	Controls []string // of all its codes, sorted
	Evidence []string // what speaks for it: pointers into the record, or words such as approvals
	Deny     []Element
	Warn     []Element
	Require  []approval.Requirement
	// Reads are the paths below input that the package's rules and the helpers
	// they use refer to, dotted and sorted, such as risk.level. What is below a
	// computed key is read as a whole.
	Reads []string
}
