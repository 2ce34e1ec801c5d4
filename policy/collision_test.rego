package mergeseal.rules.collision_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.collision

other := {"with": "CHG-2", "state": "booked", "kind": "service", "via": ["shop"], "minutes": 30, "accepted": false, "owners_of": ["shop"], "owner": "bob"}

meets(changes) := example.but({"collisions": [object.union(other, changes)]})

test_alone_is_fine if count(collision.deny | collision.warn) == 0 with input as example.normal

test_a_shared_service_is_denied if {
	every kind in ["service", "dependency", "capacity"] {
		example.told(collision.deny) == {["MS302", "/schedule"]} with input as meets({"kind": kind})
	}
}

test_the_way_is_shown if {
	some finding in collision.deny with input as meets({"kind": "dependency", "via": ["shop", "storage"]})
	contains(finding.message, "shop → storage")
}

test_no_way_is_no_way if {
	some finding in collision.deny with input as meets({"kind": "capacity", "via": []})
	contains(finding.message, "by capacity, 30 minutes")
}

test_people_files_and_open_pull_requests_warn if {
	every changes in [{"kind": "implementer"}, {"kind": "files"}, {"state": "tentative"}] {
		example.told(collision.warn) == {["MS302", "/schedule"]} with input as meets(changes)
		count(collision.deny) == 0 with input as meets(changes)
	}
}

test_an_emergency_is_warned if {
	facts := object.union(meets({}), {"change": {"type": "emergency"}})
	count(collision.warn) == 1 with input as facts
	count(collision.deny) == 0 with input as facts
}

test_an_accepted_one_needs_the_other_side if {
	facts := meets({"accepted": true})
	count(collision.deny | collision.warn) == 0 with input as facts
	some needed in collision.require with input as facts
	[needed.code, needed.owners_of, needed.or] == ["MS313", ["shop"], ["bob"]]
}

test_a_peer_where_nobody_owns_the_other_side if {
	some needed in collision.require with input as meets({"accepted": true, "owners_of": []})
	needed.peer
	contains(needed.reason, "no group owns the other side")
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(collision.deny) == 0 with input as object.union(meets({}), {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(collision.deny) == 0 with input as object.union(meets({}), {"change": {"canceled": {"reason": "not needed"}}})
}

test_what_is_denied_is_not_a_warning_too if count(collision.warn) == 0 with input as meets({})

test_nobody_is_asked_for_what_is_open_or_does_not_block if {
	every facts in [
		meets({}),
		meets({"accepted": true, "state": "tentative"}),
		object.union(meets({"accepted": true}), {"amendment": {"class": "closure"}}),
	] {
		count(collision.require) == 0 with input as facts
	}
}
