# METADATA
# title: Sensitive data needs a word on privacy
# description: |
#   A normal change to a service that holds sensitive data says what it means
#   for the people whose data it is, even when the answer is "nothing".
# custom:
#   code: ACME001
#   severity: error
#   controls: [ISO27001-A.5.34]
package mergeseal.rules.acme_privacy

deny contains {
	"code": "ACME001",
	"message": sprintf("%s holds sensitive data: say in privacy_impact what the change means for it", [service.name]),
	"path": "/privacy_impact",
} if {
	input.change.type == "normal"
	input.risk.level == "very_high"
	input.amendment.class in {"new", "material"}
	some service in input.services
	service.declared
	service.data == "sensitive"
	not input.change.privacy_impact
}
