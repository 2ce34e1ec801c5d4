package mergeseal.rules.acme_migration_test

import data.mergeseal.rules.acme_migration

change := {
	"amendment": {"class": "new"},
	"change": {"type": "normal", "data": {"migration": true}},
}

test_a_migration_asks_platform if {
	some requirement in acme_migration.require with input as change
	requirement.group == "platform"
	requirement.count == 1
}

test_no_migration_asks_nobody if {
	count(acme_migration.require) == 0 with input as object.union(change, {"change": {"data": {"migration": false}}})
}

test_a_closure_asks_nobody if {
	count(acme_migration.require) == 0 with input as object.union(change, {"amendment": {"class": "closure"}})
}
