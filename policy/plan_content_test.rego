package mergeseal.rules.plan_content_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.plan_content

tbd := example.but({"plans": {"empty": [{"path": "/implementation_plan/0", "text": "TBD"}]}})

test_content_is_content if count(plan_content.deny) == 0 with input as example.normal

test_an_empty_step_is_denied_where_it_stands if {
	example.told(plan_content.deny) == {["MS201", "/implementation_plan/0"]} with input as tbd
}

test_an_emergency_needs_content_too if {
	count(plan_content.deny) == 1 with input as object.union(tbd, {"change": {"type": "emergency"}})
}

test_a_standard_change_does_not if {
	count(plan_content.deny) == 0 with input as object.union(tbd, {"change": {"type": "standard"}})
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(plan_content.deny) == 0 with input as object.union(tbd, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(plan_content.deny) == 0 with input as object.union(tbd, {"change": {"canceled": {"reason": "not needed"}}})
}
