package mergeseal.rules.amendment_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.amendment

amends(class) := example.but({"amendment": {"class": class}})

free := {"settings": {"routing": {"closure": []}}}

test_what_is_judged_fully_has_its_own_routing if {
	every class in ["new", "material", "removal"] {
		count(amendment.require) == 0 with input as amends(class)
	}
}

test_closing_and_withdrawing_need_a_peer if {
	every class in ["closure", "withdrawal"] {
		some needed in amendment.require with input as amends(class)
		[needed.code, needed.peer] == ["MS315", true]
		startswith(needed.reason, class)
	}
}

test_editing_needs_nobody if count(amendment.require) == 0 with input as amends("editorial")

test_a_new_canceled_change_is_withdrawn if {
	some needed in amendment.require with input as example.but({"change": {"canceled": {"reason": "not needed"}}})
	startswith(needed.reason, "withdrawal")
}

test_a_free_closure_is_for_what_went_well if {
	closed := object.union(amends("closure"), free)
	fine := object.union(closed, {"change": {"outcome": {"result": "successful"}}})
	count(amendment.require) == 0 with input as fine
	every outcome in [{"result": "failed"}, {"result": "successful", "incidents": [{"ref": "INC-1"}]}] {
		some needed in amendment.require with input as object.union(closed, {"change": {"outcome": outcome}})
		needed.peer
	}
	count(amendment.require) == 1 with input as closed
}

test_nobody_is_asked_twice if {
	every facts in [
		object.union(amends("closure"), {"change": {"outcome": {"result": "failed"}}}),
		object.union(amends("withdrawal"), free),
		object.union(amends("closure"), {"change": {"canceled": {"reason": "not needed"}}}),
	] {
		count(amendment.require) == 1 with input as facts
	}
	count(amendment.require) == 0 with input as object.union(amends("editorial"), free)
}
