# METADATA
# title: High risk needs two weeks' notice
# custom: {code: ACME001, severity: error}
package mergeseal.rules.acme_notice

deny contains {
	"code": "ACME001",
	"message": "a change of high risk starts two weeks after its approval at the earliest",
	"path": "/schedule/start",
} if {
	input.rsik.level == "high"
	input.schedule.notice_seconds < 1209600 # 14 days
}
