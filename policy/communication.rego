# METADATA
# title: Whoever notices is told
# description: Users forgive an outage that was announced.
# custom:
#   code: MS206
#   severity: warning
#   controls: [SOC2-CC2.3, ISO27001-A.8.32, ISO20000-8.5.1.3]
#   evidence: [/communication_plan, /impact]
package mergeseal.rules.communication

import data.mergeseal.lib.judged

warn contains {
	"code": "MS206",
	"message": "users may notice the change and nobody tells them",
	"path": "/communication_plan",
	"hint": "add communication_plan {audience, text}",
} if {
	judged.normal
	not input.change.impact.outage == "none"
	not input.change.communication_plan
}
