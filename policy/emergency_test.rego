package mergeseal.rules.emergency_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.emergency

blank := example.but({"change": {"type": "emergency", "emergency": {"incident": " "}}})

test_incident_and_reason_are_enough if count(emergency.deny) == 0 with input as example.emergency

test_both_are_asked_for if {
	example.told(emergency.deny) == {["MS210", "/emergency/incident"], ["MS210", "/emergency/why"]} with input as blank
}

test_a_link_names_the_incident_as_well if {
	facts := object.union(blank, {"change": {"links": [{"kind": "fixes_incident", "ref": "INC-1"}]}})
	example.told(emergency.deny) == {["MS210", "/emergency/why"]} with input as facts
}

test_another_link_does_not if {
	facts := object.union(blank, {"change": {"links": [{"kind": "related", "ref": "INC-1"}]}})
	count(emergency.deny) == 2 with input as facts
}

test_a_missing_block_is_a_missing_field if {
	count(emergency.deny) == 0 with input as json.remove(blank, ["change/emergency"])
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(emergency.deny) == 0 with input as object.union(blank, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(emergency.deny) == 0 with input as object.union(blank, {"change": {"canceled": {"reason": "not needed"}}})
}

test_a_normal_change_may_leave_it_blank if {
	count(emergency.deny) == 0 with input as object.union(blank, {"change": {"type": "normal"}})
}
