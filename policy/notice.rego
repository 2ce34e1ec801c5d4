# METADATA
# title: Notice is given in time
# description: People need time to object and to prepare. It is counted until the merge, which is the approval.
# custom:
#   code: MS232
#   severity: error
#   controls: [SOC2-CC8.1, ISO20000-8.5.1.3, COBIT-BAI06.01]
#   evidence: [/schedule/start]
package mergeseal.rules.notice

import data.mergeseal.lib.judged

deny contains {
	"code": "MS232",
	"message": sprintf("a normal change needs %d hours between approval and start", [input.settings.notice_hours]),
	"path": "/schedule/start",
	"hint": "start later; what cannot wait is an emergency",
} if {
	judged.normal
	input.schedule.notice_seconds < input.settings.notice_hours * 3600
}
