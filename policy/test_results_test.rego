package mergeseal.rules.test_results_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.test_results

tested(attached, failed) := example.but({
	"tests": {"attached": attached, "passed": attached - failed, "failed": failed},
	"law": {"packs": ["sox-itgc"]},
})

test_a_result_that_passed_is_enough if count(test_results.deny) == 0 with input as tested(1, 0)

test_none_is_too_few if example.told(test_results.deny) == {["MS216", "/test_plan/results"]} with input as tested(0, 0)

test_one_that_failed_is_too_many if {
	some finding in test_results.deny with input as tested(2, 1)
	contains(finding.message, "1 of the attached")
}

test_each_pack_asks_for_itself if {
	every pack in ["cobit", "nist-800-53", "pci-dss", "sox-itgc"] {
		count(test_results.deny) == 1 with input as object.union(tested(0, 0), {"law": {"packs": [pack]}})
	}
}

test_without_a_pack_nobody_asks if count(test_results.deny) == 0 with input as object.union(tested(0, 0), {"law": {"packs": ["soc2"]}})

test_low_risk_needs_none if count(test_results.deny) == 0 with input as object.union(tested(0, 0), {"risk": {"level": "low"}})

test_an_emergency_does_not_wait if {
	count(test_results.deny) == 0 with input as object.union(tested(0, 0), {"change": {"type": "emergency"}})
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(test_results.deny) == 0 with input as object.union(tested(0, 0), {"amendment": {"class": class}})
	}
}
