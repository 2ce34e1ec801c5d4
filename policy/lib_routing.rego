# METADATA
# title: From rows of the routing table to requirements
# description: |
#   Three people with one file can start: where the default table names cab or
#   change-managers and nobody defined them, one more peer stands in for all of
#   them; any peer stands in for on-call. A row that somebody wrote stays as it is.
package mergeseal.lib.routing

import data.mergeseal.lib.owners

boards := {"cab", "change-managers"}

# rows of a key; a key that is missing from the table is answered by a peer.
rows(key) := object.get(input.settings.routing, key, [{"peer": true}])

# requirements turns the rows of a key into elements of require.
requirements(key, why, code) := {r |
	some row in rows(key)
	some who in people(key, row, why)
	stage := {k: v | some k, v in row; k == "stage"}
	r := object.union_n([{"code": code, "count": object.get(row, "count", 1)}, stage, who])
} | stand_in(key, why, code)

# stand_in is the one peer more where boards of the default table are missing.
stand_in(key, why, code) := {r |
	missing := sort({row.group | some row in rows(key); absent(key, row); row.group in boards})
	count(missing) > 0
	reason := sprintf("%s: one more peer, since nobody defined %s", [why, concat(" or ", missing)])
	r := {"peer": true, "count": 1, "code": code, "reason": reason}
}

absent(key, row) if {
	row.group in (boards | {"on-call"})
	not row.group in input.groups
	not key in input.settings.routing_own
}

people(key, row, why) := {{"peer": true, "reason": sprintf("%s: somebody else looks at it%s", [why, ownerless(key)])}} if row.peer

people(_, row, why) := {{"owners_of": owners.services, "reason": sprintf("%s: its owners agree%s", [why, owners.gap])} | count(owners.services) > 0} if row.owners

people(_, row, why) := {{"codeowners": true, "reason": sprintf("%s: the code owners agree", [why])}} if row.codeowners

people(_, row, why) := {{"any_of": row.any_of, "reason": sprintf("%s: %s agrees", [why, concat(" or ", row.any_of)])}} if row.any_of

people(key, row, why) := {{"group": row.group, "reason": sprintf("%s: %s agrees", [why, row.group])}} if not absent(key, row)

people(key, row, why) := {{"peer": true, "reason": sprintf("%s: any peer, since nobody defined on-call", [why])} | row.group == "on-call"} if absent(key, row)

# ownerless is said by the peer where no owner is left to ask.
default ownerless(_) := ""

ownerless(key) := owners.gap if {
	count(owners.services) == 0
	some row in rows(key)
	row.owners
}
