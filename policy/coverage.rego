# METADATA
# title: Covered paths change under a record
# description: What the configuration covers reaches users, so it changes with a record or not at all.
# custom:
#   code: MS221
#   severity: error
#   scope: pull_request
#   controls: [SOC2-CC8.1, ISO27001-A.8.32, ISO20000-8.5.1.2, NIST-CM-3, NIST-CM-5, PCI-DSS-6.5.1,
#     SOX-ITGC-Authorization, COBIT-BAI06.01]
#   evidence: [diff]
package mergeseal.rules.coverage

# One finding for all paths that want the same services for the same reason.
deny contains {
	"code": "MS221",
	"message": sprintf("%s%s: %s", [concat(", ", array.slice(paths, 0, shown)), more(count(paths) - shown), why]),
	"hint": sprintf("add a change record%s, with `mergeseal new`", [naming(services)]),
} if {
	some group in {{"services": u.services, "why": u.why} | some u in input.diff.uncovered}
	services := group.services
	why := reason(group.why)
	paths := sort({u.path | some u in input.diff.uncovered; u.services == services; u.why == group.why})
}

shown := 3

reason(why) := why if why != ""

reason("") := "no change record covers it"

default more(_) := ""

more(n) := sprintf(" and %d more", [n]) if n > 0

default naming(_) := ""

naming(services) := sprintf(" that names %s", [concat(", ", services)]) if count(services) > 0
