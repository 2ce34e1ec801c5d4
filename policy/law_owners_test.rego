package mergeseal.rules.law_owners_test

import data.mergeseal.rules.law_owners

touched := {"scope": "pull_request", "diff": {"law_touched": ["policy/a.rego"]}, "law": {"owners": "policy-owners"}, "groups": ["policy-owners"]}

test_untouched_law_needs_nobody if count(law_owners.require) == 0 with input as object.union(touched, {"diff": {"law_touched": []}})

test_its_owners_approve if {
	some needed in law_owners.require with input as touched
	[needed.code, needed.group, needed.count] == ["MS222", "policy-owners", 1]
	contains(needed.reason, "policy/a.rego")
}

test_a_peer_where_nobody_owns_it if {
	every facts in [object.union(touched, {"law": {"owners": ""}}), object.union(touched, {"groups": []})] {
		some needed in law_owners.require with input as facts
		needed.peer
		contains(needed.reason, "no group owns the law")
	}
}

test_owners_and_peers_are_never_both_asked if {
	every facts in [touched, object.union(touched, {"law": {"owners": "nobody"}})] {
		count(law_owners.require) == 1 with input as facts
	}
	count(law_owners.require) == 0 with input as object.union(touched, {"diff": {"law_touched": []}, "groups": []})
}
