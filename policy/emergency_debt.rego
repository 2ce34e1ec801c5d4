# METADATA
# title: Emergencies are reviewed
# description: A team that never looks back at its emergencies has found a way round approval.
# custom:
#   code: MS211
#   severity: error
#   controls: [SOC2-CC8.1, SOX-ITGC-Emergency, COBIT-BAI06.02]
#   evidence: [history]
package mergeseal.rules.emergency_debt

import data.mergeseal.lib.judged

deny contains {
	"code": "MS211",
	"message": sprintf("%d emergency reviews are overdue and %d stop the next one: %s", [count(overdue), limit, concat(", ", overdue)]),
	"path": "/type",
	"hint": "hold the reviews first: add review to those records",
} if {
	judged.fully
	input.change.type == "emergency"
	count(overdue) >= limit
}

overdue := sort(input.emergencies.overdue)

limit := max([1, input.settings.overdue_emergencies])
