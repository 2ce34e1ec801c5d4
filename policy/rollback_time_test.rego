package mergeseal.rules.rollback_time_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.rollback_time

slow := example.but({"rollback": {"minutes": 61, "fits_window": false}})

test_a_quick_rollback_fits if count(rollback_time.deny) == 0 with input as example.normal

test_a_slow_one_does_not if {
	example.told(rollback_time.deny) == {["MS203", "/rollback_plan/minutes"]} with input as slow
}

test_unstated_minutes_are_incomplete_and_not_too_long if {
	count(rollback_time.deny) == 0 with input as object.union(slow, {"rollback": {"minutes": 0}})
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(rollback_time.deny) == 0 with input as object.union(slow, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(rollback_time.deny) == 0 with input as object.union(slow, {"change": {"canceled": {"reason": "not needed"}}})
}

test_no_rollback_takes_no_time if {
	count(rollback_time.deny) == 0 with input as object.union(slow, {"rollback": {"method": "none"}})
}
