package mergeseal.rules.coverage_test

import data.mergeseal.rules.coverage

uncovered(paths) := {"scope": "pull_request", "diff": {"uncovered": [u |
	some path in paths
	u := {"path": path, "services": ["shop"], "why": "no record names shop"}
]}}

test_covered_is_covered if count(coverage.deny) == 0 with input as uncovered([])

test_the_path_and_the_service_are_named if {
	some finding in coverage.deny with input as uncovered(["deploy/a.yaml"])
	finding.code == "MS221"
	finding.message == "deploy/a.yaml: no record names shop"
	contains(finding.hint, "names shop")
}

test_paths_of_one_reason_are_told_at_once if {
	{finding.message | some finding in coverage.deny} == {"a, b, c and 2 more: no record names shop"} with input as uncovered(["e", "d", "c", "b", "a"])
}

test_other_services_are_told_apart if {
	facts := {"diff": {"uncovered": [
		{"path": "a", "services": ["shop"], "why": "x"},
		{"path": "b", "services": [], "why": ""},
	]}}
	{finding.message | some finding in coverage.deny} == {"a: x", "b: no change record covers it"} with input as facts
}
