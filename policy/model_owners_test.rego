package mergeseal.rules.model_owners_test

import data.mergeseal.rules.model_owners

touching(models) := {"scope": "pull_request", "diff": {"models_touched": models}, "groups": ["network", "platform"]}

test_untouched_models_need_nobody if count(model_owners.require) == 0 with input as touching([])

test_the_owner_approves if {
	some needed in model_owners.require with input as touching([{"name": "certs@3", "owner": "platform"}])
	[needed.code, needed.group, needed.count] == ["MS224", "platform", 1]
	contains(needed.reason, "certs@3")
}

test_an_owner_of_several_is_asked_once if {
	needed := model_owners.require with input as touching([
		{"name": "certs@4", "owner": "platform"},
		{"name": "certs@3", "owner": "platform"},
	])
	[n.reason | some n in needed] == ["models of standard changes are touched: certs@3, certs@4"]
}

test_each_owner_is_asked_about_its_own if {
	needed := model_owners.require with input as touching([
		{"name": "certs@3", "owner": "platform"},
		{"name": "dns@1", "owner": "network"},
	])
	{[n.group, n.reason] | some n in needed} == {
		["platform", "models of standard changes are touched: certs@3"],
		["network", "models of standard changes are touched: dns@1"],
	}
}

test_a_model_that_no_group_owns_is_left_to_the_owners_of_the_law if {
	every owner in ["", "nobody"] {
		count(model_owners.require) == 0 with input as touching([{"name": "certs@3", "owner": owner}])
	}
}
