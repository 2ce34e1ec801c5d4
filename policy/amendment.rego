# METADATA
# title: Somebody else sees an amendment
# description: Closing, withdrawing and editing take a light path, and seldom none.
# custom:
#   code: MS315
#   severity: error
#   controls: [SOC2-CC8.1, ISO20000-8.5.1.3, SOX-ITGC-Approval, COBIT-BAI06.04]
#   evidence: [/outcome, /canceled, approvals]
package mergeseal.rules.amendment

import data.mergeseal.lib.judged
import data.mergeseal.lib.routing

require contains r if some r in routing.requirements(kind, kind, "MS315")

# closure may be free of approvals only for what went well.
require contains {
	"code": "MS315",
	"peer": true,
	"count": 1,
	"reason": "closure: somebody else reads how it went wrong",
} if {
	kind == "closure"
	count(routing.rows("closure")) == 0
	not clean
}

kind := input.amendment.class if input.amendment.class in {"closure", "withdrawal", "editorial"}

kind := "withdrawal" if {
	not judged.light
	input.change.canceled
}

clean if {
	input.change.outcome.result == "successful"
	not input.change.outcome.incidents
}
