# METADATA
# title: The change says all it touches
# description: Approvers judge the services that a record names; the diff may touch more.
# custom:
#   code: MS208
#   severity: warning
#   controls: [SOC2-CC8.1, ISO20000-8.5.1.2, NIST-CM-4, COBIT-BAI06.01]
#   evidence: [/services, diff]
package mergeseal.rules.scope

import data.mergeseal.lib.judged

warn contains {
	"code": "MS208",
	"message": sprintf("the diff touches %s, which services does not name", [service.name]),
	"path": "/services",
	"hint": sprintf("add %s to services, or take the files out of this change", [service.name]),
} if {
	judged.approved
	some service in input.services
	service.derived
	not service.declared
}
