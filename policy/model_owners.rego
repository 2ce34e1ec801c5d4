# METADATA
# title: A model changes with its owner
# description: |
#   What a model allows needs no approval later, so the group that owns it by
#   the old law approves its edits. Where no group owns it, the owners of the
#   law are asked for it as for any law.
# custom:
#   code: MS224
#   severity: error
#   scope: pull_request
#   controls: [SOC2-CC8.1, ISO20000-8.5.1.1, NIST-CM-9, COBIT-BAI06.01]
#   evidence: [diff, approvals]
package mergeseal.rules.model_owners

require contains {
	"code": "MS224",
	"group": owner,
	"count": 1,
	"reason": sprintf("models of standard changes are touched: %s", [concat(", ", names)]),
} if {
	some owner in {m.owner | some m in input.diff.models_touched}
	owner in input.groups
	names := sort({m.name | some m in input.diff.models_touched; m.owner == owner})
}
