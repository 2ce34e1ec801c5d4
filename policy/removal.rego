# METADATA
# title: Records stay
# description: A record is the memory of a change, so it is canceled or closed and never taken away.
# custom:
#   code: MS223
#   severity: error
#   controls: [SOC2-CC8.1, SOC2-CC7.2, ISO27001-A.5.33, NIST-AU-9, SOX-ITGC-Monitoring,
#     COBIT-BAI06.03]
#   evidence: [/id, history]
package mergeseal.rules.removal

deny contains {
	"code": "MS223",
	"message": message,
	"path": "/id",
	"hint": "put it back; to end a change write canceled {reason}",
} if input.amendment.class == "removal"

words := {
	"deleted": "the change record is deleted",
	"renamed": "the change record is renamed away from where records live",
	"id_changed": "the change record gets another id",
	"registered": "the change becomes a registration, which nobody approves",
}

default message := "the change record is removed"

message := words[input.amendment.reason]
