# METADATA
# title: Mandatory questions are answered
# description: An organisation asks only what it wants to know.
# custom:
#   code: MS207
#   severity: error
#   controls: [SOC2-CC8.1, NIST-CM-4]
#   evidence: [/questionnaire]
package mergeseal.rules.questionnaire

import data.mergeseal.lib.judged

deny contains {
	"code": "MS207",
	"message": sprintf("the question %q is not answered: %s", [question.id, question.ask]),
	"path": sprintf("/questionnaire/%s", [judged.token(question.id)]),
	"hint": sprintf("add %s to questionnaire", [question.id]),
} if {
	judged.normal
	some question in input.questionnaire
	question.mandatory
	not question.answered
}
