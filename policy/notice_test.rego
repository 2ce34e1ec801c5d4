package mergeseal.rules.notice_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.notice

late := example.but({"schedule": {"notice_seconds": 172799}})

test_exactly_enough_is_enough if count(notice.deny) == 0 with input as example.normal

test_a_second_less_is_not if {
	example.told(notice.deny) == {["MS232", "/schedule/start"]} with input as late
}

test_a_material_amendment_gives_notice_again if {
	count(notice.deny) == 1 with input as object.union(late, {"amendment": {"class": "material"}})
}

test_only_normal_changes_give_notice if {
	every type in ["standard", "emergency", "registration"] {
		count(notice.deny) == 0 with input as object.union(late, {"change": {"type": type}})
	}
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(notice.deny) == 0 with input as object.union(late, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(notice.deny) == 0 with input as object.union(late, {"change": {"canceled": {"reason": "not needed"}}})
}
