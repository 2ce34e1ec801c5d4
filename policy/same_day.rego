# METADATA
# title: Many small changes are one day's work
# description: A large change cut into small ones is shown as the sum it is.
# custom:
#   code: MS215
#   severity: note
#   controls: [SOC2-CC8.1]
#   evidence: [/schedule/start, calendar]
package mergeseal.rules.same_day

import data.mergeseal.lib.judged

warn contains {
	"code": "MS215",
	"message": sprintf("%d changes of one owner to the same services on one day, %d minutes in all: %s", [count(ids), input.same_day.minutes, concat(", ", ids)]),
	"path": "/schedule/start",
	"hint": "look at them together",
} if {
	judged.approved
	count(ids) >= many
}

ids := input.same_day.changes

many := 3
