# METADATA
# title: On hold or canceled
# description: Such a change may lie in the repository, but it never goes through the gate.
# custom:
#   code: MS212
#   severity: note
#   evidence: [/hold, /canceled]
package mergeseal.rules.halted

warn contains {
	"code": "MS212",
	"message": sprintf("the change is on hold: %s", [input.change.hold.reason]),
	"path": "/hold",
} if input.change.hold

warn contains {
	"code": "MS212",
	"message": sprintf("the change is canceled: %s", [input.change.canceled.reason]),
	"path": "/canceled",
} if input.change.canceled
