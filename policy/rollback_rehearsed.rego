# METADATA
# title: The rollback has been tried
# description: |
#   Services of tier 0 and 1 do not wait for somebody to find out that the way
#   back is barred. A warning below high risk, unless a control pack asks.
# custom:
#   code: MS204
#   severity: error
#   controls: [SOC2-CC8.1, SOC2-A1.3, ISO27001-A.5.30, NIST-CP-4]
#   packs: [iso27001, nist-800-53, soc2]
#   evidence: [/rollback_plan/rehearsed]
package mergeseal.rules.rollback_rehearsed

import data.mergeseal.lib.judged

deny contains finding if grave

warn contains finding if not grave

grave if judged.at_least_high

# These packs want the way back tried, whatever the risk.
grave if {
	some pack in input.law.packs
	pack in {"soc2", "iso27001", "nist-800-53"}
}

finding := {
	"code": "MS204",
	"message": sprintf("nobody has tried the rollback lately, and %s is of tier %s", [critical[0].name, tier]),
	"path": "/rollback_plan/rehearsed",
	"hint": "rehearse it at most 90 days before the start: rollback_plan.rehearsed {date, evidence}",
} if {
	judged.normal
	input.rollback.method != "none"
	not input.rollback.rehearsed
}

critical := [s | some s in input.services; s.tier in {0, 1}]

default tier := "unknown, so taken for 0"

tier := format_int(critical[0].tier, 10) if critical[0].tier_known
