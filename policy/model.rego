# METADATA
# title: A standard change keeps to its model
# description: Outside its model nothing is pre-approved, so the change is judged as a normal one.
# custom:
#   code: MS209
#   severity: warning
#   controls: [SOC2-CC8.1, ISO20000-8.5.1.1, SOX-ITGC-Authorization, COBIT-BAI06.01]
#   evidence: [/model, model]
package mergeseal.rules.model

import data.mergeseal.lib.judged

warn contains {
	"code": "MS209",
	"message": sprintf("judged as a normal change: %s", [left.message]),
	"path": left.path,
	"hint": "go back to what the model allows, or ask for the approvals of a normal change",
} if {
	outside
	some left in input.model.left
}

warn contains {
	"code": "MS209",
	"message": sprintf("judged as a normal change, since it is outside the model %s", [input.model.name]),
	"path": "/model",
} if {
	outside
	count(input.model.left) == 0
}

outside if {
	judged.fully
	input.change.declared_type == "standard"
	not input.model.inside
}
