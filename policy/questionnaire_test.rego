package mergeseal.rules.questionnaire_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.questionnaire

asked := example.but({"questionnaire": [
	{"id": "peak/hour", "ask": "At peak?", "mandatory": true, "answered": false},
	{"id": "optional", "ask": "Why?", "mandatory": false, "answered": false},
	{"id": "done", "ask": "Done?", "mandatory": true, "answered": true},
]})

test_nothing_is_asked if count(questionnaire.deny) == 0 with input as example.normal

test_mandatory_ones_are_answered if {
	example.told(questionnaire.deny) == {["MS207", "/questionnaire/peak~1hour"]} with input as asked
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(questionnaire.deny) == 0 with input as object.union(asked, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(questionnaire.deny) == 0 with input as object.union(asked, {"change": {"canceled": {"reason": "not needed"}}})
}
