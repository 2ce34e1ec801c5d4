package mergeseal.rules.test_plan_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.test_plan

half := example.but({"tests": {"after": false}})

none := example.but({"tests": {"before": false, "after": false}})

test_both_are_enough if count(test_plan.deny | test_plan.warn) == 0 with input as example.normal

test_denied_from_moderate_on if {
	example.told(test_plan.deny) == {["MS205", "/test_plan/after"]} with input as half
	count(test_plan.deny) == 1 with input as object.remove(half, ["risk"])
}

test_a_warning_at_low if {
	facts := object.union(none, {"risk": {"level": "low"}})
	example.told(test_plan.warn) == {["MS205", "/test_plan/before"]} with input as facts
	count(test_plan.deny) == 0 with input as facts
}

test_a_missing_test_plan_is_a_missing_field if {
	count(test_plan.deny) == 0 with input as json.remove(none, ["change/test_plan"])
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(test_plan.deny) == 0 with input as object.union(half, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(test_plan.deny) == 0 with input as object.union(half, {"change": {"canceled": {"reason": "not needed"}}})
}
