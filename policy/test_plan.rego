# METADATA
# title: Tests before and after are described
# description: One finds out before the change whether it works, and after it whether it did.
# custom:
#   code: MS205
#   severity: error
#   controls: [SOC2-CC8.1, ISO27001-A.8.29, ISO27001-A.8.32, ISO20000-8.5.1.3, NIST-CM-3(2),
#     PCI-DSS-6.5.1, SOX-ITGC-Testing, COBIT-BAI07.03]
#   evidence: [/test_plan/before, /test_plan/after]
package mergeseal.rules.test_plan

import data.mergeseal.lib.judged

deny contains finding if judged.at_least_moderate

warn contains finding if not judged.at_least_moderate

finding := {
	"code": "MS205",
	"message": sprintf("the test plan has no tests %s the change", [concat(" and ", missing)]),
	"path": concat("/", ["/test_plan", missing[0]]),
	"hint": "one line each under test_plan.before and test_plan.after is enough",
} if {
	judged.normal
	input.change.test_plan
}

missing := array.concat(["before" | not input.tests.before], ["after" | not input.tests.after])
