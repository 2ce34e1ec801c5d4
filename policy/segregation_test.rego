package mergeseal.rules.segregation_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.segregation

by(people) := example.but({"change": {"owner": "alice", "implementers": people}, "law": {"packs": ["pci-dss"]}})

test_somebody_else_carries_it_out if count(segregation.deny) == 0 with input as by(["alice", "bob"])

test_the_owner_alone_is_one_person if {
	example.told(segregation.deny) == {["MS218", "/implementers"]} with input as by(["Alice"])
	count(segregation.deny) == 1 with input as by([])
	count(segregation.deny) == 1 with input as json.remove(by([]), ["change/implementers"])
}

test_each_pack_asks_for_itself if {
	every pack in ["nist-800-53", "pci-dss", "sox-itgc"] {
		count(segregation.deny) == 1 with input as object.union(by([]), {"law": {"packs": [pack]}})
	}
	count(segregation.deny) == 0 with input as object.union(by([]), {"law": {"packs": ["soc2"]}})
}

test_an_emergency_does_not_wait_for_a_second_pair_of_hands if {
	count(segregation.deny) == 0 with input as object.union(by([]), {"change": {"type": "emergency"}})
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(segregation.deny) == 0 with input as object.union(by([]), {"amendment": {"class": class}})
	}
}
