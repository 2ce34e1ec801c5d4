package mergeseal.rules.communication_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.communication

loud := example.but({"change": {"impact": {"outage": "degraded"}}})

test_nobody_needs_to_hear_of_nothing if count(communication.warn) == 0 with input as example.normal

test_an_outage_is_announced if {
	example.told(communication.warn) == {["MS206", "/communication_plan"]} with input as loud
	facts := object.union(loud, {"change": {"communication_plan": {"audience": ["support"], "text": "slow for a while"}}})
	count(communication.warn) == 0 with input as facts
}

test_an_unstated_outage_is_one if {
	count(communication.warn) == 1 with input as json.remove(loud, ["change/impact/outage"])
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(communication.warn) == 0 with input as object.union(loud, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(communication.warn) == 0 with input as object.union(loud, {"change": {"canceled": {"reason": "not needed"}}})
}
