package mergeseal.rules.acme_runbook_test

import data.mergeseal.rules.acme_runbook

change := {
	"amendment": {"class": "new"},
	"change": {"type": "normal", "links": [{"kind": "related", "ref": "CHG-2026-0108"}]},
	"services": [{"name": "edge", "tier": 1, "declared": true}],
}

test_tier_1_without_a_runbook_is_denied if {
	some finding in acme_runbook.deny with input as change
	finding.code == "ACME003"
}

test_a_runbook_is_enough if {
	count(acme_runbook.deny) == 0 with input as object.union(change, {"change": {"links": [{"kind": "runbook", "ref": "docs/runbooks/edge.md"}]}})
}

test_tier_2_needs_none if {
	count(acme_runbook.deny) == 0 with input as object.union(change, {"services": [{"name": "search", "tier": 2, "declared": true}]})
}
