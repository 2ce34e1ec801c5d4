# METADATA
# title: Somebody on call approves an emergency
# description: The quick path still has a second person on it.
# custom:
#   code: MS314
#   severity: error
#   controls: [SOC2-CC8.1, ISO27001-A.8.32, ISO20000-8.5.1.3, NIST-CM-3, PCI-DSS-6.5.1,
#     SOX-ITGC-Emergency, COBIT-BAI06.02]
#   evidence: [approvals]
package mergeseal.rules.emergency_routing

import data.mergeseal.lib.judged
import data.mergeseal.lib.routing

require contains r if {
	judged.fully
	input.change.type == "emergency"
	some r in routing.requirements("emergency", "emergency", "MS314")
}
