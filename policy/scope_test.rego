package mergeseal.rules.scope_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.scope

wider := example.but({"services": [
	{"name": "shop", "declared": true, "derived": true},
	{"name": "storage", "declared": false, "derived": true},
	{"name": "blog", "declared": true, "derived": false},
]})

test_what_is_said_is_touched if count(scope.warn) == 0 with input as example.normal

test_more_is_touched_than_said if {
	example.told(scope.warn) == {["MS208", "/services"]} with input as wider
	some finding in scope.warn with input as wider
	contains(finding.message, "storage")
}

test_a_registration_touches_nothing_of_ours if {
	count(scope.warn) == 0 with input as object.union(wider, {"change": {"type": "registration"}})
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(scope.warn) == 0 with input as object.union(wider, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(scope.warn) == 0 with input as object.union(wider, {"change": {"canceled": {"reason": "not needed"}}})
}

test_what_nobody_names_or_touches_is_no_matter if {
	facts := example.but({"services": [{"name": "far", "declared": false, "derived": false}]})
	count(scope.warn) == 0 with input as facts
}
