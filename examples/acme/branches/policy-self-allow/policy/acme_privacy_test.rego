package mergeseal.rules.acme_privacy_test

import data.mergeseal.rules.acme_privacy

change := {
	"amendment": {"class": "new"},
	"change": {"type": "normal"},
	"risk": {"level": "very_high"},
	"services": [{"name": "identity", "data": "sensitive", "declared": true}],
}

test_sensitive_data_without_a_word_on_privacy_is_denied if {
	some finding in acme_privacy.deny with input as change
	finding.code == "ACME001"
	finding.path == "/privacy_impact"
}

test_a_word_on_privacy_is_enough if {
	count(acme_privacy.deny) == 0 with input as object.union(change, {"change": {"privacy_impact": "No personal data is read."}})
}

test_other_data_needs_none if {
	count(acme_privacy.deny) == 0 with input as object.union(change, {"services": [{"name": "mail", "data": "none", "declared": true}]})
}

test_a_service_that_only_the_diff_touches_is_not_asked_about if {
	count(acme_privacy.deny) == 0 with input as object.union(change, {"services": [{"name": "identity", "data": "sensitive", "declared": false}]})
}

test_an_emergency_is_not_held_up if {
	count(acme_privacy.deny) == 0 with input as object.union(change, {"change": {"type": "emergency"}})
}

test_a_closure_is_not_asked_again if {
	count(acme_privacy.deny) == 0 with input as object.union(change, {"amendment": {"class": "closure"}})
}
