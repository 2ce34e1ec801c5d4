package mergeseal.rules.freeze_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.freeze

window := {
	"id": "year-end", "title": "Year end", "from": "2026-12-18T18:00:00Z", "to": "2027-01-04T08:00:00Z",
	"hit": true, "minutes": 30, "exempt": false, "exception": "none", "owners": "cab",
}

frozen(changes) := example.but({"freezes": [object.union(window, changes)]})

test_open_is_open if count(freeze.deny) == 0 with input as example.normal

test_near_is_not_in if count(freeze.deny) == 0 with input as frozen({"hit": false})

test_inside_is_denied_for_every_type_that_is_approved if {
	every type in ["standard", "normal", "emergency"] {
		facts := object.union(frozen({}), {"change": {"type": type}})
		example.told(freeze.deny) == {["MS301", "/schedule/start"]} with input as facts
		count(freeze.require) == 0 with input as facts
	}
}

test_exempt_is_exempt if count(freeze.deny) == 0 with input as frozen({"exempt": true})

test_an_exception_needs_the_owners if {
	every state in ["asked", "granted"] {
		facts := frozen({"exception": state})
		count(freeze.deny) == 0 with input as facts
		some needed in freeze.require with input as facts
		[needed.code, needed.group] == ["MS312", "cab"]
	}
}

test_nobody_can_grant_what_nobody_owns if {
	facts := frozen({"exception": "asked", "owners": ""})
	example.told(freeze.deny) == {["MS301", "/freeze_exception"]} with input as facts
	count(freeze.require) == 0 with input as facts
}

test_an_unknown_answer_is_a_no if count(freeze.deny) == 1 with input as frozen({"exception": "perhaps"})

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(freeze.deny) == 0 with input as object.union(frozen({}), {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(freeze.deny) == 0 with input as object.union(frozen({}), {"change": {"canceled": {"reason": "not needed"}}})
}

test_nobody_asked_and_nobody_owns_it if {
	example.told(freeze.deny) == {["MS301", "/schedule/start"]} with input as frozen({"owners": ""})
}
