# METADATA
# title: No collision, or an accepted one
# description: Two changes at once on one service hide whose fault it was. Whoever comes second moves, or asks.
# custom:
#   {codes: [MS302, MS313], severity: error,
#   controls: [SOC2-CC8.1, ISO27001-A.8.32, ISO20000-8.5.1.3, NIST-CM-3, COBIT-BAI06.01],
#   evidence: [/schedule, /collisions_accepted, calendar]}
package mergeseal.rules.collision

import data.mergeseal.lib.judged

deny contains finding(c) if {
	some c in open
	blocks(c)
}

warn contains finding(c) if {
	some c in open
	not blocks(c)
}

require contains object.union(who(c), {"code": "MS313", "count": 1}) if {
	judged.approved
	some c in input.collisions
	c.accepted
	blocks(c)
}

open := [c |
	judged.approved
	some c in input.collisions
	not c.accepted
]

# An open pull request may still move; a person or a file in two places is a
# reason to talk, and an emergency does not wait.
blocks(c) if {
	input.change.type != "emergency"
	c.state != "tentative"
	not c.kind in {"implementer", "files"}
}

finding(c) := {
	"code": "MS302",
	"message": sprintf("the change collides with %s by %s%s, %d minutes", [c.with, c.kind, via(c), c.minutes]),
	"path": "/schedule",
	"hint": sprintf("move it, or accept it: collisions_accepted {with: %s, reason, expires}", [c.with]),
}

default via(_) := ""

via(c) := sprintf(" (%s)", [concat(joint(c.kind), c.via)]) if count(c.via) > 0

joint(kind) := " → " if kind == "dependency"

joint(kind) := ", " if kind != "dependency"

who(c) := {"owners_of": c.owners_of, "or": [c.owner], "reason": sprintf("the collision with %s is accepted", [c.with])} if count(c.owners_of) > 0

who(c) := {"peer": true, "reason": sprintf("the collision with %s is accepted; any peer, since no group owns the other side", [c.with])} if count(c.owners_of) == 0
