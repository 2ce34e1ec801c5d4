# METADATA
# title: The rollback fits the window
# description: When the end of the window is near, the way back must still fit into it.
# custom:
#   code: MS203
#   severity: error
#   controls: [SOC2-CC8.1, ISO27001-A.8.32, ISO20000-8.5.1.3, PCI-DSS-6.5.1, COBIT-BAI07.01]
#   evidence: [/rollback_plan/minutes, /schedule]
package mergeseal.rules.rollback_time

import data.mergeseal.lib.judged

deny contains {
	"code": "MS203",
	"message": sprintf("rolling back takes %d minutes and the whole window has %d", [input.rollback.minutes, input.schedule.minutes]),
	"path": "/rollback_plan/minutes",
	"hint": "plan a longer window, or a quicker way back",
} if {
	judged.planned
	input.rollback.method != "none"
	input.rollback.minutes > 0
	not input.rollback.fits_window
}
