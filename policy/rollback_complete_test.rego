package mergeseal.rules.rollback_complete_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.rollback_complete

bad := example.but({"rollback": {"complete": false, "missing": ["trigger", "verify"]}})

test_a_complete_plan_is_enough if count(rollback_complete.deny) == 0 with input as example.normal

test_what_is_missing_is_named if {
	some finding in rollback_complete.deny with input as bad
	contains(finding.message, "trigger, verify")
	[finding.code, finding.path] == ["MS202", "/rollback_plan"]
}

test_no_rollback_has_a_rule_of_its_own if {
	count(rollback_complete.deny) == 0 with input as object.union(bad, {"rollback": {"method": "none"}})
}

test_a_missing_plan_is_a_missing_field if {
	count(rollback_complete.deny) == 0 with input as object.remove(example.normal, ["rollback"])
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(rollback_complete.deny) == 0 with input as object.union(bad, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(rollback_complete.deny) == 0 with input as object.union(bad, {"change": {"canceled": {"reason": "not needed"}}})
}
