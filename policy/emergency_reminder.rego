# METADATA
# title: Reviews that are owed are named
# description: A team that asks for an emergency is told which of its earlier ones nobody has looked back at.
# custom:
#   code: MS214
#   severity: warning
#   controls: [SOC2-CC8.1, SOX-ITGC-Emergency, COBIT-BAI06.02]
#   evidence: [history]
package mergeseal.rules.emergency_reminder

import data.mergeseal.lib.judged

warn contains {
	"code": "MS214",
	"message": sprintf("emergency reviews are overdue: %s; %d stop the next emergency", [concat(", ", overdue), limit]),
	"path": "/type",
	"hint": "hold them and add review to those records; mergeseal outcome --overdue lists what is late",
} if {
	judged.fully
	input.change.type == "emergency"
	count(overdue) > 0
	count(overdue) < limit
}

overdue := sort(input.emergencies.overdue)

# The limit of emergency_debt, which speaks from there on.
limit := max([1, input.settings.overdue_emergencies])
