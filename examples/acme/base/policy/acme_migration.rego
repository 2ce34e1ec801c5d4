# METADATA
# title: Platform looks at every data migration
# description: |
#   Platform runs the backups. Whoever migrates data asks one of them first
#   whether last night's backup restores.
# custom:
#   code: ACME002
#   severity: error
package mergeseal.rules.acme_migration

require contains {
	"code": "ACME002",
	"group": "platform",
	"count": 1,
	"reason": "data is migrated",
} if {
	input.change.type == "normal"
	input.amendment.class in {"new", "material"}
	input.change.data.migration
}
