# METADATA
# title: The law changes with its owners
# description: Rules, calendars and groups decide every later change, so their owners approve theirs.
# custom:
#   code: MS222
#   severity: error
#   scope: pull_request
#   controls: [SOC2-CC8.1, SOC2-CC1.3, NIST-CM-5, NIST-CM-9, SOX-ITGC-Approval]
#   evidence: [diff, approvals]
package mergeseal.rules.law_owners

require contains {"code": "MS222", "group": input.law.owners, "count": 1, "reason": touched} if {
	count(input.diff.law_touched) > 0
	owned
}

require contains {
	"code": "MS222",
	"peer": true,
	"count": 1,
	"reason": sprintf("%s; any peer, since no group owns the law", [touched]),
} if {
	count(input.diff.law_touched) > 0
	not owned
}

owned if input.law.owners in input.groups

touched := sprintf("the law is touched: %s", [concat(", ", sort(input.diff.law_touched))])
