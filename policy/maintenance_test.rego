package mergeseal.rules.maintenance_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.maintenance

outside := example.but({"maintenance": {"required": ["sunday-night"], "inside": false}})

test_no_window_is_asked_for if count(maintenance.deny) == 0 with input as example.normal

test_inside_is_inside if count(maintenance.deny) == 0 with input as object.union(outside, {"maintenance": {"inside": true}})

test_outside_is_denied if {
	example.told(maintenance.deny) == {["MS231", "/schedule/start"]} with input as outside
	count(maintenance.deny) == 1 with input as object.union(outside, {"change": {"type": "standard"}})
}

test_the_next_one_is_named if {
	some finding in maintenance.deny with input as object.union(outside, {"maintenance": {"next": "2026-12-06T22:00:00Z"}})
	contains(finding.hint, "2026-12-06T22:00:00Z")
}

test_an_emergency_does_not_wait if count(maintenance.deny) == 0 with input as object.union(outside, {"change": {"type": "emergency"}})

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(maintenance.deny) == 0 with input as object.union(outside, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(maintenance.deny) == 0 with input as object.union(outside, {"change": {"canceled": {"reason": "not needed"}}})
}

test_no_window_is_asked_for_though_it_is_outside_of_all if {
	count(maintenance.deny) == 0 with input as example.but({"maintenance": {"required": [], "inside": false}})
}
