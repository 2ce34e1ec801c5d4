# METADATA
# title: What of a change the rules look at
# description: |
#   A closure, a withdrawal or an editorial change is no reason to look again
#   at plans and windows, nor is a canceled change. Whatever the class is not
#   known to be light counts as the whole.
package mergeseal.lib.judged

# light: an amendment with a path of its own.
light if input.amendment.class in {"closure", "withdrawal", "editorial", "removal"}

# fully: the change is judged from the start.
fully if {
	not light
	not input.change.canceled
}

# planned: types that are planned and approved one by one.
planned if {
	fully
	input.change.type in {"normal", "emergency"}
}

# normal: the one type that goes the whole way.
normal if {
	fully
	input.change.type == "normal"
}

# approved: every type that needs approval of some kind.
approved if {
	fully
	input.change.type in {"standard", "normal", "emergency"}
}

# at_least_moderate and at_least_high take an unknown level for the worst.
at_least_moderate if not input.risk.level == "low"

at_least_high if not below_high

# A rule of its own: `not input.risk.level in {…}` would be undefined, and so
# silent, where the level is.
below_high if input.risk.level in {"low", "moderate"}

# token escapes a key for a JSON pointer (RFC 6901).
token(key) := replace(replace(key, "~", "~0"), "/", "~1")
