# METADATA
# title: Approvals follow the risk
# description: The higher the risk, the more people look; policy.settings.routing says who.
# custom:
#   code: MS311
#   severity: error
#   controls: [SOC2-CC8.1, SOC2-CC6.3, ISO27001-A.8.32, ISO27001-A.5.3, ISO20000-8.5.1.3, NIST-CM-3,
#     NIST-CM-5, PCI-DSS-6.5.1, SOX-ITGC-Approval, COBIT-BAI06.01]
#   evidence: [approvals]
package mergeseal.rules.routing

import data.mergeseal.lib.judged
import data.mergeseal.lib.routing

require contains r if {
	judged.normal
	some r in routing.requirements(level, sprintf("%s risk", [replace(level, "_", " ")]), "MS311")
}

require contains r if {
	judged.fully
	input.change.type in {"standard", "registration"}
	some r in routing.requirements(input.change.type, sprintf("%s change", [input.change.type]), "MS311")
}

# A level that is not known is the highest.
default level := "very_high"

level := input.risk.level if input.risk.level in {"low", "moderate", "high"}
