# METADATA
# title: Inside the maintenance window
# description: A service that names windows is worked on in them and at no other time.
# custom:
#   code: MS231
#   severity: error
#   controls: [SOC2-CC8.1, ISO20000-8.5.1.3, COBIT-BAI06.01]
#   evidence: [/schedule, calendar]
package mergeseal.rules.maintenance

import data.mergeseal.lib.judged

deny contains {
	"code": "MS231",
	"message": sprintf("the change is not wholly inside %s", [concat(" or ", sort(input.maintenance.required))]),
	"path": "/schedule/start",
	"hint": hint,
} if {
	judged.approved
	input.change.type != "emergency"
	count(input.maintenance.required) > 0
	not input.maintenance.inside
}

default hint := "move the change into one of the windows, or make it shorter"

hint := sprintf("the next one that is long enough starts at %s", [input.maintenance.next]) if input.maintenance.next != ""
