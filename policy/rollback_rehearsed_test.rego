package mergeseal.rules.rollback_rehearsed_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.rollback_rehearsed

untried := example.but({"rollback": {"rehearsed": false}})

test_a_rehearsed_one_is_fine if count(rollback_rehearsed.warn | rollback_rehearsed.deny) == 0 with input as example.normal

test_a_warning_below_high if {
	example.told(rollback_rehearsed.warn) == {["MS204", "/rollback_plan/rehearsed"]} with input as untried
	count(rollback_rehearsed.deny) == 0 with input as untried
}

test_denied_from_high_on if {
	every level in ["high", "very_high", ""] {
		facts := object.union(untried, {"risk": {"level": level}})
		count(rollback_rehearsed.deny) == 1 with input as facts
		count(rollback_rehearsed.warn) == 0 with input as facts
	}
}

test_an_unknown_level_is_the_worst if count(rollback_rehearsed.deny) == 1 with input as object.remove(untried, ["risk"])

test_tier_two_may_go_untried if {
	facts := object.union(untried, {"services": [{"name": "blog", "tier": 2, "tier_known": true}]})
	count(rollback_rehearsed.warn) == 0 with input as facts
}

test_an_unknown_tier_is_tier_zero if {
	facts := object.union(untried, {"services": [{"name": "blog", "tier": 0, "tier_known": false}]})
	some finding in rollback_rehearsed.warn with input as facts
	contains(finding.message, "unknown")
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(rollback_rehearsed.warn) == 0 with input as object.union(untried, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(rollback_rehearsed.warn) == 0 with input as object.union(untried, {"change": {"canceled": {"reason": "not needed"}}})
}

test_no_rollback_cannot_be_rehearsed if {
	count(rollback_rehearsed.warn) == 0 with input as object.union(untried, {"rollback": {"method": "none"}})
}

test_a_pack_may_want_it_at_any_risk if {
	every pack in ["iso27001", "nist-800-53", "soc2"] {
		facts := object.union(untried, {"law": {"packs": [pack]}})
		count(rollback_rehearsed.deny) == 1 with input as facts
		count(rollback_rehearsed.warn) == 0 with input as facts
	}
	count(rollback_rehearsed.deny) == 0 with input as object.union(untried, {"law": {"packs": ["cobit"]}})
}
