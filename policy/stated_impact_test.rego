package mergeseal.rules.stated_impact_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.stated_impact

silent := json.remove(example.but({"law": {"packs": ["soc2", "nist-800-53"]}}), ["change/security_impact", "change/privacy_impact"])

test_stated_is_stated if count(stated_impact.deny) == 0 with input as example.but({"law": {"packs": ["soc2"]}})

test_packs_ask_for_both if {
	example.told(stated_impact.deny) == {["MS213", "/security_impact"], ["MS213", "/privacy_impact"]} with input as silent
}

test_blank_is_not_stated if {
	count(stated_impact.deny) == 2 with input as object.union(silent, {"change": {"security_impact": " ", "privacy_impact": ""}})
}

test_each_pack_asks_for_its_own if {
	every pack in ["soc2", "iso27001", "pci-dss"] {
		facts := object.union(silent, {"law": {"packs": [pack]}})
		example.told(stated_impact.deny) == {["MS213", "/security_impact"]} with input as facts
	}
}

test_without_a_pack_nobody_asks if count(stated_impact.deny) == 0 with input as object.union(silent, {"law": {"packs": ["cobit"]}})

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(stated_impact.deny) == 0 with input as object.union(silent, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(stated_impact.deny) == 0 with input as object.union(silent, {"change": {"canceled": {"reason": "not needed"}}})
}
