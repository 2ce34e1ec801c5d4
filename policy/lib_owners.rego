# METADATA
# title: Services in scope and the groups that own them
package mergeseal.lib.owners

# services whose owner is a group that exists.
services := sort({s.name | some s in input.services; s.owner in input.groups})

# gap says which services have nobody to ask.
default gap := ""

gap := sprintf("; %s has no owner group", [concat(", ", without)]) if {
	without := sort({s.name | some s in input.services; not s.owner in input.groups})
	count(without) > 0
}
