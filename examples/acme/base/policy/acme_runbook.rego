# METADATA
# title: Changes to tier 0 and 1 link a runbook
# description: |
#   Whoever is on call at night reads the runbook, not the pull request. In
#   observation until the end of January: see mergeseal.yaml.
# custom:
#   code: ACME003
#   severity: error
package mergeseal.rules.acme_runbook

deny contains {
	"code": "ACME003",
	"message": sprintf("%s is tier %d: link its runbook", [service.name, service.tier]),
	"path": "/links",
} if {
	input.change.type == "normal"
	input.amendment.class in {"new", "material"}
	some service in input.services
	service.declared
	service.tier <= 1
	not runbook
}

runbook if {
	some link in input.change.links
	link.kind == "runbook"
}
