package mergeseal.rules.removal_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.removal

gone(reason) := example.but({"amendment": {"class": "removal", "reason": reason}})

test_a_record_stays if count(removal.deny) == 0 with input as example.normal

test_each_way_of_removal_is_named if {
	every reason, word in {"deleted": "deleted", "renamed": "renamed", "id_changed": "another id", "": "removed"} {
		some finding in removal.deny with input as gone(reason)
		contains(finding.message, word)
		[finding.code, finding.path] == ["MS223", "/id"]
	}
}
