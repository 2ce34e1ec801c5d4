# METADATA
# title: The rollback plan is complete
# description: Whoever is on call at night needs the trigger, the steps, how long it takes and how to see that it worked.
# custom:
#   code: MS202
#   severity: error
#   controls: [SOC2-CC8.1, ISO27001-A.8.32, ISO20000-8.5.1.3, PCI-DSS-6.5.1, COBIT-BAI07.01]
#   evidence: [/rollback_plan]
package mergeseal.rules.rollback_complete

import data.mergeseal.lib.judged

deny contains {
	"code": "MS202",
	"message": sprintf("the rollback plan does not say: %s", [concat(", ", input.rollback.missing)]),
	"path": "/rollback_plan",
	"hint": "a plan names trigger, steps, minutes and verify",
} if {
	judged.planned
	input.rollback.method != "none"
	not input.rollback.complete
}
