package mergeseal.rules.same_day_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.same_day

day(ids) := example.but({"same_day": {"changes": ids, "minutes": 90}})

test_three_are_shown_as_a_sum if {
	some finding in same_day.warn with input as day(["CHG-1", "CHG-2", "CHG-3"])
	[finding.code, finding.path] == ["MS215", "/schedule/start"]
	contains(finding.message, "3 changes")
	contains(finding.message, "90 minutes in all: CHG-1, CHG-2, CHG-3")
}

test_two_are_not_many if {
	count(same_day.warn) == 0 with input as day(["CHG-1", "CHG-2"])
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(same_day.warn) == 0 with input as object.union(day(["CHG-1", "CHG-2", "CHG-3"]), {"amendment": {"class": class}})
	}
}
