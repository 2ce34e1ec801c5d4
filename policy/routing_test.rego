package mergeseal.rules.routing_test

import data.mergeseal.lib.example_test as example
import data.mergeseal.rules.routing

# whom: the requirements without their words.
whom(set) := {object.remove(r, ["reason", "code"]) | some r in set}

at(level) := example.but({"risk": {"level": level}})

small(level) := object.union(at(level), {"groups": ["shop-team"]})

peer := {"peer": true, "count": 1}

owner := {"owners_of": ["shop"], "count": 1}

cab := {"group": "cab", "count": 2}

managers := {"group": "change-managers", "count": 1}

test_each_level_asks_for_its_own if {
	every level, want in {
		"low": {peer},
		"moderate": {peer, owner},
		"high": {peer, owner, cab},
		"very_high": {peer, owner, cab, managers},
		"": {peer, owner, cab, managers},
	} {
		whom(routing.require) == want with input as at(level)
	}
}

test_an_unknown_level_is_the_highest if {
	whom(routing.require) == {peer, owner, cab, managers} with input as object.remove(example.normal, ["risk"])
}

test_one_more_peer_stands_in_for_all_missing_boards if {
	every level, boards in {"high": "cab", "very_high": "cab or change-managers"} {
		facts := small(level)
		whom(routing.require) == {peer, owner} with input as facts
		count({r | some r in routing.require; r.peer}) == 2 with input as facts
		some extra in routing.require with input as facts
		endswith(extra.reason, sprintf("since nobody defined %s", [boards]))
	}
}

test_a_board_that_somebody_chose_stays if {
	facts := object.union(small("high"), {"settings": {"routing_own": ["high"]}})
	whom(routing.require) == {peer, owner, cab} with input as facts
}

test_another_missing_group_stays if {
	facts := object.union(at("low"), {"settings": {"routing": {"low": [{"group": "nobody", "count": "all", "stage": 2}]}}})
	whom(routing.require) == {{"group": "nobody", "count": "all", "stage": 2}} with input as facts
}

test_the_other_kinds_of_row if {
	rows := [{"codeowners": true}, {"any_of": ["cab", "on-call"], "count": "50%"}]
	facts := object.union(at("low"), {"settings": {"routing": {"low": rows}}})
	whom(routing.require) == {{"codeowners": true, "count": 1}, {"any_of": ["cab", "on-call"], "count": "50%"}} with input as facts
}

test_services_without_owners_fall_away_and_it_is_said if {
	shop := example.normal.services[0]
	blog := {"name": "blog", "owner": "", "declared": true, "derived": true}
	both := example.but({"services": [shop, blog]})
	whom(routing.require) == {peer, owner} with input as both
	some part in routing.require with input as both
	contains(part.reason, "blog has no owner group")

	neither := example.but({"services": [blog, object.union(shop, {"owner": "undefined"})]})
	whom(routing.require) == {peer} with input as neither
	some whole in routing.require with input as neither
	contains(whole.reason, "blog, shop has no owner group")
}

test_a_standard_change_inside_its_model_needs_nobody if count(routing.require) == 0 with input as example.standard

test_a_registration_needs_nobody if count(routing.require) == 0 with input as example.registration

test_a_row_that_is_missing_is_a_peer if {
	facts := json.remove(example.standard, ["settings/routing/standard"])
	whom(routing.require) == {peer} with input as facts
}

test_codes_and_reasons if {
	some r in routing.require with input as at("low")
	[r.code, r.reason] == ["MS311", "low risk: somebody else looks at it"]
}

test_says_nothing_of_light_amendments if {
	every class in example.lighter {
		count(routing.require) == 0 with input as object.union(example.normal, {"amendment": {"class": class}})
	}
}

test_says_nothing_of_a_canceled_change if {
	count(routing.require) == 0 with input as object.union(example.normal, {"change": {"canceled": {"reason": "not needed"}}})
}

gaps(level, services) := {r |
	some r in routing.require with input as object.union(at(level), {"services": services})
	contains(r.reason, "has no owner group")
}

test_gaps_are_told_by_those_they_concern_alone if {
	shop := example.normal.services[0]
	blog := {"name": "blog", "owner": ""}
	count(gaps("moderate", [shop])) == 0
	{r.owners_of | some r in gaps("moderate", [shop, blog])} == {["shop"]}
	count(gaps("low", [blog])) == 0
	count(gaps("moderate", [blog])) == 1
}

test_a_standard_change_is_closed_by_the_rules_of_closing if {
	asks := {"settings": {"routing": {"standard": [{"peer": true}]}}}
	facts := object.union(example.standard, asks)
	count(routing.require) == 1 with input as facts
	count(routing.require) == 0 with input as object.union(facts, {"amendment": {"class": "closure"}})
}
