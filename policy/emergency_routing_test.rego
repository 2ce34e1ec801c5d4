package mergeseal.rules.emergency_routing_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.emergency_routing

test_on_call_approves if {
	emergency_routing.require == {{"code": "MS314", "group": "on-call", "count": 1, "reason": "emergency: on-call agrees"}} with input as example.emergency
}

test_any_peer_where_nobody_is_on_call if {
	some needed in emergency_routing.require with input as object.union(example.emergency, {"groups": []})
	needed.peer
	contains(needed.reason, "nobody defined on-call")
}

test_only_for_emergencies if count(emergency_routing.require) == 0 with input as example.normal

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(emergency_routing.require) == 0 with input as object.union(example.emergency, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(emergency_routing.require) == 0 with input as object.union(example.emergency, {"change": {"canceled": {"reason": "not needed"}}})
}
