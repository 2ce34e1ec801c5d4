# METADATA
# title: Not inside a freeze
# description: While a freeze is on, nothing in its scope changes, unless its owners grant an exception.
# custom:
#   codes: [MS301, MS312]
#   severity: error
#   controls: [SOC2-CC8.1, ISO27001-A.8.32, COBIT-BAI06.01]
#   evidence: [/schedule, /freeze_exception, calendar]
package mergeseal.rules.freeze

import data.mergeseal.lib.judged

deny contains {
	"code": "MS301",
	"message": sprintf("the change runs %d minutes inside the freeze %s (%s)", [freeze.minutes, freeze.id, freeze.title]),
	"path": "/schedule/start",
	"hint": sprintf("plan it before %s or from %s on", [freeze.from, freeze.to]),
} if {
	some freeze in hits
	not asked(freeze)
}

deny contains {
	"code": "MS301",
	"message": sprintf("the freeze %s (%s) has no owners who could grant an exception", [freeze.id, freeze.title]),
	"path": "/freeze_exception",
	"hint": "plan the change outside it",
} if {
	some freeze in hits
	asked(freeze)
	freeze.owners == ""
}

require contains {
	"code": "MS312",
	"group": freeze.owners,
	"count": 1,
	"reason": sprintf("an exception from the freeze %s (%s)", [freeze.id, freeze.title]),
} if {
	some freeze in hits
	asked(freeze)
	freeze.owners != ""
}

hits := [f |
	judged.approved
	some f in input.freezes
	f.hit
	not f.exempt
]

asked(freeze) if freeze.exception in {"asked", "granted"}
