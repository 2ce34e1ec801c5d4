# METADATA
# title: An emergency says why
# description: The quick path is for what cannot wait, and a record of it says what that was.
# custom:
#   code: MS210
#   severity: error
#   controls: [SOC2-CC8.1, ISO27001-A.8.32, ISO20000-8.5.1.1, SOX-ITGC-Emergency, COBIT-BAI06.02]
#   evidence: [/emergency]
package mergeseal.rules.emergency

import data.mergeseal.lib.judged

deny contains {
	"code": "MS210",
	"message": "the emergency names no incident",
	"path": "/emergency/incident",
	"hint": "name it in emergency.incident, or link it as fixes_incident",
} if {
	given
	blank("incident")
	not linked
}

deny contains {
	"code": "MS210",
	"message": "the emergency does not say why the normal path will not do",
	"path": "/emergency/why",
	"hint": "one sentence in emergency.why",
} if {
	given
	blank("why")
}

given if {
	judged.fully
	input.change.type == "emergency"
}

blank(key) if trim_space(object.get(input.change.emergency, key, "")) == ""

linked if {
	some link in input.change.links
	link.kind == "fixes_incident"
}
