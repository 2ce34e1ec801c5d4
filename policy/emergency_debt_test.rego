package mergeseal.rules.emergency_debt_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.emergency_debt

owing := object.union(example.emergency, {"emergencies": {"overdue": ["CHG-9", "CHG-8", "CHG-7"]}})

test_two_overdue_may_go_on if {
	count(emergency_debt.deny) == 0 with input as object.union(owing, {"emergencies": {"overdue": ["CHG-9", "CHG-8"]}})
}

test_three_overdue_stop_the_next if {
	some finding in emergency_debt.deny with input as owing
	[finding.code, finding.path] == ["MS211", "/type"]
	contains(finding.message, "CHG-7, CHG-8, CHG-9")
}

test_a_limit_of_zero_means_one if {
	facts := object.union(owing, {"settings": {"overdue_emergencies": 0}})
	count(emergency_debt.deny) == 1 with input as facts
	count(emergency_debt.deny) == 0 with input as object.union(facts, {"emergencies": {"overdue": []}})
}

test_a_normal_change_owes_nothing if {
	count(emergency_debt.deny) == 0 with input as object.union(owing, {"change": {"type": "normal"}})
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(emergency_debt.deny) == 0 with input as object.union(owing, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(emergency_debt.deny) == 0 with input as object.union(owing, {"change": {"canceled": {"reason": "not needed"}}})
}
