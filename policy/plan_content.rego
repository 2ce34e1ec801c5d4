# METADATA
# title: A plan says something
# description: Texts such as TBD or n/a take the place of a plan and are none.
# custom:
#   code: MS201
#   severity: error
#   controls: [SOC2-CC8.1, ISO27001-A.8.32, ISO20000-8.5.1.3, NIST-CM-3, COBIT-BAI07.01]
#   evidence: [/implementation_plan, /test_plan, /rollback_plan]
package mergeseal.rules.plan_content

import data.mergeseal.lib.judged

deny contains {
	"code": "MS201",
	"message": sprintf("%s says %q, which is no plan", [trim_prefix(text.path, "/"), text.text]),
	"path": text.path,
	"hint": "write what will be done, for somebody who was not there",
} if {
	judged.planned
	some text in input.plans.empty
}
