package mergeseal.rules.closing_review_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.closing_review

reviewed := example.but({
	"amendment": {"class": "closure"},
	"change": {"outcome": {"result": "successful"}, "review": {"held": "2026-12-02", "by": ["bob"], "objectives_met": true}},
	"law": {"packs": ["iso20000"]},
})

unreviewed := json.remove(reviewed, ["change/review"])

test_reviewed_is_fine if count(closing_review.deny) == 0 with input as reviewed

test_without_a_review_it_stays_open if {
	example.told(closing_review.deny) == {["MS217", "/review"]} with input as unreviewed
}

test_a_review_says_whether_the_aim_was_reached if {
	count(closing_review.deny) == 1 with input as json.remove(reviewed, ["change/review/objectives_met"])
	count(closing_review.deny) == 1 with input as object.union(reviewed, {"change": {"review": {"by": []}}})
}

test_an_aim_that_was_missed_is_an_answer if {
	count(closing_review.deny) == 0 with input as object.union(reviewed, {"change": {"review": {"objectives_met": false}}})
}

test_an_emergency_is_reviewed_too if {
	count(closing_review.deny) == 1 with input as object.union(unreviewed, {"change": {"type": "emergency"}})
	count(closing_review.deny) == 0 with input as object.union(unreviewed, {"change": {"type": "standard"}})
}

test_each_pack_asks_for_itself if {
	every pack in ["cobit", "iso20000", "nist-800-53", "pci-dss"] {
		count(closing_review.deny) == 1 with input as object.union(unreviewed, {"law": {"packs": [pack]}})
	}
	count(closing_review.deny) == 0 with input as object.union(unreviewed, {"law": {"packs": ["soc2"]}})
}

test_only_a_closure_is_looked_at if {
	count(closing_review.deny) == 0 with input as object.union(unreviewed, {"amendment": {"class": "new"}})
	count(closing_review.deny) == 0 with input as json.remove(unreviewed, ["change/outcome"])
}
